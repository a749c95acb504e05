import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeCode, readCode } from './code.ts'
import { lastDay } from './days.ts'
import { DEEDS, type Deed, STATES, type State } from './schema.ts'
import { type Facts, next } from './states.ts'
import { readEnd } from './terms.ts'

const facts: fc.Arbitrary<Facts> = fc.record({ isOwn: fc.boolean(), secondPair: fc.boolean(), wasInForce: fc.boolean() })
const RUNS = { numRuns: 2000, seed: 20261124 }

/** Plays deeds in any order: those that cannot be done do nothing. */
function play(deeds: Deed[], fixed: Omit<Facts, 'wasInForce'>): State[] {
  const states: State[] = []
  for (const deed of deeds) {
    const after = next(states.at(-1), deed, { ...fixed, wasInForce: states.includes('given') })
    if (after) states.push(after)
  }
  return states
}

test('whatever is pressed in whatever order, a guarantee is never in force before it was offered, agreed to and checked', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...DEEDS), { maxLength: 30 }), facts, (deeds, { isOwn, secondPair }) => {
      const states = play(deeds, { isOwn, secondPair })
      const given = states.indexOf('given')
      if (given < 0) return
      if (!isOwn) expect(states[0]).toBe('asked')
      if (secondPair) expect(states[given - 1]).toBe('pending')
    }),
    RUNS,
  )
})

test('what was recalled or declined stays so, and what was revoked can only be recalled', () => {
  for (const deed of DEEDS)
    for (const isOwn of [true, false])
      for (const secondPair of [true, false])
        for (const wasInForce of [true, false]) {
          expect(next('recalled', deed, { isOwn, secondPair, wasInForce })).toBeUndefined()
          expect(next('declined', deed, { isOwn, secondPair, wasInForce })).toBeUndefined()
          expect(next('revoked', deed, { isOwn, secondPair, wasInForce })).toBe(deed === 'recalled' ? 'recalled' : undefined)
        }
})

test('a guarantee that was in force never ends as if it had not been', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...DEEDS), { maxLength: 40 }), facts, (deeds, fixed) => {
      const states = play(deeds, fixed)
      if (states.includes('given')) expect(states.slice(states.indexOf('given'))).not.toContain('declined')
    }),
    RUNS,
  )
})

test('every state can be reached, and only a recheck, a confirmation or the operator brings a stopped one back', () => {
  const reached = new Set<State>()
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...DEEDS), { maxLength: 12 }), facts, (deeds, fixed) => {
      for (const state of play(deeds, fixed)) reached.add(state)
    }),
    RUNS,
  )
  expect([...reached].sort()).toEqual([...STATES].sort())
  const back = DEEDS.filter(deed => next('suspended', deed, { isOwn: true, secondPair: false, wasInForce: true }) === 'given')
  expect(back).toEqual(['resumed', 'rechecked'])
})

test('a code is read back from whatever people make of it, and no wrong sign or swap passes', () => {
  for (const code of ['HG-HGAMRF4', ...Array.from({ length: 200 }, makeCode)]) {
    const signs = code.slice(3)
    expect(signs).toMatch(/^[34679ACDEFGHJKMNPQRTVWX]{7}$/)
    for (const typed of [code, code.toLowerCase(), ` hg ${signs.slice(0, 3)} ${signs.slice(3)} `, signs, `ＨＧー${signs}`])
      expect(readCode(typed), typed).toBe(code)
    for (let place = 0; place < 7; place++) {
      for (const sign of '34679ACDEFGHJKMNPQRTVWX')
        if (sign !== signs[place]) expect(readCode(signs.slice(0, place) + sign + signs.slice(place + 1))).toBeUndefined()
      for (let other = place + 1; other < 7; other++) {
        const swapped = [...signs]
        ;[swapped[place], swapped[other]] = [swapped[other] ?? '', swapped[place] ?? '']
        if (swapped.join('') !== signs) expect(readCode(swapped.join(''))).toBeUndefined()
      }
    }
  }
  for (const typed of ['', 'HG-', 'HG-123', 'HG-0000000', 'HG-IIIIIII', '../../etc', 'HG-7K4M9QC7']) expect(readCode(typed)).toBeUndefined()
})

test.each([
  ['2026-06-01', 12, '2027-05-31'],
  ['2026-01-31', 1, '2026-02-27'],
  ['2028-02-29', 12, '2029-02-27'],
  ['2026-11-24', 36, '2029-11-23'],
])('a term that begins on %s and lasts %i months ends on %s', (from, months, until) => {
  expect(lastDay(from, months)).toBe(until)
})

test('an end is a day after today, within three years, and a year away when nothing is said', () => {
  expect(readEnd('', '2026-06-01')).toBe('2027-05-31')
  expect(readEnd('2029-05-31', '2026-06-01')).toBe('2029-05-31')
  for (const typed of ['2026-06-01', '2026-05-01', '2029-06-01', '2027-02-30', '2027-13-01', '01/02/2027', 'tomorrow', '٢٠٢٧-٠١-٠١'])
    expect(() => readEnd(typed, '2026-06-01'), typed).toThrow('validUntil')
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addTo, fadeTo, type Happening, HEAT_PARTS, HOT, heatOf, NOTHING_YET, type Sums, WARM } from './heat.ts'

const NOON = Date.UTC(2026, 10, 24, 3)
const MINUTE = 60_000
const inMinutes = (minutes: number) => NOON + minutes * MINUTE
const sumOf = (happenings: Happening[]): Sums => happenings.reduce(addTo, { ...NOTHING_YET, at: happenings[0]?.at ?? NOON })
const partsOf = (happenings: Happening[], minutes: number, usual = 2) =>
  Object.fromEntries(heatOf(sumOf(happenings), inMinutes(minutes), usual).parts.map(({ name, points }) => [name, points]))
const talk = (count: number, every: number, speakers: number, harsh = 0): Happening[] =>
  Array.from({ length: count }, (_, n) => ({ at: inMinutes(n * every), posts: 1, speaker: (n % speakers) + 1, harsh }))

const happening = fc.record({
  at: fc.integer({ min: 0, max: 2000 }).map(inMinutes),
  speaker: fc.integer({ min: 1, max: 6 }),
  posts: fc.constantFrom(0, 1),
  harsh: fc.constantFrom(0, 0.4, 0.9),
  flags: fc.constantFrom(0, 1, 1.5),
  against: fc.constantFrom(0, 0.5),
  night: fc.constantFrom(0, 1),
  outside: fc.integer({ min: 0, max: 20 }),
})
const happenings = fc.array(happening, { minLength: 1, maxLength: 25 })

describe('whatever happens', () => {
  const always = { seed: 20_261_124, numRuns: 200 }

  test('the order in which it is told does not matter', () => {
    fc.assert(
      fc.property(happenings, fc.infiniteStream(fc.nat()), (all, keys) => {
        const shuffled = all.map(each => ({ each, key: keys.next().value })).sort((a, b) => a.key - b.key)
        const [one, other] = [all, shuffled.map(({ each }) => each)].map(list => heatOf(sumOf(list), inMinutes(2100), 2))
        expect(other?.heat).toBeCloseTo(one?.heat ?? -1, 6)
        for (const [place, { points }] of (one?.parts ?? []).entries()) expect(other?.parts[place]?.points).toBeCloseTo(points, 6)
      }),
      always,
    )
  })

  test('the parts sum up to the heat, each within its own measure, all together at most 100', () => {
    expect(Object.values(HEAT_PARTS).reduce((sum, most) => sum + most, 0)).toBe(100)
    fc.assert(
      fc.property(happenings, fc.double({ min: 0.5, max: 20, noNaN: true }), (all, usual) => {
        const { heat, parts } = heatOf(sumOf(all), inMinutes(2000), usual)
        expect(parts.reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(heat, 9)
        for (const { name, points } of parts) {
          expect(points).toBeGreaterThanOrEqual(0)
          expect(points).toBeLessThanOrEqual(HEAT_PARTS[name])
        }
      }),
      always,
    )
  })

  test('it fades: later it is never hotter, after three days it is cold, and in steps it fades as in one', () => {
    fc.assert(
      fc.property(happenings, fc.integer({ min: 0, max: 3000 }), (all, later) => {
        const sums = sumOf(all)
        const stepped = fadeTo(fadeTo(sums, inMinutes(2000 + later / 2)), inMinutes(2000 + later))
        expect(stepped.harsh).toBeCloseTo(fadeTo(sums, inMinutes(2000 + later)).harsh, 9)
        expect(heatOf(sums, inMinutes(2000 + 3 * 1440), 2).heat).toBeLessThan(4)
        for (const kind of ['posts', 'harsh', 'flags'] as const)
          expect(fadeTo(sums, inMinutes(2000 + later))[kind]).toBeLessThanOrEqual(sums[kind] + 1e-9)
      }),
      always,
    )
  })
})

test('quick talk of many, late at night and found from outside, does not warm a topic as far as a warning', () => {
  const busy = talk(30, 1, 10).map(each => ({ ...each, night: 1, outside: 5 }))
  expect(heatOf(sumOf(busy), inMinutes(30), 2).heat).toBeLessThan(WARM)
})

test('two who help each other in turns stay cool; two who hurt each other in turns do not', () => {
  expect(heatOf(sumOf(talk(12, 4, 2)), inMinutes(48), 2).heat).toBeLessThan(WARM)
  expect(heatOf(sumOf(talk(12, 4, 2, 0.5)), inMinutes(48), 2).heat).toBeGreaterThan(HOT)
})

test('the same speed is less in a board where talk is usually quick', () => {
  const parts = [2, 12].map(usual => partsOf(talk(12, 3, 6), 36, usual).speed ?? 0)
  expect(parts[0]).toBeGreaterThan((parts[1] ?? 0) + 10)
})

test('a few flags beside a harsh word are a warning, one flag alone is none', () => {
  expect(heatOf(sumOf([{ at: NOON, posts: 1, speaker: 1, flags: 1 }]), inMinutes(1), 2).heat).toBeLessThan(WARM)
  const flagged = [...talk(4, 5, 3, 0.6), { at: inMinutes(16), flags: 1 }, { at: inMinutes(17), flags: 1 }, { at: inMinutes(18), flags: 1 }]
  expect(heatOf(sumOf(flagged), inMinutes(20), 2).heat).toBeGreaterThan(WARM)
})

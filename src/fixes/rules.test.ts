import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasTurned, newlyFailing, scoreOf, tallied } from './rules.ts'

const of = (fixed: number, failed: number, guestFixed = 0, guestFailed = 0) => ({ fixed, failed, guestFixed, guestFailed })

test('few voices say nothing, most against put an answer last, two in three put it in front', () => {
  expect(scoreOf(of(4, 0))).toBeUndefined()
  expect(scoreOf(of(0, 4))).toBeUndefined()
  expect(scoreOf(of(2, 3))).toBe(-1)
  expect(scoreOf(of(3, 2))).toBe(0)
  expect(scoreOf(of(4, 2))).toBeGreaterThan(0)
})

test('a rate counts with how many stand behind it: sixty of seventy come before five of five', () => {
  expect(scoreOf(of(60, 10))).toBeGreaterThan(scoreOf(of(5, 0)) ?? 0)
})

test('four guests weigh as one member', () => {
  expect(scoreOf(of(0, 0, 19, 0))).toBeUndefined()
  expect(scoreOf(of(0, 0, 20, 0))).toBe(scoreOf(of(5, 0)))
})

test('one reader more whom it helped never puts an answer lower, one more whom it did not never higher', () => {
  const count = fc.nat({ max: 40 })
  fc.assert(
    fc.property(count, count, count, count, fc.boolean(), (fixed, failed, guestFixed, guestFailed, isMember) => {
      const tally = of(fixed, failed, guestFixed, guestFailed)
      const score = (said?: boolean) => {
        const after = said === undefined ? { all: tally } : tallied({ all: tally }, { isMember, fixed: said, versionId: null }, 1)
        return scoreOf(after.all ?? of(0, 0))
      }
      const now = score()
      if (now === undefined) return
      expect(score(true)).toBeGreaterThanOrEqual(now)
      expect(score(false)).toBeLessThanOrEqual(now)
    }),
    { numRuns: 2000, seed: 20261124 },
  )
})

test('six of the newest ten voices overrule all earlier ones', () => {
  const newest = (no: number, size = 10) => Array.from({ length: size }, (_, n) => n >= no)
  expect(hasTurned(newest(6))).toBe(true)
  expect(hasTurned(newest(5))).toBe(false)
  expect(hasTurned(newest(9, 9))).toBe(false)
})

test('three failures are told when they are a third of all, where they are, and once', () => {
  expect(newlyFailing({ all: of(6, 2) }, { all: of(6, 3) })).toEqual(['all'])
  expect(newlyFailing({ all: of(7, 2) }, { all: of(7, 3) })).toEqual([])
  expect(newlyFailing({ all: of(6, 3) }, { all: of(6, 4) })).toEqual([])
  expect(newlyFailing({ all: of(90, 2), 12: of(0, 2) }, { all: of(90, 2, 0, 1), 12: of(0, 2, 0, 1) })).toEqual(['12'])
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { afterWorking } from './working_hours.ts'

const office = { from: 9 * 60, to: 18 * 60, days: [1, 2, 3, 4, 5], restsOnHolidays: true }
const due = (from: string, hours: number) => afterWorking(new Date(`${from}+09:00`), hours * 60, office)
const at = (moment: string) => new Date(`${moment}+09:00`)

test('eight hours of work later the same day, or the next', () => {
  expect(due('2026-11-24T09:30', 8)).toEqual(at('2026-11-24T17:30'))
  expect(due('2026-11-24T14:00', 8)).toEqual(at('2026-11-25T13:00'))
})

test('what comes at night or at the weekend waits for the morning', () => {
  expect(due('2026-11-24T23:10', 1)).toEqual(at('2026-11-25T10:00'))
  expect(due('2026-11-28T12:00', 1)).toEqual(at('2026-11-30T10:00'))
})

test('public holidays are no days of work, substitutes and golden week included', () => {
  expect(due('2026-11-20T17:00', 2)).toEqual(at('2026-11-24T10:00'))
  expect(due('2026-05-01T17:00', 2)).toEqual(at('2026-05-07T10:00'))
  expect(afterWorking(at('2026-11-20T17:00'), 120, { ...office, restsOnHolidays: false })).toEqual(at('2026-11-23T10:00'))
})

test('more work is never due earlier, and never outside of hours', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 500_000 }), fc.integer({ min: 1, max: 3000 }), (minute, work) => {
      const start = new Date(Date.UTC(2026, 0, 1) + minute * 60_000)
      const end = afterWorking(start, work, office)
      expect(end.getTime()).toBeGreaterThanOrEqual(start.getTime() + work * 60_000)
      expect(afterWorking(start, work + 1, office).getTime()).toBeGreaterThan(end.getTime())
      const local = new Date(end.getTime() + 9 * 3_600_000)
      const inDay = local.getUTCHours() * 60 + local.getUTCMinutes()
      expect(inDay).toBeGreaterThanOrEqual(office.from)
      expect(inDay).toBeLessThanOrEqual(office.to)
    }),
    { numRuns: 500, seed: 20261124 },
  )
})

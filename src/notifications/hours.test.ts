import { expect, test } from 'vitest'
import { nextDigest, quietUntil } from './hours.ts'

const at = (text: string) => new Date(text)
const tokyo = { zone: 'Asia/Tokyo', quietFrom: 22, quietTo: 7 }

test('quiet hours go past midnight, in the hours of where somebody lives', () => {
  expect(quietUntil(tokyo, at('2026-03-10T21:59:00+09:00'))).toBeUndefined()
  expect(quietUntil(tokyo, at('2026-03-10T22:00:00+09:00'))).toEqual(at('2026-03-11T07:00:00+09:00'))
  expect(quietUntil(tokyo, at('2026-03-11T06:59:59+09:00'))).toEqual(at('2026-03-11T07:00:00+09:00'))
  expect(quietUntil(tokyo, at('2026-03-11T07:00:00+09:00'))).toBeUndefined()
  expect(quietUntil({ ...tokyo, zone: 'Asia/Kolkata' }, at('2026-03-10T22:10:00+05:30'))).toEqual(at('2026-03-11T07:00:00+05:30'))
  expect(quietUntil({ ...tokyo, quietFrom: null }, at('2026-03-10T23:00:00+09:00'))).toBeUndefined()
  expect(quietUntil({ ...tokyo, quietFrom: 12, quietTo: 13 }, at('2026-03-10T12:30:00+09:00'))).toEqual(at('2026-03-10T13:00:00+09:00'))
})

test('a digest comes at one’s hour, daily or on one’s weekday, also across a change of the clocks', () => {
  const daily = { rhythm: 'daily', hour: 8, weekday: 1, zone: 'Asia/Tokyo' } as const
  expect(nextDigest(daily, at('2026-03-10T07:59:00+09:00'))).toEqual(at('2026-03-10T08:00:00+09:00'))
  expect(nextDigest(daily, at('2026-03-10T08:00:00+09:00'))).toEqual(at('2026-03-11T08:00:00+09:00'))
  expect(nextDigest({ ...daily, rhythm: 'weekly' }, at('2026-03-10T12:00:00+09:00'))).toEqual(at('2026-03-16T08:00:00+09:00'))
  // Berlin puts its clocks forward on 29 March 2026.
  const berlin = { ...daily, zone: 'Europe/Berlin' }
  expect(nextDigest(berlin, at('2026-03-28T09:00:00+01:00'))).toEqual(at('2026-03-29T08:00:00+02:00'))
  expect(nextDigest({ ...daily, rhythm: 'at_once' }, new Date())).toBeNull()
})

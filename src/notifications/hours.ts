import type { NoticeSettings } from './schema.ts'

/** Zones people choose from: names as the tz database has them. */
export const ZONES = [
  'Asia/Tokyo',
  'Asia/Shanghai',
  'Asia/Singapore',
  'Asia/Kolkata',
  'Europe/London',
  'Europe/Berlin',
  'America/New_York',
  'America/Los_Angeles',
  'Pacific/Honolulu',
  'Australia/Sydney',
]

const HOUR = 3_600_000

type Quiet = Pick<NoticeSettings, 'zone' | 'quietFrom' | 'quietTo'>

/** When somebody's quiet hours end that `at` lies in; undefined outside them. They may go past midnight. */
export function quietUntil({ zone, quietFrom, quietTo }: Quiet, at: Date): Date | undefined {
  if (quietFrom === null || quietTo === null || quietFrom === quietTo) return undefined
  const { hour } = clockIn(zone, at)
  const isQuiet = quietFrom < quietTo ? hour >= quietFrom && hour < quietTo : hour >= quietFrom || hour < quietTo
  return isQuiet ? nextWith(zone, at, clock => clock.hour === quietTo) : undefined
}

type Digest = Pick<NoticeSettings, 'rhythm' | 'hour' | 'weekday' | 'zone'>

/** When the next digest after `at` is due; null for who wants none. */
export function nextDigest({ rhythm, hour, weekday, zone }: Digest, at: Date): Date | null {
  if (rhythm !== 'daily' && rhythm !== 'weekly') return null
  return nextWith(zone, at, clock => clock.hour === hour && (rhythm === 'daily' || clock.weekday === weekday)) ?? null
}

/** The beginning of the next hour in `zone` that `isIt`, within nine days: clocks that are put back or forward are walked like others. */
function nextWith(zone: string, at: Date, isIt: (clock: Clock) => boolean): Date | undefined {
  const begin = at.getTime() - (clockIn(zone, at).minute * 60_000 + (at.getTime() % 60_000))
  for (let hours = 1; hours < 9 * 24; hours++) {
    const moment = new Date(begin + hours * HOUR)
    if (isIt(clockIn(zone, moment))) return moment
  }
  return undefined
}

type Clock = { hour: number; minute: number; weekday: number }
const formats = new Map<string, Intl.DateTimeFormat>()

function clockIn(zone: string, at: Date): Clock {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en', { timeZone: zone, hour: 'numeric', minute: 'numeric', weekday: 'short', hourCycle: 'h23' })
  formats.set(zone, format)
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
  return { hour: Number(parts.hour), minute: Number(parts.minute), weekday: DAYS.indexOf(parts.weekday ?? '') }
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

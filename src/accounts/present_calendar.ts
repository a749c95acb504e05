import type { Locale, Translate } from '../platform/i18n.ts'

const DAY = 86_400_000
const WEEKS = 53
const STEP = 13
const TOP = 20

/**
 * A year of days as a drawing, a column a week, and the same in words and by month. `counts` are by day (`2026-11-24`, in Japan).
 * The darker, the more; the largest numbers of one person do not make his others pale.
 */
export function presentCalendar(counts: Map<string, number>, t: Translate, now = Date.now()) {
  const locale = t.locale ?? 'ja'
  const today = Math.floor((now + 9 * 3_600_000) / DAY) * DAY
  const sunday = today - new Date(today).getUTCDay() * DAY - (WEEKS - 1) * 7 * DAY
  const days = Array.from({ length: Math.round((today - sunday) / DAY) + 1 }, (_, place) => {
    const at = new Date(sunday + place * DAY)
    const count = counts.get(at.toISOString().slice(0, 10)) ?? 0
    const text = count > 0 ? t('members.calendar.day', { day: dayName(at, locale), count }) : undefined
    return { x: Math.floor(place / 7) * STEP, y: TOP + (place % 7) * STEP, tone: toneOf(count), at, count, text }
  })
  const active = days.filter(({ count }) => count > 0)
  const total = active.reduce((sum, { count }) => sum + count, 0)
  return {
    days,
    months: monthNames(days, locale),
    width: WEEKS * STEP,
    height: TOP + 7 * STEP,
    summary: t('members.calendar.summary', { days: active.length, posts: total }),
    byMonth: byMonth(active, locale),
  }
}

type Day = { x: number; at: Date; count: number }

const toneOf = (count: number) => (count === 0 ? 0 : count === 1 ? 1 : count <= 3 ? 2 : count <= 6 ? 3 : 4)
const dayName = (at: Date, locale: Locale) =>
  new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(at)
const monthName = (at: Date, locale: Locale, year = false) =>
  new Intl.DateTimeFormat(locale, { month: year ? 'long' : 'short', ...(year && { year: 'numeric' }), timeZone: 'UTC' }).format(at)

/** A month's name above the week in which it begins; the first column has room for none. */
const monthNames = (days: Day[], locale: Locale) =>
  days.filter(({ at, x }) => at.getUTCDate() === 1 && x > 0).map(({ x, at }) => ({ x, name: monthName(at, locale) }))

function byMonth(active: Day[], locale: Locale) {
  const months = Map.groupBy(active, ({ at }) => at.toISOString().slice(0, 7))
  return [...months]
    .map(([, days]) => ({
      name: days[0] && monthName(days[0].at, locale, true),
      days: days.length,
      posts: days.reduce((sum, { count }) => sum + count, 0),
    }))
    .toReversed()
}

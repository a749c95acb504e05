import type { Translate } from '../../platform/i18n.ts'
import { HEAT_PARTS } from './heat.ts'
import type { nudgesIn, Unwarned, Warned } from './queries.ts'

const DAY = 86_400_000
const dayIn = (time: number) => new Date(time + 9 * 3_600_000).toISOString().slice(0, 10)

/** The Monday of the week of a day in Japan (`2026-11-23`); of today where no day is named, or one that is none. */
export function mondayOf(day: string | undefined, now = Date.now()): string {
  const named = /^\d{4}-\d\d-\d\d$/.test(day ?? '') ? Date.parse(`${day}T00:00:00+09:00`) : Number.NaN
  const time = Number.isNaN(named) || named > now ? now : named
  const weekday = (new Date(time + 9 * 3_600_000).getUTCDay() + 6) % 7
  return dayIn(time - weekday * DAY)
}

/** The week before and the one after, while that has begun. */
export function weeksBeside(monday: string, now = Date.now()) {
  const start = Date.parse(`${monday}T00:00:00+09:00`)
  const path = (time: number) => `/admin/calm?week=${dayIn(time)}`
  return {
    earlierPath: path(start - 7 * DAY),
    laterPath: start + 7 * DAY <= now ? path(start + 7 * DAY) : undefined,
    start: new Date(start),
  }
}

/** A warning with its two weightiest parts and what came of it. */
export const presentWarned = ({ topicId, parts, ...warned }: Warned, t: Translate) => ({
  ...warned,
  path: `/t/${topicId}`,
  why: parts
    .toSorted((a, b) => b.points - a.points)
    .slice(0, 2)
    .map(({ name, points }) => `${t(`moderation.parts.${name}`)} ${Math.round(points)}/${HEAT_PARTS[name]}`)
    .join(t('topics.slow.and')),
})

export const presentUnwarned = ({ topicId, ...unwarned }: Unwarned) => ({ ...unwarned, path: `/t/${topicId}` })

/** What came of asking writers, as figures; how often it helped in percent of those who have done something since. */
export function presentNudges(nudges: Awaited<ReturnType<typeof nudgesIn>>) {
  const done = nudges.changed + nudges.withdrawn + nudges.asIs
  return { ...nudges, helped: done > 0 ? Math.round((100 * (nudges.changed + nudges.withdrawn)) / done) : undefined }
}

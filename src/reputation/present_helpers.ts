import type { Locale, Translate } from '../platform/i18n.ts'
import { presentAuthor } from '../topics/present.ts'
import type { Helper } from './helper_queries.ts'

/** Helpers of one month with their rank: equal points, equal rank. */
export function presentHelpers(helpers: Helper[], t: Translate) {
  return helpers.map(helper => {
    const rank = helpers.findIndex(({ points }) => points === helper.points) + 1
    return {
      ...helper,
      author: presentAuthor(helper.author, null, t.locale ?? 'ja', t),
      rank,
      rankText: t('helpers.rank', { rank }),
      isMaster: rank === 1,
    }
  })
}

/** The masters of this month for a board's page, or of the last one as long as this month has none. */
export function presentMasters(helpers: Helper[], months: string[], t: Translate) {
  const month = months.find(each => helpers.some(helper => helper.month === each))
  const shown = presentHelpers(
    helpers.filter(helper => helper.month === month),
    t,
  ).filter(({ rank }) => rank <= 3)
  return { masters: shown, title: t(month === months[0] ? 'helpers.thisMonth' : 'helpers.lastMonth') }
}

const MONTH = /^(20\d\d)-(0[1-9]|1[0-2])$/

/** A month as it is kept, `back` months before this one (in Japan). */
export function monthBefore(back: number, now = Date.now()): string {
  const japan = new Date(now + 9 * 3_600_000)
  return new Date(Date.UTC(japan.getUTCFullYear(), japan.getUTCMonth() - back, 1)).toISOString().slice(0, 10)
}

/** The month an address asks for (`2026-11`), not after this one; this one for anything else. */
export function monthFrom(asked: string | undefined): string {
  const [current, month] = [monthBefore(0), `${asked}-01`]
  return MONTH.test(asked ?? '') && month < current ? month : current
}

/** A month with its neighbours, for the way through them. */
export function presentMonth(month: string, path: string, locale: Locale) {
  const at = new Date(`${month}T00:00:00Z`)
  const neighbour = (step: number) => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + step, 1)).toISOString().slice(0, 10)
  const [before, after] = [neighbour(-1), neighbour(1)]
  const text = (each: string) =>
    new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'long', timeZone: 'UTC' }).format(new Date(`${each}T00:00:00Z`))
  return {
    text: text(month),
    before: { path: `${path}?month=${before.slice(0, 7)}`, text: text(before) },
    after: after > monthBefore(0) ? undefined : { path: `${path}?month=${after.slice(0, 7)}`, text: text(after) },
  }
}

import { type Static, Type } from 'typebox'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { figuresCsv, presentMonth, presentYears, yearsCsv } from '../transparency/present.ts'
import { listFigures, listTakedownYears } from '../transparency/queries.ts'

const Month = Type.Object({ month: Type.Optional(Type.String({ maxLength: 20 })) })
const MONTHS = 12
const JAPAN = 9 * 3_600_000

/** What moderation decided, for everybody to read: counts, hours, appeals and requests for removal, as a page and as CSV. */
export async function transparencyRoutes(app: App, { db }: Services): Promise<void> {
  const everyone = { config: { access: 'everyone' } as const }

  app.get<{ Querystring: Static<typeof Month> }>(
    '/transparency',
    { config: { access: 'everyone', cached: true }, schema: { querystring: Month } },
    async ({ query, t }, reply) => {
      const [figures, years] = await Promise.all([listFigures(db, MONTHS), listTakedownYears(db)])
      const months = lastMonths(MONTHS)
      const month = months.find(each => each === query.month) ?? months[0] ?? ''
      return reply.keep(['transparency']).page('moderation/transparency', {
        title: t('transparency.title'),
        description: t('transparency.lead'),
        canonical: '/transparency',
        months: months.map(each => ({ path: `/transparency?month=${each}`, label: each.replace('-', '/'), isCurrent: each === month })),
        month: month.replace('-', '/'),
        ...presentMonth(figures, month, t),
        years: presentYears(years, t),
      })
    },
  )

  app.get('/transparency.csv', everyone, async (_, reply) =>
    sendCsv(reply, 'decisions-by-month.csv', figuresCsv(await listFigures(db, 120))),
  )
  app.get('/transparency/takedowns.csv', everyone, async (_, reply) =>
    sendCsv(reply, 'requests-by-year.csv', yearsCsv(await listTakedownYears(db))),
  )
}

type Reply = { headers(values: Record<string, string>): { send(body: string): unknown } }
const sendCsv = (reply: Reply, name: string, body: string) =>
  reply.headers({ 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="${name}"` }).send(body)

/** `2026-11` and the months before, as they are in Japan. */
function lastMonths(count: number): string[] {
  const now = new Date(Date.now() + JAPAN)
  return Array.from({ length: count }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1)).toISOString().slice(0, 7),
  )
}

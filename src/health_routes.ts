import { sql } from 'drizzle-orm'
import type { Services } from './platform/services.ts'
import type { App } from './platform/web.ts'

/** For load balancers: the process lives; it can serve. */
export async function healthRoutes(app: App, { db, searchState }: Services): Promise<void> {
  app.get('/healthz', { config: { access: 'everyone', ahead: true }, logLevel: 'silent' }, async () => ({ status: 'ok' }))
  app.get('/readyz', { config: { access: 'everyone', ahead: true }, logLevel: 'silent' }, async (_, reply) => {
    if (app.leaving.isLeaving()) return reply.code(503).header('retry-after', 5).send({ status: 'leaving' })
    await db.execute(sql`select 1`)
    const { answers, away } = searchState()
    return { status: 'ready', search: answers, ...(away && { away: [away] }) }
  })
}

import { type Static, Type } from 'typebox'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { listAudit } from '../audit_queries.ts'
import { DEEDS } from '../deeds.ts'
import { presentDeeds, presentEntry } from '../present_audit.ts'

const Query = Type.Object({
  deed: Type.Optional(Type.String({ maxLength: 40 })),
  before: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
})

/** The audit log, for operators. */
export async function auditRoutes(app: App, { db }: Services): Promise<void> {
  app.get<{ Querystring: Static<typeof Query> }>(
    '/moderation/audit',
    { config: { access: 'operators' }, schema: { querystring: Query } },
    async ({ actor, query, t }, reply) => {
      const deed = DEEDS.find(each => each === query.deed)
      const { rows, next } = await listAudit(db, actor, { deed, before: query.before })
      return reply.header('cache-control', 'no-store').page('moderation/audit', {
        title: t('moderation.audit.title'),
        noIndex: true,
        entries: rows.map(row => presentEntry(row, t)),
        deeds: presentDeeds(deed, t),
        nextPath: next && `/moderation/audit?${deed ? `deed=${deed}&` : ''}before=${next}`,
      })
    },
  )
}

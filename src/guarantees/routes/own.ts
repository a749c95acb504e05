import { type Static, Type } from 'typebox'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { readCode } from '../code.ts'
import { agreeToGuarantee, declineGuarantee } from '../offering.ts'
import { presentLine } from '../present.ts'
import { findGuarantee, listOwnGuarantees } from '../queries.ts'

const After = Type.Object({ after: Type.Optional(Type.String({ maxLength: 40 })) })
type One = { Params: { code: string } }

/** Answers of one's own that companies want to vouch for: agreed to, or not. */
export async function ownGuaranteeRoutes(app: App, { db }: Services): Promise<void> {
  const members = { config: { access: 'members' } as const }

  app.get<{ Querystring: Static<typeof After> }>(
    '/me/guarantees',
    { ...members, schema: { querystring: After } },
    async ({ actor, query, t }, reply) => {
      const page = await listOwnGuarantees(db, actor, query.after)
      return reply.header('cache-control', 'no-store').page('me/guarantees', {
        title: t('guarantees.own.title'),
        at: 'me',
        place: 'guarantees',
        noIndex: true,
        guarantees: page.rows.map(line => ({ ...presentLine(line, actor.preferences.locale, t), action: `/me/guarantees/${line.code}` })),
        nextPath: page.next && `/me/guarantees?after=${encodeURIComponent(page.next)}`,
      })
    },
  )
  app.post<One>('/me/guarantees/:code', members, async ({ actor, params }, reply) => {
    await agreeToGuarantee(db, actor, await findGuarantee(db, readCode(params.code) ?? ''))
    return reply.flash('guaranteeAgreed').see('/me/guarantees')
  })
  app.delete<One>('/me/guarantees/:code', members, async ({ actor, params }, reply) => {
    await declineGuarantee(db, actor, await findGuarantee(db, readCode(params.code) ?? ''))
    return reply.flash('guaranteeDeclined').see('/me/guarantees')
  })
}

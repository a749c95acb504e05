import { type Static, Type } from 'typebox'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { heldPath } from '../../topics/paths.ts'
import { findOwnDecision, listOwnFlags } from '../own_queries.ts'
import { presentFlagLine, presentOwnDecision } from '../present_own.ts'

const Params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

/** What moderation has to say to a member: about what he flagged, and about what he wrote. */
export async function ownRoutes(app: App, { db }: Services): Promise<void> {
  const members = { config: { access: 'members' } as const }

  app.get('/me/flags', members, async ({ actor, t }, reply) => {
    const rows = await listOwnFlags(db, actor)
    return reply.page('moderation/own_flags', {
      title: t('moderation.own.flags'),
      at: 'me',
      place: 'flags',
      noIndex: true,
      flags: rows.map(row => presentFlagLine(row, t)),
    })
  })

  app.get<{ Params: Static<typeof Params> }>(
    '/me/decisions/:id',
    { ...members, schema: { params: Params } },
    async ({ actor, params, t }, reply) => {
      const found = await findOwnDecision(db, actor, params.id)
      if (found.item.kind === 'hold' || found.item.kind === 'second_look')
        return reply.redirect(heldPath({ id: found.item.subjectId }), 303)
      const decision = presentOwnDecision(found, t)
      return reply.page('moderation/own_decision', { title: t('moderation.own.decision'), noIndex: true, ...decision })
    },
  )
}

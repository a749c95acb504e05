import { type Static, Type } from 'typebox'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { leaveIt } from '../words/nudging.ts'

const Leaving = Type.Object({ draftKey: Type.String({ minLength: 8, maxLength: 60 }) })

/** Whoever was asked to look again may leave it: his words stay as a draft. */
export async function nudgeRoutes(app: App, { db }: Services): Promise<void> {
  app.post<{ Body: Static<typeof Leaving> }>(
    '/nudges/leaving',
    { config: { access: 'members' }, schema: { body: Leaving } },
    async ({ actor, body }, reply) => reply.flash('leftIt').see(`/t/${await leaveIt(db, actor, body.draftKey)}`),
  )
}

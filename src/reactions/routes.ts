import { Type } from 'typebox'
import type { Services } from '../platform/services.ts'
import type { App } from '../platform/web.ts'
import { findPost } from '../topics/page_queries.ts'
import { postPath } from '../topics/paths.ts'
import { presentReaction } from './present.ts'
import { react, withdrawReaction } from './reactions.ts'
import { REACTIONS, type ReactionKind } from './schema.ts'

const Params = Type.Object({
  id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  kind: Type.Union(REACTIONS.map(kind => Type.Literal(kind))),
})
type Route = { Params: { id: number; kind: ReactionKind } }

/** Helpful, thanks, me too: given and taken back. */
export async function reactionRoutes(app: App, { db }: Services): Promise<void> {
  const options = { config: { access: 'members' } as const, schema: { params: Params } }

  app.post<Route>('/posts/:id/reactions/:kind', options, async ({ actor, params, t }, reply) => {
    const post = await findPost(db, actor, params.id)
    await react(db, actor, post, params.kind)
    return reply.see(postPath(post.topic, post), {
      view: 'reactions/reaction.stream',
      model: presentReaction(await findPost(db, actor, params.id), post.topic, params.kind, true, actor, t),
    })
  })
  app.delete<Route>('/posts/:id/reactions/:kind', options, async ({ actor, params, t }, reply) => {
    const post = await findPost(db, actor, params.id)
    await withdrawReaction(db, actor, post, params.kind)
    return reply.see(postPath(post.topic, post), {
      view: 'reactions/reaction.stream',
      model: presentReaction(await findPost(db, actor, params.id), post.topic, params.kind, false, actor, t),
    })
  })
}

import { type Static, Type } from 'typebox'
import { sameSitePath } from '../../accounts/same_site_path.ts'
import { visitorOf } from '../../accounts/visitor.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { canReact } from '../../reactions/policy.ts'
import { react } from '../../reactions/reactions.ts'
import { findPost } from '../../topics/page_queries.ts'
import { postPath } from '../../topics/paths.ts'
import { askPath, wordsOf } from '../asked.ts'
import { endAsking } from '../deflecting.ts'
import { recordClick, recordVerdict, rememberSearches } from '../remembering.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** What was looked for and is not written down yet. */
    searches: ReturnType<typeof rememberSearches>
  }
}

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Click = Type.Object({ q: Type.String({ maxLength: 4000 }), topic: Id })
const Verdict = Type.Object({
  q: Type.String({ maxLength: 4000 }),
  topic: Type.Optional(Id),
  found: Type.Union([Type.Literal('yes'), Type.Literal('no')]),
  next: Type.Optional(Type.String({ maxLength: 4000 })),
})
const Solved = Type.Object({ post: Id })
const AskKey = Type.Object({ draftKey: Type.String({ minLength: 8, maxLength: 60 }) })

/** A person opens a result now and then; whoever opens two a second counts for nothing. */
const NOW_AND_THEN = { max: 120, timeWindow: 60_000 }

/** What readers do with results: which they open, whether they found what they looked for, and an ask that ends because they did. */
export async function useRoutes(app: App, { db, log }: Services): Promise<void> {
  app.decorate('searches', rememberSearches(db, { onError: error => log.warn({ err: error }, 'searches were not remembered') }))
  app.addHook('onClose', () => app.searches.stop().catch(() => {}))

  app.post<{ Body: Static<typeof Click> }>(
    '/search/clicks',
    { config: { access: 'everyone', rateLimit: NOW_AND_THEN }, schema: { body: Click } },
    async (request, reply) => {
      await recordClick(db, visitorOf(request), { words: wordsOf(request.body).words, topicId: request.body.topic })
      return reply.code(204).send()
    },
  )

  app.post<{ Body: Static<typeof Verdict> }>(
    '/search/found',
    { config: { access: 'everyone', rateLimit: NOW_AND_THEN }, schema: { body: Verdict } },
    async (request, reply) => {
      const { topic, found, next } = request.body
      const { words } = wordsOf(request.body)
      await recordVerdict(db, visitorOf(request), { words, topicId: topic, found: found === 'yes' })
      return reply.flash(found === 'yes' ? 'searchFound' : 'searchMissed').see(sameSitePath(next ?? '/search'), {
        view: 'search/found.stream',
        model: { wasFound: found === 'yes', askPath: askPath(words) },
      })
    },
  )

  app.post<{ Querystring: Static<typeof Solved>; Body: Static<typeof AskKey> }>(
    '/ask/solved',
    { config: { access: 'members' }, schema: { querystring: Solved, body: AskKey } },
    async ({ actor, query, body }, reply) => {
      const post = await findPost(db, actor, query.post)
      await endAsking(db, actor, post, body)
      const thanked = post.kind === 'answer' && canReact(actor, post, post.topic, 'thanks')
      if (thanked) await react(db, actor, post, 'thanks')
      return reply.flash(thanked ? 'deflectedThanked' : 'deflected').see(postPath(post.topic, post))
    },
  )
}

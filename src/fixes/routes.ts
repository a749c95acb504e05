import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { deviceOf } from '../accounts/routes/gate.ts'
import { visitorOf } from '../accounts/visitor.ts'
import { Missing, Refused } from '../platform/errors.ts'
import type { Services } from '../platform/services.ts'
import type { App } from '../platform/web.ts'
import { type FormAgain, sayInPlace, showAgain } from '../platform/web_errors.ts'
import { findPost } from '../topics/page_queries.ts'
import { postPath } from '../topics/paths.ts'
import { sayFixed, withdrawFixed } from './fixes.ts'
import { canSayFixed } from './policy.ts'
import { fixedPath, havingOf, presentChoices, presentFixed } from './present.ts'
import { findOwnFix, listChoices } from './queries.ts'

const Params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const FixedForm = Type.Object({
  fixed: Type.Union([Type.Literal('yes'), Type.Literal('no')]),
  having: Type.Optional(Type.String({ maxLength: 20 })),
})
type Route = { Params: Static<typeof Params>; Body: Static<typeof FixedForm> }

/** Whether an answer fixed it: for every reader, logged in or not. */
export async function fixRoutes(app: App, { db, config }: Services): Promise<void> {
  const readerOf = (request: FastifyRequest, reply: FastifyReply) => ({
    device: deviceOf(request, reply, config),
    visitor: visitorOf(request),
  })
  const everyone = { config: { access: 'everyone' } as const, schema: { params: Params } }

  app.get<Route>('/posts/:id/fixed', everyone, (request, reply) => showForm(request, reply))

  app.post<Route>(
    '/posts/:id/fixed',
    {
      config: { access: 'everyone', rateLimit: { max: 60, timeWindow: 60_000 } },
      schema: { params: Params, body: FixedForm },
      errorHandler: sayWhy,
    },
    async (request, reply) => {
      const { actor, params, body } = request
      const post = await findPost(db, actor, params.id)
      await sayFixed(db, actor, post, readerOf(request, reply), { fixed: body.fixed === 'yes', having: body.having })
      const mayTellMore = body.having === undefined && post.topic.productIds.length > 0
      if (mayTellMore) return reply.flash('fixSaid').see(fixedPath(post), await boxOf(request, 'ask'))
      return reply.flash('fixSaid').see(postPath(post.topic, post), await boxOf(request, 'thanks'))
    },
  )

  app.delete<Route>('/posts/:id/fixed', { ...everyone, errorHandler: sayWhy }, async (request, reply) => {
    const post = await findPost(db, request.actor, request.params.id)
    await withdrawFixed(db, request.actor, post, readerOf(request, reply))
    return reply.flash('fixWithdrawn').see(postPath(post.topic, post), await boxOf(request))
  })

  /** What cannot be taken is said where it was pressed; on a page of its own without JavaScript. */
  async function sayWhy(error: Error, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const said = sayInPlace(error instanceof Missing ? new Refused('fixes.errors.gone') : error, request)
    if (!said) return showAgain(showForm)(error, request, reply)
    const { id } = request.params as Route['Params']
    return reply.code(said.status).header('cache-control', 'no-store').fragment('fixes/refused.stream', { id, text: said.text })
  }

  /** The box of one answer as it stands now, for the open page. */
  async function boxOf(request: FastifyRequest, after?: 'ask' | 'thanks') {
    const { actor, t, params } = request
    const post = await findPost(db, actor, (params as Route['Params']).id)
    const said = (request.body as Route['Body'] | undefined)?.fixed
    const box = presentFixed(post, post.topic, after && (said === 'yes' ? 'fixed' : 'failed'), actor, t)
    const choices = after === 'ask' ? presentChoices(await listChoices(db, post.topicId), '', actor.preferences.locale, t) : undefined
    return { view: 'fixes/fixed.stream', model: { ...box, said, choices, thanks: after !== undefined } }
  }

  async function showForm(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t, params } = request
    const post = await findPost(db, actor, (params as Route['Params']).id)
    const [own, choices] = await Promise.all([
      findOwnFix(db, actor, post, request.cookies.device ?? ''),
      canSayFixed(actor, post, post.topic) ? listChoices(db, post.topicId) : [],
    ])
    const typed = form?.values as Partial<Route['Body']> | undefined
    const chosen = typed?.having ?? havingOf(own)
    const said = typed?.fixed ? typed.fixed === 'yes' : own?.fixed
    return reply.header('cache-control', 'no-store').page('fixes/show', {
      title: t('fixes.title'),
      noIndex: true,
      topicTitle: post.topic.title,
      backPath: postPath(post.topic, post),
      fixed: presentFixed(post, post.topic, said === undefined ? undefined : said ? 'fixed' : 'failed', actor, t),
      hasSaid: own !== undefined,
      choices: presentChoices(choices, chosen, actor.preferences.locale, t),
      ...form,
    })
  }
}

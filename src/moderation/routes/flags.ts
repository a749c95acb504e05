import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { findPost } from '../../topics/page_queries.ts'
import { postLink, postPath } from '../../topics/paths.ts'
import { canFlag } from '../../topics/policy.ts'
import { findOwnFlag } from '../flag_queries.ts'
import { FLAG_LETTERS, flagPost } from '../flags.ts'
import { presentOwnFlag } from '../present_flag.ts'
import { FLAG_REASONS } from '../schema.ts'

const Params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const FlagForm = Type.Object({
  reason: Type.Union(FLAG_REASONS.map(reason => Type.Literal(reason))),
  words: Type.String({ maxLength: 10_000, default: '' }),
})
type One<Body = unknown> = { Params: Static<typeof Params>; Body: Body }

/** Flagging a post, on a page of its own. */
export async function flagRoutes(app: App, { db }: Services): Promise<void> {
  const members = { config: { access: 'members' } as const, schema: { params: Params } }

  app.get<One>('/posts/:id/flags', members, (request, reply) => show(request, reply))
  app.post<One<Static<typeof FlagForm>>>(
    '/posts/:id/flags',
    { ...members, schema: { params: Params, body: FlagForm }, errorHandler: showAgain(show) },
    async ({ actor, params, body }, reply) => {
      const post = await findPost(db, actor, params.id)
      await flagPost(db, actor, post, body)
      return reply.flash('flagged').see(postPath(post.topic, post))
    },
  )

  async function show(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const post = await findPost(db, actor, (request.params as One['Params']).id)
    const own = form ? undefined : await findOwnFlag(db, actor, post.id)
    if (!own && !canFlag(actor, post)) throw new Missing()
    return reply.page('moderation/flag', {
      title: t('moderation.flag.title'),
      noIndex: true,
      post: {
        action: `${postLink(post)}/flags`,
        backPath: postPath(post.topic, post),
        topicTitle: post.topic.title,
        bodyHtml: post.bodyHtml,
      },
      own: own && presentOwnFlag(own, t),
      reasons: FLAG_REASONS.map(value => ({
        value,
        label: t(`moderation.why.${value}`),
        hint: t(`moderation.flag.hints.${value}`),
        isChosen: form?.values.reason === value,
      })),
      longest: FLAG_LETTERS,
      values: form?.values ?? {},
      errors: form?.errors ?? {},
      errorList: form?.errorList,
    })
  }
}

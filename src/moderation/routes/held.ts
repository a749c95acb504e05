import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { findDraft } from '../../topics/drafts.ts'
import { heldPath, postLink } from '../../topics/paths.ts'
import { canMendHeld } from '../../topics/policy.ts'
import { resubmit, takeBackHeld } from '../holds/mending.ts'
import { presentHeld, presentHeldLine, presentHoldRules } from '../holds/present.ts'
import { findAsAuthor, lastItemOf, listOwnHeld } from '../holds/queries.ts'
import { changeHoldRules, findHoldRules } from '../holds/settings.ts'

const Params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const Mended = Type.Object({
  title: Type.Optional(Type.String({ maxLength: 400 })),
  body: Type.String({ maxLength: 100_000 }),
  revision: Type.Integer({ minimum: 1, maximum: 1_000_000 }),
})
const few = Type.Integer({ minimum: 0, maximum: 50 })
const Rules = Type.Object({
  firstPosts: few,
  links: few,
  burst: few,
  pictures: few,
  repeated: Type.Optional(Type.String({ maxLength: 5 })),
})
type One<Body = unknown> = { Params: Static<typeof Params>; Body: Body }

/** What of a member's waits for a moderator: seen by him, mended and handed in again, taken back; and the operator's rules for it. */
export async function heldRoutes(app: App, { db }: Services): Promise<void> {
  const members = { config: { access: 'members' } as const }
  const operators = { config: { access: 'operators' } as const }
  const one = { ...members, schema: { params: Params } }

  app.get('/me/held', members, async ({ actor, t }, reply) => {
    const rows = await listOwnHeld(db, actor)
    const held = rows.map(row => presentHeldLine(row, t))
    return reply.page('moderation/own_held', { title: t('moderation.hold.own'), at: 'me', place: 'held', noIndex: true, held })
  })

  app.get<One>('/me/held/:id', one, (request, reply) => show(request, reply))

  app.put<One<Static<typeof Mended>>>(
    '/me/held/:id',
    {
      config: { access: 'members', draftPlace: request => `edit:${(request.params as One['Params']).id}` },
      schema: { params: Params, body: Mended },
      errorHandler: showAgain(show),
    },
    async ({ actor, params, body }, reply) => {
      const post = await findAsAuthor(db, actor, params.id)
      await resubmit(db, actor, post, body)
      return reply.flash('resubmitted').see(heldPath(post))
    },
  )

  app.delete<One>('/me/held/:id', one, async ({ actor, params }, reply) => {
    await takeBackHeld(db, actor, await findAsAuthor(db, actor, params.id))
    return reply.flash('withdrawn').see('/me/held')
  })

  app.get('/moderation/rules', operators, (request, reply) => showRules(request, reply))
  app.post<{ Body: Static<typeof Rules> }>(
    '/moderation/rules',
    { ...operators, schema: { body: Rules }, errorHandler: showAgain(showRules) },
    async ({ actor, body }, reply) => {
      await changeHoldRules(db, actor, { ...body, repeated: body.repeated === 'yes' })
      return reply.flash('saved').see('/moderation/rules')
    },
  )

  async function show(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const post = await findAsAuthor(db, actor, (request.params as One['Params']).id)
    // What was released meanwhile is where everybody sees it.
    if (!post.heldAt && !post.hiddenAt && !post.withdrawnAt) return reply.redirect(postLink(post), 303)
    if (!canMendHeld(actor, post)) throw new Missing()
    const [item, draft] = await Promise.all([lastItemOf(db, post.id), findDraft(db, actor, `edit:${post.id}`)])
    return reply.header('cache-control', 'no-store').page('moderation/held', {
      title: t('moderation.hold.title'),
      noIndex: true,
      held: presentHeld(post, item, t),
      place: `edit:${post.id}`,
      ...form,
      values: form?.values ?? { title: post.topic.title, body: post.body, revision: post.revision, ...draft.content },
      errors: form?.errors ?? {},
    })
  }

  async function showRules(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const rules = form?.values ?? (await findHoldRules(db))
    return reply.header('cache-control', 'no-store').page('moderation/rules', {
      title: request.t('moderation.rules.title'),
      noIndex: true,
      fields: presentHoldRules(rules).map(field => ({ ...field, error: form?.errors[field.name] })),
      repeated: rules.repeated === true || rules.repeated === 'yes',
      errorList: form?.errorList,
    })
  }
}

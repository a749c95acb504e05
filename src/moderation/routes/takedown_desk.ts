import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { findPost } from '../../topics/page_queries.ts'
import { postPath } from '../../topics/paths.ts'
import { auditLook } from '../audit.ts'
import { askPoster, decideTakedown } from '../takedowns/deciding.ts'
import { canDecideTakedown } from '../takedowns/policy.ts'
import { deskPath, presentTakedown, takedownNumber } from '../takedowns/present.ts'
import { findTakedown, listProofs, listTakedowns } from '../takedowns/queries.ts'

const One = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const Proof = Type.Object({ ...One.properties, number: Type.Integer({ minimum: 1, maximum: 20 }) })
const List = Type.Object({ list: Type.Optional(Type.String({ maxLength: 20 })), after: Type.Optional(Type.String({ maxLength: 80 })) })
const Verdict = Type.Object({
  outcome: Type.Union([Type.Literal('removed'), Type.Literal('kept')]),
  answer: Type.String({ maxLength: 10_000 }),
  urgent: Type.Optional(Type.String({ maxLength: 10 })),
})
type Route<Params, Body = unknown> = { Params: Params; Body: Body }

/** The desk where requests are decided. Who asked is shown only when somebody says he needs to see it, and every look is in the audit. */
export async function takedownDeskRoutes(app: App, { db, storage }: Services): Promise<void> {
  const operators = { config: { access: 'operators' } as const }
  const one = { ...operators, schema: { params: One } }
  const idOf = (request: FastifyRequest) => (request.params as Static<typeof One>).id

  app.get<{ Querystring: Static<typeof List> }>(
    '/moderation/takedowns',
    { ...operators, schema: { querystring: List } },
    async (request, reply) => {
      const { actor, query, t } = request
      const decided = query.list === 'decided'
      const page = await listTakedowns(db, actor, { decided, after: query.after })
      return reply.header('cache-control', 'no-store').page('moderation/takedowns/list', {
        title: t('takedowns.desk.title'),
        noIndex: true,
        tabs: (['waiting', 'decided'] as const).map(list => ({
          path: list === 'waiting' ? '/moderation/takedowns' : '/moderation/takedowns?list=decided',
          label: t(`takedowns.desk.${list}`),
          isCurrent: (list === 'decided') === decided,
        })),
        rows: page.rows.map(row => ({ ...row, ...presentTakedown(row, t) })),
        nextPath: page.next && `/moderation/takedowns?${decided ? 'list=decided&' : ''}after=${encodeURIComponent(page.next)}`,
      })
    },
  )

  app.get<Route<Static<typeof One>>>('/moderation/takedowns/:id', one, (request, reply) => show(request, reply))

  app.post<Route<Static<typeof One>>>('/moderation/takedowns/:id/person', one, async (request, reply) => {
    const takedown = await findTakedown(db, request.actor, idOf(request))
    if (!canDecideTakedown(request.actor, await findPost(db, request.actor, takedown.postId))) throw new Missing()
    await auditLook(db, request.actor, { subject: 'takedown', id: takedown.id })
    return show(request, reply, undefined, { name: takedown.name, email: takedown.email })
  })
  app.get<Route<Static<typeof Proof>>>(
    '/moderation/takedowns/:id/proofs/:number',
    { ...operators, schema: { params: Proof } },
    async ({ actor, params }, reply) => {
      const takedown = await findTakedown(db, actor, params.id)
      const proof = (await listProofs(db, params.id))[params.number - 1]
      if (!proof || !canDecideTakedown(actor, await findPost(db, actor, takedown.postId))) throw new Missing()
      await auditLook(db, actor, { subject: 'takedown', id: takedown.id })
      return reply
        .headers({ 'content-type': 'image/webp', 'content-disposition': 'inline', 'cache-control': 'no-store' })
        .headers({ 'content-security-policy': "default-src 'none'; sandbox", 'x-content-type-options': 'nosniff' })
        .send(Buffer.from(await storage.getBytes(proof.place)))
    },
  )

  app.post<Route<Static<typeof One>>>('/moderation/takedowns/:id/asking', one, async ({ actor, params }, reply) => {
    const takedown = await findTakedown(db, actor, params.id)
    await askPoster(db, actor, takedown, await findPost(db, actor, takedown.postId))
    return reply.flash('posterAsked').see(deskPath(takedown))
  })
  app.post<Route<Static<typeof One>, Static<typeof Verdict>>>(
    '/moderation/takedowns/:id',
    { ...operators, schema: { params: One, body: Verdict }, errorHandler: showAgain(show) },
    async ({ actor, params, body }, reply) => {
      const takedown = await findTakedown(db, actor, params.id)
      await decideTakedown(db, actor, takedown, await findPost(db, actor, takedown.postId), { ...body, urgent: body.urgent === 'yes' })
      return reply.flash('takedownDecided').see(deskPath(takedown))
    },
  )

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    form?: FormAgain,
    person?: { name: string | null; email: string | null },
  ): Promise<FastifyReply> {
    const { actor, t } = request
    const takedown = await findTakedown(db, actor, idOf(request))
    const post = await findPost(db, actor, takedown.postId)
    const proofs = await listProofs(db, takedown.id)
    const values: Record<string, unknown> = form?.values ?? {}
    return reply.header('cache-control', 'no-store').page('moderation/takedowns/case', {
      title: t('takedowns.desk.of', { number: takedownNumber(takedown) }),
      noIndex: true,
      takedown: presentTakedown(takedown, t),
      relation: t(`takedowns.relations.${takedown.relation}`),
      words: takedown.words ?? undefined,
      viewWords: takedown.viewWords ?? undefined,
      answer: takedown.answer,
      person,
      isForgotten: takedown.forgottenAt !== null,
      proofs: proofs.map((_, index) => ({
        path: `${deskPath(takedown)}/proofs/${index + 1}`,
        label: t('takedowns.desk.proof', { number: index + 1 }),
      })),
      post: { bodyHtml: post.bodyHtml, topicTitle: post.topic.title, path: postPath(post.topic, post) },
      may: canDecideTakedown(actor, post) && (takedown.outcome === null || form !== undefined),
      mayAsk: canDecideTakedown(actor, post) && takedown.outcome === null && !takedown.askedAt,
      action: deskPath(takedown),
      outcomes: (['removed', 'kept'] as const).map(value => ({
        value,
        label: t(`takedowns.desk.${value}`),
        isChosen: values.outcome === value,
      })),
      values,
      errors: form?.errors ?? {},
      errorList: form?.errorList,
    })
  }
}

import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { throttle } from '../../platform/throttle.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { receiveFile } from '../../platform/web_files.ts'
import { newDraftKey } from '../../topics/drafts.ts'
import { findPost } from '../../topics/page_queries.ts'
import { postLink } from '../../topics/paths.ts'
import { DECISION_DAYS, KEEP_DAYS, VIEW_DAYS } from '../takedowns/clocks.ts'
import { sayView } from '../takedowns/deciding.ts'
import { addProof, fileTakedown, WORDS_LETTERS } from '../takedowns/filing.ts'
import { presentTakedown, receiptPath, takedownNumber, viewPath } from '../takedowns/present.ts'
import { findByKey, findOwnTakedown, listProofs } from '../takedowns/queries.ts'
import { RELATIONS, RIGHTS } from '../takedowns/schema.ts'

const literals = <Name extends string>(names: readonly Name[]) => Type.Union(names.map(name => Type.Literal(name)))
const RequestForm = Type.Object({
  post: Type.String({ maxLength: 500 }),
  right: literals(RIGHTS),
  relation: literals(RELATIONS),
  name: Type.String({ maxLength: 400 }),
  email: Type.String({ maxLength: 400 }),
  words: Type.String({ maxLength: 20_000 }),
  draftKey: Type.String({ minLength: 8, maxLength: 60 }),
})
const ViewForm = Type.Object({ view: literals(['agrees', 'objects'] as const), words: Type.String({ maxLength: 10_000, default: '' }) })
const OfPost = Type.Object({ post: Type.Optional(Type.String({ maxLength: 500 })) })
const Key = Type.Object({ key: Type.String({ pattern: '^[\\w-]{32}$' }) })
const One = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
/** From one address in an hour. */
const REQUESTS = { tries: 20, seconds: 3600 }

/** Asking to take a post down, from anybody: the form, the receipt behind its secret, and the poster's view. */
export async function takedownRoutes(app: App, services: Services): Promise<void> {
  const { db, storage } = services
  const everyone = { config: { access: 'everyone' } as const }
  const members = { config: { access: 'members' } as const }

  app.get<{ Querystring: Static<typeof OfPost> }>('/takedown', { ...everyone, schema: { querystring: OfPost } }, (request, reply) =>
    showForm(request, reply),
  )
  app.post<{ Body: Static<typeof RequestForm> }>(
    '/takedown',
    { ...everyone, schema: { body: RequestForm }, errorHandler: showAgain(showForm) },
    async ({ actor, body, preferences, ip }, reply) => {
      await throttle(db, `takedown:${ip}`, REQUESTS)
      const key = await fileTakedown(db, actor, { ...body, locale: preferences.locale })
      return reply.flash('takedownFiled').see(receiptPath(key))
    },
  )

  app.get<{ Params: Static<typeof Key> }>('/takedown/receipts/:key', { ...everyone, schema: { params: Key } }, (request, reply) =>
    showReceipt(request, reply),
  )
  app.post<{ Params: Static<typeof Key> }>(
    '/takedown/receipts/:key/proofs',
    { ...everyone, schema: { params: Key }, errorHandler: showAgain(showReceipt) },
    async (request, reply) => {
      const takedown = await findByKey(db, request.params.key)
      const { file } = await receiveFile(request)
      await addProof({ db, storage }, takedown, file)
      return reply.flash('proofAdded').see(receiptPath(request.params.key))
    },
  )

  app.get<{ Params: Static<typeof One> }>('/me/takedowns/:id', { ...members, schema: { params: One } }, (request, reply) =>
    showView(request, reply),
  )
  app.post<{ Params: Static<typeof One>; Body: Static<typeof ViewForm> }>(
    '/me/takedowns/:id',
    { ...members, schema: { params: One, body: ViewForm }, errorHandler: showAgain(showView) },
    async ({ actor, params, body }, reply) => {
      const takedown = await findOwnTakedown(db, actor, params.id)
      const post = await findOwnPost(actor, takedown.postId)
      await sayView(db, actor, takedown, post, body)
      return reply.flash('viewSaid').see(viewPath(takedown))
    },
  )

  /** His own post, also when it is hidden by now. */
  async function findOwnPost(actor: FastifyRequest['actor'], id: number) {
    const post = await findPost(db, { ...actor, role: 'operator' }, id)
    if (post.authorId !== actor.id) throw new Missing()
    return post
  }

  async function showForm(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { t, query } = request
    const values: Record<string, unknown> = form?.values ?? {
      post: (query as Static<typeof OfPost>).post ?? '',
      relation: 'self',
      draftKey: newDraftKey(),
    }
    const choices = (name: string, all: readonly string[], words: string) =>
      all.map(value => ({ value, label: t(`takedowns.${words}.${value}`), isChosen: values[name] === value }))
    return reply.header('cache-control', 'no-store').page('moderation/takedowns/form', {
      title: t('takedowns.title'),
      rights: choices('right', RIGHTS, 'rights'),
      relations: choices('relation', RELATIONS, 'relations'),
      promise: t('takedowns.promise', { days: DECISION_DAYS, keep: KEEP_DAYS }),
      longest: WORDS_LETTERS,
      values,
      errors: form?.errors ?? {},
      errorList: form?.errorList,
    })
  }

  async function showReceipt(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { t } = request
    const { key } = request.params as Static<typeof Key>
    const takedown = await findByKey(db, key)
    const proofs = await listProofs(db, takedown.id)
    return reply.headers({ 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' }).page('moderation/takedowns/receipt', {
      title: t('takedowns.receipt.title', { number: takedownNumber(takedown) }),
      noIndex: true,
      takedown: presentTakedown(takedown, t),
      postPath: postLink({ id: takedown.postId }),
      words: takedown.words ?? undefined,
      answer: takedown.answer,
      proofs: t('takedowns.receipt.proofs', { count: proofs.length }),
      action: `${receiptPath(key)}/proofs`,
      keep: t('takedowns.receipt.keep', { keep: KEEP_DAYS }),
      errors: form?.errors ?? {},
      errorList: form?.errorList,
    })
  }

  async function showView(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const takedown = await findOwnTakedown(db, actor, (request.params as Static<typeof One>).id)
    const post = await findOwnPost(actor, takedown.postId)
    const values: Record<string, unknown> = form?.values ?? { view: takedown.view, words: takedown.viewWords }
    return reply.header('cache-control', 'no-store').page('moderation/takedowns/view', {
      title: t('takedowns.view.title'),
      at: 'me',
      noIndex: true,
      takedown: presentTakedown(takedown, t),
      post: { bodyHtml: post.bodyHtml, topicTitle: post.topic.title },
      words: takedown.words ?? undefined,
      answer: takedown.answer,
      lead: t('takedowns.view.lead', { days: VIEW_DAYS }),
      maySay: form !== undefined || (takedown.outcome === null && takedown.viewUntil !== null && takedown.viewUntil > new Date()),
      views: (['objects', 'agrees'] as const).map(value => ({
        value,
        label: t(`takedowns.view.${value}`),
        isChosen: values.view === value,
      })),
      action: viewPath(takedown),
      values,
      errors: form?.errors ?? {},
      errorList: form?.errorList,
    })
  }
}

import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { presentBoard } from '../../boards/present.ts'
import { listBoards } from '../../boards/queries.ts'
import { KINDS } from '../../boards/schema.ts'
import { Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { findPost } from '../../topics/page_queries.ts'
import { postPath, rewritePath, threadPath, topicPath } from '../../topics/paths.ts'
import { canRewrite, canTend } from '../../topics/policy.ts'
import { presentAuthor } from '../../topics/present.ts'
import { findTopic, type Topic } from '../../topics/queries.ts'
import { hideTopic, lockThread, markDuplicate, unlistTopic } from '../threads/marking.ts'
import { mergeTopic } from '../threads/merging.ts'
import { moveTopic } from '../threads/moving.ts'
import { FORMS, presentChange, presentForms, type ThreadForm } from '../threads/present.ts'
import { findTended, listChanges, listSplittable } from '../threads/queries.ts'
import { rewritePost } from '../threads/rewriting.ts'
import { splitTopic } from '../threads/splitting.ts'
import { REASON_LETTERS } from '../threads/tending.ts'
import { undoChange } from '../threads/undoing.ts'

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const One = Type.Object({ id: Id })
const Deed = Type.Object({ id: Id, form: Type.Union(FORMS.map(form => Type.Literal(form))) })
const DeedForm = Type.Object({
  reason: Type.String({ maxLength: 1000 }),
  boardId: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, default: 0 }),
  into: Type.String({ maxLength: 500, default: '' }),
  of: Type.String({ maxLength: 500, default: '' }),
  title: Type.String({ maxLength: 400, default: '' }),
  kind: Type.Union(
    KINDS.map(kind => Type.Literal(kind)),
    { default: 'question' },
  ),
  postIds: Type.Array(Id, { maxItems: 200, default: [] }),
})
const Rewriting = Type.Object({
  body: Type.String({ maxLength: 100_000 }),
  title: Type.Optional(Type.String({ maxLength: 400 })),
  reason: Type.String({ maxLength: 1000 }),
  revision: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
})
type Route<Params, Body = unknown> = { Params: Params; Body: Body }

/** Putting threads in order: each deed with a reason, in a log, to be undone. */
export async function threadRoutes(app: App, { db }: Services): Promise<void> {
  const moderators = { config: { access: 'moderators' } as const }
  const idOf = (request: FastifyRequest) => (request.params as { id: number }).id

  app.get<Route<Static<typeof One>>>('/t/:id/moderation', { ...moderators, schema: { params: One } }, showThread)

  app.get<Route<Static<typeof Deed>>>('/t/:id/moderation/:form', { ...moderators, schema: { params: Deed } }, (request, reply) =>
    showForm(request, reply),
  )
  app.post<Route<Static<typeof Deed>, Static<typeof DeedForm>>>(
    '/t/:id/moderation/:form',
    { ...moderators, schema: { params: Deed, body: DeedForm }, errorHandler: showAgain(showForm) },
    async ({ actor, params, body }, reply) => {
      const topic = await findTopic(db, actor, params.id)
      await doIt(actor, topic, params.form, body)
      return reply.flash('threadTended').see(params.form === 'hide' ? threadPath(topic) : `/t/${topic.id}`)
    },
  )

  app.post<Route<Static<typeof One>>>(
    '/moderation/changes/:id/undo',
    { ...moderators, schema: { params: One } },
    async ({ actor, params }, reply) => {
      const topic = await undoChange(db, actor, params.id)
      return reply.flash('threadUndone').see(threadPath(topic))
    },
  )

  app.get<Route<Static<typeof One>>>('/posts/:id/moderation', { ...moderators, schema: { params: One } }, (request, reply) =>
    showRewriting(request, reply),
  )
  app.put<Route<Static<typeof One>, Static<typeof Rewriting>>>(
    '/posts/:id/moderation',
    { ...moderators, schema: { params: One, body: Rewriting }, errorHandler: showAgain(showRewriting) },
    async ({ actor, params, body }, reply) => {
      const post = await findPost(db, actor, params.id)
      await rewritePost(db, actor, post, body)
      return reply.flash('threadTended').see(postPath(post.topic, post))
    },
  )

  async function doIt(actor: FastifyRequest['actor'], topic: Topic, form: ThreadForm, body: Static<typeof DeedForm>): Promise<unknown> {
    if (form === 'move') return moveTopic(db, actor, topic, body)
    if (form === 'merge') return mergeTopic(db, actor, topic, body)
    if (form === 'split') return splitTopic(db, actor, topic, body)
    if (form === 'duplicate') return markDuplicate(db, actor, topic, body)
    if (form === 'lock') return lockThread(db, actor, topic, body)
    return form === 'unlist' ? unlistTopic(db, actor, topic, body) : hideTopic(db, actor, topic, body)
  }

  async function showThread(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { actor, t, preferences } = request
    const topic = await findTended(db, actor, idOf(request))
    const changes = await listChanges(db, topic.id)
    return reply.header('cache-control', 'no-store').page('moderation/threads/index', {
      title: t('threads.title'),
      noIndex: true,
      topic: { title: topic.title, path: topicPath(topic) },
      isParty: !canTend(actor, topic),
      forms: canTend(actor, topic) ? presentForms(topic, t) : [],
      changes: changes.map(change => presentChange(change, preferences.locale, t)),
    })
  }

  async function showForm(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t, preferences } = request
    const { id, form: deed } = request.params as Static<typeof Deed>
    const topic = await findTopic(db, actor, id)
    if (!canTend(actor, topic)) throw new Missing()
    const values: Record<string, unknown> = form?.values ?? { kind: topic.kind }
    const chosen = new Set([values.postIds ?? []].flat().map(Number))
    const boards = deed === 'move' ? await listBoards(db, actor) : []
    const answers = deed === 'split' ? await listSplittable(db, topic.id) : []
    return reply.header('cache-control', 'no-store').page('moderation/threads/deed', {
      title: t(`threads.${deed}.label`),
      noIndex: true,
      topic: { title: topic.title, path: topicPath(topic), backPath: threadPath(topic) },
      action: `${threadPath(topic)}/${deed}`,
      lead: t(`threads.${deed}.lead`),
      button: t(`threads.${deed}.send`),
      boards: boards
        .filter(board => board.kinds.includes(topic.kind) && board.id !== topic.boardId)
        .map(board => presentBoard(board, preferences.locale, { id: Number(values.boardId) })),
      other: { merge: 'into', duplicate: 'of' }[deed as string],
      otherValue: values.into ?? values.of,
      otherError: form?.errors.into ?? form?.errors.of,
      answers: answers.map(answer => ({
        ...answer,
        author: presentAuthor(answer.author, null, preferences.locale, t),
        isChosen: chosen.has(answer.id),
      })),
      kinds: deed === 'split' && topic.board.kinds.map(kind => ({ kind, label: t(`kinds.${kind}`), isChosen: kind === values.kind })),
      longest: REASON_LETTERS,
      values,
      errors: form?.errors ?? {},
      errorList: form?.errorList,
    })
  }

  async function showRewriting(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const post = await findPost(db, actor, idOf(request))
    if (!canRewrite(actor, post.topic, post)) throw new Missing()
    const isOpening = post.kind === 'opening'
    return reply.header('cache-control', 'no-store').page('moderation/threads/rewrite', {
      title: t('threads.rewrite.label'),
      noIndex: true,
      post: { action: `${rewritePath(post)}?_method=PUT`, backPath: postPath(post.topic, post), topicTitle: post.topic.title, isOpening },
      longest: REASON_LETTERS,
      values: form?.values ?? { body: post.body, title: post.topic.title, revision: post.revision },
      errors: form?.errors ?? {},
      errorList: form?.errorList,
    })
  }
}

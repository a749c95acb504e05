import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { editAbout } from '../../companies/naming.ts'
import { productsText } from '../../companies/product_queries.ts'
import { watchEdit } from '../../moderation/holds/holding.ts'
import { Conflict, Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { wordDiff } from '../../platform/text_diff.ts'
import type { App } from '../../platform/web.ts'
import { showAgain } from '../../platform/web_errors.ts'
import { findDraft } from '../drafts.ts'
import { type Edit, listRevisions } from '../editing.ts'
import { findPost, type Post } from '../page_queries.ts'
import { heldPath, postPath, topicPath } from '../paths.ts'
import { canEditIn, canSeeHidden, canWithdraw } from '../policy.ts'
import { presentAuthor } from '../present.ts'
import { onPersonal, PersonalChoice } from './personal_look.ts'
import { TopicParams } from './topic.ts'

const EditForm = Type.Object({
  body: Type.String({ maxLength: 100_000 }),
  title: Type.Optional(Type.String({ maxLength: 400 })),
  tags: Type.Optional(Type.String({ maxLength: 300 })),
  products: Type.Optional(Type.String({ maxLength: 400 })),
  reason: Type.String({ maxLength: 200, default: '' }),
  revision: Type.Integer({ minimum: 1 }),
  ...PersonalChoice,
})
type Route<Body = unknown> = { Params: Static<typeof TopicParams>; Body: Body }

/** Editing a post, taking it back, and its history. */
export async function editingRoutes(app: App, { db }: Services): Promise<void> {
  const id = (request: FastifyRequest) => (request.params as { id: number }).id

  app.get<Route>('/posts/:id/edit', { config: { access: 'members' }, schema: { params: TopicParams } }, async (request, reply) =>
    showEditForm(request, reply, {}),
  )

  app.get<Route>(
    '/posts/:id/withdraw',
    { config: { access: 'members' }, schema: { params: TopicParams } },
    async ({ actor, params, t }, reply) => {
      const post = await findPost(db, actor, params.id)
      if (!canWithdraw(actor, post)) throw new Missing()
      return reply.page('topics/withdraw', {
        title: t('topics.withdraw.title'),
        noIndex: true,
        post: presentEdited(post),
        bodyHtml: post.bodyHtml,
        staysAsStub: post.commentCount > 0 || (post.kind === 'opening' && post.topic.postCount > 1),
      })
    },
  )

  app.put<Route<Static<typeof EditForm>>>(
    '/posts/:id',
    {
      config: { access: 'members', draftPlace: request => `edit:${id(request)}` },
      schema: { params: TopicParams, body: EditForm },
      errorHandler: showConflict,
    },
    async (request, reply) => {
      const { actor, params } = request
      const post = await findPost(db, actor, params.id)
      const form = { action: `/posts/${post.id}?_method=PUT`, body: request.body, fields: ['title' as const, 'body' as const] }
      return onPersonal(request, reply, form, async (body, isMeant) => {
        const said = { title: body.title, body: body.body, boardIds: [post.topic.boardId, post.topic.rootBoardId], isMeant }
        const { isHeld } = await watchEdit(db, actor, post, said, db => editAbout(db, actor, post, body))
        if (isHeld) return reply.flash('held').see(heldPath(post))
        const edited = await findPost(db, actor, params.id)
        return reply
          .flash('edited')
          .see(post.kind === 'answer' ? postPath(edited.topic, post) : `${topicPath(edited.topic)}#post-${post.id}`)
      })
    },
  )

  app.get<Route>(
    '/posts/:id/history',
    { config: { access: 'everyone' }, schema: { params: TopicParams } },
    async ({ actor, params, t }, reply) => {
      const post = await findPost(db, actor, params.id)
      const versions = await listRevisions(db, post.id)
      if (versions.length === 0 || (post.withdrawnAt && !canSeeHidden(actor, post.topic.boardId))) throw new Missing()
      const shown = versions.map((version, index) => {
        const before = versions[index - 1]
        return {
          ...version,
          at: version.createdAt,
          editor: presentAuthor(version.editor, post.capacity, actor.preferences.locale, t),
          isCurrent: index === versions.length - 1,
          parts: presentDiff(before?.body ?? version.body, version.body),
          titleParts: version.title ? presentDiff(before?.title ?? version.title, version.title) : undefined,
        }
      })
      return reply.page('topics/history', {
        title: t('topics.history.title'),
        noIndex: true,
        versions: shown.toReversed(),
        topicTitle: post.topic.title,
        backPath: postPath(post.topic, post),
      })
    },
  )

  async function showEditForm(
    request: FastifyRequest,
    reply: FastifyReply,
    form: { values?: Record<string, unknown>; errors?: Record<string, string> },
  ): Promise<FastifyReply> {
    const { actor, t } = request
    const post = await findPost(db, actor, id(request))
    if (!canEditIn(actor, post.topic, post)) throw new Missing()
    const draft = await findDraft(db, actor, `edit:${post.id}`)
    const products = post.kind === 'opening' && !form.values ? await productsText(db, post.topicId) : ''
    const values = form.values ?? {
      products,
      body: post.body,
      title: post.topic.title,
      tags: post.topic.tags.join(' '),
      revision: post.revision,
      ...draft.content,
    }
    return reply.page('topics/edit', {
      title: t('topics.edit.title'),
      noIndex: true,
      post: presentEdited(post),
      hasDraft: Object.keys(draft.content).length > 0 && !form.values,
      ...form,
      values,
      errors: form.errors ?? {},
    })
  }

  /** Somebody (another tab) was faster: both texts side by side, and the writer's own to merge; saving again counts from the newer one. */
  async function showConflict(error: Error, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (!(error instanceof Conflict)) return showAgain(showEditForm)(error, request, reply)
    const values = request.body as Edit
    const post = await findPost(db, request.actor, id(request))
    const parts = presentDiff(values.body, post.body)
    return reply.code(409).page('topics/conflict', {
      title: request.t('topics.conflict.title'),
      noIndex: true,
      post: presentEdited(post),
      parts,
      values: { ...values, revision: post.revision },
      errors: {},
    })
  }
}

const presentDiff = (before: string, after: string) =>
  wordDiff(before, after).map(({ kind, text }) => ({ text, isAdded: kind === 'added', isRemoved: kind === 'removed' }))

const presentEdited = (post: Post) => ({
  id: post.id,
  isOpening: post.kind === 'opening',
  action: `/posts/${post.id}?_method=PUT`,
  place: `edit:${post.id}`,
  backPath: postPath(post.topic, post),
  topicTitle: post.topic.title,
})

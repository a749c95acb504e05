import type { Static } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { commentAbout } from '../../companies/comparing.ts'
import { watchPosting } from '../../moderation/holds/holding.ts'
import { weigh } from '../../moderation/holds/weighing.ts'
import type { Db } from '../../platform/db.ts'
import { Invalid } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { showAgain } from '../../platform/web_errors.ts'
import { addAddendum } from '../adding.ts'
import { findDraft } from '../drafts.ts'
import { commentsOf, findPost, type Post } from '../page_queries.ts'
import { heldPath, postPath, sealPathOf, topicPath } from '../paths.ts'
import { canAddAddendum, canAnswer } from '../policy.ts'
import { presentVoices } from '../present.ts'
import { presentComment } from '../present_page.ts'
import { findTopic } from '../queries.ts'
import { onSecondLook } from './looking_again.ts'
import { onPersonal } from './personal_look.ts'
import { draftOf, type Route, Written } from './posts.ts'
import { TopicParams } from './topic.ts'

/** More comments than a topic's page shows are rare; past this many the oldest are shown. */
const ALL_COMMENTS = 500

/** What is written beside a post: comments below it, and what the asker adds to his question. Each has a page of its own too. */
export async function besideRoutes(app: App, { db }: Services): Promise<void> {
  const id = (request: FastifyRequest) => (request.params as { id: number }).id
  const everyone = { config: { access: 'everyone' } as const, schema: { params: TopicParams } }
  const members = { config: { access: 'members' } as const, schema: { params: TopicParams } }

  app.post<Route<Static<typeof Written>>>(
    '/posts/:id/comments',
    {
      config: { access: 'members', draftPlace: request => `comment:${id(request)}` },
      schema: { params: TopicParams, body: Written },
      errorHandler: showAgain(showCommentForm),
    },
    async (request, reply) => {
      const parent = await findPost(db, request.actor, request.params.id)
      const action = `/posts/${parent.id}/comments`
      const form = {
        action,
        body: request.body,
        fields: ['body' as const],
        sealPath: parent.topic.authorId === request.actor.id ? sealPathOf(parent.topic) : undefined,
      }
      return onPersonal(request, reply, form, (body, isMeant) => comment(request, reply, parent, body, isMeant))
    },
  )

  function comment(request: FastifyRequest, reply: FastifyReply, parent: Post, body: Static<typeof Written>, isMeant: boolean) {
    const { actor } = request
    const sent = { topic: parent.topic, place: `comment:${parent.id}`, action: `/posts/${parent.id}/comments`, sent: body }
    return onSecondLook(db, request, reply, sent, async () => {
      const said = { body: body.body, boardIds: [parent.topic.boardId, parent.topic.rootBoardId], isMeant }
      const post = (db: Db, held: boolean) => commentAbout(db, actor, parent, { ...draftOf(body), held })
      const { made, isHeld } = await watchPosting(db, actor, said, post, posted => posted)
      if (isHeld) return { flash: 'held', path: heldPath(made) }
      return { flash: 'commented', path: postPath(parent.topic, parent).replace(/#.*/, `#post-${made.id}`) }
    })
  }

  app.get<Route>('/posts/:id/comments', everyone, (request, reply) => showCommentForm(request, reply, {}))

  app.post<Route<Static<typeof Written>>>(
    '/t/:id/addenda',
    {
      config: { access: 'members', draftPlace: request => `addendum:${id(request)}` },
      schema: { params: TopicParams, body: Written },
      errorHandler: showAgain(showAddendumForm),
    },
    async (request, reply) => {
      const { actor } = request
      const topic = await findTopic(db, actor, request.params.id)
      const form = { action: `/t/${topic.id}/addenda`, body: request.body, fields: ['body' as const], sealPath: sealPathOf(topic) }
      return onPersonal(request, reply, form, async (body, isMeant) => {
        const said = { body: body.body, boardIds: [topic.boardId, topic.rootBoardId], postId: topic.openingId ?? 0, isMeant }
        const { reasons } = await weigh(db, actor, said)
        if (reasons.some(reason => reason !== 'burst' && reason !== 'first_post')) throw new Invalid({ body: 'moderation.hold.addendum' })
        await addAddendum(db, actor, topic, draftOf(body))
        return reply.flash('added').see(`${topicPath(topic)}#post-${topic.openingId}`)
      })
    },
  )
  app.get<Route>('/t/:id/addenda', members, (request, reply) => showAddendumForm(request, reply, {}))

  async function showCommentForm(request: FastifyRequest, reply: FastifyReply, form: object): Promise<FastifyReply> {
    const { actor, t } = request
    const post = await findPost(db, actor, id(request))
    const below = (await commentsOf(db, actor, post.topic.boardId, [post.id], ALL_COMMENTS)).get(post.id) ?? []
    const comments = below.map(comment => presentComment(comment, { actor, t, topic: post.topic }))
    const voices = presentVoices(actor, post.topic, t)
    const model = { action: `/posts/${post.id}/comments`, canWrite: canAnswer(actor, post.topic), comments, voices }
    return showSmallForm(request, reply, `comment:${post.id}`, post, { ...model, title: t('topics.comment.title'), ...form })
  }

  async function showAddendumForm(request: FastifyRequest, reply: FastifyReply, form: object): Promise<FastifyReply> {
    const topic = await findTopic(db, request.actor, id(request))
    const post = await findPost(db, request.actor, topic.openingId ?? 0)
    const model = { action: `/t/${topic.id}/addenda`, canWrite: canAddAddendum(request.actor, topic), isAddendum: true }
    return showSmallForm(request, reply, `addendum:${topic.id}`, post, { ...model, title: request.t('topics.addendum.title'), ...form })
  }

  async function showSmallForm(
    { actor }: FastifyRequest,
    reply: FastifyReply,
    place: string,
    post: Post,
    model: { title: string },
  ): Promise<FastifyReply> {
    const { draftKey, content } = await findDraft(db, actor, place)
    const beside = { place, quotedHtml: post.bodyHtml, backPath: postPath(post.topic, post), topicTitle: post.topic.title }
    return reply.page('topics/small_form', { noIndex: true, values: { body: content.body, draftKey }, errors: {}, ...beside, ...model })
  }
}

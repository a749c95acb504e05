import { type Static, Type } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { showAgain } from '../../platform/web_errors.ts'
import { addAddendum } from '../adding.ts'
import { type PostDraft, postAnswer } from '../answers.ts'
import { pickBest, unpickBest } from '../best_answers.ts'
import { closeTopic, reopenTopic } from '../closing.ts'
import { postComment } from '../comments.ts'
import { findDraft } from '../drafts.ts'
import { findPost } from '../page_queries.ts'
import { postPath, topicPath } from '../paths.ts'
import { findTopic } from '../queries.ts'
import { withdrawPost } from '../withdrawing.ts'
import { showTopic, TopicParams } from './topic.ts'

const Written = Type.Object({ body: Type.String({ maxLength: 100_000 }), draftKey: Type.String({ minLength: 8, maxLength: 60 }) })
type Route<Body = unknown> = { Params: Static<typeof TopicParams>; Body: Body }

/** Everything people do to topics and posts by one press of a button. */
export async function postRoutes(app: App, services: Services): Promise<void> {
  const { db } = services
  const members = { config: { access: 'members' } as const, schema: { params: TopicParams } }
  const id = (request: FastifyRequest) => (request.params as { id: number }).id

  app.post<Route<PostDraft>>(
    '/t/:id/answers',
    {
      ...members,
      config: { access: 'members', draftPlace: request => `answer:${id(request)}` },
      schema: { params: TopicParams, body: Written },
      errorHandler: showAgain((request, reply, form) => showTopic(services, request, reply, id(request), {}, form)),
    },
    async ({ actor, params, body }, reply) => {
      const topic = await findTopic(db, actor, params.id)
      const answer = await postAnswer(db, actor, topic, body)
      return reply.flash('answered').see(postPath(topic, answer))
    },
  )

  app.post<Route<PostDraft>>(
    '/posts/:id/comments',
    {
      ...members,
      config: { access: 'members', draftPlace: request => `comment:${id(request)}` },
      schema: { params: TopicParams, body: Written },
      errorHandler: showAgain(showCommentForm),
    },
    async ({ actor, params, body }, reply) => {
      const parent = await findPost(db, actor, params.id)
      const comment = await postComment(db, actor, parent, body)
      return reply.flash('commented').see(postPath(parent.topic, parent).replace(/#.*/, `#post-${comment.id}`))
    },
  )
  app.get<Route>('/posts/:id/comments', members, (request, reply) => showCommentForm(request, reply, {}))

  app.post<Route<PostDraft>>(
    '/t/:id/addenda',
    {
      ...members,
      config: { access: 'members', draftPlace: request => `addendum:${id(request)}` },
      schema: { params: TopicParams, body: Written },
      errorHandler: showAgain(showAddendumForm),
    },
    async ({ actor, params, body }, reply) => {
      const topic = await findTopic(db, actor, params.id)
      await addAddendum(db, actor, topic, body)
      return reply.flash('added').see(`${topicPath(topic)}#post-${topic.openingId}`)
    },
  )
  app.get<Route>('/t/:id/addenda', members, (request, reply) => showAddendumForm(request, reply, {}))

  app.delete<Route>('/posts/:id', members, async ({ actor, params }, reply) => {
    const post = await findPost(db, actor, params.id)
    const { topicGone } = await withdrawPost(db, actor, post)
    return reply.flash('withdrawn').see(topicGone ? `/b/${post.topic.board.slug}` : topicPath(post.topic))
  })

  app.post<Route>('/posts/:id/best', members, async ({ actor, params }, reply) => {
    const answer = await findPost(db, actor, params.id)
    await pickBest(db, actor, answer)
    return reply.flash('picked').see(postPath(answer.topic, answer))
  })
  app.delete<Route>('/posts/:id/best', members, async ({ actor, params }, reply) => {
    const answer = await findPost(db, actor, params.id)
    await unpickBest(db, actor, answer)
    return reply.flash('unpicked').see(postPath(answer.topic, answer))
  })

  const Closing = Type.Object({ solved: Type.Optional(Type.Boolean()) })
  app.post<Route<Static<typeof Closing>>>(
    '/t/:id/close',
    { ...members, schema: { params: TopicParams, body: Type.Optional(Closing) } },
    async ({ actor, params, body }, reply) => {
      const topic = await findTopic(db, actor, params.id)
      await closeTopic(db, actor, topic, body)
      return reply.flash('closed').see(topicPath(topic))
    },
  )
  app.delete<Route>('/t/:id/close', members, async ({ actor, params }, reply) => {
    const topic = await findTopic(db, actor, params.id)
    await reopenTopic(db, actor, topic)
    return reply.flash('reopened').see(topicPath(topic))
  })

  async function showCommentForm(request: FastifyRequest, reply: FastifyReply, form: object): Promise<FastifyReply> {
    return showSmallForm(request, reply, 'comment', await findPost(db, request.actor, id(request)), form)
  }
  async function showAddendumForm(request: FastifyRequest, reply: FastifyReply, form: object): Promise<FastifyReply> {
    const topic = await findTopic(db, request.actor, id(request))
    return showSmallForm(request, reply, 'addendum', await findPost(db, request.actor, topic.openingId ?? 0), form)
  }
  async function showSmallForm(
    request: FastifyRequest,
    reply: FastifyReply,
    what: 'comment' | 'addendum',
    post: Awaited<ReturnType<typeof findPost>>,
    form: object,
  ): Promise<FastifyReply> {
    const { actor, t } = request
    const placeId = what === 'comment' ? post.id : post.topicId
    const draft = await findDraft(db, actor, `${what}:${placeId}`)
    const action = what === 'comment' ? `/posts/${post.id}/comments` : `/t/${post.topicId}/addenda`
    const model = {
      what: { isAddendum: what === 'addendum' },
      action,
      place: `${what}:${placeId}`,
      quotedHtml: post.bodyHtml,
      backPath: postPath(post.topic, post),
      topicTitle: post.topic.title,
    }
    return reply.page('topics/small_form', {
      title: t(`topics.${what}.title`),
      noIndex: true,
      values: { body: draft.content.body, draftKey: draft.draftKey },
      errors: {},
      ...model,
      ...form,
    })
  }
}

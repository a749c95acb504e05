import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { answerAbout, REPORT_LETTERS } from '../../companies/comparing.ts'
import { reportWords } from '../../companies/present_compare.ts'
import { watchPosting } from '../../moderation/holds/holding.ts'
import { closeRecorded, reopenRecorded } from '../../moderation/threads/recorded.ts'
import type { Db } from '../../platform/db.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { showAgain } from '../../platform/web_errors.ts'
import type { PostDraft } from '../answers.ts'
import { pickBest, unpickBest } from '../best_answers.ts'
import { chosenCompany } from '../capacity.ts'
import { findPost } from '../page_queries.ts'
import { heldPath, postPath, sealPathOf, topicPath } from '../paths.ts'
import { findTopic, type Topic } from '../queries.ts'
import { withdrawPost } from '../withdrawing.ts'
import { onSecondLook } from './looking_again.ts'
import { onPersonal, PersonalChoice } from './personal_look.ts'
import { showTopic, TopicParams } from './topic.ts'

/** What a form says whose writer was asked to look again: that he was, and that he means it. */
const SecondLook = {
  nudged: Type.Optional(Type.String({ maxLength: 5 })),
  anyway: Type.Optional(Type.String({ maxLength: 5 })),
}

export const Written = Type.Object({
  body: Type.String({ maxLength: 100_000 }),
  draftKey: Type.String({ minLength: 8, maxLength: 60 }),
  company: Type.Optional(Type.String({ maxLength: 20 })),
  ...SecondLook,
  ...PersonalChoice,
})

/** An answer, and where products are compared what its writer reports of his. */
const Answered = Type.Object({
  ...Written.properties,
  product: Type.String({ maxLength: 20, default: '' }),
  since: Type.String({ maxLength: REPORT_LETTERS.since, default: '' }),
  purpose: Type.String({ maxLength: REPORT_LETTERS.purpose, default: '' }),
  good: Type.String({ maxLength: REPORT_LETTERS.good, default: '' }),
  bad: Type.String({ maxLength: REPORT_LETTERS.bad, default: '' }),
})

/** A form's words as the verbs take them. */
export const draftOf = ({ company, body, draftKey }: Static<typeof Written>): PostDraft => ({
  body,
  draftKey,
  company: chosenCompany(company),
})
export type Route<Body = unknown> = { Params: Static<typeof TopicParams>; Body: Body }

/** The fields of an answer that are words. */
const ANSWER_WORDS = ['body', 'since', 'purpose', 'good', 'bad'] as const satisfies (keyof Static<typeof Answered>)[]

/** Everything people do to topics and posts by one press of a button. */
export async function postRoutes(app: App, services: Services): Promise<void> {
  const { db } = services
  const members = { config: { access: 'members' } as const, schema: { params: TopicParams } }
  const id = (request: FastifyRequest) => (request.params as { id: number }).id

  app.post<Route<Static<typeof Answered>>>(
    '/t/:id/answers',
    {
      ...members,
      config: { access: 'members', draftPlace: request => `answer:${id(request)}` },
      schema: { params: TopicParams, body: Answered },
      errorHandler: showAgain((request, reply, form) => showTopic(services, request, reply, id(request), {}, form)),
    },
    async (request, reply) => {
      const topic = await findTopic(db, request.actor, request.params.id)
      const form = {
        action: `/t/${topic.id}/answers`,
        body: request.body,
        fields: [...ANSWER_WORDS],
        sealPath: topic.authorId === request.actor.id ? sealPathOf(topic) : undefined,
      }
      return onPersonal(request, reply, form, (body, isMeant) => answer(request, reply, topic, body, isMeant))
    },
  )

  function answer(request: FastifyRequest, reply: FastifyReply, topic: Topic, body: Static<typeof Answered>, isMeant: boolean) {
    const { actor, t } = request
    const { product, since, purpose, good, bad, ...words } = body
    const report = { product, since, purpose, good, bad }
    const sent = { topic, place: `answer:${topic.id}`, action: `/t/${topic.id}/answers`, sent: body }
    return onSecondLook(db, request, reply, sent, async () => {
      const text = [words.body, since, purpose, good, bad].join('\n')
      const said = { body: text, boardIds: [topic.boardId, topic.rootBoardId], isMeant }
      const post = (db: Db, held: boolean) => answerAbout(db, actor, topic, { ...draftOf(words), held, report }, reportWords(t))
      const { made, isHeld } = await watchPosting(db, actor, said, post, posted => posted)
      if (isHeld) return { flash: 'held', path: heldPath(made) }
      return { flash: actor.hasAnswered ? 'answered' : 'answeredFirst', path: postPath(topic, made) }
    })
  }

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

  app.post<Route<{ solved?: string } | undefined>>('/t/:id/close', members, async ({ actor, params, body }, reply) => {
    const topic = await findTopic(db, actor, params.id)
    await closeRecorded(db, actor, topic, { solved: body?.solved === 'true' })
    return reply.flash('closed').see(topicPath(topic))
  })
  app.delete<Route>('/t/:id/close', members, async ({ actor, params }, reply) => {
    const topic = await findTopic(db, actor, params.id)
    await reopenRecorded(db, actor, topic)
    return reply.flash('reopened').see(topicPath(topic))
  })
}

import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Refused } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { type Capacity, capacityOf, spokenAs } from './capacity.ts'
import { keyForOtherWords } from './drafts.ts'
import { keepPace } from './helping/slowing.ts'
import { keepWithinDay } from './limits.ts'
import { canAnswer, isResting, moderatesTopic } from './policy.ts'
import type { Topic } from './queries.ts'
import { drafts, type PostRow, posts, type TopicRow, topics } from './schema.ts'
import { type Written, write } from './writing.ts'

/**
 * `company` is the id of the company it is written for; without it, it is written as a member. What is `held` waits for a moderator:
 * nobody else sees it, and it counts nowhere until it is released.
 */
export type PostDraft = { body: string; draftKey: string; company?: number; held?: boolean }

/** Answers a topic. Sending the same draft again returns the answer it became. Throws Refused when the topic is closed, Invalid or (in a slow topic) TooMany at `body`. */
export async function postAnswer(db: Db, actor: Actor, topic: Topic, draft: PostDraft): Promise<PostRow> {
  ensure(canAnswer(actor, topic), whyNot(topic))
  const capacity = capacityOf(actor, draft.company, topic)
  const written = await write(db, draft.body)
  return db.transaction(async tx => {
    const { post, isNew } = await insertOnce(tx, {
      topicId: topic.id,
      kind: 'answer',
      parentId: null,
      actor,
      capacity,
      written,
      draftKey: draft.draftKey,
      held: draft.held,
    })
    if (!isNew) return post
    // Sent together: one connection runs them in this order.
    const [counted] = await Promise.all([
      draft.held ? stillOpen(tx, topic.id) : countPost(tx, topic.id, { answers: 1 }),
      tx.delete(drafts).where(and(eq(drafts.accountId, actor.id), eq(drafts.place, `answer:${topic.id}`))),
      draft.held
        ? record(tx, 'post.held', { postId: post.id, actorId: actor.id })
        : record(tx, 'answer.posted', { topicId: topic.id, boardId: topic.boardId, actorId: actor.id, postId: post.id }),
    ])
    await settleIn(tx, actor, post, counted)
    return post
  })
}

/** What is told to somebody who cannot answer. */
export const whyNot = (topic: Pick<TopicRow, 'closedAt' | 'restUntil'>) =>
  topic.closedAt ? 'errors.closed' : isResting(topic) ? 'errors.resting' : 'errors.cannotWrite'

type NewPost = {
  topicId: number
  kind: 'answer' | 'comment'
  parentId: number | null
  actor: Actor
  capacity: Capacity | null
  written: Written
  draftKey: string
  held?: boolean
}

/** The columns of what waits for a moderator: hidden from its first moment on. */
export const WAITING = { hiddenAt: sql`now()`, heldAt: sql`now()` }

/** Inserts a post unless this draft has become one already: then that one is returned. Other words under its key are another post. */
export async function insertOnce(tx: Db, { capacity, ...draft }: NewPost): Promise<{ post: PostRow; isNew: boolean }> {
  const { topicId, kind, parentId, actor, written, draftKey, held } = draft
  const values = { topicId, kind, parentId, authorId: actor.id, draftKey, ...written, ...spokenAs(capacity) }
  const [inserted] = await tx
    .insert(posts)
    .values({ ...values, ...(held && WAITING) })
    .onConflictDoNothing({ target: [posts.authorId, posts.draftKey] })
    .returning()
  if (inserted) return { post: inserted, isNew: true }
  const [post] = await tx
    .select()
    .from(posts)
    .where(and(eq(posts.authorId, actor.id), eq(posts.draftKey, draftKey)))
  if (!post) throw new Error('a post was neither inserted nor there')
  if (isSame(post, values)) return { post, isNew: false }
  return insertOnce(tx, { ...draft, capacity, draftKey: keyForOtherWords(draftKey, topicId, parentId ?? 0, written.body) })
}

/** What may have changed while the post was on its way, seen under the lock on the topic: how slow it is, whether it rests, and whose products it names. */
export async function settleIn(tx: Db, actor: Actor, post: PostRow, topic: Counted): Promise<void> {
  ensure(!isResting(topic) || moderatesTopic(actor, topic), 'errors.resting')
  await keepPace(tx, actor, topic, post)
  await keepWithinDay(tx, actor, topic.boardId)
  const capacity = post.capacity ? null : capacityOf(actor, undefined, topic)
  if (capacity) await tx.update(posts).set({ capacity }).where(eq(posts.id, post.id))
}

/** An edited post no longer says what it was sent with, so its key decides alone. */
const isSame = (post: PostRow, sent: Pick<PostRow, 'topicId' | 'parentId' | 'body'>) =>
  post.topicId === sent.topicId && post.parentId === sent.parentId && (post.revision > 1 || post.body === sent.body)

type Counted = Pick<TopicRow, 'boardId' | 'companyIds' | 'slowMinutes' | 'slowUntil' | 'restUntil'>

const takesPosts = (topicId: number) =>
  and(eq(topics.id, topicId), isNull(topics.closedAt), isNull(topics.withdrawnAt), isNull(topics.mergedIntoId))
const standing = {
  boardId: topics.boardId,
  companyIds: topics.companyIds,
  slowMinutes: topics.slowMinutes,
  slowUntil: topics.slowUntil,
  restUntil: topics.restUntil,
}

/** Adds a post to its topic's counts, and says how the topic stands now. Throws Refused when it was closed, taken back or merged in between. */
export async function countPost(tx: Db, topicId: number, { answers }: { answers: number }): Promise<Counted> {
  const [counted] = await tx.update(topics).set(oneMore(answers)).where(takesPosts(topicId)).returning(standing)
  if (!counted) throw new Refused('errors.closed')
  return counted
}

/** A topic's counts with one post more, and of answers so many. */
export const oneMore = (answers: number) => ({
  answerCount: sql`${topics.answerCount} + ${answers}`,
  postCount: sql`${topics.postCount} + 1`,
  activeAt: sql`now()`,
})

/** How the topic stands for a post that does not count yet. Throws Refused when it was closed, taken back or merged in between. */
export async function stillOpen(tx: Db, topicId: number): Promise<Counted> {
  const [topic] = await tx.select(standing).from(topics).where(takesPosts(topicId)).for('no key update')
  if (!topic) throw new Refused('errors.closed')
  return topic
}

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

/** `company` is the id of the company it is written for; without it, it is written as a member. */
export type PostDraft = { body: string; draftKey: string; company?: number }

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
    })
    if (!isNew) return post
    // Sent together: one connection runs them in this order.
    const [counted] = await Promise.all([
      countPost(tx, topic.id, { answers: 1 }),
      tx.delete(drafts).where(and(eq(drafts.accountId, actor.id), eq(drafts.place, `answer:${topic.id}`))),
      record(tx, 'answer.posted', { topicId: topic.id, boardId: topic.boardId, actorId: actor.id, postId: post.id }),
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
}

/** Inserts a post unless this draft has become one already: then that one is returned. Other words under its key are another post. */
export async function insertOnce(tx: Db, { capacity, ...draft }: NewPost): Promise<{ post: PostRow; isNew: boolean }> {
  const { topicId, kind, parentId, actor, written, draftKey } = draft
  const values = { topicId, kind, parentId, authorId: actor.id, draftKey, ...written, ...spokenAs(capacity) }
  const [inserted] = await tx
    .insert(posts)
    .values(values)
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

/** Adds a post to its topic's counts, and says how the topic stands now. Throws Refused when it was closed, taken back or merged in between. */
export async function countPost(tx: Db, topicId: number, { answers }: { answers: number }): Promise<Counted> {
  const { boardId, companyIds, slowMinutes, slowUntil, restUntil } = topics
  const [counted] = await tx
    .update(topics)
    .set({ answerCount: sql`${topics.answerCount} + ${answers}`, postCount: sql`${topics.postCount} + 1`, activeAt: sql`now()` })
    .where(and(eq(topics.id, topicId), isNull(topics.closedAt), isNull(topics.withdrawnAt), isNull(topics.mergedIntoId)))
    .returning({ boardId, companyIds, slowMinutes, slowUntil, restUntil })
  if (!counted) throw new Refused('errors.closed')
  return counted
}

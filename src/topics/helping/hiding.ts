import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import { boards } from '../../boards/schema.ts'
import type { Db } from '../../platform/db.ts'
import { ensure } from '../../platform/errors.ts'
import { record } from '../../platform/outbox.ts'
import type { Post } from '../page_queries.ts'
import { moderatesTopic } from '../policy.ts'
import { type Picked, posts, type TopicRow, topics } from '../schema.ts'
import { countsAsAnswer, uncountPost } from '../withdrawing.ts'
import { canShowAgain, canVoteToHide } from './policy.ts'
import { hideVotes } from './schema.ts'

/** So many members of a level hide a post until a moderator has looked. */
export const VOTES_TO_HIDE = 3
export const HIDE_REASONS = ['spam', 'abuse', 'personal', 'dangerous', 'off_topic'] as const
export type HideReason = (typeof HIDE_REASONS)[number]

/**
 * Says that a post has to go. The third member who says so hides it, a moderator does at once. Saying it twice is saying it once.
 * Throws Refused. Resolves to whether it is hidden now.
 */
export async function voteToHide(db: Db, actor: Actor, post: Post, reason: HideReason): Promise<boolean> {
  ensure(canVoteToHide(actor, post.topic, post), 'errors.refused')
  return db.transaction(async tx => {
    await lockTopic(tx, post.topicId)
    await tx.insert(hideVotes).values({ postId: post.id, accountId: actor.id, reason }).onConflictDoNothing()
    const votes = await tx.$count(hideVotes, and(eq(hideVotes.postId, post.id), isNull(hideVotes.settledAt)))
    const decides = moderatesTopic(actor, post.topic)
    if (votes < VOTES_TO_HIDE && !decides) return false
    await takeFromSight(tx, actor, post, decides ? actor.id : null)
    return true
  })
}

/** A moderator's decision to hide a post, in the caller's transaction; with its opening a whole topic goes. Twice is once. Throws Refused. */
export async function hidePost(tx: Db, actor: Actor, post: Post): Promise<void> {
  ensure(moderatesTopic(actor, post.topic), 'errors.refused')
  await takeFromSight(tx, actor, post, actor.id)
}

/** `deciderId` is the moderator who answers for it, where it was one: another decides an appeal. A best answer is remembered as such. */
async function takeFromSight(tx: Db, actor: Actor, post: Post, deciderId: number | null): Promise<void> {
  const topic = await lockTopic(tx, post.topicId)
  const wasBest = topic?.bestAnswerId === post.id ? pickOf(topic) : null
  const [hidden] = await tx
    .update(posts)
    .set({ hiddenAt: sql`now()`, hiddenById: deciderId, wasBest })
    .where(and(eq(posts.id, post.id), eq(posts.topicId, post.topicId), isNull(posts.hiddenAt), isNull(posts.withdrawnAt)))
    .returning({ id: posts.id })
  if (!hidden) return
  if (post.kind === 'opening') await turnTopic(tx, post, 'hidden')
  else await uncountPost(tx, post)
  await record(tx, 'post.hidden', { topicId: post.topicId, boardId: post.topic.boardId, actorId: actor.id, postId: post.id })
}

/** A topic is hidden with its opening, and shown with it; its board counts what is shown. */
export async function turnTopic(tx: Db, { topicId, topic }: Post, to: 'hidden' | 'shown'): Promise<void> {
  const [turned] = await tx
    .update(topics)
    .set({ hiddenAt: to === 'shown' ? null : sql`now()` })
    .where(and(eq(topics.id, topicId), to === 'shown' ? isNotNull(topics.hiddenAt) : isNull(topics.hiddenAt)))
    .returning({ id: topics.id })
  if (!turned) return
  await tx
    .update(boards)
    .set({ topicCount: sql`${boards.topicCount} + ${to === 'shown' ? 1 : -1}` })
    .where(eq(boards.id, topic.boardId))
}

/** Shows a hidden post again; the votes against it are settled and do not count any more. Throws Refused for anyone but a moderator. */
export async function showPostAgain(db: Db, actor: Actor, post: Post): Promise<void> {
  ensure(canShowAgain(actor, post.topic, post), 'errors.refused')
  await db.transaction(tx => restorePost(tx, actor, post))
}

/**
 * A moderator's decision to show a post again, in the caller's transaction, as it stood: counted, and the best answer where it was that
 * and no other is; with its opening a whole topic comes back. Throws Refused.
 */
export async function restorePost(tx: Db, actor: Actor, post: Post): Promise<void> {
  ensure(moderatesTopic(actor, post.topic), 'errors.refused')
  const topic = await lockTopic(tx, post.topicId)
  const [shown] = await tx
    .update(posts)
    .set({ hiddenAt: null, hiddenById: null, wasBest: null })
    .where(and(eq(posts.id, post.id), eq(posts.topicId, post.topicId), isNotNull(posts.hiddenAt)))
    .returning({ id: posts.id })
  if (!shown) return
  await tx
    .update(hideVotes)
    .set({ settledAt: sql`now()` })
    .where(and(eq(hideVotes.postId, post.id), isNull(hideVotes.settledAt)))
  if (post.kind === 'opening') await turnTopic(tx, post, 'shown')
  else if (!post.withdrawnAt) await countAgain(tx, post)
  if (!post.withdrawnAt && post.wasBest && topic && !topic.bestAnswerId) await pickAgain(tx, post, post.wasBest)
  await record(tx, 'post.shown', { topicId: post.topicId, boardId: post.topic.boardId, actorId: actor.id, postId: post.id })
}

async function lockTopic(tx: Db, id: number): Promise<TopicRow | undefined> {
  const [topic] = await tx.select().from(topics).where(eq(topics.id, id)).for('update')
  return topic
}

const pickOf = ({ bestPickedById, bestPickedAt, solvedAt }: TopicRow): Picked => ({
  byId: bestPickedById,
  at: bestPickedAt?.toISOString() ?? null,
  solvedAt: solvedAt?.toISOString() ?? null,
})

async function pickAgain(tx: Db, post: Post, { byId, at, solvedAt }: Picked): Promise<void> {
  const when = (text: string | null) => (text ? new Date(text) : null)
  const picked = { bestAnswerId: post.id, bestPickedById: byId, bestPickedAt: when(at), solvedAt: when(solvedAt) }
  await tx.update(topics).set(picked).where(eq(topics.id, post.topicId))
}

async function countAgain(tx: Db, post: Post): Promise<void> {
  const answers = countsAsAnswer(post) ? 1 : 0
  await tx
    .update(topics)
    .set({ postCount: sql`${topics.postCount} + 1`, answerCount: sql`${topics.answerCount} + ${answers}` })
    .where(eq(topics.id, post.topicId))
  if (post.kind === 'comment')
    await tx
      .update(posts)
      .set({ commentCount: sql`${posts.commentCount} + 1` })
      .where(eq(posts.id, post.parentId ?? 0))
}

import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import { boards } from '../../boards/schema.ts'
import type { Db } from '../../platform/db.ts'
import { ensure } from '../../platform/errors.ts'
import { record } from '../../platform/outbox.ts'
import type { Post } from '../page_queries.ts'
import { moderatesTopic } from '../policy.ts'
import { posts, topics } from '../schema.ts'
import { uncountPost } from '../withdrawing.ts'
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
    await tx.select({ id: topics.id }).from(topics).where(eq(topics.id, post.topicId)).for('update')
    await tx.insert(hideVotes).values({ postId: post.id, accountId: actor.id, reason }).onConflictDoNothing()
    const votes = await tx.$count(hideVotes, and(eq(hideVotes.postId, post.id), isNull(hideVotes.settledAt)))
    if (votes < VOTES_TO_HIDE && !moderatesTopic(actor, post.topic)) return false
    await takeFromSight(tx, actor, post)
    return true
  })
}

/** A moderator's decision to hide a post, in the caller's transaction; with its opening a whole topic goes. Twice is once. Throws Refused. */
export async function hidePost(tx: Db, actor: Actor, post: Post): Promise<void> {
  ensure(moderatesTopic(actor, post.topic), 'errors.refused')
  await tx.select({ id: topics.id }).from(topics).where(eq(topics.id, post.topicId)).for('update')
  await takeFromSight(tx, actor, post)
}

async function takeFromSight(tx: Db, actor: Actor, post: Post): Promise<void> {
  const [hidden] = await tx
    .update(posts)
    .set({ hiddenAt: sql`now()` })
    .where(and(eq(posts.id, post.id), isNull(posts.hiddenAt), isNull(posts.withdrawnAt)))
    .returning({ id: posts.id })
  if (!hidden) return
  if (post.kind === 'opening') await hideTopic(tx, post, -1)
  else await uncountPost(tx, post)
  await record(tx, 'post.hidden', { topicId: post.topicId, boardId: post.topic.boardId, actorId: actor.id, postId: post.id })
}

/** A topic is hidden with its opening, and shown with it (`change` 1); its board counts what is shown. */
async function hideTopic(tx: Db, { topicId, topic }: Post, change: 1 | -1): Promise<void> {
  await tx
    .update(topics)
    .set({ hiddenAt: change === 1 ? null : sql`now()` })
    .where(eq(topics.id, topicId))
  await tx
    .update(boards)
    .set({ topicCount: sql`${boards.topicCount} + ${change}` })
    .where(eq(boards.id, topic.boardId))
}

/** Shows a hidden post again; the votes against it are settled and do not count any more. Throws Refused for anyone but a moderator. */
export async function showPostAgain(db: Db, actor: Actor, post: Post): Promise<void> {
  ensure(canShowAgain(actor, post.topic, post), 'errors.refused')
  await db.transaction(tx => restorePost(tx, actor, post))
}

/** A moderator's decision to show a post again, in the caller's transaction; with its opening a whole topic comes back. Throws Refused. */
export async function restorePost(tx: Db, actor: Actor, post: Post): Promise<void> {
  ensure(moderatesTopic(actor, post.topic), 'errors.refused')
  await tx.select({ id: topics.id }).from(topics).where(eq(topics.id, post.topicId)).for('update')
  const [shown] = await tx
    .update(posts)
    .set({ hiddenAt: null })
    .where(and(eq(posts.id, post.id), isNotNull(posts.hiddenAt)))
    .returning({ id: posts.id })
  if (!shown) return
  await tx
    .update(hideVotes)
    .set({ settledAt: sql`now()` })
    .where(and(eq(hideVotes.postId, post.id), isNull(hideVotes.settledAt)))
  if (post.kind === 'opening') await hideTopic(tx, post, 1)
  else if (!post.withdrawnAt) await countAgain(tx, post)
  await record(tx, 'post.shown', { topicId: post.topicId, boardId: post.topic.boardId, actorId: actor.id, postId: post.id })
}

async function countAgain(tx: Db, post: Post): Promise<void> {
  const answers = post.kind === 'answer' ? 1 : 0
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

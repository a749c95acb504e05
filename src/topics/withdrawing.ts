import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { boards } from '../boards/schema.ts'
import type { Db } from '../platform/db.ts'
import { ensure } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import type { Post } from './page_queries.ts'
import { canWithdraw } from './policy.ts'
import { posts, topics } from './schema.ts'

/**
 * Takes one's own post back. What others have written below it stays under a stub; a topic nobody has answered goes altogether.
 * Doing it twice is doing it once.
 */
export async function withdrawPost(db: Db, actor: Actor, post: Post): Promise<{ topicGone: boolean }> {
  if (post.withdrawnAt && post.authorId === actor.id) return { topicGone: post.topic.withdrawnAt !== null }
  ensure(canWithdraw(actor, post), 'errors.refused')
  return db.transaction(async tx => {
    const [topic] = await tx.select().from(topics).where(eq(topics.id, post.topicId)).for('update')
    const [gone] = await tx
      .update(posts)
      .set({ withdrawnAt: sql`now()` })
      .where(and(eq(posts.id, post.id), eq(posts.topicId, post.topicId), isNull(posts.withdrawnAt)))
      .returning({ id: posts.id })
    const topicGone = post.kind === 'opening' && topic?.postCount === 1
    if (!gone || !topic) return { topicGone }
    if (post.kind !== 'opening') await uncountPost(tx, post)
    if (post.kind === 'opening') await (topicGone ? withdrawTopic(tx, post) : forgetExcerpt(tx, post))
    const ids = { topicId: post.topicId, boardId: post.topic.boardId, actorId: actor.id }
    await (topicGone ? record(tx, 'topic.withdrawn', ids) : record(tx, 'post.withdrawn', { ...ids, postId: post.id }))
    return { topicGone }
  })
}

/** A question that went among another's answers is none of them. */
export const countsAsAnswer = ({ kind, askedAs }: Pick<Post, 'kind' | 'askedAs'>) => kind === 'answer' && askedAs === null

/** An answer or comment that is not shown any more no longer counts, and is no longer the best. */
export async function uncountPost(tx: Db, post: Post): Promise<void> {
  const answers = countsAsAnswer(post) ? 1 : 0
  if (post.kind === 'comment')
    await tx
      .update(posts)
      .set({ commentCount: sql`${posts.commentCount} - 1` })
      .where(eq(posts.id, post.parentId ?? 0))
  await tx
    .update(topics)
    .set({
      postCount: sql`${topics.postCount} - 1`,
      answerCount: sql`${topics.answerCount} - ${answers}`,
      bestAnswerId: sql`nullif(${topics.bestAnswerId}, ${post.id})`,
      solvedAt: sql`case when ${topics.bestAnswerId} = ${post.id} then null else ${topics.solvedAt} end`,
    })
    .where(eq(topics.id, post.topicId))
}

/** A topic that stays for its answers no longer shows the beginning of what was taken back. */
async function forgetExcerpt(tx: Db, post: Post): Promise<void> {
  await tx.update(topics).set({ excerpt: '' }).where(eq(topics.id, post.topicId))
}

async function withdrawTopic(tx: Db, post: Post): Promise<void> {
  await tx.update(topics).set({ withdrawnAt: sql`now()` }).where(eq(topics.id, post.topicId))
  await tx
    .update(boards)
    .set({ topicCount: sql`${boards.topicCount} - 1` })
    .where(eq(boards.id, post.topic.boardId))
}

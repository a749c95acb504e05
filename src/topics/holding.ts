import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { oneMore, WAITING } from './answers.ts'
import { countTopic, readTitle } from './asking.ts'
import { countComment } from './comments.ts'
import { saveEdit } from './editing.ts'
import { turnTopic } from './helping/hiding.ts'
import type { Post } from './page_queries.ts'
import { canMendHeld } from './policy.ts'
import { posts, topics } from './schema.ts'
import { uncountPost } from './withdrawing.ts'
import { write } from './writing.ts'

/**
 * Shows a post that was held, in the caller's transaction: from now on it is there as if it were posted now, counts, and whoever
 * would have heard of it hears. A moderator's decision; who may make it, the caller knows. Does nothing where it does not wait any more.
 */
export async function releasePost(tx: Db, post: Post): Promise<void> {
  const [released] = await tx
    .update(posts)
    .set({ hiddenAt: null, heldAt: null, createdAt: sql`now()` })
    .where(and(eq(posts.id, post.id), isNotNull(posts.heldAt), isNull(posts.withdrawnAt)))
    .returning({ id: posts.id })
  if (!released) return
  const ids = { topicId: post.topicId, boardId: post.topic.boardId, actorId: post.authorId, postId: post.id }
  if (post.kind === 'opening') return openNow(tx, post, ids)
  // It was written while the topic was open, whatever became of that since.
  await tx
    .update(topics)
    .set(oneMore(post.kind === 'answer' ? 1 : 0))
    .where(eq(topics.id, post.topicId))
  if (post.kind === 'comment') await countComment(tx, { id: post.parentId ?? 0, topicId: post.topicId })
  await record(tx, post.kind === 'answer' ? 'answer.posted' : 'comment.posted', ids)
}

type Ids = { topicId: number; boardId: number; actorId: number; postId: number }

async function openNow(tx: Db, { topicId, topic }: Post, ids: Ids): Promise<void> {
  await tx.update(topics).set({ hiddenAt: null, createdAt: sql`now()`, activeAt: sql`now()` }).where(eq(topics.id, topicId))
  await countTopic(tx, topic.boardId)
  await record(tx, 'topic.asked', ids)
  if (topic.productIds.length > 0) await record(tx, 'topic.products_named', { ...ids, productIds: topic.productIds })
}

/** Holds a post that is there already (its new words have to be looked at), in the caller's transaction; an opening takes its topic along. */
export async function holdPost(tx: Db, post: Post): Promise<void> {
  await tx.select({ id: topics.id }).from(topics).where(eq(topics.id, post.topicId)).for('update')
  const [held] = await tx
    .update(posts)
    .set(WAITING)
    .where(and(eq(posts.id, post.id), isNull(posts.hiddenAt), isNull(posts.withdrawnAt)))
    .returning({ id: posts.id })
  if (!held) return
  if (post.kind === 'opening') await turnTopic(tx, post, 'hidden')
  else await uncountPost(tx, post)
  await record(tx, 'post.hidden', { topicId: post.topicId, boardId: post.topic.boardId, actorId: post.authorId, postId: post.id })
}

export type Mended = { title?: string; body: string; revision: number }

/** New words for a post that waits, kept as a version; nobody but its moderators has read it. Throws Refused, Invalid, Conflict. */
export async function mendHeld(db: Db, actor: Actor, post: Post, { title, body, revision }: Mended): Promise<void> {
  ensure(canMendHeld(actor, post), 'errors.refused')
  const edit = { title: post.kind === 'opening' && title !== undefined ? readTitle(title) : undefined, reason: '', revision, held: true }
  await saveEdit(db, actor, post, { ...edit, written: await write(db, body) })
}

/** Takes back what waits; it counted nowhere, and nobody misses it. Throws Refused. */
export async function withdrawHeld(tx: Db, actor: Actor, post: Post): Promise<void> {
  ensure(canMendHeld(actor, post), 'errors.refused')
  await tx.update(posts).set({ withdrawnAt: sql`now()`, heldAt: null }).where(eq(posts.id, post.id))
  if (post.kind === 'opening') await tx.update(topics).set({ withdrawnAt: sql`now()` }).where(eq(topics.id, post.topicId))
}

import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import type { Post } from './page_queries.ts'
import { canPickBest } from './policy.ts'
import { posts, topics } from './schema.ts'

/** Picks the best answer of a question, which is solved from then on. Another pick moves it. */
export async function pickBest(db: Db, actor: Actor, answer: Post): Promise<void> {
  ensure(answer.kind === 'answer' && canPickBest(actor, answer.topic, answer), 'errors.refused')
  await db.transaction(async tx => {
    await ensureStanding(tx, answer)
    const picked = await tx
      .update(topics)
      .set({
        bestAnswerId: answer.id,
        bestPickedById: actor.id,
        bestPickedAt: sql`now()`,
        solvedAt: sql`coalesce(${topics.solvedAt}, now())`,
      })
      .where(and(eq(topics.id, answer.topicId), sql`${topics.bestAnswerId} is distinct from ${answer.id}`))
      .returning({ id: topics.id })
    if (picked.length > 0)
      await record(tx, 'best_answer.picked', {
        topicId: answer.topicId,
        boardId: answer.topic.boardId,
        actorId: actor.id,
        postId: answer.id,
      })
  })
}

/** Throws Refused when the answer was taken back or hidden in between. Whoever takes it back waits for the topic, or we for him. */
async function ensureStanding(tx: Db, { id, topicId }: Post): Promise<void> {
  await tx.select({ id: topics.id }).from(topics).where(eq(topics.id, topicId)).for('update')
  ensure(
    (await tx.$count(posts, and(eq(posts.id, id), eq(posts.topicId, topicId), isNull(posts.withdrawnAt), isNull(posts.hiddenAt)))) > 0,
    'errors.refused',
  )
}

/** Takes the pick back; the question waits again. */
export async function unpickBest(db: Db, actor: Actor, answer: Post): Promise<void> {
  ensure(answer.kind === 'answer' && canPickBest(actor, answer.topic, answer), 'errors.refused')
  await db.transaction(async tx => {
    const unpicked = await tx
      .update(topics)
      .set({ bestAnswerId: null, bestPickedById: null, bestPickedAt: null, solvedAt: null })
      .where(and(eq(topics.id, answer.topicId), eq(topics.bestAnswerId, answer.id)))
      .returning({ id: topics.id })
    if (unpicked.length > 0)
      await record(tx, 'best_answer.unpicked', {
        topicId: answer.topicId,
        boardId: answer.topic.boardId,
        actorId: actor.id,
        postId: answer.id,
      })
  })
}

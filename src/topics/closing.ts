import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { canClose, canReopen } from './policy.ts'
import type { Topic } from './queries.ts'
import { topics } from './schema.ts'

/** Closes a topic: it stays readable and takes no more answers. `solved` says the asker found the solution himself. */
export async function closeTopic(db: Db, actor: Actor, topic: Topic, { solved = false } = {}): Promise<void> {
  ensure(canClose(actor, topic), 'errors.refused')
  const nowSolved = solved && topic.kind === 'question' ? sql`coalesce(${topics.solvedAt}, now())` : topics.solvedAt
  await db.transaction(async tx => {
    const closed = await tx
      .update(topics)
      .set({ closedAt: sql`now()`, closedById: actor.id, solvedAt: sql`${nowSolved}` })
      .where(and(eq(topics.id, topic.id), isNull(topics.closedAt)))
      .returning({ id: topics.id })
    if (closed.length > 0) await record(tx, 'topic.closed', { topicId: topic.id, boardId: topic.boardId, actorId: actor.id })
  })
}

/** Opens a closed topic again. */
export async function reopenTopic(db: Db, actor: Actor, topic: Topic): Promise<void> {
  ensure(canReopen(actor, topic), 'errors.refused')
  await db.transaction(async tx => {
    const opened = await tx
      .update(topics)
      .set({ closedAt: null, closedById: null })
      .where(and(eq(topics.id, topic.id), isNotNull(topics.closedAt)))
      .returning({ id: topics.id })
    if (opened.length > 0) await record(tx, 'topic.reopened', { topicId: topic.id, boardId: topic.boardId, actorId: actor.id })
  })
}

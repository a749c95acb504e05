import { and, eq, inArray, or, sql } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { Conflict, ensure, Invalid } from '../../platform/errors.ts'
import { record } from '../../platform/outbox.ts'
import { canTend } from '../../topics/policy.ts'
import { findTopic, type Topic } from '../../topics/queries.ts'
import { posts, type TopicRow, topics } from '../../topics/schema.ts'
import type { ThreadChange } from './schema.ts'
import { bringAlong, countTopics, lockTended, note, readReason, recount } from './tending.ts'

/**
 * Brings everything in a topic into another about the same: its question stands there among the answers, and its address leads there.
 * `into` is the other's address or number. Throws Refused, Conflict, Invalid at `into` or `reason`.
 */
export async function mergeTopic(
  db: Db,
  actor: Actor,
  topic: Topic,
  { into, reason }: { into: string; reason: string },
): Promise<TopicRow> {
  ensure(canTend(actor, topic), 'errors.refused')
  const why = readReason(reason)
  const other = await otherTopic(db, actor, topic, into, 'into')
  // Whoever wrote for members only did not write for everybody.
  if (other.visibility !== topic.visibility) throw new Invalid({ into: 'threads.errors.otherReaders' })
  return db.transaction(async tx => {
    const [source, target] = (await lockTended(tx, actor, topic.id, other.id)) as [TopicRow, TopicRow]
    const moved = await tx.update(posts).set({ topicId: target.id }).where(eq(posts.topicId, source.id)).returning({ id: posts.id })
    const postIds = moved.map(({ id }) => id)
    await tx
      .update(posts)
      .set({ kind: 'answer', askedAs: source.title })
      .where(eq(posts.id, source.openingId ?? 0))
    await bringAlong(tx, postIds, target.id)
    await tx.update(topics).set({ hiddenAt: sql`now()`, mergedIntoId: target.id }).where(eq(topics.id, source.id))
    await recount(tx, target.id)
    await countTopics(tx, source.boardId, -1)
    await tellJoined(tx, actor, source, target)
    await note(tx, actor, source, { otherId: target.id, deed: 'merged', reason: why, before: { postIds } })
    return target
  })
}

/** Takes the two apart again: what came from the one goes back, with the comments written below it since. */
export async function undoMerge(tx: Db, actor: Actor, source: TopicRow, target: TopicRow, { before }: ThreadChange): Promise<void> {
  const came = before.postIds ?? []
  const ids = await takeBack(tx, came, target.id, source.id)
  if (!ids.includes(source.openingId ?? 0)) throw new Conflict('threads.errors.changedMeanwhile')
  await tx
    .update(posts)
    .set({ kind: 'opening', askedAs: null })
    .where(eq(posts.id, source.openingId ?? 0))
  await bringAlong(tx, ids, source.id)
  await tx.update(topics).set({ hiddenAt: null, mergedIntoId: null }).where(eq(topics.id, source.id))
  for (const { id } of [source, target]) await recount(tx, id)
  await countTopics(tx, source.boardId, 1)
  await tellParted(tx, actor, target, source)
}

/** Posts of one topic, and comments below them, go to another. Resolves to the ids of those that went. */
export async function takeBack(tx: Db, postIds: number[], fromId: number, toId: number): Promise<number[]> {
  const chosen = or(inArray(posts.id, postIds), inArray(posts.parentId, postIds))
  const went = await tx
    .update(posts)
    .set({ topicId: toId })
    .where(and(eq(posts.topicId, fromId), chosen))
    .returning({ id: posts.id })
  return went.map(({ id }) => id)
}

/** Two became one: everything of both is looked at anew. */
export async function tellJoined(tx: Db, actor: Actor, from: TopicRow, into: TopicRow): Promise<void> {
  const place = { topicId: into.id, boardId: into.boardId, actorId: actor.id }
  await record(tx, 'topic.merged', { ...place, fromId: from.id, fromBoardId: from.boardId })
}

/** One became two. */
export async function tellParted(tx: Db, actor: Actor, from: TopicRow, off: TopicRow): Promise<void> {
  const place = { topicId: from.id, boardId: from.boardId, actorId: actor.id }
  await record(tx, 'topic.split', { ...place, newId: off.id, newBoardId: off.boardId })
}

/** The topic an address or a number names; another than this, standing, and this moderator's too. Throws Invalid at `field`. */
export async function otherTopic(db: Db, actor: Actor, topic: Topic, typed: string, field: string): Promise<Topic> {
  const id = Number(/(?:\/t\/|^\s*#?)(\d{1,15})(?:\D|$)/.exec(typed.normalize('NFKC'))?.[1] ?? 0)
  const other = id ? await findTopic(db, actor, id).catch(() => undefined) : undefined
  if (!other || other.hiddenAt || other.withdrawnAt) throw new Invalid({ [field]: 'threads.errors.noSuchTopic' })
  if (other.id === topic.id) throw new Invalid({ [field]: 'threads.errors.itself' })
  if (!canTend(actor, other)) throw new Invalid({ [field]: 'threads.errors.notYours' })
  return other
}

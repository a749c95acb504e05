import { and, eq, isNotNull, sql } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { Conflict, ensure, Invalid } from '../../platform/errors.ts'
import { record } from '../../platform/outbox.ts'
import { canTend } from '../../topics/policy.ts'
import type { Topic } from '../../topics/queries.ts'
import { posts, type TopicRow, topics } from '../../topics/schema.ts'
import { otherTopic } from './merging.ts'
import type { Before, ThreadChange } from './schema.ts'
import { countTopics, lockTended, note, readReason } from './tending.ts'

/** Says that a topic asks what another asked before: it takes no more answers and points there. Throws Refused, Conflict, Invalid at `of`. */
export async function markDuplicate(db: Db, actor: Actor, topic: Topic, { of, reason }: { of: string; reason: string }): Promise<void> {
  ensure(canTend(actor, topic), 'errors.refused')
  const why = readReason(reason)
  const original = await otherTopic(db, actor, topic, of, 'of')
  if (original.duplicateOfId) throw new Invalid({ of: 'threads.errors.isDuplicate' })
  await db.transaction(async tx => {
    const [standing, other] = (await lockTended(tx, actor, topic.id, original.id)) as [TopicRow, TopicRow]
    if (standing.duplicateOfId || other.duplicateOfId) throw new Conflict('threads.errors.changedMeanwhile')
    const before = { duplicateOfId: standing.duplicateOfId, ...closing(standing) }
    await tx
      .update(topics)
      .set({ duplicateOfId: original.id, closedAt: sql`coalesce(${topics.closedAt}, now())`, closedById: actor.id })
      .where(eq(topics.id, topic.id))
    await record(tx, 'topic.closed', idsOf(standing, actor))
    await note(tx, actor, standing, { otherId: original.id, deed: 'duplicate', reason: why, before })
  })
}

/** Locks a topic: it stays readable and takes nothing more; only moderators open it again. Throws Refused, Conflict. */
export async function lockThread(db: Db, actor: Actor, topic: Topic, { reason }: { reason: string }): Promise<void> {
  await mark(db, actor, topic, reason, 'locked', async (tx, standing) => {
    if (standing.closedAt && standing.closedById === actor.id) throw new Conflict('threads.errors.changedMeanwhile')
    await tx
      .update(topics)
      .set({ closedAt: sql`coalesce(${topics.closedAt}, now())`, closedById: actor.id })
      .where(eq(topics.id, topic.id))
    await record(tx, 'topic.closed', idsOf(standing, actor))
    return closing(standing)
  })
}

/** Takes a topic out of lists and search; whoever has its address still reads it. Throws Refused, Conflict. */
export async function unlistTopic(db: Db, actor: Actor, topic: Topic, { reason }: { reason: string }): Promise<void> {
  await mark(db, actor, topic, reason, 'unlisted', async (tx, standing) => {
    if (standing.unlistedAt) throw new Conflict('threads.errors.changedMeanwhile')
    await tx.update(topics).set({ unlistedAt: sql`now()` }).where(eq(topics.id, topic.id))
    await record(tx, 'topic.changed', idsOf(standing, actor))
    return {}
  })
}

/** Hides a topic with everything in it: only its board's moderators still read it. Throws Refused, Conflict. */
export async function hideTopic(db: Db, actor: Actor, topic: Topic, { reason }: { reason: string }): Promise<void> {
  await mark(db, actor, topic, reason, 'hidden', async (tx, standing) => {
    await tx.update(topics).set({ hiddenAt: sql`now()` }).where(eq(topics.id, topic.id))
    await countTopics(tx, standing.boardId, -1)
    await record(tx, 'topic.hidden', idsOf(standing, actor))
    return {}
  })
}

/** Shown as before. Throws Conflict where its opening was hidden besides: that is decided on its own. */
export async function undoHiding(tx: Db, actor: Actor, topic: TopicRow): Promise<void> {
  const hidden = and(eq(posts.id, topic.openingId ?? 0), isNotNull(posts.hiddenAt))
  if ((await tx.$count(posts, hidden)) > 0) throw new Conflict('threads.errors.changedMeanwhile')
  await tx.update(topics).set({ hiddenAt: null }).where(eq(topics.id, topic.id))
  await countTopics(tx, topic.boardId, 1)
  await record(tx, 'topic.shown', idsOf(topic, actor))
}

/** Open as it was before, for what pointed to another or was locked. */
export async function undoClosing(tx: Db, actor: Actor, topic: TopicRow, { before, deed }: ThreadChange): Promise<void> {
  const closed = { closedAt: before.closedAt ? new Date(before.closedAt) : null, closedById: before.closedById ?? null }
  await tx
    .update(topics)
    .set({ ...closed, ...(deed === 'duplicate' && { duplicateOfId: null }) })
    .where(eq(topics.id, topic.id))
  await record(tx, 'topic.reopened', idsOf(topic, actor))
}

export async function undoUnlisting(tx: Db, actor: Actor, topic: TopicRow): Promise<void> {
  await tx.update(topics).set({ unlistedAt: null }).where(eq(topics.id, topic.id))
  await record(tx, 'topic.changed', idsOf(topic, actor))
}

async function mark(
  db: Db,
  actor: Actor,
  topic: Topic,
  reason: string,
  deed: 'locked' | 'unlisted' | 'hidden',
  change: (tx: Db, standing: TopicRow) => Promise<Before>,
): Promise<void> {
  ensure(canTend(actor, topic), 'errors.refused')
  const why = readReason(reason)
  await db.transaction(async tx => {
    const [standing] = (await lockTended(tx, actor, topic.id)) as [TopicRow]
    const before = await change(tx, standing)
    await note(tx, actor, standing, { deed, reason: why, before })
  })
}

const closing = ({ closedAt, closedById }: TopicRow): Before => ({ closedAt: closedAt?.toISOString() ?? null, closedById })
const idsOf = ({ id, boardId }: TopicRow, actor: Actor) => ({ topicId: id, boardId, actorId: actor.id })

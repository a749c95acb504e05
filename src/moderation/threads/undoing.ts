import { and, eq, gt, isNull, or, sql } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { Conflict, ensure, Missing } from '../../platform/errors.ts'
import { canTend } from '../../topics/policy.ts'
import type { TopicRow } from '../../topics/schema.ts'
import { undoClosing, undoHiding, undoUnlisting } from './marking.ts'
import { undoMerge } from './merging.ts'
import { undoMove } from './moving.ts'
import { undoRewriting } from './rewriting.ts'
import { type ThreadChange, threadChanges } from './schema.ts'
import { undoSplit } from './splitting.ts'
import { auditChange, lockTopics } from './tending.ts'

/**
 * Undoes what a moderator did to a thread: once, however many press at the same time, and the newest of a kind first. Throws Missing,
 * Refused, Conflict when something else stands in its way. Resolves to the topic it was about.
 */
export async function undoChange(db: Db, actor: Actor, changeId: number): Promise<TopicRow> {
  return db.transaction(async tx => {
    const [found] = await tx.select().from(threadChanges).where(eq(threadChanges.id, changeId))
    if (!found) throw new Missing()
    const [topic, other] = await lockTopics(tx, found.otherId ? [found.topicId, found.otherId] : [found.topicId])
    ensure(topic !== undefined && canTend(actor, topic) && (!other || canTend(actor, other)), 'errors.refused')
    const [change] = await tx
      .update(threadChanges)
      .set({ undoneAt: sql`now()`, undoneById: actor.id })
      .where(and(eq(threadChanges.id, changeId), isNull(threadChanges.undoneAt)))
      .returning()
    if (!change) throw new Conflict('threads.errors.undoneMeanwhile')
    await ensureNewest(tx, change)
    await undo(tx, actor, change, topic, other)
    await auditChange(tx, actor, topic, change, 'thread_undone')
    return topic
  })
}

/** What was done later to the same thread by the same means, and what closed it in another way, is undone first. */
async function ensureNewest(tx: Db, { id, topicId, deed, postId }: ThreadChange): Promise<void> {
  const closes = ['duplicate', 'locked'] as const
  const sameDeed = closes.some(each => each === deed)
    ? or(...closes.map(each => eq(threadChanges.deed, each)))
    : eq(threadChanges.deed, deed)
  const later = and(
    eq(threadChanges.topicId, topicId),
    gt(threadChanges.id, id),
    isNull(threadChanges.undoneAt),
    sameDeed,
    postId ? eq(threadChanges.postId, postId) : undefined,
  )
  if (deed !== 'split' && (await tx.$count(threadChanges, later)) > 0) throw new Conflict('threads.errors.laterFirst')
}

async function undo(tx: Db, actor: Actor, change: ThreadChange, topic: TopicRow, other?: TopicRow): Promise<void> {
  const { deed } = change
  if (deed === 'moved') return undoMove(tx, actor, topic, change)
  if (deed === 'merged' && other) return undoMerge(tx, actor, topic, other, change)
  if (deed === 'split' && other) return undoSplit(tx, actor, topic, other, change)
  if (deed === 'edited') return undoRewriting(tx, actor, change)
  if (deed === 'unlisted') return undoUnlisting(tx, actor, topic)
  if (deed === 'hidden') return undoHiding(tx, actor, topic)
  return undoClosing(tx, actor, topic, change)
}

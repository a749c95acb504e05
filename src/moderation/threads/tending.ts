import { eq, inArray, sql } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import { boards } from '../../boards/schema.ts'
import type { Db } from '../../platform/db.ts'
import { Conflict, ensure, Invalid } from '../../platform/errors.ts'
import { canTend } from '../../topics/policy.ts'
import { type TopicRow, topics } from '../../topics/schema.ts'
import { withoutHidden } from '../../topics/writing.ts'
import { writeAudit } from '../audit.ts'
import type { Deed } from '../deeds.ts'
import { type ThreadChange, threadChanges } from './schema.ts'

type Place = Pick<TopicRow, 'id' | 'boardId'>
type NewChange = typeof threadChanges.$inferInsert

export const REASON_LETTERS = 200

/** Why something is done, as everybody who looks it up reads it. Throws Invalid at `reason`. */
export function readReason(typed: string): string {
  const reason = withoutHidden(typed).replace(/\s+/g, ' ').trim()
  if (!reason) throw new Invalid({ reason: 'form.required' })
  if ([...reason].length > REASON_LETTERS) throw new Invalid({ reason: { key: 'form.tooLong', values: { limit: REASON_LETTERS } } })
  return reason
}

/** The topics as they stand, locked in the order of their ids so that no two wait for each other. Throws Conflict where one is gone. */
export async function lockTopics(tx: Db, ids: number[]): Promise<TopicRow[]> {
  const rows = await tx
    .select()
    .from(topics)
    .where(inArray(topics.id, [...new Set(ids)]))
    .orderBy(topics.id)
    .for('update')
  return ids.map(id => rows.find(row => row.id === id) ?? gone())
}

function gone(): never {
  throw new Conflict('threads.errors.changedMeanwhile')
}

/** Locks a topic that stands and is this moderator's to put in order. Throws Conflict when it was hidden or merged meanwhile, Refused. */
export async function lockTended(tx: Db, actor: Actor, ...ids: number[]): Promise<TopicRow[]> {
  const rows = await lockTopics(tx, ids)
  for (const row of rows) {
    ensure(canTend(actor, row), 'errors.refused')
    if (row.hiddenAt || row.withdrawnAt || row.mergedIntoId) gone()
  }
  return rows
}

/** Writes down what was done to a thread, for its log and for the audit, in the transaction that does it and last in it. */
export async function note(tx: Db, actor: Actor, topic: Place, change: Omit<NewChange, 'actorId' | 'topicId'>): Promise<void> {
  const [row] = await tx
    .insert(threadChanges)
    .values({ ...change, topicId: topic.id, actorId: actor.id })
    .returning()
  if (row) await auditChange(tx, actor, topic, row, `thread_${row.deed}`)
}

/** The audit's own line about a change, or about its undoing. */
export const auditChange = (tx: Db, actor: Actor, topic: Place, { id, otherId, postId }: ThreadChange, deed: Deed) =>
  writeAudit(tx, actor, deed, { subject: 'topic', id: topic.id, boardId: topic.boardId }, { change: id, other: otherId, post: postId })

/** A board shows so many topics more or fewer. */
export async function countTopics(tx: Db, boardId: number, more: number): Promise<void> {
  await tx
    .update(boards)
    .set({ topicCount: sql`${boards.topicCount} + ${more}` })
    .where(eq(boards.id, boardId))
}

/** Counts a topic's posts anew from what stands in it, after some came or went; a best answer that is not in it any more is none. */
export async function recount(tx: Db, topicId: number): Promise<void> {
  await tx.execute(sql`
    update topics t set answer_count = c.answers, post_count = c.posts, active_at = coalesce(c.active, t.active_at), guaranteed_at = c.guaranteed,
      best_answer_id = case when c.has_best then t.best_answer_id end,
      best_picked_by_id = case when c.has_best then t.best_picked_by_id end, best_picked_at = case when c.has_best then t.best_picked_at end,
      solved_at = case when c.has_best or t.best_answer_id is null then t.solved_at end
    from (
      select count(*) filter (where p.kind = 'answer' and p.asked_as is null and p.stands) as answers,
        count(*) filter (where p.stands or (p.kind = 'opening' and p.hidden_at is null)) as posts,
        max(p.created_at) filter (where p.stands) as active, max(p.guaranteed_at) filter (where p.stands) as guaranteed,
        coalesce(bool_or(p.stands and p.kind = 'answer' and p.id = (select best_answer_id from topics where id = ${topicId})), false) as has_best
      from (select *, hidden_at is null and withdrawn_at is null as stands from posts where topic_id = ${topicId}) p) c
    where t.id = ${topicId}`)
}

/** What vouches for posts, and what owners reported in them, goes where they go. */
export async function bringAlong(tx: Db, postIds: number[], topicId: number): Promise<void> {
  const ids = sql`any(${sql.param(postIds)}::bigint[])`
  await tx.execute(sql`update product_reports set topic_id = ${topicId} where post_id = ${ids}`)
  await tx.execute(sql`update guarantees set topic_id = ${topicId} where post_id = ${ids}`)
}

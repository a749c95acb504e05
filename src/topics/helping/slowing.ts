import { and, eq, isNotNull, lte, sql } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { ensure, Invalid, TooMany } from '../../platform/errors.ts'
import { record } from '../../platform/outbox.ts'
import { moderatesTopic } from '../policy.ts'
import type { Topic } from '../queries.ts'
import { type PostRow, posts, type TopicRow, topics } from '../schema.ts'
import { withoutHidden } from '../writing.ts'
import { canSlow, isSlow } from './policy.ts'

/** How many minutes lie between two posts of one member, and for how many hours that holds. */
export const SLOW_MINUTES = [5, 15, 30, 60] as const
export const SLOW_HOURS = [1, 6, 24, 72] as const
export const REASON_LETTERS = 100

export type Slowing = { minutes: (typeof SLOW_MINUTES)[number]; hours: (typeof SLOW_HOURS)[number]; reason: string }

/** Lets a topic take one post in so many minutes from each member, for some hours and for a reason everybody reads. Throws Refused, Invalid at `reason`. */
export async function slowTopic(db: Db, actor: Actor, topic: Topic, { minutes, hours, reason: typed }: Slowing): Promise<void> {
  ensure(canSlow(actor, topic), 'errors.refused')
  const reason = withoutHidden(typed).replace(/\s+/g, ' ').trim()
  if (!reason) throw new Invalid({ reason: 'form.required' })
  await db.transaction(async tx => {
    ensure(canSlow(actor, { ...topic, ...(await standing(tx, topic.id)) }), 'errors.refused')
    const slow = { slowMinutes: minutes, slowUntil: sql`now() + make_interval(hours => ${hours})`, slowById: actor.id, slowReason: reason }
    await tx.update(topics).set(slow).where(eq(topics.id, topic.id))
    await record(tx, 'topic.slowed', { topicId: topic.id, boardId: topic.boardId, actorId: actor.id, minutes })
  })
}

/**
 * A heated topic slows down without anybody having said so, in the transaction of whoever measured it: `reasons` name the parts of its heat
 * that weighed most. Where somebody slowed it already, or it is closed, it stays as it is. Resolves to whether it was slowed.
 */
export async function slowByItself(
  tx: Db,
  topic: Pick<TopicRow, 'id' | 'boardId'>,
  { minutes, hours, reasons }: Omit<Slowing, 'reason' | 'hours'> & { hours: number; reasons: readonly string[] },
): Promise<boolean> {
  const now = await standing(tx, topic.id)
  if (now.closedAt || isSlow(now)) return false
  const slow = {
    slowMinutes: minutes,
    slowUntil: sql`now() + make_interval(hours => ${hours})`,
    slowById: null,
    slowReason: reasons.join(' '),
  }
  await tx.update(topics).set(slow).where(eq(topics.id, topic.id))
  await record(tx, 'topic.slowed', { topicId: topic.id, boardId: topic.boardId, actorId: 0, minutes })
  return true
}

/** Lets a topic run again as usual before the time is over. Throws Refused. */
export async function unslowTopic(db: Db, actor: Actor, topic: Topic): Promise<void> {
  ensure(canSlow(actor, topic), 'errors.refused')
  await db.transaction(async tx => {
    ensure(canSlow(actor, { ...topic, ...(await standing(tx, topic.id)) }), 'errors.refused')
    const set = await tx
      .update(topics)
      .set(AS_USUAL)
      .where(and(eq(topics.id, topic.id), isNotNull(topics.slowUntil)))
      .returning({ id: topics.id })
    if (set.length > 0) await record(tx, 'topic.unslowed', { topicId: topic.id, boardId: topic.boardId, actorId: actor.id })
  })
}

/** Clears away what is over, so that pages that were kept say nothing of it any more; by the clock. */
export async function endSlowing(db: Db): Promise<void> {
  await db.transaction(async tx => {
    const over = await tx
      .update(topics)
      .set(AS_USUAL)
      .where(lte(topics.slowUntil, sql`now()`))
      .returning({ id: topics.id, boardId: topics.boardId })
    for (const { id, boardId } of over) await record(tx, 'topic.unslowed', { topicId: id, boardId, actorId: 0 })
  })
}

const AS_USUAL = { slowMinutes: null, slowUntil: null, slowById: null, slowReason: null }

/** How slow the topic is now, locked: of two who set it at once the second sees the first. */
async function standing(tx: Db, topicId: number): Promise<Pick<TopicRow, 'slowMinutes' | 'slowUntil' | 'slowById' | 'closedAt'>> {
  const { slowMinutes, slowUntil, slowById, closedAt } = topics
  const [row] = await tx.select({ slowMinutes, slowUntil, slowById, closedAt }).from(topics).where(eq(topics.id, topicId)).for('update')
  ensure(row !== undefined, 'errors.refused')
  return row
}

type Paced = Pick<TopicRow, 'boardId' | 'companyIds' | 'slowMinutes' | 'slowUntil'>

/**
 * Throws TooMany at `body` when this member's post before this one is younger than a slow topic allows; its moderators may go on. Call it
 * while the topic's row is locked: of two posts at once the second sees the first.
 */
export async function keepPace(tx: Db, actor: Actor, topic: Paced, post: Pick<PostRow, 'id' | 'topicId'>): Promise<void> {
  if (!isSlow(topic) || moderatesTopic(actor, topic)) return
  const pause = sql`make_interval(mins => ${topic.slowMinutes}::int)`
  const [last] = await tx
    .select({ wait: sql<number>`ceil(extract(epoch from ${posts.createdAt} + ${pause} - clock_timestamp()))::int` })
    .from(posts)
    .where(
      sql`${posts.authorId} = ${actor.id} and ${posts.createdAt} > clock_timestamp() - ${pause} and ${posts.topicId} = ${post.topicId} and ${posts.id} <> ${post.id}`,
    )
    .orderBy(sql`${posts.createdAt} desc`)
    .limit(1)
  if (!last) return
  const values = { pause: topic.slowMinutes ?? 0, minutes: Math.ceil(last.wait / 60) }
  throw new TooMany(Math.max(1, last.wait), { body: { key: 'topics.slow.wait', values } })
}

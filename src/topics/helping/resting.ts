import { and, eq, isNotNull, lte, sql } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { ensure, Invalid } from '../../platform/errors.ts'
import { record } from '../../platform/outbox.ts'
import { type TopicRow, topics } from '../schema.ts'
import { withoutHidden } from '../writing.ts'
import { canRest } from './policy.ts'

/** How long a topic rests: hours, or until eight the next morning in Japan. */
export const REST_LENGTHS = ['1', '3', 'morning', '24', '72'] as const
export const REST_REASONS = ['heated', 'attacks', 'check'] as const
export const REST_LETTERS = 200

export type Rest = { length: (typeof REST_LENGTHS)[number]; reason: (typeof REST_REASONS)[number]; words: string }
type Place = Pick<TopicRow, 'id' | 'boardId'>
type Standing = Place & Pick<TopicRow, 'companyIds' | 'closedAt' | 'restUntil'>

/**
 * Lets a topic rest until a moment, for a reason everybody reads: nobody but its moderators writes in it until then. A moderator decides
 * it, never one who works for a company it is about. Throws Refused, Invalid at `words`.
 */
export async function restTopic(db: Db, actor: Actor, topic: Standing, { length, reason, words: typed }: Rest): Promise<void> {
  ensure(canRest(actor, topic), 'errors.refused')
  const words = withoutHidden(typed).replace(/\s+/g, ' ').trim()
  if ([...words].length > REST_LETTERS) throw new Invalid({ words: { key: 'form.tooLong', values: { limit: REST_LETTERS } } })
  await db.transaction(async tx => {
    ensure(canRest(actor, { ...topic, ...(await standing(tx, topic)) }), 'errors.refused')
    const rest = { restUntil: endOf(length), restById: actor.id, restReason: reason, restWords: words }
    await tx.update(topics).set(rest).where(eq(topics.id, topic.id))
    await record(tx, 'topic.rested', { topicId: topic.id, boardId: topic.boardId, actorId: actor.id })
  })
}

const MORNING = sql`(date_trunc('day', (now() at time zone 'Asia/Tokyo') - interval '8 hours') + interval '1 day 8 hours') at time zone 'Asia/Tokyo'`
const endOf = (length: Rest['length']) => (length === 'morning' ? MORNING : sql`now() + make_interval(hours => ${Number(length)})`)

/** Wakes a topic before its time. Throws Refused. */
export async function wakeTopic(db: Db, actor: Actor, topic: Standing): Promise<void> {
  ensure(canRest(actor, topic), 'errors.refused')
  await db.transaction(async tx => {
    ensure(canRest(actor, { ...topic, ...(await standing(tx, topic)) }), 'errors.refused')
    const woken = await tx
      .update(topics)
      .set(AWAKE)
      .where(and(eq(topics.id, topic.id), isNotNull(topics.restUntil)))
      .returning({ id: topics.id })
    if (woken.length > 0) await record(tx, 'topic.woken', { topicId: topic.id, boardId: topic.boardId, actorId: actor.id })
  })
}

/** Topics whose time has come wake; by the clock. */
export async function wakeRested(db: Db): Promise<void> {
  await db.transaction(async tx => {
    const woken = await tx
      .update(topics)
      .set(AWAKE)
      .where(lte(topics.restUntil, sql`now()`))
      .returning({ id: topics.id, boardId: topics.boardId })
    for (const { id, boardId } of woken) await record(tx, 'topic.woken', { topicId: id, boardId, actorId: 0 })
  })
}

const AWAKE = { restUntil: null, restById: null, restReason: null, restWords: null }

/** How the topic stands now, locked: of two who decide at once the second sees the first. */
async function standing(tx: Db, { id }: Place): Promise<Pick<TopicRow, 'closedAt' | 'companyIds' | 'restUntil'>> {
  const { closedAt, companyIds, restUntil } = topics
  const [row] = await tx.select({ closedAt, companyIds, restUntil }).from(topics).where(eq(topics.id, id)).for('update')
  ensure(row !== undefined, 'errors.refused')
  return row
}

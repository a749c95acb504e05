import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../../platform/db.ts'
import { atMost } from '../../platform/paging.ts'
import type { HeatPart } from './heat.ts'

/** A week as the operator looks at it: from its Monday, in Japan. */
export type Week = { monday: string }
const within = (column: SQL, { monday }: Week) => {
  const start = sql`(${monday}::date::timestamp at time zone 'Asia/Tokyo')`
  return sql`${column} >= ${start} and ${column} < ${start} + interval '7 days'`
}

export type Warned = {
  topicId: number
  title: string
  at: Date
  heat: number
  parts: HeatPart[]
  postCount: number
  isSlowed: boolean
  isFalse: boolean
  hidden: number
}

const MOST = 200

/** What moderators were told of in a week, newest first, with how many posts had to be hidden within a day after. */
export async function warnedIn(db: Db, week: Week): Promise<Warned[]> {
  const rows = await db.execute<Record<string, unknown>>(sql`
    select w.topic_id, t.title, w.at, w.heat, w.parts, w.post_count, w.slowed_at is not null as slowed, w.false_alarm_at is not null as false_alarm,
      (select count(*)::int from posts p where p.topic_id = w.topic_id and p.held_at is null and p.hidden_at between w.at and w.at + interval '1 day') as hidden
    from heat_warnings w join topics t on t.id = w.topic_id where ${within(sql`w.at`, week)} order by w.at desc limit ${atMost(MOST)}`)
  return rows.map(row => ({
    topicId: Number(row.topic_id),
    title: String(row.title),
    at: new Date(String(row.at)),
    heat: Number(row.heat),
    parts: row.parts as HeatPart[],
    postCount: Number(row.post_count),
    isSlowed: row.slowed === true,
    isFalse: row.false_alarm === true,
    hidden: Number(row.hidden),
  }))
}

export type Unwarned = { topicId: number; title: string; at: Date; hidden: number; upheld: number; isStopped: boolean }

/** So many posts hidden, or flags upheld, in one topic and week are a quarrel. */
export const QUARREL = 3

/**
 * What flared up in a week though nobody was told: three posts hidden, three flags upheld, or a moderator had to lock it or let it rest, and
 * in the two days before there was no warning.
 */
export async function unwarnedIn(db: Db, week: Week): Promise<Unwarned[]> {
  const rows = await db.execute<Record<string, unknown>>(sql`
    with trouble as (
      select topic_id, hidden_at as at, 1 as hidden, 0 as upheld, false as stopped from posts where hidden_at is not null and held_at is null and ${within(sql`hidden_at`, week)}
      union all
      select p.topic_id, f.flagged_at, 0, 1, false from flags f join posts p on p.id = f.post_id where f.outcome = 'upheld' and ${within(sql`f.flagged_at`, week)}
      union all
      select subject_id, at, 0, 0, true from audit_entries where deed in ('topic_rested', 'thread_locked') and subject = 'topic' and ${within(sql`at`, week)}
    ), quarrels as (
      select topic_id, min(at) as at, sum(hidden)::int as hidden, sum(upheld)::int as upheld, bool_or(stopped) as stopped from trouble group by topic_id
      having sum(hidden) >= ${QUARREL} or sum(upheld) >= ${QUARREL} or bool_or(stopped)
    )
    select q.*, t.title from quarrels q join topics t on t.id = q.topic_id
    where not exists (select from heat_warnings w where w.topic_id = q.topic_id and w.at between q.at - interval '2 days' and q.at)
    order by q.at desc limit ${atMost(MOST)}`)
  return rows.map(row => ({
    topicId: Number(row.topic_id),
    title: String(row.title),
    at: new Date(String(row.at)),
    hidden: Number(row.hidden),
    upheld: Number(row.upheld),
    isStopped: row.stopped === true,
  }))
}

/** How often writers were asked to look again in a week, and what they did. */
export async function nudgesIn(db: Db, week: Week): Promise<Record<'asked' | 'changed' | 'withdrawn' | 'asIs', number>> {
  const [row] = await db.execute<{ asked: number; changed: number; withdrawn: number; as_is: number }>(sql`
    select count(*)::int as asked, count(*) filter (where outcome = 'changed')::int as changed,
      count(*) filter (where outcome = 'withdrawn')::int as withdrawn, count(*) filter (where outcome = 'as_is')::int as as_is
    from nudges where ${within(sql`asked_at`, week)}`)
  return { asked: row?.asked ?? 0, changed: row?.changed ?? 0, withdrawn: row?.withdrawn ?? 0, asIs: row?.as_is ?? 0 }
}

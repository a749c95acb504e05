import { sql } from 'drizzle-orm'
import { type Actor, isOperator } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure } from '../platform/errors.ts'

/** One week of newcomers, from its Monday (Japanese time): first questions, those answered within an hour, who joined, who came back. */
export type NewcomerWeek = { week: Date; questions: number; inAnHour: number; joined: number; cameBack: number }

/**
 * How newcomers fare, week by week, oldest first: first questions that somebody else answered within an hour, and members who came
 * back on a later day within seven days of joining. Weeks that are not over yet count what they have so far.
 */
export async function listNewcomerWeeks(db: Db, actor: Actor, weeks = 12): Promise<NewcomerWeek[]> {
  ensure(isOperator(actor), 'errors.refused')
  const rows = await db.execute<Record<'week' | 'questions' | 'in_an_hour' | 'joined' | 'came_back', string>>(sql`
    with weeks as (
      select week, (week at time zone 'Asia/Tokyo') as since, ((week + interval '7 days') at time zone 'Asia/Tokyo') as until
      from generate_series(date_trunc('week', now() at time zone 'Asia/Tokyo') - make_interval(weeks => ${weeks - 1}::int),
        date_trunc('week', now() at time zone 'Asia/Tokyo'), interval '7 days') week)
    select to_char(week, 'YYYY-MM-DD') as week, asked.questions, asked.in_an_hour, newcomers.joined, newcomers.came_back
    from weeks
    cross join lateral (
      select count(*) as questions, count(*) filter (where exists (
        select from posts p where p.topic_id = t.id and p.kind = 'answer' and p.author_id <> t.author_id and p.hidden_at is null
          and p.withdrawn_at is null and p.created_at <= t.created_at + interval '1 hour')) as in_an_hour
      from topics t where t.is_first and t.kind = 'question' and t.hidden_at is null and t.withdrawn_at is null
        and t.created_at >= weeks.since and t.created_at < weeks.until) asked
    cross join lateral (
      select count(*) as joined, count(*) filter (where a.came_back_at <= a.created_at + interval '7 days') as came_back
      from accounts a where a.created_at >= weeks.since and a.created_at < weeks.until and a.confirmed_at is not null) newcomers
    order by week`)
  return rows.map(row => ({
    week: new Date(row.week),
    questions: Number(row.questions),
    inAnHour: Number(row.in_an_hour),
    joined: Number(row.joined),
    cameBack: Number(row.came_back),
  }))
}

/** Whether a question still waits for its first answer. */
export async function isWaiting(db: Db, topicId: number): Promise<boolean> {
  const rows = await db.execute(sql`
    select from topics where id = ${topicId} and answer_count = 0 and closed_at is null and hidden_at is null and withdrawn_at is null`)
  return rows.length > 0
}

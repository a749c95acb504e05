import { sql } from 'drizzle-orm'
import type { EventName } from '../events.ts'
import type { Db } from '../platform/db.ts'
import { countDay } from './counting.ts'

/** What happens often and changes neither whether a topic or an answer is to be seen, nor which products it is about. */
const HARMLESS: EventName[] = [
  'answer.posted',
  'answer.failing',
  'ask.deflected',
  'best_answer.picked',
  'best_answer.unpicked',
  'comment.posted',
  'fix.given',
  'fix.withdrawn',
  'reaction.given',
  'reaction.withdrawn',
]

/** Days counted in one go; the rest waits for the next. */
const AT_ONCE = 300

/**
 * Brings the figures up to date: marks the days something happened to, and counts anew what is marked, newest first. Each day is a
 * transaction of its own, so it may be stopped anywhere, run twice, or run in two processes. Resolves to the number of days counted.
 */
export async function countInsights(db: Db, most = AT_ONCE): Promise<number> {
  await markNewDays(db)
  await followEvents(db)
  let counted = 0
  while (counted < most && (await countNext(db))) counted++
  return counted
}

/** Days that are not in the calendar yet, from the first question about a product until today: at first all, then one each night. */
async function markNewDays(db: Db): Promise<void> {
  await db.execute(sql`
    insert into insight_calendar (day)
    select day::date from generate_series(
      (select (min(created_at) at time zone 'Asia/Tokyo')::date from topics where hidden_at is null and withdrawn_at is null),
      (now() at time zone 'Asia/Tokyo')::date, interval '1 day') day on conflict do nothing`)
}

/**
 * What happened since the last look makes days untrue: that on which its topic was asked, its own, and those it names; and, where it may
 * have changed whether a topic counts and for whom, those on which readers spoke of it. Numbers of events are given before they are
 * committed, so the last ten minutes are looked at again each time; marking twice is marking once.
 */
async function followEvents(db: Db): Promise<void> {
  await db.transaction(async tx => {
    const [mark] = await tx.execute<{ last: string }>(sql`
      insert into site_settings (name, value) values ('insights.seen', coalesce((select to_jsonb(max(id)) from events), '0'))
      on conflict (name) do update set value = site_settings.value returning value #>> '{}' as last`)
    const last = Number(mark?.last ?? 0)
    const settled = sql`(select max(id) from events where id > ${last} and at < now() - interval '10 minutes')`
    await tx.execute(sql`
      with happened as (select name, data, at from events where id > ${last}),
      touched as (
        select t.id, t.created_at, bool_or(h.name <> all(${sql.param(HARMLESS)}::text[])) as may_have_gone
        from happened h cross join lateral (values (h.data->>'topicId'), (h.data->>'fromId'), (h.data->>'newId')) named(id) join topics t on t.id = named.id::bigint where t.company_ids <> '{}' or h.name = 'topic.products_named' group by t.id),
      days as (
        select (created_at at time zone 'Asia/Tokyo')::date as day from touched
        union select (f.at at time zone 'Asia/Tokyo')::date from touched t join posts p on p.topic_id = t.id join fixes f on f.post_id = p.id where t.may_have_gone
        union select (d.at at time zone 'Asia/Tokyo')::date from touched t join deflections d on d.topic_id = t.id where t.may_have_gone
        union select (at at time zone 'Asia/Tokyo')::date from happened
        union select named::date from happened h cross join jsonb_array_elements_text(h.data->'days') named
        union select (t.created_at at time zone 'Asia/Tokyo')::date from happened h cross join lateral (
          select created_at from topics t where t.company_ids <> '{}' and (
            h.name = 'topics.imported' and t.board_id in (select id::bigint from jsonb_array_elements_text(h.data->'boardIds') id)
            or h.name = 'board.changed' and t.board_id = (h.data->>'boardId')::bigint)) t
          where h.name in ('topics.imported', 'board.changed')
        union select (now() at time zone 'Asia/Tokyo')::date)
      insert into insight_calendar (day, outdated_at) select day, now() from days order by day
      on conflict (day) do update set outdated_at = now()`)
    await tx.execute(sql`update site_settings set value = coalesce(to_jsonb(${settled}), value) where name = 'insights.seen'`)
  })
}

/** Counts the newest day that is marked, unless another process is at it. False when there is none. */
async function countNext(db: Db): Promise<boolean> {
  return db.transaction(async tx => {
    const [row] = await tx.execute<{ day: string }>(sql`
      select day::text from insight_calendar where outdated_at is not null order by day desc limit 1 for update skip locked`)
    if (!row) return false
    await countDay(tx, row.day)
    await tx.execute(sql`update insight_calendar set outdated_at = null, counted_at = now() where day = ${row.day}::date`)
    return true
  })
}

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { roundedMinutes } from './waits.ts'

/** Everything of a day is counted anew and replaces what stood: counted twice is counted once. In the caller's transaction. */
export async function countDay(tx: Db, day: string): Promise<void> {
  for (const table of ['insight_days', 'insight_waits', 'insight_rivals'])
    await tx.execute(sql`delete from ${sql.raw(table)} where day = ${day}::date`)
  await countQuestions(tx, day)
  await countWaits(tx, day)
  await countRivals(tx, day)
  await followTroubles(tx, day)
}

const onDay = (moment: SQL, day: string) => sql`
  ${moment} >= ${day}::date::timestamp at time zone 'Asia/Tokyo' and ${moment} < (${day}::date + 1)::timestamp at time zone 'Asia/Tokyo'`

/** A topic that everybody may read and that names a product. */
const counts = sql`t.hidden_at is null and t.withdrawn_at is null and t.visibility = 'public' and t.company_ids <> '{}'`

/** Rows of `about` (with `company_ids` and `product_ids`), once for each company and once for each of its products. */
const scoped = (about: string) => sql`
  select company as company_id, 0::bigint as product_id, a.* from ${sql.raw(about)} a cross join unnest(a.company_ids) company
  union all select p.company_id, p.id, a.* from ${sql.raw(about)} a join products p on p.id = any(a.product_ids)`

/** A day's questions, with the moment of the first answer by somebody else that still stands. */
const asked = (day: string) => sql`
  select t.id, t.author_id, t.company_ids, t.product_ids, t.solved_at, t.guaranteed_at, t.created_at, answered.at as answered_at
  from topics t cross join lateral (
    select min(p.created_at) as at from posts p
    where p.topic_id = t.id and p.kind = 'answer' and p.author_id <> t.author_id and p.hidden_at is null and p.withdrawn_at is null) answered
  where ${onDay(sql`t.created_at`, day)} and t.kind = 'question' and ${counts}`

async function countQuestions(tx: Db, day: string): Promise<void> {
  await tx.execute(sql`
    with asked as (${asked(day)}),
    tried as (
      select t.company_ids, t.product_ids, f.fixed::int as fixed, (not f.fixed)::int as failed, 0 as ended
      from fixes f join posts p on p.id = f.post_id join topics t on t.id = p.topic_id
      where ${onDay(sql`f.at`, day)} and p.hidden_at is null and p.withdrawn_at is null and ${counts}
      union all select t.company_ids, t.product_ids, 0, 0, 1 from deflections d join topics t on t.id = d.topic_id where ${onDay(sql`d.at`, day)} and ${counts}),
    figures as (
      select company_id, product_id, 1 as questions, (answered_at is not null)::int as answered, (solved_at is not null)::int as solved,
        (guaranteed_at is not null)::int as guaranteed, 0 as fixed, 0 as failed, 0 as ended from (${scoped('asked')}) a
      union all select company_id, product_id, 0, 0, 0, 0, fixed, failed, ended from (${scoped('tried')}) t)
    insert into insight_days (company_id, product_id, day, questions, answered, solved, guaranteed, fixed, failed, ended)
    select company_id, product_id, ${day}::date, sum(questions), sum(answered), sum(solved), sum(guaranteed), sum(fixed), sum(failed), sum(ended)
    from figures group by company_id, product_id`)
}

async function countWaits(tx: Db, day: string): Promise<void> {
  await tx.execute(sql`
    with asked as (${asked(day)})
    insert into insight_waits (company_id, product_id, day, minutes, questions)
    select company_id, product_id, ${day}::date, ${roundedMinutes(sql`created_at`, sql`answered_at`)} as minutes, count(*)
    from (${scoped('asked')}) a where answered_at is not null group by company_id, product_id, minutes`)
}

async function countRivals(tx: Db, day: string): Promise<void> {
  await tx.execute(sql`
    with named as (select t.id, t.company_ids, t.product_ids from topics t where ${onDay(sql`t.created_at`, day)} and ${counts})
    insert into insight_rivals (company_id, product_id, day, rival_id, topics)
    select s.company_id, s.product_id, ${day}::date, rival.id, count(*)
    from (${scoped('named')}) s join products rival on rival.id = any(s.product_ids) and rival.company_id <> s.company_id
    group by s.company_id, s.product_id, rival.id`)
}

/** How the questions of a day fare that were found alike; those that are gone leave their troubles. */
export async function followTroubles(tx: Db, day: string): Promise<void> {
  await tx.execute(sql`
    with asked as (${asked(day)}),
    gone as (delete from insight_trouble_topics m where m.day = ${day}::date and not exists (
      select from asked a where a.id = m.topic_id and m.product_id = any(a.product_ids)))
    update insight_trouble_topics m set solved = a.solved_at is not null, guaranteed = a.guaranteed_at is not null,
      minutes = ${roundedMinutes(sql`a.created_at`, sql`a.answered_at`)}
    from asked a where m.day = ${day}::date and m.topic_id = a.id and m.product_id = any(a.product_ids)`)
}

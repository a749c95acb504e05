import { sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'

/**
 * Counts the readers of each day anew whose visits are still known; that is yesterday and today, and after a stop whatever waits to be
 * forgotten. A reader counts once a day for a company and once for each of its products, with how he came the first time; helped is who
 * read a question that was solved or guaranteed then, and stayed who asked nothing within 24 hours of reading one.
 */
export async function countReaders(db: Db): Promise<void> {
  const days = await db.execute<{ day: string }>(sql`
    select d::date::text as day from generate_series((now() at time zone 'Asia/Tokyo')::date - 30, (now() at time zone 'Asia/Tokyo')::date, interval '1 day') d
    where exists (select from visits v where v.day = d::date)`)
  for (const { day } of days) await db.transaction(tx => countReadersOf(tx, day))
}

async function countReadersOf(tx: Db, day: string): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(hashtext('insights.readers'))`)
  await tx.execute(sql`delete from insight_readers where day = ${day}::date`)
  await tx.execute(sql`
    with seen as (
      select v.visitor, v.at, v.topic_id, v.source, v.company_id as from_company, v.solved and t.kind = 'question' as solved, t.company_ids, t.product_ids
      from visits v join topics t on t.id = v.topic_id
      where v.day = ${day}::date and t.hidden_at is null and t.withdrawn_at is null and t.visibility = 'public' and t.company_ids <> '{}'),
    scoped as (
      select company as company_id, 0::bigint as product_id, s.* from seen s cross join unnest(s.company_ids) company
      union all select p.company_id, p.id, s.* from seen s join products p on p.id = any(s.product_ids)),
    readers as (
      select company_id, product_id, visitor, min(at) filter (where solved) as first_helped, max(at) filter (where solved) as last_helped,
        (array_agg(case when source = 'company' and from_company <> company_id then 'site' else source end order by at, topic_id))[1] as source
      from scoped group by company_id, product_id, visitor),
    judged as (
      select r.*, first_helped is not null and not exists (
        select from visit_asks a where a.day = ${day}::date and a.visitor = r.visitor and a.at >= first_helped and a.at < last_helped + interval '24 hours') as stayed
      from readers r)
    insert into insight_readers (company_id, product_id, day, readers, helped, stayed, sources)
    select company_id, product_id, ${day}::date, sum(n), sum(helped), sum(stayed), jsonb_object_agg(source, n)
    from (select company_id, product_id, source, count(*) as n, count(first_helped) as helped, count(*) filter (where stayed) as stayed
      from judged group by company_id, product_id, source) by_source
    group by company_id, product_id`)
}

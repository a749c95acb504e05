import { sql } from 'drizzle-orm'
import { countInsights } from '../insights/calendar.ts'
import { groupAll } from '../insights/grouping.ts'
import { countReaders } from '../insights/readers.ts'
import { insightSettings } from '../insights/schema.ts'
import type { Db } from '../platform/db.ts'

/** In percent, how the demo's readers come; the rest comes directly. */
const SHARES = { search: 46, forum: 24, company: 8, social: 7, site: 3, paid: 5 }
const DAYS_OF_READERS = 728

/** What the demo's companies see in their figures: readers of two years, and everything else counted from what the demo's members did. */
export async function seedInsights(db: Db): Promise<void> {
  await seedReaders(db)
  await seedVisits(db)
  await db.execute(sql`
    insert into ${insightSettings} (company_id, would_ask, elsewhere, cost) select id, 25, 10, 1200 from companies where admitted_at is not null order by id limit 1`)
  await countInsights(db, Number.MAX_SAFE_INTEGER)
  await countReaders(db)
  await groupAll(db)
}

/** Days that are over: every topic is read as often as its count says, more when it was new and less on weekends. */
async function seedReaders(db: Db): Promise<void> {
  const sources = sql.join(
    Object.entries(SHARES).map(([source, share]) => sql`${source}::text, round(readers * ${share}::int * (0.8 + (n % 5) * 0.1) / 100)`),
    sql`, `,
  )
  await db.execute(sql`
    with days as (select n, (now() at time zone 'Asia/Tokyo')::date - n as day from generate_series(2, ${DAYS_OF_READERS}::int) n),
    about as (
      select company as company_id, 0::bigint as product_id, t.view_count, t.created_at::date as born, t.solved_at::date as solved from topics t cross join unnest(t.company_ids) company
      union all select p.company_id, p.id, t.view_count, t.created_at::date, t.solved_at::date from topics t join products p on p.id = any(t.product_ids)),
    read as (
      select a.company_id, a.product_id, d.day, d.n, sum(a.view_count / (30.0 + (d.day - a.born)) * case when extract(isodow from d.day) > 5 then 0.6 else 1 end) as readers,
        sum(a.view_count / (30.0 + (d.day - a.born)) * case when extract(isodow from d.day) > 5 then 0.6 else 1 end) filter (where a.solved <= d.day) as helped
      from days d join about a on a.born <= d.day group by 1, 2, 3, 4),
    rounded as (select company_id, product_id, day, n, round(readers * (0.85 + (n * 7 % 11) * 0.03))::int as readers, round(coalesce(helped, 0) * 0.8)::int as helped from read),
    came as (select *, jsonb_build_object(${sources}) as sources from rounded where readers > 0)
    insert into insight_readers (company_id, product_id, day, readers, helped, stayed, sources)
    select company_id, product_id, day, readers, least(helped, readers), round(least(helped, readers) * 0.96),
      sources || jsonb_build_object('direct', greatest(0, readers - (select sum(value::int) from jsonb_each_text(sources))))
    from came on conflict do nothing`)
}

/** Yesterday and today: single visits, as they are counted when they are real. */
async function seedVisits(db: Db): Promise<void> {
  await db.execute(sql`
    insert into visits (topic_id, day, visitor, at, source, solved)
    select t.id, (now() at time zone 'Asia/Tokyo')::date - d, decode(md5('demo' || t.id % 40 || n), 'hex'), now() - make_interval(days => d, mins => n % 3),
      (array['search', 'search', 'forum', 'search', 'direct', 'company', 'social', 'paid'])[1 + (t.id + n) % 8], t.solved_at is not null
    from topics t cross join generate_series(0, 1) d cross join lateral generate_series(1, 1 + t.view_count / 60) n
    where t.company_ids <> '{}' on conflict do nothing`)
}

import { sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { PERIODS } from './period.ts'

/** Kept for each product and period: some of them may keep their names out of lists. */
const MOST = 40

/**
 * Finds anew whose answers helped most with a company's questions of each period: 2 for a best or a guaranteed answer, 1 for each who found
 * one helpful. Who works for the company is none of them, and neither is who answers himself. In the caller's transaction.
 */
export async function findBestHelpers(tx: Db, companyId: number): Promise<void> {
  await tx.execute(sql`delete from insight_best_helpers where company_id = ${companyId}`)
  await tx.execute(sql`
    with named as (
      select n.product_id, t.id, t.author_id, t.best_answer_id, (now() at time zone 'Asia/Tokyo')::date - (t.created_at at time zone 'Asia/Tokyo')::date as days_ago
      from products p join topic_products n on n.product_id = p.id join topics t on t.id = n.topic_id
      where p.company_id = ${companyId} and t.kind = 'question' and t.visibility = 'public' and t.hidden_at is null and t.withdrawn_at is null
        and t.created_at > now() - make_interval(days => ${Math.max(...PERIODS) + 1})),
    scoped as (select * from named union select 0, id, author_id, best_answer_id, days_ago from named),
    helped as (
      select s.product_id, period.days, p.author_id, count(*) as answers, count(*) filter (where s.best_answer_id = p.id) as best,
        count(*) filter (where p.guaranteed_at is not null) as guaranteed, sum(p.helpful_count) as helpful
      from scoped s join unnest(${sql.param([...PERIODS])}::int[]) period(days) on s.days_ago < period.days
        join posts p on p.topic_id = s.id and p.kind = 'answer' and p.author_id <> s.author_id and p.hidden_at is null and p.withdrawn_at is null
      where p.capacity is null and not exists (select from company_members m where m.account_id = p.author_id and m.company_id = ${companyId})
      group by s.product_id, period.days, p.author_id),
    ranked as (
      select *, row_number() over (partition by product_id, days order by 2 * best + 2 * guaranteed + helpful desc, answers desc, author_id) as place
      from helped where best + guaranteed + helpful > 0)
    insert into insight_best_helpers (company_id, product_id, days, account_id, answers, best, guaranteed, helpful)
    select ${companyId}, product_id, days, author_id, answers, best, guaranteed, helpful from ranked where place <= ${MOST}`)
}

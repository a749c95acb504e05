import { sql } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'

export type Kept = { handed: number; waiting: number; hidden: number; talked: number; spared: number }

/**
 * What was kept from somebody who works here, as numbers alone: what he handed over and what became of it, and how many posts were hidden
 * in the last 90 days where he answered or where his company's products are talked of.
 */
export async function countKept(db: Db, actor: Actor): Promise<Kept> {
  const companies = sql`${sql.param(actor.companies.map(({ id }) => id))}::bigint[]`
  const [row] = await db.execute<Kept>(sql`
    select count(*)::int as handed, count(*) filter (where settled_at is null)::int as waiting, count(*) filter (where outcome = 'hidden')::int as hidden,
      count(*) filter (where outcome = 'talked')::int as talked,
      (select count(*)::int from posts p join topics t on t.id = p.topic_id
        where p.hidden_at > now() - interval '90 days' and p.author_id <> ${actor.id}
          and (t.company_ids && ${companies} or exists (select from posts own where own.topic_id = t.id and own.author_id = ${actor.id}))) as spared
    from care_handovers where account_id = ${actor.id}`)
  return row ?? { handed: 0, waiting: 0, hidden: 0, talked: 0, spared: 0 }
}

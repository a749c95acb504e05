import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'

const FILE = fileURLToPath(new URL('./demo/reports.json', import.meta.url))

/** What owners report where the demo compares two products: each with the answer he wrote there. */
export async function seedReports(tx: Db): Promise<void> {
  await tx.execute(sql`
    insert into product_reports (post_id, topic_id, product_id, revision, since, purpose, good, bad)
    select p.id, t.id, x.id, p.revision, r.since, r.purpose, r.good, r.bad
    from jsonb_to_recordset(${readFileSync(FILE, 'utf8')}::jsonb) as r(author text, product text, since text, purpose text, good text, bad text)
    join products x on x.slug = r.product join accounts a on a.handle = r.author
    join posts p on p.author_id = a.id and p.kind = 'answer'
    join topics t on t.id = p.topic_id and t.kind = 'comparison' and cardinality(t.product_ids) > 1 and x.id = any(t.product_ids)
    on conflict do nothing`)
}

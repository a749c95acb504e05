import { sql } from 'drizzle-orm'
import { KIND_NAMES } from '../src/moderation/kind_names.ts'
import type { Db } from '../src/platform/db.ts'

/** So many items that wait in a board and forty others, of every kind, opened one a minute; about posts that are not there. */
export async function fillQueue(db: Db, board: { id: number }, items: number): Promise<void> {
  await db.execute(sql`
    insert into boards (slug, name_ja, name_en) select 'queue-' || n, 'Q', 'Q' from generate_series(1, 40) n on conflict do nothing`)
  await db.execute(sql`
    insert into review_items (kind, subject, subject_id, board_id, tier, opened_at)
    select (${sql.param([...KIND_NAMES])}::text[])[1 + n % ${KIND_NAMES.length}], 'post', 10000000 + n,
      case when n % 20 = 0 then ${board.id} else (select id from boards where slug = 'queue-' || (1 + n % 40)) end, 1 + n % 3, now() - n * interval '1 minute'
    from generate_series(1, ${items}::int) n`)
  await db.execute(sql`vacuum analyze review_items`)
}

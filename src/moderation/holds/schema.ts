import { sql } from 'drizzle-orm'
import { bigint, index, pgTable } from 'drizzle-orm/pg-core'
import { moment, reference } from '../../platform/schema.ts'
import { posts } from '../../topics/schema.ts'

/** The print of a newcomer's text (SimHash, 64 bits), by which the same text in other words is found again. Kept for a week. */
export const fingerprints = pgTable(
  'fingerprints',
  {
    postId: reference('post_id')
      .primaryKey()
      .references(() => posts.id),
    print: bigint({ mode: 'bigint' }).notNull(),
    at: moment('at').notNull().default(sql`now()`),
  },
  t => [index('fingerprints_at').on(t.at)],
)

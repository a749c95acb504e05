import { sql } from 'drizzle-orm'
import { index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { accounts } from '../../accounts/schema.ts'
import { moment, reference } from '../../platform/schema.ts'
import { posts } from '../../topics/schema.ts'

/** What an advisor or a company's person handed to the moderators instead of answering it, and what became of it. */
export const careHandovers = pgTable(
  'care_handovers',
  {
    postId: reference('post_id')
      .notNull()
      .references(() => posts.id),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id),
    at: moment('at').notNull().default(sql`now()`),
    outcome: text({ enum: ['hidden', 'talked', 'left'] }),
    settledAt: moment('settled_at'),
  },
  t => [primaryKey({ columns: [t.postId, t.accountId] }), index('care_handovers_account').on(t.accountId, t.at.desc().nullsFirst())],
)

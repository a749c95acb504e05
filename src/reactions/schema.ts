import { sql } from 'drizzle-orm'
import { boolean, index, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { accounts } from '../accounts/schema.ts'
import { moment, reference } from '../platform/schema.ts'
import { posts } from '../topics/schema.ts'

export const REACTIONS = ['helpful', 'thanks', 'me_too'] as const
export type ReactionKind = (typeof REACTIONS)[number]

export const reactions = pgTable(
  'reactions',
  {
    postId: reference('post_id')
      .notNull()
      .references(() => posts.id),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id),
    kind: text({ enum: REACTIONS }).notNull(),
    brings: boolean().notNull().default(true),
    createdAt: moment('created_at').notNull().default(sql`now()`),
  },
  t => [
    primaryKey({ columns: [t.postId, t.accountId, t.kind] }),
    index('reactions_account').on(t.accountId, t.createdAt.desc().nullsFirst()),
  ],
)

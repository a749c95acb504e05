import { sql } from 'drizzle-orm'
import { index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { accounts } from '../accounts/schema.ts'
import { identity, moment, reference } from '../platform/schema.ts'

/** A picture as it is kept: re-encoded, without metadata, in the widths screens need. */
export const pictures = pgTable(
  'pictures',
  {
    id: identity(),
    key: text().notNull().unique(),
    accountId: reference('account_id').references(() => accounts.id),
    alt: text().notNull().default(''),
    width: integer().notNull(),
    height: integer().notNull(),
    bytes: integer().notNull(),
    widths: integer().array().notNull(),
    createdAt: moment('created_at').notNull().default(sql`now()`),
  },
  t => [index('pictures_account').on(t.accountId, t.createdAt)],
)

export type PictureRow = typeof pictures.$inferSelect

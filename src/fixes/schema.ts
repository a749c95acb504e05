import { sql } from 'drizzle-orm'
import { boolean, check, index, pgTable, uniqueIndex } from 'drizzle-orm/pg-core'
import { accounts } from '../accounts/schema.ts'
import { products, productVersions } from '../companies/schema.ts'
import { bytes, identity, moment, reference } from '../platform/schema.ts'
import { ofPost } from '../topics/schema.ts'

/**
 * Whether an answer fixed it, as one reader says. A member is known by his account, a guest by a number his browser keeps; `visitor`,
 * a hash that nobody can undo after the day, stops him from being counted twice when his browser keeps nothing.
 */
export const fixes = pgTable(
  'fixes',
  {
    id: identity(),
    postId: ofPost(),
    accountId: reference('account_id').references(() => accounts.id),
    device: bytes(),
    visitor: bytes(),
    fixed: boolean().notNull(),
    productId: reference('product_id').references(() => products.id),
    versionId: reference('version_id').references(() => productVersions.id),
    at: moment('at').notNull().default(sql`now()`),
  },
  t => [
    check('a_member_or_a_device', sql`(${t.accountId} is null) <> (${t.device} is null)`),
    uniqueIndex('fixes_member').on(t.accountId, t.postId).where(sql`${t.accountId} is not null`),
    uniqueIndex('fixes_device').on(t.postId, t.device).where(sql`${t.device} is not null`),
    index('fixes_product').on(t.productId, t.versionId).where(sql`${t.productId} is not null`),
    index('fixes_newest').on(t.postId, t.at.desc().nullsFirst()),
    index('fixes_at').on(t.at),
  ],
)

export type FixRow = typeof fixes.$inferSelect

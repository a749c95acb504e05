import { sql } from 'drizzle-orm'
import { index, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { accounts } from '../../accounts/schema.ts'
import { identity, moment, reference } from '../../platform/schema.ts'
import { reviewItems } from '../schema.ts'

/** What a member objects to: a step of the ladder, or that a post of his was hidden. */
export const APPEALED = ['sanction', 'post'] as const
export type Appealed = (typeof APPEALED)[number]

/** An objection, by when it is answered, and how. `against` says what was decided then, so that the same is objected to once. */
export const appeals = pgTable(
  'appeals',
  {
    id: identity(),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id),
    subject: text({ enum: APPEALED }).notNull(),
    subjectId: reference('subject_id').notNull(),
    against: moment('against').notNull(),
    words: text().notNull(),
    itemId: reference('item_id').references(() => reviewItems.id),
    firstById: reference('first_by_id'),
    openedAt: moment('opened_at').notNull().default(sql`now()`),
    dueAt: moment('due_at').notNull(),
    outcome: text({ enum: ['upheld', 'kept'] }),
    answer: text().notNull().default(''),
    decidedById: reference('decided_by_id').references(() => accounts.id),
    decidedAt: moment('decided_at'),
  },
  t => [
    uniqueIndex('appeals_once').on(t.subject, t.subjectId, t.against),
    index('appeals_account').on(t.accountId, t.id.desc().nullsFirst()),
    index('appeals_item').on(t.itemId),
    index('appeals_opened').on(t.openedAt),
  ],
)

export type Appeal = typeof appeals.$inferSelect

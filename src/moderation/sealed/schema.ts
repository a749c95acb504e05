import { sql } from 'drizzle-orm'
import { index, pgTable } from 'drizzle-orm/pg-core'
import { accounts } from '../../accounts/schema.ts'
import { companies } from '../../companies/schema.ts'
import { bytes, identity, moment, reference } from '../../platform/schema.ts'
import { topics } from '../../topics/schema.ts'

/** What an asker hands to a company alone, sealed with the site's key. The row goes when the topic is closed. */
export const sealedNotes = pgTable(
  'sealed_notes',
  {
    id: identity(),
    topicId: reference('topic_id')
      .notNull()
      .references(() => topics.id),
    companyId: reference('company_id')
      .notNull()
      .references(() => companies.id),
    authorId: reference('author_id')
      .notNull()
      .references(() => accounts.id),
    sealed: bytes().notNull(),
    sealedAt: moment('sealed_at').notNull().default(sql`now()`),
    openedAt: moment('opened_at'),
    openedById: reference('opened_by_id').references(() => accounts.id),
  },
  t => [index('sealed_notes_topic').on(t.topicId, t.companyId)],
)

export type SealedNote = typeof sealedNotes.$inferSelect

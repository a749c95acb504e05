import { sql } from 'drizzle-orm'
import { bigint, boolean, date, index, integer, pgTable, primaryKey, real, text, unique } from 'drizzle-orm/pg-core'
import { VISIBILITIES } from '../accounts/visibility.ts'
import { companies, products } from '../companies/schema.ts'
import { bytes, identity, moment, reference } from '../platform/schema.ts'
import { posts, topics } from '../topics/schema.ts'

/** Words that mean the same to a searcher, as the operator keeps them. With `fromWords`, one way: who asks for one of those finds `words` too. */
export const synonymGroups = pgTable('synonym_groups', {
  id: identity(),
  words: text().array().notNull(),
  fromWords: text('from_words').array().notNull().default(sql`'{}'`),
  changedAt: moment('changed_at').notNull().default(sql`now()`),
})

/**
 * What was looked for, without persons: `key` is a hash of the visitor, the words and a secret that is forgotten each day, so a
 * reader's searches of one day count once for each words, and nobody can tell later whose they were. Kept 90 days.
 * `reader` is what he could see; `shown` are the topics on his first page, in order.
 */
export const searches = pgTable(
  'searches',
  {
    key: bytes('key').primaryKey(),
    day: date().notNull(),
    words: text().notNull(),
    reader: text({ enum: VISIBILITIES }).notNull(),
    results: integer().notNull(),
    shown: bigint({ mode: 'number' }).array().notNull(),
  },
  t => [index('searches_day').on(t.day, t.words)],
)

/** A result that was opened; counts where the search with this key showed it. */
export const searchClicks = pgTable(
  'search_clicks',
  { key: bytes('key').notNull(), topicId: reference('topic_id').notNull(), day: date().notNull() },
  t => [primaryKey({ columns: [t.key, t.topicId] }), index('search_clicks_day').on(t.day)],
)

/** Whether somebody found what he looked for: among the results (`topicId` 0), or on the page of a topic he came to from them. */
export const searchVerdicts = pgTable(
  'search_verdicts',
  { key: bytes('key').notNull(), topicId: reference('topic_id').notNull(), found: boolean().notNull(), day: date().notNull() },
  t => [primaryKey({ columns: [t.key, t.topicId] }), index('search_verdicts_day').on(t.day)],
)

/** Somebody was about to ask and found his answer here: no person, only what helped. `onceKey` is his form's, so that a second press counts once. */
export const deflections = pgTable(
  'deflections',
  {
    id: identity(),
    topicId: reference('topic_id')
      .notNull()
      .references(() => topics.id),
    postId: reference('post_id')
      .notNull()
      .references(() => posts.id),
    onceKey: text('once_key').notNull().unique(),
    at: moment('at').notNull().default(sql`now()`),
  },
  t => [index('deflections_topic').on(t.topicId, t.at), index('deflections_at').on(t.at)],
)

/** What use has shown of a topic, from -1 to 1; see learning.ts. */
export const searchBoosts = pgTable('search_boosts', { topicId: reference('topic_id').primaryKey(), boost: real().notNull() })

/** Searches that several people made and that found something, for whoever is typing the same; made anew by the clock. `start` is the words as they are compared. */
export const earlierSearches = pgTable(
  'earlier_searches',
  { words: text().notNull(), start: text().notNull(), reader: text({ enum: VISIBILITIES }).notNull(), people: integer().notNull() },
  t => [primaryKey({ columns: [t.words, t.reader] }), index('earlier_searches_start').on(t.start.op('text_pattern_ops'))],
)

/** What people look for about a product: words of several people; made anew by the clock. */
export const productSearches = pgTable(
  'product_searches',
  {
    productId: reference('product_id')
      .notNull()
      .references(() => products.id),
    words: text().notNull(),
    reader: text({ enum: VISIBILITIES }).notNull(),
    people: integer().notNull(),
  },
  t => [primaryKey({ columns: [t.productId, t.words, t.reader] })],
)

/** Words people look for and do not find, of which the operator has told a company. */
export const companyAlerts = pgTable(
  'company_alerts',
  {
    id: identity(),
    companyId: reference('company_id')
      .notNull()
      .references(() => companies.id),
    words: text().notNull(),
    at: moment('at').notNull().default(sql`now()`),
  },
  t => [unique('company_alerts_once').on(t.companyId, t.words)],
)

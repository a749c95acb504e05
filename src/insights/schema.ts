import { sql } from 'drizzle-orm'
import { boolean, date, index, integer, jsonb, pgTable, primaryKey, real, text } from 'drizzle-orm/pg-core'
import { accounts } from '../accounts/schema.ts'
import { companies, products } from '../companies/schema.ts'
import { identity, moment, reference } from '../platform/schema.ts'
import { topics } from '../topics/schema.ts'

/** Each day on which something was asked about a product: since when its figures are no longer true, and when they were counted last. */
export const insightCalendar = pgTable(
  'insight_calendar',
  { day: date().primaryKey(), outdatedAt: moment('outdated_at').default(sql`now()`), countedAt: moment('counted_at') },
  t => [index('insight_calendar_outdated').on(t.day.desc().nullsFirst()).where(sql`${t.outdatedAt} is not null`)],
)

/** Of which company, and of which of its products: 0 stands for all of them, because a question about two of them is one question. */
const scope = () => ({
  companyId: reference('company_id')
    .notNull()
    .references(() => companies.id),
  productId: reference('product_id').notNull().default(0),
  day: date().notNull(),
})

/**
 * A day's figures. Of the questions asked on it: how many, and how many of them are answered, solved and guaranteed now. Of the day itself:
 * how many readers said of an answer that it fixed it or did not, and how many ended an ask because the answer stood there.
 */
export const insightDays = pgTable(
  'insight_days',
  {
    ...scope(),
    questions: integer().notNull(),
    answered: integer().notNull(),
    solved: integer().notNull(),
    guaranteed: integer().notNull(),
    fixed: integer().notNull(),
    failed: integer().notNull(),
    ended: integer().notNull(),
  },
  t => [primaryKey({ columns: [t.companyId, t.productId, t.day] }), index('insight_days_day').on(t.day)],
)

/** How many of a day's questions got their first answer after so many minutes (see `waits.ts` for how they are rounded). */
export const insightWaits = pgTable('insight_waits', { ...scope(), minutes: integer().notNull(), questions: integer().notNull() }, t => [
  primaryKey({ columns: [t.companyId, t.productId, t.day, t.minutes] }),
  index('insight_waits_day').on(t.day),
])

/** A day's readers: all, those who read a solved answer, those of them who asked nothing within a day; and how all of them came. */
export const insightReaders = pgTable(
  'insight_readers',
  {
    ...scope(),
    readers: integer().notNull(),
    helped: integer().notNull(),
    stayed: integer().notNull(),
    sources: jsonb().$type<Record<string, number>>().notNull(),
  },
  t => [primaryKey({ columns: [t.companyId, t.productId, t.day] }), index('insight_readers_day').on(t.day)],
)

/** In how many topics of a day another company's product is named together with this one. */
export const insightRivals = pgTable(
  'insight_rivals',
  {
    ...scope(),
    rivalId: reference('rival_id')
      .notNull()
      .references(() => products.id),
    topics: integer().notNull(),
  },
  t => [primaryKey({ columns: [t.companyId, t.productId, t.day, t.rivalId] }), index('insight_rivals_day').on(t.day)],
)

/** Members whose answers helped most with the questions of so many days; found every night. */
export const insightHelpers = pgTable(
  'insight_best_helpers',
  {
    companyId: reference('company_id')
      .notNull()
      .references(() => companies.id),
    productId: reference('product_id').notNull().default(0),
    days: integer().notNull(),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id),
    answers: integer().notNull(),
    best: integer().notNull(),
    guaranteed: integer().notNull(),
    helpful: integer().notNull(),
  },
  t => [primaryKey({ columns: [t.companyId, t.productId, t.days, t.accountId] })],
)

/** Questions about a product that are alike; `topicId` is the one that stands for them, `words` what they have in common. */
export const insightTroubles = pgTable(
  'insight_troubles',
  {
    id: identity(),
    companyId: reference('company_id')
      .notNull()
      .references(() => companies.id),
    productId: reference('product_id')
      .notNull()
      .references(() => products.id),
    topicId: reference('topic_id')
      .notNull()
      .references(() => topics.id),
    words: text().array().notNull(),
  },
  t => [index('insight_troubles_company').on(t.companyId)],
)

/** The questions of such a trouble, with the day on which each was asked and how it fares: as the day's count found it last. */
export const insightTroubleTopics = pgTable(
  'insight_trouble_topics',
  {
    troubleId: reference('trouble_id')
      .notNull()
      .references(() => insightTroubles.id, { onDelete: 'cascade' }),
    topicId: reference('topic_id')
      .notNull()
      .references(() => topics.id),
    companyId: reference('company_id').notNull(),
    productId: reference('product_id').notNull(),
    day: date().notNull(),
    solved: boolean().notNull().default(false),
    guaranteed: boolean().notNull().default(false),
    minutes: integer(),
  },
  t => [
    primaryKey({ columns: [t.troubleId, t.topicId] }),
    index('insight_trouble_topics_day').on(t.day),
    index('insight_trouble_topics_company').on(t.companyId, t.day, t.troubleId),
    index('insight_trouble_topics_product').on(t.productId, t.day, t.troubleId),
  ],
)

/** Words more people ask with this week than before: how many did, and how many a week in the four weeks before. */
export const insightWords = pgTable(
  'insight_words',
  {
    companyId: reference('company_id')
      .notNull()
      .references(() => companies.id),
    productId: reference('product_id').notNull().default(0),
    word: text().notNull(),
    askers: integer().notNull(),
    before: real().notNull(),
  },
  t => [primaryKey({ columns: [t.companyId, t.productId, t.word] })],
)

/** What a company assumes where nothing can be counted (shares in percent, the cost in yen), and when its questions were grouped last. */
export const insightSettings = pgTable('insight_settings', {
  companyId: reference('company_id')
    .primaryKey()
    .references(() => companies.id),
  wouldAsk: integer('would_ask').notNull().default(20),
  isHelped: integer('is_helped'),
  elsewhere: integer().notNull().default(10),
  cost: integer(),
  groupedAt: moment('grouped_at'),
  toldWeek: date('told_week'),
})

/** Who of a company's admins wants no weekly figures. */
export const insightSilences = pgTable(
  'insight_silences',
  {
    companyId: reference('company_id')
      .notNull()
      .references(() => companies.id),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    since: moment('since').notNull().default(sql`now()`),
  },
  t => [primaryKey({ columns: [t.companyId, t.accountId] })],
)

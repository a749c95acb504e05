import { sql } from 'drizzle-orm'
import { boolean, index, jsonb, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import { accounts } from '../accounts/schema.ts'
import { identity, moment, reference } from '../platform/schema.ts'

/**
 * What somebody was told. `once` says what makes two of them the same, so that repeated and parallel jobs tell it once; those of one
 * `thread` are shown as one line. `about` holds the ids of the event that are not about a topic.
 */
export const notices = pgTable(
  'notices',
  {
    id: identity(),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    kind: text().notNull(),
    once: text().notNull(),
    thread: text().notNull(),
    topicId: reference('topic_id'),
    postId: reference('post_id'),
    actorId: reference('actor_id'),
    eventId: reference('event_id').notNull(),
    about: jsonb().$type<Record<string, unknown>>(),
    createdAt: moment('created_at').notNull().default(sql`now()`),
    readAt: moment('read_at'),
  },
  t => [
    unique('notices_once').on(t.accountId, t.once),
    index('notices_newest').on(t.accountId, t.id.desc().nullsFirst()),
    index('notices_unread').on(t.accountId, t.thread).where(sql`${t.readAt} is null`),
    index('notices_unread_topic').on(t.topicId, t.postId).where(sql`${t.readAt} is null`),
  ],
)

/** How much of it somebody hears: everything, answers alone, or nothing at all. */
export const LEVELS = ['all', 'answers', 'nothing'] as const
export type Level = (typeof LEVELS)[number]

/** What somebody follows: `topic:42`, `board:3`, `product:9`, `person:7`, `tag:wi-fi`. `isOwn` is what he asked or answered himself. */
export const watches = pgTable(
  'watches',
  {
    subject: text().notNull(),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    level: text({ enum: LEVELS }).notNull(),
    isOwn: boolean('is_own').notNull().default(false),
    since: moment('since').notNull().default(sql`now()`),
  },
  t => [primaryKey({ columns: [t.subject, t.accountId] }), index('watches_account').on(t.accountId, t.since.desc().nullsFirst())],
)

export type NoticeRow = typeof notices.$inferSelect

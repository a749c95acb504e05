import { sql } from 'drizzle-orm'
import { index, jsonb, pgTable, text, unique } from 'drizzle-orm/pg-core'
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

export type NoticeRow = typeof notices.$inferSelect

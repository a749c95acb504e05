import { sql } from 'drizzle-orm'
import { boolean, index, jsonb, pgTable, primaryKey, smallint, text, unique } from 'drizzle-orm/pg-core'
import { accounts } from '../accounts/schema.ts'
import { identity, moment, reference } from '../platform/schema.ts'

/**
 * What somebody was told. `once` says what makes two of them the same, so that repeated and parallel jobs tell it once; those of one
 * `thread` are shown as one line. `about` holds the ids of the event that are not about a topic. `mailAt` is when a mail is due that has not
 * been written yet, `mailId` the one that was; `pushAt` is when browsers are to be rung.
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
    mailAt: moment('mail_at'),
    mailId: reference('mail_id'),
    pushAt: moment('push_at'),
  },
  t => [
    unique('notices_once').on(t.accountId, t.once),
    index('notices_newest').on(t.accountId, t.id.desc().nullsFirst()),
    index('notices_unread').on(t.accountId, t.thread).where(sql`${t.readAt} is null`),
    index('notices_mail').on(t.mailAt, t.accountId).where(sql`${t.mailAt} is not null`),
    index('notices_push').on(t.pushAt).where(sql`${t.pushAt} is not null`),
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

/** A browser that is rung for its member, as it gives itself (Push API). */
export const pushDevices = pgTable(
  'push_devices',
  {
    id: identity(),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    endpoint: text().notNull().unique(),
    p256dh: text().notNull(),
    auth: text().notNull(),
    since: moment('since').notNull().default(sql`now()`),
  },
  t => [index('push_devices_account').on(t.accountId)],
)

/** How notices of one list reach somebody: as their kinds are meant to, on every way there is, on the site alone, or not at all. */
export const WAYS = ['usual', 'all', 'site', 'none'] as const
export type Way = (typeof WAYS)[number]
export const RHYTHMS = ['at_once', 'daily', 'weekly', 'never'] as const
export type Rhythm = (typeof RHYTHMS)[number]

/** How somebody wants to be told. Who never said has no row: at once, day and night. Hours are those of his `zone`. */
export const noticeSettings = pgTable(
  'notice_settings',
  {
    accountId: reference('account_id')
      .primaryKey()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    ways: jsonb().$type<Record<string, Way>>().notNull().default({}),
    rhythm: text({ enum: RHYTHMS }).notNull().default('at_once'),
    hour: smallint().notNull().default(8),
    weekday: smallint().notNull().default(1),
    zone: text().notNull().default('Asia/Tokyo'),
    quietFrom: smallint('quiet_from'),
    quietTo: smallint('quiet_to'),
    /** When the next digest is due; none for who wants none. */
    nextDigestAt: moment('next_digest_at'),
    /** Mail to him came back, or he called it unwanted: none is sent until he asks for it again. */
    mailStoppedAt: moment('mail_stopped_at'),
    mailStoppedBy: text('mail_stopped_by', { enum: ['bounce', 'complaint'] }),
  },
  t => [index('notice_settings_digest').on(t.nextDigestAt).where(sql`${t.nextDigestAt} is not null`)],
)

export type NoticeSettings = typeof noticeSettings.$inferSelect
export type NoticeRow = typeof notices.$inferSelect

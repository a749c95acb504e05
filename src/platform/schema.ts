import { sql } from 'drizzle-orm'
import { bigint, customType, index, integer, jsonb, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'

/** A moment, always with its zone; to the millisecond, because JavaScript knows no finer and cursors must not skip what lies between. */
export const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 })

/** An identity number. */
export const identity = () => bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity()

/** A reference to an identity number. */
export const reference = (name: string) => bigint(name, { mode: 'number' })

export const bytes = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' })

/** What happened, in the order it happened; written in the transaction that made it true. */
export const events = pgTable('events', {
  id: identity(),
  name: text().notNull(),
  data: jsonb().notNull(),
  at: moment('at').notNull().default(sql`now()`),
})

/**
 * Mail waiting to be sent, or kept for the operator's mailbox where no mail server is set. `onceKey` makes a repeated job send once.
 * What is tried until it goes out has `tryAt`; `failedAt` is when a server said that it takes no mail for this address.
 */
export const mails = pgTable(
  'mails',
  {
    id: identity(),
    onceKey: text('once_key').notNull().unique(),
    recipient: text().notNull(),
    subject: text().notNull(),
    text: text().notNull(),
    html: text().notNull(),
    queuedAt: moment('queued_at').notNull().default(sql`now()`),
    sentAt: moment('sent_at'),
    headers: jsonb().$type<Record<string, string>>(),
    tryAt: moment('try_at'),
    tries: integer().notNull().default(0),
    failedAt: moment('failed_at'),
  },
  t => [index('mails_newest').on(t.queuedAt.desc().nullsFirst()), index('mails_due').on(t.tryAt).where(sql`${t.tryAt} is not null`)],
)

/** Settings of the site that the operator edits in the product. */
export const siteSettings = pgTable('site_settings', { name: text().primaryKey(), value: jsonb().notNull() })

/** Counted tries by key and window; old rows are swept by the clock. */
export const throttles = pgTable(
  'throttles',
  { key: text().notNull(), windowStart: moment('window_start').notNull(), tries: integer().notNull().default(1) },
  t => [primaryKey({ columns: [t.key, t.windowStart] })],
)

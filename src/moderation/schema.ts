import { sql } from 'drizzle-orm'
import { bigint, index, jsonb, pgTable, primaryKey, smallint, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { accounts } from '../accounts/schema.ts'
import { boards } from '../boards/schema.ts'
import { bytes, identity, moment, reference } from '../platform/schema.ts'
import { posts } from '../topics/schema.ts'

/**
 * Who did what, for good: rows are only ever added, each carries the hash of the one before it (triggers see to both), and the
 * application's role may neither change nor delete one. Ids only point: a row outlives what it speaks of.
 */
export const auditEntries = pgTable(
  'audit_entries',
  {
    number: bigint({ mode: 'number' }).primaryKey(),
    at: moment('at').notNull(),
    actorId: reference('actor_id'),
    deed: text().notNull(),
    subject: text().notNull(),
    subjectId: reference('subject_id'),
    boardId: reference('board_id'),
    details: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    previousHash: bytes('previous_hash').notNull(),
    hash: bytes().notNull(),
  },
  t => [
    index('audit_entries_actor').on(t.actorId, t.number.desc().nullsFirst()),
    index('audit_entries_subject').on(t.subject, t.subjectId, t.number.desc().nullsFirst()),
    index('audit_entries_deed').on(t.deed, t.number.desc().nullsFirst()),
  ],
)

/** What an item is about: a row of one of these tables. */
export const SUBJECTS = ['post', 'topic', 'account', 'sanction', 'takedown'] as const
export type SubjectKind = (typeof SUBJECTS)[number]

/**
 * One thing that waits for a moderator, or was decided by one. `tier` 1 comes first: somebody may come to harm. `facts` is what the kind
 * wants to remember; `signals` counts how often it was raised. `takenById` has it until `takenUntil`. `aboutId` is whose doing it is about,
 * `notById` who decided before and must not again. Decided once; taken back, the row keeps both.
 */
export const reviewItems = pgTable(
  'review_items',
  {
    id: identity(),
    kind: text().notNull(),
    subject: text({ enum: SUBJECTS }).notNull(),
    subjectId: reference('subject_id').notNull(),
    boardId: reference('board_id').references(() => boards.id),
    topicId: reference('topic_id'),
    companyIds: reference('company_ids').array().notNull().default(sql`'{}'`),
    tier: smallint().notNull(),
    facts: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    signals: bigint({ mode: 'number' }).notNull().default(1),
    aboutId: reference('about_id').references(() => accounts.id),
    notById: reference('not_by_id'),
    openedAt: moment('opened_at').notNull().default(sql`now()`),
    takenById: reference('taken_by_id').references(() => accounts.id),
    takenUntil: moment('taken_until'),
    decision: text(),
    reason: text(),
    words: text(),
    decidedById: reference('decided_by_id').references(() => accounts.id),
    decidedAt: moment('decided_at'),
    undoneById: reference('undone_by_id').references(() => accounts.id),
    undoneAt: moment('undone_at'),
  },
  t => {
    const open = sql`${t.decidedAt} is null`
    return [
      uniqueIndex('review_items_once').on(t.kind, t.subject, t.subjectId).where(open),
      index('review_items_open_board').on(t.boardId, t.kind, t.tier, t.openedAt, t.id).where(open),
      index('review_items_open_kind').on(t.kind, t.tier, t.openedAt, t.id).where(open),
      index('review_items_subject').on(t.subject, t.subjectId, t.id),
      index('review_items_about').on(t.aboutId, t.id),
      index('review_items_decided_kind').on(t.kind, t.decidedAt.desc().nullsFirst()).where(sql`${t.decidedAt} is not null`),
      index('review_items_decided').on(t.decidedAt.desc().nullsFirst()).where(sql`${t.decidedAt} is not null`),
    ]
  },
)

/** Why somebody says a post has to be looked at. */
export const FLAG_REASONS = ['spam', 'abuse', 'personal', 'dangerous', 'hidden_ad', 'off_topic', 'other'] as const
export type FlagReason = (typeof FLAG_REASONS)[number]

/** One person's flag on one post, with what became of it: it weighs what he was right about before (`weight`, in hundredths). */
export const flags = pgTable(
  'flags',
  {
    postId: reference('post_id')
      .notNull()
      .references(() => posts.id),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id),
    reason: text({ enum: FLAG_REASONS }).notNull(),
    words: text().notNull().default(''),
    weight: smallint().notNull(),
    flaggedAt: moment('flagged_at').notNull().default(sql`now()`),
    outcome: text({ enum: ['upheld', 'declined'] }),
    itemId: reference('item_id').references(() => reviewItems.id),
    settledAt: moment('settled_at'),
  },
  t => [
    primaryKey({ columns: [t.postId, t.accountId] }),
    index('flags_account').on(t.accountId, t.flaggedAt.desc().nullsFirst()),
    index('flags_item').on(t.itemId),
    index('flags_upheld').on(t.flaggedAt).where(sql`${t.outcome} = 'upheld'`),
  ],
)

export type ReviewItem = typeof reviewItems.$inferSelect
export type AuditEntry = typeof auditEntries.$inferSelect

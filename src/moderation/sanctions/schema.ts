import { sql } from 'drizzle-orm'
import { index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import { accounts } from '../../accounts/schema.ts'
import { boards } from '../../boards/schema.ts'
import { identity, moment, reference } from '../../platform/schema.ts'
import { posts } from '../../topics/schema.ts'

/** The ladder, the mildest first; `hold` is what a second account gets by itself. */
export const SANCTION_KINDS = ['reminder', 'warning', 'limits', 'suspension', 'removal', 'hold'] as const
export type SanctionKind = (typeof SANCTION_KINDS)[number]

/** Which of the forum's rules it is about. */
export const RULES_BROKEN = ['respect', 'privacy', 'honesty', 'copyright', 'forbidden', 'evasion'] as const
export type RuleBroken = (typeof RULES_BROKEN)[number]

/** One step of the ladder: for whom, where (without a board everywhere), why, until when, and how it was lifted. `causeId` is the sanction a hold follows. */
export const sanctions = pgTable(
  'sanctions',
  {
    id: identity(),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id),
    kind: text({ enum: SANCTION_KINDS }).notNull(),
    boardId: reference('board_id').references(() => boards.id),
    rule: text({ enum: RULES_BROKEN }).notNull(),
    words: text().notNull(),
    perDay: integer('per_day'),
    causeId: reference('cause_id'),
    decidedById: reference('decided_by_id').references(() => accounts.id),
    at: moment('at').notNull().default(sql`now()`),
    endsAt: moment('ends_at'),
    endToldAt: moment('end_told_at'),
    seenAt: moment('seen_at'),
    liftedAt: moment('lifted_at'),
    liftedById: reference('lifted_by_id').references(() => accounts.id),
    liftedWhy: text('lifted_why').notNull().default(''),
    draftKey: text('draft_key'),
  },
  t => [
    unique('sanctions_once').on(t.decidedById, t.draftKey),
    unique('sanctions_hold_once').on(t.causeId, t.accountId),
    index('sanctions_account').on(t.accountId, t.id.desc().nullsFirst()),
    index('sanctions_end').on(t.endsAt).where(sql`${t.liftedAt} is null and ${t.endToldAt} is null`),
    index('sanctions_at').on(t.at),
  ],
)

/** The posts a sanction is about, for the member and for whoever decides an appeal. */
export const sanctionEvidence = pgTable(
  'sanction_evidence',
  {
    sanctionId: reference('sanction_id')
      .notNull()
      .references(() => sanctions.id),
    postId: reference('post_id')
      .notNull()
      .references(() => posts.id),
  },
  t => [primaryKey({ columns: [t.sanctionId, t.postId] })],
)

export type Sanction = typeof sanctions.$inferSelect

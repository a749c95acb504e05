import { sql } from 'drizzle-orm'
import { boolean, index, integer, pgTable, text, unique } from 'drizzle-orm/pg-core'
import { accounts } from '../../accounts/schema.ts'
import { boards } from '../../boards/schema.ts'
import { bytes, identity, moment, reference } from '../../platform/schema.ts'

export const WORD_KINDS = ['threat', 'slur', 'insult', 'order', 'tone', 'vulgar', 'sexual', 'other'] as const
export const WORD_ACTIONS = ['nudge', 'hold', 'block'] as const
export const WORD_LANGUAGES = ['any', 'ja', 'en'] as const

/** What somebody did who was asked to look again. */
export const NUDGE_OUTCOMES = ['changed', 'withdrawn', 'as_is'] as const

/**
 * Words the operator keeps an eye on. `word` may begin or end with `*` (a part of a longer word); in `exceptions` it means nothing. `exact`
 * words count in these very letters alone, `aimed` ones fully only where they are said of somebody. `weight` is how hard it is (1 to 3),
 * `action` what becomes of a post that holds it; without `boardId` it counts everywhere.
 */
export const wordRules = pgTable(
  'word_rules',
  {
    id: identity(),
    word: text().notNull(),
    exceptions: text().array().notNull().default(sql`'{}'`),
    exact: boolean().notNull().default(false),
    aimed: boolean().notNull().default(false),
    language: text({ enum: WORD_LANGUAGES }).notNull().default('any'),
    boardId: reference('board_id').references(() => boards.id),
    kind: text({ enum: WORD_KINDS }).notNull(),
    weight: integer().notNull(),
    action: text({ enum: WORD_ACTIONS }).notNull(),
    changedById: reference('changed_by_id').references(() => accounts.id),
    changedAt: moment('changed_at').notNull().default(sql`now()`),
  },
  t => [unique('word_rules_once').on(t.word, t.boardId).nullsNotDistinct()],
)

/** One row: how often the words were changed, so that every process knows when to read them again. */
export const wordVersions = pgTable('word_versions', { id: integer().primaryKey(), version: integer().notNull() })

export type WordRow = typeof wordRules.$inferSelect

/**
 * Somebody was asked to look again before he posted: how harsh it was (`score`), what it was written for, and what he did then. What he wrote
 * is not kept, only a hash that tells whether it changed.
 */
export const nudges = pgTable(
  'nudges',
  {
    id: identity(),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    topicId: reference('topic_id').notNull(),
    boardId: reference('board_id').notNull(),
    draftKey: text('draft_key').notNull(),
    score: integer().notNull(),
    words: bytes().notNull(),
    askedAt: moment('asked_at').notNull().default(sql`now()`),
    outcome: text({ enum: NUDGE_OUTCOMES }),
    settledAt: moment('settled_at'),
  },
  t => [
    unique('nudges_once').on(t.accountId, t.draftKey),
    index('nudges_asked').on(t.askedAt),
    index('nudges_open').on(t.askedAt).where(sql`${t.outcome} is null`),
  ],
)

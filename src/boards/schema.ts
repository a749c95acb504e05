import { sql } from 'drizzle-orm'
import { type AnyPgColumn, index, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { accounts } from '../accounts/schema.ts'
import { VISIBILITIES } from '../accounts/visibility.ts'
import { identity, moment, reference } from '../platform/schema.ts'

export const KINDS = ['question', 'discussion', 'comparison', 'tip'] as const
export type Kind = (typeof KINDS)[number]

/** Boards stand in two levels: a board with a parent has no children. */
export const boards = pgTable(
  'boards',
  {
    id: identity(),
    slug: text().notNull().unique(),
    parentId: reference('parent_id').references((): AnyPgColumn => boards.id),
    nameJa: text('name_ja').notNull(),
    nameEn: text('name_en').notNull(),
    descriptionJa: text('description_ja').notNull().default(''),
    descriptionEn: text('description_en').notNull().default(''),
    rulesJa: text('rules_ja').notNull().default(''),
    rulesEn: text('rules_en').notNull().default(''),
    kinds: text({ enum: KINDS }).array().notNull().default(sql`'{question,discussion,tip}'`),
    visibility: text({ enum: VISIBILITIES }).notNull().default('public'),
    position: integer().notNull().default(0),
    topicCount: integer('topic_count').notNull().default(0),
    archivedAt: moment('archived_at'),
  },
  t => [index('boards_parent').on(t.parentId, t.position)],
)

export const boardModerators = pgTable(
  'board_moderators',
  {
    boardId: reference('board_id')
      .notNull()
      .references(() => boards.id, { onDelete: 'cascade' }),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    since: moment('since').notNull().default(sql`now()`),
  },
  t => [primaryKey({ columns: [t.boardId, t.accountId] }), index('board_moderators_account').on(t.accountId)],
)

export type BoardRow = typeof boards.$inferSelect

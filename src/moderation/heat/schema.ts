import { sql } from 'drizzle-orm'
import { bigint, index, integer, jsonb, pgTable, real, text } from 'drizzle-orm/pg-core'
import { boards } from '../../boards/schema.ts'
import { identity, moment, reference } from '../../platform/schema.ts'
import { topics } from '../../topics/schema.ts'
import type { HeatPart, Sums } from './heat.ts'

export const HEAT_LEVELS = ['calm', 'warm', 'hot'] as const

/**
 * How hot a topic is, for topics in which something moves; see heat.ts. `seen` are the last events that were counted, so that none counts
 * twice; `version` keeps two who count at once apart. `level` is the step that was taken.
 */
export const topicHeats = pgTable(
  'topic_heats',
  {
    topicId: reference('topic_id')
      .primaryKey()
      .references(() => topics.id),
    boardId: reference('board_id')
      .notNull()
      .references(() => boards.id),
    sums: jsonb().$type<Sums>().notNull(),
    seen: bigint({ mode: 'number' }).array().notNull().default(sql`'{}'`),
    version: integer().notNull().default(1),
    heat: real().notNull().default(0),
    level: text({ enum: HEAT_LEVELS }).notNull().default('calm'),
    measuredAt: moment('measured_at').notNull().default(sql`now()`),
  },
  t => [index('topic_heats_risen').on(t.level, t.topicId).where(sql`${t.level} <> 'calm'`), index('topic_heats_measured').on(t.measuredAt)],
)

/** Each time moderators were told of a topic: how hot it was, why, how far it had gone, and whether they found it was nothing. */
export const heatWarnings = pgTable(
  'heat_warnings',
  {
    id: identity(),
    topicId: reference('topic_id')
      .notNull()
      .references(() => topics.id),
    boardId: reference('board_id')
      .notNull()
      .references(() => boards.id),
    at: moment('at').notNull().default(sql`now()`),
    heat: integer().notNull(),
    parts: jsonb().$type<HeatPart[]>().notNull(),
    postCount: integer('post_count').notNull(),
    slowedAt: moment('slowed_at'),
    cooledAt: moment('cooled_at'),
    falseAlarmAt: moment('false_alarm_at'),
  },
  t => [index('heat_warnings_at').on(t.at.desc().nullsFirst()), index('heat_warnings_topic').on(t.topicId, t.at.desc().nullsFirst())],
)

/** How many posts a board usually has in a topic at a time; counted anew each night. */
export const boardPaces = pgTable('board_paces', {
  boardId: reference('board_id')
    .primaryKey()
    .references(() => boards.id),
  usual: real().notNull(),
})

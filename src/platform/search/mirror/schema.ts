import { sql } from 'drizzle-orm'
import { bigint, index, integer, pgTable, text } from 'drizzle-orm/pg-core'
import { identity, moment } from '../../schema.ts'

/**
 * Documents that changed, for the engine that is written later than PostgreSQL. `version` grows with each change, so that one that came
 * while an older one was being mirrored is not taken for done. Kept for a day after, for an index that is being built anew meanwhile.
 */
export const searchOutdated = pgTable(
  'search_outdated',
  {
    id: text().primaryKey(),
    version: bigint({ mode: 'number' }).notNull().default(1),
    markedAt: moment('marked_at').notNull().default(sql`clock_timestamp()`),
    mirroredAt: moment('mirrored_at'),
  },
  t => [index('search_outdated_waiting').on(t.markedAt).where(sql`mirrored_at is null`), index('search_outdated_marked').on(t.markedAt)],
)

/** How far building an engine's documents anew has come; the row goes when it is done. `reached` is the caller's own measure. */
export const searchRebuilds = pgTable('search_rebuilds', {
  engine: text().primaryKey(),
  reached: bigint({ mode: 'number' }).notNull().default(0),
  startedAt: moment('started_at').notNull().default(sql`now()`),
})

/** What each check of an engine against the database found, and how many documents were mended. */
export const searchChecks = pgTable(
  'search_checks',
  {
    id: identity(),
    engine: text().notNull(),
    at: moment('at').notNull().default(sql`now()`),
    expected: integer().notNull(),
    counted: integer().notNull(),
    sampled: integer().notNull(),
    differing: integer().notNull(),
    mended: integer().notNull(),
  },
  t => [index('search_checks_latest').on(t.engine, t.at.desc())],
)

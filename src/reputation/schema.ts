import { sql } from 'drizzle-orm'
import { check, date, index, integer, jsonb, pgTable, primaryKey, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import { accounts } from '../accounts/schema.ts'
import { bytes, identity, moment, reference } from '../platform/schema.ts'
import type { Facts } from './level_rules.ts'
import type { RuleName } from './rules.ts'

/** `counted`: a cause is there. `reversed`: it went, so its row is countered. `limit`: what is beyond a day's limit, taken off or given back. */
export const ENTRY_KINDS = ['counted', 'reversed', 'limit'] as const

/**
 * The ledger: every point is a row, nothing is changed or deleted. `accounts.points` is the sum of its rows.
 * `eventId` is the event that led to the row, `day` the day (Japanese time) whose limit it counts for.
 */
export const reputationEntries = pgTable(
  'reputation_entries',
  {
    id: identity(),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id),
    points: integer().notNull(),
    rule: text().$type<RuleName>().notNull(),
    kind: text({ enum: ENTRY_KINDS }).notNull(),
    eventId: reference('event_id'),
    postId: reference('post_id'),
    topicId: reference('topic_id'),
    boardId: reference('board_id'),
    fromId: reference('from_id'),
    causeId: reference('cause_id'),
    reversesId: reference('reverses_id'),
    findingId: reference('finding_id'),
    day: date().notNull(),
    at: moment('at').notNull().default(sql`now()`),
  },
  t => [
    unique('reputation_entries_reversed_once').on(t.reversesId),
    uniqueIndex('reputation_entries_once')
      .on(
        t.eventId,
        t.rule,
        t.kind,
        t.accountId,
        t.day,
        sql`coalesce(${t.postId}, 0)`,
        sql`coalesce(${t.fromId}, 0)`,
        sql`coalesce(${t.causeId}, 0)`,
        sql`coalesce(${t.reversesId}, 0)`,
      )
      .where(sql`${t.eventId} is not null and ${t.kind} <> 'limit'`),
    index('reputation_entries_account').on(t.accountId, t.at.desc().nullsFirst(), t.id.desc().nullsFirst()),
    index('reputation_entries_day').on(t.accountId, t.rule, t.day),
    index('reputation_entries_post').on(t.postId),
    index('reputation_entries_topic').on(t.topicId),
    check('reversed_rows_name_what_they_counter', sql`(${t.kind} = 'reversed') = (${t.reversesId} is not null)`),
  ],
)

/** A level given or taken: by the published numbers (`decidedById` is null) or by the operator; `facts` is what stood in the ledger then. */
export const levelDecisions = pgTable(
  'level_decisions',
  {
    id: identity(),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id),
    before: integer().notNull(),
    level: integer().notNull(),
    facts: jsonb().$type<Facts>().notNull(),
    /** The newest row of the ledger that was looked at. */
    entryId: reference('entry_id'),
    decidedById: reference('decided_by_id').references(() => accounts.id),
    reason: text().notNull().default(''),
    /** Until then the numbers do not decide again: what the operator set stands. */
    heldUntil: moment('held_until'),
    at: moment('at').notNull().default(sql`now()`),
  },
  t => [index('level_decisions_account').on(t.accountId, t.id.desc().nullsFirst())],
)

/** What a member objects to: his level, or points that were taken off after a finding. One open case each. */
export const contests = pgTable(
  'contests',
  {
    id: identity(),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id),
    decisionId: reference('decision_id').references(() => levelDecisions.id),
    findingId: reference('finding_id').references(() => findings.id),
    words: text().notNull(),
    openedAt: moment('opened_at').notNull().default(sql`now()`),
    outcome: text({ enum: ['kept', 'changed'] }),
    level: integer(),
    reason: text().notNull().default(''),
    decidedById: reference('decided_by_id').references(() => accounts.id),
    decidedAt: moment('decided_at'),
  },
  t => [
    uniqueIndex('contests_one_open').on(t.accountId).where(sql`${t.decidedAt} is null`),
    index('contests_account').on(t.accountId, t.id.desc().nullsFirst()),
    index('contests_open').on(t.openedAt, t.id).where(sql`${t.decidedAt} is null`),
  ],
)

export const FINDING_KINDS = ['ring', 'pair', 'second_account', 'burst'] as const

/** What the search for abuse has found, with its evidence. `mark` names kind and members: what was dismissed is not found again. */
export const findings = pgTable(
  'findings',
  {
    id: identity(),
    kind: text({ enum: FINDING_KINDS }).notNull(),
    memberIds: reference('member_ids').array().notNull(),
    mark: text().notNull().unique(),
    evidence: jsonb().$type<Record<string, unknown>>().notNull(),
    foundAt: moment('found_at').notNull().default(sql`now()`),
    seenAt: moment('seen_at').notNull().default(sql`now()`),
    outcome: text({ enum: ['confirmed', 'dismissed'] }),
    reason: text().notNull().default(''),
    decidedById: reference('decided_by_id').references(() => accounts.id),
    decidedAt: moment('decided_at'),
  },
  t => [index('findings_open').on(t.foundAt, t.id).where(sql`${t.decidedAt} is null`)],
)

/** Between these two nothing brings points (until `until`, or from now on): a finding was confirmed. */
export const voidedPairs = pgTable(
  'voided_pairs',
  {
    fromId: reference('from_id')
      .notNull()
      .references(() => accounts.id),
    toId: reference('to_id')
      .notNull()
      .references(() => accounts.id),
    findingId: reference('finding_id')
      .notNull()
      .references(() => findings.id),
  },
  t => [primaryKey({ columns: [t.fromId, t.toId, t.findingId] }), index('voided_pairs_finding').on(t.findingId)],
)

/** Where log-ins came from, as hashes with keys that are thrown away: two accounts on one device can be told, nothing else. Kept 30 days. */
export const sightings = pgTable(
  'sightings',
  {
    hash: bytes().notNull(),
    kind: text({ enum: ['device', 'address'] }).notNull(),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    day: date().notNull(),
  },
  t => [primaryKey({ columns: [t.hash, t.accountId, t.day] }), index('sightings_day').on(t.day)],
)

/** The keys of `sightings`. Without its key a hash says nothing any more. */
export const sightingKeys = pgTable('sighting_keys', {
  since: date().primaryKey(),
  key: bytes().notNull(),
})

export type Entry = typeof reputationEntries.$inferSelect
export type LevelDecision = typeof levelDecisions.$inferSelect
export type Finding = typeof findings.$inferSelect
export type Contest = typeof contests.$inferSelect

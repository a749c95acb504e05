import { sql } from 'drizzle-orm'
import { boolean, date, index, integer, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { accounts } from '../../accounts/schema.ts'
import { bytes, identity, moment, reference } from '../../platform/schema.ts'
import { topics } from '../../topics/schema.ts'

export const CERTIFICATION_STATES = ['waiting', 'second_look', 'approved', 'declined', 'expired', 'withdrawn', 'revoked'] as const
export type CertificationState = (typeof CERTIFICATION_STATES)[number]

/**
 * A certificate a member holds, from his application to its end. The number is there as long as somebody has to look at it; afterwards
 * only `numberHash` tells whether it is presented again. `picture` is the place of the proof, until it is deleted.
 */
export const certifications = pgTable(
  'certifications',
  {
    id: identity(),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id),
    scheme: text().notNull(),
    grade: text().notNull(),
    edition: integer().notNull(),
    issuedOn: date('issued_on').notNull(),
    expiresOn: date('expires_on'),
    number: text(),
    numberHash: bytes('number_hash').notNull(),
    picture: text(),
    wantsAdvisor: boolean('wants_advisor').notNull().default(false),
    state: text({ enum: CERTIFICATION_STATES }).notNull().default('waiting'),
    secondLookById: reference('second_look_by_id'),
    reason: text().notNull().default(''),
    decidedAt: moment('decided_at'),
    remindedAt: moment('reminded_at'),
    createdAt: moment('created_at').notNull().default(sql`now()`),
  },
  t => [
    uniqueIndex('certifications_once')
      .on(t.accountId, t.scheme, t.grade, t.edition)
      .where(sql`${t.state} in ('waiting', 'second_look', 'approved')`),
    index('certifications_account').on(t.accountId, t.id),
    index('certifications_waiting').on(t.createdAt, t.id).where(sql`${t.state} in ('waiting', 'second_look')`),
    index('certifications_decided').on(t.decidedAt.desc().nullsFirst(), t.id.desc().nullsFirst()).where(sql`${t.decidedAt} is not null`),
    index('certifications_expiry').on(t.expiresOn).where(sql`${t.state} = 'approved' and ${t.expiresOn} is not null`),
    index('certifications_number').on(t.numberHash),
  ],
)
export type CertificationRow = typeof certifications.$inferSelect

const STEPS = [...CERTIFICATION_STATES, 'looked', 'picture_deleted', 'reminded'] as const

/** What was done about a certification, by whom and when; by nobody where the clock did it. */
export const certificationSteps = pgTable(
  'certification_steps',
  {
    id: identity(),
    certificationId: reference('certification_id')
      .notNull()
      .references(() => certifications.id),
    kind: text({ enum: STEPS }).notNull(),
    actorId: reference('actor_id').references(() => accounts.id),
    note: text().notNull().default(''),
    at: moment('at').notNull().default(sql`now()`),
  },
  t => [index('certification_steps_of').on(t.certificationId, t.id)],
)
export type CertificationStep = (typeof STEPS)[number]
/** Which mentor was told of which first question: nobody is told twice, and nobody too often. */
export const mentorTellings = pgTable(
  'mentor_tellings',
  {
    topicId: reference('topic_id')
      .notNull()
      .references(() => topics.id),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id),
    at: moment('at').notNull().default(sql`now()`),
  },
  t => [primaryKey({ columns: [t.topicId, t.accountId] }), index('mentor_tellings_account').on(t.accountId, t.at)],
)

/** A badge somebody has. `hiddenAt`: its owner does not show it. */
export const badgeGrants = pgTable(
  'badge_grants',
  {
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id),
    badge: text().notNull(),
    grantedAt: moment('granted_at').notNull().default(sql`now()`),
    hiddenAt: moment('hidden_at'),
  },
  t => [
    primaryKey({ columns: [t.accountId, t.badge] }),
    index('badge_grants_badge').on(t.badge, t.grantedAt.desc().nullsFirst(), t.accountId.desc().nullsFirst()),
  ],
)

/**
 * What a member's answers of one month did for others, by place: `site`, `root:3`, `board:12`, `product:9`, `tag:Wi-Fi`. Kept by what
 * happens, one member and month at a time, always anew from what stands.
 */
export const helperMonths = pgTable(
  'helper_months',
  {
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id),
    month: date().notNull(),
    place: text().notNull(),
    answers: integer().notNull(),
    solved: integer().notNull(),
    thanks: integer().notNull(),
    helpful: integer().notNull(),
    points: integer().notNull(),
  },
  t => [
    primaryKey({ columns: [t.accountId, t.month, t.place] }),
    index('helper_months_ranking').on(t.place, t.month, t.points.desc().nullsFirst(), t.accountId).where(sql`${t.points} > 0`),
  ],
)

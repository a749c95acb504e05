import { sql } from 'drizzle-orm'
import { boolean, date, index, integer, pgTable, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { accounts } from '../../accounts/schema.ts'
import { bytes, identity, moment, reference } from '../../platform/schema.ts'

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

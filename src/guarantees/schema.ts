import { sql } from 'drizzle-orm'
import { date, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { accounts } from '../accounts/schema.ts'
import { ofAccount, ofCompany, ofProduct, productVersions } from '../companies/schema.ts'
import { identity, moment, reference } from '../platform/schema.ts'
import { ofPost, ofTopic } from '../topics/schema.ts'
import type { Terms } from './terms.ts'

/**
 * Where a guarantee can stand: `asked` (the answer's writer has not agreed yet), `pending` (a second pair of eyes is wanted), `given`
 * (in force), `suspended`, `expired`, and for good `revoked`, `recalled` (it was wrong) or `declined` (it never began).
 */
export const STATES = ['asked', 'pending', 'given', 'suspended', 'expired', 'revoked', 'recalled', 'declined'] as const
export type State = (typeof STATES)[number]

/** What can happen to one. */
export const DEEDS = [
  'offered',
  'accepted',
  'confirmed',
  'declined',
  'suspended',
  'resumed',
  'rechecked',
  'renewed',
  'expired',
  'revoked',
  'recalled',
] as const
export type Deed = (typeof DEEDS)[number]

/** Who did it: the company, the answer's writer, the operator, or nobody but the clock, an edit or a withdrawal. */
export const BYS = ['company', 'writer', 'operator', 'clock', 'edit', 'withdrawal'] as const
export type By = (typeof BYS)[number]

/**
 * A company's word for one revision of one answer: where it stands now. What led there is in `guarantee_history`; `number` is its last
 * row's. `body` and `bodyHtml` are the very words that are vouched for, so that they stay readable whatever becomes of the answer.
 */
export const guarantees = pgTable(
  'guarantees',
  {
    id: identity(),
    code: text().notNull().unique(),
    companyId: ofCompany(),
    topicId: ofTopic(),
    postId: ofPost(),
    state: text({ enum: STATES }).notNull(),
    stateAt: moment('state_at').notNull().default(sql`now()`),
    number: integer().notNull().default(1),
    revision: integer().notNull(),
    digest: text().notNull(),
    body: text().notNull(),
    bodyHtml: text('body_html').notNull(),
    terms: jsonb().$type<Terms>().notNull(),
    validFrom: date('valid_from').notNull(),
    validUntil: date('valid_until').notNull(),
    inForceSince: moment('in_force_since'),
    suspendedBy: text('suspended_by', { enum: BYS }),
    checkerId: ofAccount('checker_id'),
    personInChargeId: ofAccount('person_in_charge_id'),
    renewalAskedAt: moment('renewal_asked_at'),
    evidenceFile: text('evidence_file'),
    evidenceName: text('evidence_name'),
    createdAt: moment('created_at').notNull().default(sql`now()`),
  },
  t => [
    uniqueIndex('guarantees_once').on(t.postId, t.companyId).where(sql`${t.state} not in ('revoked', 'recalled', 'declined')`),
    index('guarantees_topic').on(t.topicId),
    index('guarantees_company').on(t.companyId, t.state, t.validUntil),
    index('guarantees_end').on(t.validUntil).where(sql`${t.state} = 'given'`),
    index('guarantees_person').on(t.personInChargeId),
  ],
)

/** Which product a guarantee is about, and from which version to which; without one it holds on that side without end. */
export const guaranteeProducts = pgTable(
  'guarantee_products',
  {
    guaranteeId: reference('guarantee_id')
      .notNull()
      .references(() => guarantees.id),
    productId: ofProduct(),
    fromVersionId: reference('from_version_id').references(() => productVersions.id),
    toVersionId: reference('to_version_id').references(() => productVersions.id),
    position: integer().notNull(),
  },
  t => [primaryKey({ columns: [t.guaranteeId, t.productId] }), index('guarantee_products_product').on(t.productId)],
)

/** Everything that happened to a guarantee, in order. Rows are only ever added: a trigger refuses the rest. */
export const guaranteeHistory = pgTable(
  'guarantee_history',
  {
    guaranteeId: reference('guarantee_id')
      .notNull()
      .references(() => guarantees.id),
    number: integer().notNull(),
    deed: text({ enum: DEEDS }).notNull(),
    state: text({ enum: STATES }).notNull(),
    by: text({ enum: BYS }).notNull(),
    actorId: reference('actor_id').references(() => accounts.id),
    reason: text().notNull().default(''),
    revision: integer().notNull(),
    digest: text().notNull(),
    validUntil: date('valid_until').notNull(),
    terms: jsonb().$type<Terms>().notNull(),
    at: moment('at').notNull().default(sql`now()`),
  },
  t => [primaryKey({ columns: [t.guaranteeId, t.number] })],
)

/** The site's keys, the newest in use: certificates are signed with them. The private half never leaves the database. */
export const guaranteeKeys = pgTable('guarantee_keys', {
  id: text().primaryKey(),
  privateKey: text('private_key').notNull(),
  publicKey: jsonb('public_key').$type<Record<string, string>>().notNull(),
  createdAt: moment('created_at').notNull().default(sql`now()`),
})

export type GuaranteeRow = typeof guarantees.$inferSelect
export type HistoryRow = typeof guaranteeHistory.$inferSelect

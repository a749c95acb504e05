import { sql } from 'drizzle-orm'
import { boolean, index, integer, jsonb, pgTable, primaryKey, text, uniqueIndex } from 'drizzle-orm/pg-core'
import { bytes, identity, moment, reference } from '../platform/schema.ts'
import type { Standing } from './standing.ts'

/** What a person is on this site. Who moderates which board stands in `board_moderators`, who speaks for a company in `company_members`. */
export const ROLES = ['member', 'advisor', 'operator'] as const
export type Role = (typeof ROLES)[number]

/** What stands beside a name: a checked certification and the year of its edition. */
export type Mark = { name: { ja: string; en: string }; year: number }
/** What a person is in a company. */
export const COMPANY_ROLES = ['agent', 'admin'] as const
export type CompanyRole = (typeof COMPANY_ROLES)[number]

export const accounts = pgTable(
  'accounts',
  {
    id: identity(),
    handle: text().notNull().unique(),
    email: text(),
    name: text().notNull(),
    role: text({ enum: ROLES }).notNull().default('member'),
    passwordHash: text('password_hash'),
    about: text().notNull().default(''),
    avatarKey: text('avatar_key'),
    boardIds: reference('board_ids').array().notNull().default(sql`'{}'`),
    moderates: boolean().notNull().default(false),
    represents: boolean().notNull().default(false),
    twoStepAt: moment('two_step_at'),
    points: integer().notNull().default(0),
    level: integer().notNull().default(0),
    /** Is told of first questions that wait, because he likes to be. */
    mentors: boolean().notNull().default(false),
    /** The mark beside the name, kept by reputation: the highest certification that stands. */
    certification: jsonb().$type<Mark>(),
    /** Parts of the profile that only their owner sees. */
    hiddenParts: text('hidden_parts').array().notNull().default(sql`'{}'`),
    /** Whether the tour of the first visit was seen or skipped. */
    toured: boolean().notNull().default(false),
    /** Whether the ask page asks question by question; until the first question, or until it is switched off. */
    guided: boolean().notNull().default(true),
    firstAnswerAt: moment('first_answer_at'),
    /** First use on a later day than the day of signing up. */
    cameBackAt: moment('came_back_at'),
    locale: text({ enum: ['ja', 'en'] })
      .notNull()
      .default('ja'),
    typeSize: text('type_size', { enum: ['normal', 'large', 'largest'] })
      .notNull()
      .default('normal'),
    theme: text({ enum: ['auto', 'light', 'dark'] })
      .notNull()
      .default('auto'),
    confirmedAt: moment('confirmed_at'),
    suspendedUntil: moment('suspended_until'),
    /** What moderation bars him from just now; null while nothing. */
    standing: jsonb().$type<Standing>(),
    /** Whose posts he does not see, and of them those whose doings he is not told of. */
    ignoredIds: reference('ignored_ids').array().notNull().default(sql`'{}'`),
    blockedIds: reference('blocked_ids').array().notNull().default(sql`'{}'`),
    closedAt: moment('closed_at'),
    createdAt: moment('created_at').notNull().default(sql`now()`),
  },
  t => [uniqueIndex('accounts_email').on(sql`lower(${t.email})`), index('accounts_created').on(t.createdAt)],
)

/** A log-in on one device. Only the hash of the secret is kept. */
export const sessions = pgTable(
  'sessions',
  {
    id: text().primaryKey(),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    secretHash: bytes('secret_hash').notNull(),
    expiresAt: moment('expires_at').notNull(),
    absoluteExpiresAt: moment('absolute_expires_at').notNull(),
    provenAt: moment('proven_at').notNull().default(sql`now()`),
    seenAt: moment('seen_at').notNull().default(sql`now()`),
    createdAt: moment('created_at').notNull().default(sql`now()`),
    device: text().notNull().default(''),
    address: text().notNull().default(''),
  },
  t => [index('sessions_account').on(t.accountId), index('sessions_expiry').on(t.absoluteExpiresAt)],
)

/** A one-time link sent by mail: to confirm an address, reset a password or change the address. Only its hash is kept. */
export const accountTokens = pgTable(
  'account_tokens',
  {
    hash: bytes().primaryKey(),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    purpose: text({ enum: ['confirm', 'reset', 'change'] }).notNull(),
    email: text().notNull(),
    expiresAt: moment('expires_at').notNull(),
    usedAt: moment('used_at'),
  },
  t => [index('account_tokens_account').on(t.accountId, t.purpose)],
)

/** An app that shows six digits every half minute (RFC 6238). `lastStep` is the half minute of the last digits taken: none is taken twice. */
export const accountApps = pgTable('account_apps', {
  accountId: reference('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  secret: bytes().notNull(),
  lastStep: integer('last_step').notNull().default(0),
  confirmedAt: moment('confirmed_at'),
  createdAt: moment('created_at').notNull().default(sql`now()`),
})

/** A passkey of a member: only its public half is known here (WebAuthn). */
export const accountPasskeys = pgTable(
  'account_passkeys',
  {
    id: text().primaryKey(),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    publicKey: bytes('public_key').notNull(),
    counter: integer().notNull(),
    transports: text().array().notNull().default(sql`'{}'`),
    name: text().notNull(),
    createdAt: moment('created_at').notNull().default(sql`now()`),
    usedAt: moment('used_at'),
  },
  t => [index('account_passkeys_account').on(t.accountId)],
)

/** Codes on paper for the day the phone is lost, each good once. Only their hashes are kept. */
export const accountRecoveryCodes = pgTable(
  'account_recovery_codes',
  {
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    hash: bytes().notNull(),
    usedAt: moment('used_at'),
  },
  t => [primaryKey({ columns: [t.accountId, t.hash] })],
)

/**
 * A log-in whose password was right and whose second step is still to come, or a passkey that is being made. Only the hash of its token is
 * kept; `challenge` is what a passkey has to sign.
 */
export const accountSteps = pgTable(
  'account_steps',
  {
    hash: bytes().primaryKey(),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    challenge: text(),
    expiresAt: moment('expires_at').notNull(),
  },
  t => [index('account_steps_account').on(t.accountId)],
)

export type AccountRow = typeof accounts.$inferSelect
export type SessionRow = typeof sessions.$inferSelect

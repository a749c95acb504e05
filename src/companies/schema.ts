import { sql } from 'drizzle-orm'
import { type AnyPgColumn, boolean, date, index, integer, jsonb, pgTable, primaryKey, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import { accounts, COMPANY_ROLES } from '../accounts/schema.ts'
import { pictures } from '../media/schema.ts'
import { bytes, identity, moment, reference } from '../platform/schema.ts'
import { ofTopic, posts } from '../topics/schema.ts'
import type { WorkingHours } from './working_hours.ts'

/** When a company's people answer (minutes of the day in Japan, days of the week), and after how many hours of work they mean to. */
export type OfficeHours = WorkingHours & { target: number }

/** Whose row it is: columns that many tables have. */
export const ofAccount = (column: string) =>
  reference(column)
    .notNull()
    .references(() => accounts.id)
export const ofCompany = () =>
  reference('company_id')
    .notNull()
    .references((): AnyPgColumn => companies.id)
export const ofProduct = () =>
  reference('product_id')
    .notNull()
    .references((): AnyPgColumn => products.id)

/**
 * A company from its application on. It applied, its domain was proven, the operator admitted or declined it: each is a moment with who
 * did it. `slug` never changes, because posts remember it.
 */
export const companies = pgTable(
  'companies',
  {
    id: identity(),
    slug: text().notNull(),
    nameJa: text('name_ja').notNull(),
    nameEn: text('name_en').notNull(),
    aboutJa: text('about_ja').notNull().default(''),
    aboutEn: text('about_en').notNull().default(''),
    domain: text().notNull(),
    corporateNumber: text('corporate_number').notNull(),
    applicantId: ofAccount('applicant_id'),
    recordKey: text('record_key').notNull(),
    domainProvenAt: moment('domain_proven_at'),
    domainProvenBy: text('domain_proven_by', { enum: ['mail', 'record'] }),
    admittedAt: moment('admitted_at'),
    admittedById: reference('admitted_by_id').references(() => accounts.id),
    declinedAt: moment('declined_at'),
    declinedById: reference('declined_by_id').references(() => accounts.id),
    declineReason: text('decline_reason').notNull().default(''),
    demandsSecondPair: boolean('demands_second_pair').notNull().default(false),
    officeHours: jsonb('office_hours')
      .$type<OfficeHours>()
      .notNull()
      .default({ from: 540, to: 1080, days: [1, 2, 3, 4, 5], target: 8, restsOnHolidays: true }),
    createdAt: moment('created_at').notNull().default(sql`now()`),
  },
  t => [
    uniqueIndex('companies_slug').on(t.slug).where(sql`${t.declinedAt} is null`),
    uniqueIndex('companies_number').on(t.corporateNumber).where(sql`${t.declinedAt} is null`),
    index('companies_applicant').on(t.applicantId),
  ],
)

/** Who works for a company here, and until when he did: what he wrote then keeps the label it was written under. */
export const companyMembers = pgTable(
  'company_members',
  {
    id: identity(),
    companyId: ofCompany(),
    accountId: ofAccount('account_id'),
    role: text({ enum: COMPANY_ROLES }).notNull(),
    invitedById: reference('invited_by_id').references(() => accounts.id),
    since: moment('since').notNull().default(sql`now()`),
    leftAt: moment('left_at'),
    removedById: reference('removed_by_id').references(() => accounts.id),
  },
  t => [
    uniqueIndex('company_members_once').on(t.companyId, t.accountId).where(sql`${t.leftAt} is null`),
    index('company_members_account').on(t.accountId),
  ],
)

/** Somebody asked by mail to work for a company here. */
export const companyInvitations = pgTable(
  'company_invitations',
  {
    id: identity(),
    companyId: ofCompany(),
    email: text().notNull(),
    role: text({ enum: COMPANY_ROLES }).notNull(),
    invitedById: ofAccount('invited_by_id'),
    createdAt: moment('created_at').notNull().default(sql`now()`),
    expiresAt: moment('expires_at').notNull(),
    acceptedAt: moment('accepted_at'),
    acceptedById: reference('accepted_by_id').references(() => accounts.id),
    withdrawnAt: moment('withdrawn_at'),
  },
  t => [index('company_invitations_company').on(t.companyId, t.id)],
)

/** A link sent by mail to prove a domain, or (with an invitation) to join a team. Only its hash is kept. */
export const companyTokens = pgTable('company_tokens', {
  hash: bytes().primaryKey(),
  companyId: ofCompany(),
  invitationId: reference('invitation_id').references(() => companyInvitations.id),
  email: text().notNull(),
  expiresAt: moment('expires_at').notNull(),
})

export const CATEGORIES = [
  'network',
  'line',
  'mobile',
  'computer',
  'printer',
  'storage',
  'tv',
  'appliance',
  'software',
  'service',
  'other',
] as const
export const LIVES = ['on_sale', 'ended', 'support_ended'] as const

/** One row of what a product is: its size, 180 × 140 × 60 mm. */
export type Spec = { name: string; value: string }

/** A product of a company. `aliases` are the other names and model numbers people call it by; `keys` are all of them as they are compared. */
export const products = pgTable(
  'products',
  {
    id: identity(),
    companyId: ofCompany(),
    slug: text().notNull(),
    nameJa: text('name_ja').notNull(),
    nameEn: text('name_en').notNull(),
    aliases: text().array().notNull().default(sql`'{}'`),
    keys: text().array().notNull().default(sql`'{}'`),
    category: text({ enum: CATEGORIES }).notNull(),
    aboutJa: text('about_ja').notNull().default(''),
    aboutEn: text('about_en').notNull().default(''),
    versionWordJa: text('version_word_ja').notNull().default(''),
    versionWordEn: text('version_word_en').notNull().default(''),
    specsJa: jsonb('specs_ja').$type<Spec[]>().notNull().default([]),
    specsEn: jsonb('specs_en').$type<Spec[]>().notNull().default([]),
    life: text({ enum: LIVES }).notNull().default('on_sale'),
    pictureId: reference('picture_id').references(() => pictures.id),
    createdAt: moment('created_at').notNull().default(sql`now()`),
  },
  t => [unique('products_slug').on(t.companyId, t.slug)],
)

/** A version or model of a product; `position` is their order, the oldest first. */
export const productVersions = pgTable(
  'product_versions',
  {
    id: identity(),
    productId: ofProduct(),
    label: text().notNull(),
    position: integer().notNull(),
    releasedOn: date('released_on'),
    createdAt: moment('created_at').notNull().default(sql`now()`),
  },
  t => [unique('product_versions_label').on(t.productId, t.label), unique('product_versions_position').on(t.productId, t.position)],
)

/** What a topic is about, with the version where the asker named one. */
export const topicProducts = pgTable(
  'topic_products',
  {
    topicId: ofTopic(),
    productId: ofProduct(),
    versionId: reference('version_id').references(() => productVersions.id),
    position: integer().notNull(),
    namedById: ofAccount('named_by_id'),
    createdAt: moment('created_at').notNull().default(sql`now()`),
  },
  t => [primaryKey({ columns: [t.topicId, t.productId] }), index('topic_products_product').on(t.productId, t.topicId.desc().nullsFirst())],
)

/** What an owner reported of a product where it is compared, in which post, and in which revision of it. */
export const productReports = pgTable(
  'product_reports',
  {
    postId: reference('post_id')
      .primaryKey()
      .references(() => posts.id),
    topicId: ofTopic(),
    productId: ofProduct(),
    revision: integer().notNull(),
    since: text().notNull().default(''),
    purpose: text().notNull().default(''),
    good: text().notNull().default(''),
    bad: text().notNull().default(''),
  },
  t => [index('product_reports_product').on(t.productId, t.postId), index('product_reports_topic').on(t.topicId)],
)

/** A question on a company's table: since when, until when, whose it is, and how it left it. */
export const inboxQuestions = pgTable(
  'inbox_questions',
  {
    companyId: ofCompany(),
    topicId: ofTopic(),
    openedAt: moment('opened_at').notNull(),
    dueAt: moment('due_at').notNull(),
    assigneeId: reference('assignee_id').references(() => accounts.id),
    answeredAt: moment('answered_at'),
    handedBackAt: moment('handed_back_at'),
    handedBackById: reference('handed_back_by_id').references(() => accounts.id),
    overdueToldAt: moment('overdue_told_at'),
  },
  t => {
    const open = sql`${t.answeredAt} is null and ${t.handedBackAt} is null`
    return [
      primaryKey({ columns: [t.companyId, t.topicId] }),
      index('inbox_questions_due').on(t.companyId, t.dueAt, t.topicId).where(open),
      index('inbox_questions_late').on(t.dueAt).where(sql`${open} and ${t.overdueToldAt} is null`),
    ]
  },
)

/** What a team writes about a question for itself. */
export const inboxNotes = pgTable(
  'inbox_notes',
  {
    id: identity(),
    companyId: ofCompany(),
    topicId: ofTopic(),
    authorId: ofAccount('author_id'),
    body: text().notNull(),
    createdAt: moment('created_at').notNull().default(sql`now()`),
  },
  t => [index('inbox_notes_question').on(t.companyId, t.topicId, t.id)],
)

/** A text a company answers with again and again; `{name}` and the like are filled in. */
export const cannedAnswers = pgTable(
  'canned_answers',
  {
    id: identity(),
    companyId: ofCompany(),
    title: text().notNull(),
    body: text().notNull(),
  },
  t => [index('canned_answers_company').on(t.companyId)],
)

export type CompanyRow = typeof companies.$inferSelect
export type ProductRow = typeof products.$inferSelect
export type VersionRow = typeof productVersions.$inferSelect

import { randomBytes } from 'node:crypto'
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { normalEmail, onlyProblems } from '../accounts/names.ts'
import type { Db } from '../platform/db.ts'
import { ensure, type FieldErrors, Invalid, Missing } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { throttle } from '../platform/throttle.ts'
import { isCorporateNumber, normalNumber } from './corporate_number.ts'
import { domainProblem, normalDomain, recordText } from './domains.ts'
import { canApply, canSeeApplication } from './policy.ts'
import { type CompanyRow, companies } from './schema.ts'
import { findToken, noteWish } from './tokens.ts'

/** What a company says of itself when it applies. */
export type Application = {
  nameJa: string
  nameEn: string
  slug: string
  domain: string
  corporateNumber: string
  aboutJa: string
  aboutEn: string
}

const APPLICATIONS = { tries: 5, seconds: 86_400 }
const MAILS = { tries: 5, seconds: 3600 }
const RESERVED = new Set(['apply', 'manage', 'new', 'admin', 'hiroba', 'official', 'p'])

/**
 * Applies in a company's name; its domain is proven next. Sending the same application again returns the first. Throws Invalid at the
 * fields, TooMany after 5 a day.
 */
export async function applyCompany(db: Db, actor: Actor, typed: Application): Promise<CompanyRow> {
  ensure(canApply(actor), 'errors.cannotWrite')
  const application = normal(typed)
  const problems = problemsOf(application)
  if (Object.keys(problems).length > 0) throw new Invalid(problems)
  const before = await standing(db, application)
  if (before?.applicantId === actor.id && !before.admittedAt && before.slug === application.slug) return before
  if (before) throw new Invalid(takenBy(before, application))
  await throttle(db, `apply:${actor.id}`, APPLICATIONS)
  return db.transaction(async tx => {
    const recordKey = randomBytes(16).toString('hex')
    const [company] = await tx
      .insert(companies)
      .values({ ...application, applicantId: actor.id, recordKey })
      .onConflictDoNothing()
      .returning()
    if (!company) throw new Invalid({ slug: 'companies.slug.taken' })
    await record(tx, 'company.applied', { companyId: company.id, actorId: actor.id })
    return company
  })
}

function normal(typed: Application): Application {
  const line = (text: string) => text.normalize('NFC').replace(/\p{C}/gu, '').replace(/\s+/gu, ' ').trim()
  return {
    nameJa: line(typed.nameJa),
    nameEn: line(typed.nameEn),
    slug: typed.slug.normalize('NFKC').trim().toLowerCase(),
    domain: normalDomain(typed.domain),
    corporateNumber: normalNumber(typed.corporateNumber),
    aboutJa: typed.aboutJa.trim(),
    aboutEn: typed.aboutEn.trim(),
  }
}

function problemsOf({ nameJa, nameEn, slug, domain, corporateNumber }: Application): FieldErrors {
  const empty = (text: string) => (/[\p{L}\p{N}]/u.test(text) ? undefined : 'form.required')
  return onlyProblems({
    nameJa: empty(nameJa),
    nameEn: empty(nameEn),
    slug: slugProblem(slug),
    domain: domainProblem(domain),
    corporateNumber: isCorporateNumber(corporateNumber) ? undefined : 'companies.number.wrong',
  })
}

/** Why a word cannot be an address here. */
export function slugProblem(slug: string): string | undefined {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug) || slug.length < 2 || slug.length > 40) return 'companies.slug.shape'
  return RESERVED.has(slug) ? 'companies.slug.taken' : undefined
}

async function standing(db: Db, { slug, corporateNumber }: Application): Promise<CompanyRow | undefined> {
  const [before] = await db
    .select()
    .from(companies)
    .where(and(isNull(companies.declinedAt), sql`(${companies.corporateNumber} = ${corporateNumber} or ${companies.slug} = ${slug})`))
    .limit(1)
  return before
}

const takenBy = (before: CompanyRow, { corporateNumber }: Application): FieldErrors =>
  before.corporateNumber === corporateNumber ? { corporateNumber: 'companies.number.taken' } : { slug: 'companies.slug.taken' }

/** Asks for the mail that proves the domain, to a mailbox at it. Throws Invalid at `mailbox`, TooMany after 5 an hour. */
export async function askDomainMail(db: Db, actor: Actor, company: CompanyRow, { mailbox }: { mailbox: string }): Promise<void> {
  ensure(canSeeApplication(actor, company), 'errors.refused')
  const name = normalEmail(mailbox).replace(/@.*$/, '')
  if (!/^[a-z0-9._%+-]{1,64}$/.test(name)) throw new Invalid({ mailbox: 'companies.domain.mailbox' })
  await throttle(db, `domain:${company.id}`, MAILS)
  await db.transaction(async tx => {
    await noteWish(tx, { companyId: company.id, email: `${name}@${company.domain}` })
    await record(tx, 'company.domain_mail_asked', { companyId: company.id, actorId: actor.id })
  })
}

/** Proves the domain by the link that was sent to it. Whoever reads its mail may press it. Throws Invalid when the link is over. */
export async function proveDomainByMail(db: Db, token: string): Promise<CompanyRow> {
  const { companyId, email } = await findToken(db, 'domain', token)
  return db.transaction(async tx => {
    const [company] = await tx.select().from(companies).where(eq(companies.id, companyId))
    if (!company || !email.endsWith(`@${company.domain}`)) throw new Invalid({ form: 'accounts.link.over' })
    await prove(tx, company, 'mail')
    return company
  })
}

/** Proves the domain by its TXT records, as the door read them. Throws Invalid at `record` when the company's key is not among them. */
export async function proveDomainByRecord(db: Db, actor: Actor, company: CompanyRow, records: string[]): Promise<void> {
  ensure(canSeeApplication(actor, company), 'errors.refused')
  const wanted = recordText(company.recordKey)
  if (!records.some(text => text.trim() === wanted)) throw new Invalid({ record: 'companies.domain.noRecord' })
  await db.transaction(tx => prove(tx, company, 'record'))
}

async function prove(tx: Db, { id }: CompanyRow, by: 'mail' | 'record'): Promise<void> {
  const proven = await tx
    .update(companies)
    .set({ domainProvenAt: new Date(), domainProvenBy: by })
    .where(and(eq(companies.id, id), isNull(companies.domainProvenAt)))
    .returning({ id: companies.id })
  if (proven.length > 0) await record(tx, 'company.domain_proven', { companyId: id })
}

/** An application as its applicant and the operator may see it. Throws Missing. */
export async function findApplication(db: Db, actor: Actor, id: number): Promise<CompanyRow> {
  const [company] = await db.select().from(companies).where(eq(companies.id, id))
  if (!company || !canSeeApplication(actor, company)) throw new Missing()
  return company
}

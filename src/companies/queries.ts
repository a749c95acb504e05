import { and, asc, desc, eq, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { Missing } from '../platform/errors.ts'
import { numberCursor, type Page, pageOf } from '../platform/paging.ts'
import { byline } from '../topics/queries.ts'
import { canRun, canSpeakFor } from './policy.ts'
import { type CompanyRow, companies, companyInvitations, companyMembers } from './schema.ts'

const isAdmitted = sql`${companies.admittedAt} is not null`

/** An admitted company by its address. Throws Missing. */
export async function findCompany(db: Db, slug: string): Promise<CompanyRow> {
  const [company] = await db
    .select()
    .from(companies)
    .where(and(eq(companies.slug, slug), isAdmitted))
  if (!company) throw new Missing()
  return company
}

/** An admitted company by its id. Throws Missing. */
export async function findCompanyById(db: Db, id: number): Promise<CompanyRow> {
  const [company] = await db
    .select()
    .from(companies)
    .where(and(eq(companies.id, id), isAdmitted))
  if (!company) throw new Missing()
  return company
}

/** The actor's own company by its address; `admin` asks for one he runs. Throws Missing for everybody else: nothing of it is told. */
export async function findOwnCompany(db: Db, actor: Actor, slug: string, { admin = false } = {}): Promise<CompanyRow> {
  const own = actor.companies.find(company => company.slug === slug)
  if (!own || !(admin ? canRun(actor, own.id) : canSpeakFor(actor, own.id))) throw new Missing()
  return findCompany(db, slug)
}

/** All admitted companies by name, some at a time. */
export async function listCompanies(db: Db, after?: string, size = 50): Promise<Page<CompanyRow>> {
  const cursor = numberCursor(after)
  const rows = await db
    .select()
    .from(companies)
    .where(and(isAdmitted, cursor && sql`${companies.id} > ${cursor.id}`))
    .orderBy(asc(companies.id))
    .limit(size + 1)
  return pageOf(rows, size, last => ({ value: '0', id: last.id }))
}

/** Applications for the operator: those that wait for him first, then the newest. */
export async function listApplications(db: Db, after?: string, size = 30): Promise<Page<CompanyRow & { applicant: string }>> {
  const cursor = numberCursor(after)
  const waiting = sql<number>`case when ${companies.admittedAt} is null and ${companies.declinedAt} is null then 1 else 0 end`
  const rows = await db
    .select({ company: companies, applicant: accounts.handle, waiting })
    .from(companies)
    .innerJoin(accounts, eq(accounts.id, companies.applicantId))
    .where(cursor && sql`(${waiting}, ${companies.id}) < (${Number(cursor.value)}::int, ${cursor.id}::bigint)`)
    .orderBy(desc(waiting), desc(companies.id))
    .limit(size + 1)
  const page = pageOf(rows, size, last => ({ value: String(last.waiting), id: last.company.id }))
  return { ...page, rows: page.rows.map(({ company, applicant }) => ({ ...company, applicant })) }
}

/** Applications of one's own, newest first. */
export async function listOwnApplications(db: Db, actor: Actor): Promise<CompanyRow[]> {
  return db.select().from(companies).where(eq(companies.applicantId, actor.id)).orderBy(desc(companies.id)).limit(20)
}

/** Who works for a company now, admins first. */
export async function listTeam(db: Db, companyId: number) {
  return db
    .select({
      id: companyMembers.id,
      companyId: companyMembers.companyId,
      accountId: companyMembers.accountId,
      role: companyMembers.role,
      since: companyMembers.since,
      person: byline,
    })
    .from(companyMembers)
    .innerJoin(accounts, eq(accounts.id, companyMembers.accountId))
    .where(and(eq(companyMembers.companyId, companyId), isNull(companyMembers.leftAt)))
    .orderBy(asc(companyMembers.role), asc(companyMembers.since), asc(companyMembers.id))
}
export type TeamMember = Awaited<ReturnType<typeof listTeam>>[number]

/** One of a company's team by the member's handle. Throws Missing. */
export async function findTeamMember(db: Db, companyId: number, handle: string): Promise<TeamMember> {
  const member = (await listTeam(db, companyId)).find(each => each.person.handle === handle)
  if (!member) throw new Missing()
  return member
}

/** Invitations nobody has answered yet. */
export async function listInvitations(db: Db, companyId: number) {
  return db
    .select()
    .from(companyInvitations)
    .where(
      and(
        eq(companyInvitations.companyId, companyId),
        isNull(companyInvitations.acceptedAt),
        isNull(companyInvitations.withdrawnAt),
        sql`${companyInvitations.expiresAt} > now()`,
      ),
    )
    .orderBy(desc(companyInvitations.id))
}

/** What somebody works for, for his own page. */
export async function companiesOf(db: Db, accountId: number) {
  return db
    .select({ slug: companies.slug, nameJa: companies.nameJa, nameEn: companies.nameEn, role: companyMembers.role })
    .from(companyMembers)
    .innerJoin(companies, eq(companies.id, companyMembers.companyId))
    .where(and(eq(companyMembers.accountId, accountId), isNull(companyMembers.leftAt)))
    .orderBy(asc(companies.id))
}

/** How soon a company answers: the median of minutes to its first official post in topics of 90 days about its products, and of how many. */
export async function responseTimeOf(db: Db, companyId: number): Promise<{ minutes: number | null; topics: number }> {
  const [row] = await db.execute<{ minutes: number | null; topics: number }>(sql`
    select percentile_cont(0.5) within group (order by extract(epoch from answered.at - t.created_at) / 60) as minutes, count(*)::int as topics
    from topics t cross join lateral (
      select min(p.created_at) as at from posts p where p.topic_id = t.id and p.company_id = ${companyId} and p.kind <> 'opening' and p.hidden_at is null and p.withdrawn_at is null) answered
    where t.id in (select tp.topic_id from topic_products tp join products pr on pr.id = tp.product_id where pr.company_id = ${companyId})
      and t.created_at > now() - interval '90 days' and t.hidden_at is null and t.withdrawn_at is null and answered.at is not null`)
  return { minutes: row?.minutes === null || row?.minutes === undefined ? null : Number(row.minutes), topics: row?.topics ?? 0 }
}

import { and, eq, isNull } from 'drizzle-orm'
import { sendLetter } from '../accounts/letters.ts'
import { accounts } from '../accounts/schema.ts'
import type { EventOf } from '../events.ts'
import type { Services } from '../platform/services.ts'
import { openInbox, settleInbox } from './inbox.ts'
import { applicationPath, companyPath, managePath } from './paths.ts'
import { companies, companyInvitations, companyMembers } from './schema.ts'
import { endMembershipsOf } from './team.ts'
import { findWish, makeToken } from './tokens.ts'

/** Sends the link that proves a domain to the mailbox that was named at it. */
export async function mailDomainProof(services: Services, { id, data }: EventOf<'company.domain_mail_asked'>): Promise<void> {
  const found = await withApplicant(services, data.companyId)
  const email = await findWish(services.db, data.companyId)
  if (!found || !email || found.company.domainProvenAt) return
  const token = await makeToken(services.db, { companyId: found.company.id, email })
  const values = { domain: found.company.domain, handle: found.applicant.handle }
  await sendLetter(services, `domain:${id}`, email, {
    locale: found.applicant.locale,
    key: 'domainProof',
    values,
    link: `${services.siteUrl}/companies/prove/${token}`,
  })
}

/** Tells who applied that the company is in, or why it is not. */
export async function mailDecision(services: Services, { name, data }: EventOf<'company.admitted' | 'company.declined'>): Promise<void> {
  const found = await withApplicant(services, data.companyId)
  if (!found?.applicant.email) return
  const { company, applicant } = found
  const isIn = name === 'company.admitted'
  await sendLetter(services, `${name}:${company.id}`, found.applicant.email, {
    locale: applicant.locale,
    key: isIn ? 'companyAdmitted' : 'companyDeclined',
    values: { company: applicant.locale === 'en' ? company.nameEn : company.nameJa, ...(!isIn && { reason: company.declineReason }) },
    link: services.siteUrl + (isIn ? companyPath(company) : applicationPath(company)),
  })
}

/** Sends an invitation to a team. Who runs the company was admitted by the operator: its name may stand in the mail. */
export async function mailInvitation(services: Services, { data }: EventOf<'company.invited'>): Promise<void> {
  const { db, siteUrl } = services
  const [row] = await db
    .select({ invitation: companyInvitations, company: companies, locale: accounts.locale })
    .from(companyInvitations)
    .innerJoin(companies, eq(companies.id, companyInvitations.companyId))
    .innerJoin(accounts, eq(accounts.id, companyInvitations.invitedById))
    .where(eq(companyInvitations.id, data.invitationId))
  if (!row || row.invitation.acceptedAt || row.invitation.withdrawnAt) return
  const { invitation, company, locale } = row
  const token = await makeToken(db, { companyId: company.id, email: invitation.email, invitationId: invitation.id })
  await sendLetter(services, `invitation:${invitation.id}`, invitation.email, {
    locale,
    key: 'invitation',
    values: { company: locale === 'en' ? company.nameEn : company.nameJa },
    link: `${siteUrl}/invitations/${token}`,
  })
}

/** Somebody closed his account: his companies go on without him. */
export const endWorkOf = ({ db }: Services, { data }: EventOf<'account.closed'>) => endMembershipsOf(db, data.accountId)

/** A question names products: it lies on the table of those who make them. */
export const layOnTable = ({ db }: Services, { data }: EventOf<'topic.products_named'>) => openInbox(db, data.topicId)

/** Somebody answered; where it was the company, its table has one question less. */
export const takeOffTable = ({ db }: Services, events: EventOf<'answer.posted'>[]) =>
  settleInbox(
    db,
    events.map(({ data }) => data.topicId),
  )

/** A question waits longer than a company means to let it: its admins hear of it, once. */
export async function mailOverdue(services: Services, { data }: EventOf<'inbox.overdue'>): Promise<void> {
  const admins = await services.db
    .select({ id: accounts.id, email: accounts.email, locale: accounts.locale, slug: companies.slug })
    .from(companyMembers)
    .innerJoin(accounts, eq(accounts.id, companyMembers.accountId))
    .innerJoin(companies, eq(companies.id, companyMembers.companyId))
    .where(and(eq(companyMembers.companyId, data.companyId), eq(companyMembers.role, 'admin'), isNull(companyMembers.leftAt)))
  for (const { id, email, locale, slug } of admins)
    if (email)
      await sendLetter(services, `overdue:${data.companyId}:${data.topicId}:${id}`, email, {
        locale,
        key: 'inboxOverdue',
        link: services.siteUrl + managePath({ slug }, `inbox/${data.topicId}`),
      })
}

async function withApplicant({ db }: Services, companyId: number) {
  const [row] = await db
    .select({ company: companies, applicant: { handle: accounts.handle, email: accounts.email, locale: accounts.locale } })
    .from(companies)
    .innerJoin(accounts, eq(accounts.id, companies.applicantId))
    .where(eq(companies.id, companyId))
  return row
}

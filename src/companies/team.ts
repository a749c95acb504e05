import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { isGuest, worksFor } from '../accounts/actor.ts'
import { emailProblem, normalEmail } from '../accounts/names.ts'
import { accounts, type CompanyRole } from '../accounts/schema.ts'
import { endSessions } from '../accounts/sessions.ts'
import type { Db } from '../platform/db.ts'
import { Conflict, ensure, Invalid, Missing } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { throttle } from '../platform/throttle.ts'
import { handOverInbox } from './inbox.ts'
import { canRun } from './policy.ts'
import { companyInvitations, companyMembers } from './schema.ts'
import { findToken, linkEnds } from './tokens.ts'

type Company = { id: number }
type Member = { id: number; companyId: number; accountId: number; role: CompanyRole }

const INVITATIONS = { tries: 30, seconds: 86_400 }

/** Invites somebody by mail to work for the company here. An open invitation to the same address is replaced. Throws Invalid at `email`. */
export async function invite(db: Db, actor: Actor, company: Company, draft: { email: string; role: CompanyRole }): Promise<void> {
  ensure(canRun(actor, company.id), 'companies.errors.adminOnly')
  const email = normalEmail(draft.email)
  const problem = emailProblem(email)
  if (problem) throw new Invalid({ email: problem })
  await throttle(db, `invite:${company.id}`, INVITATIONS)
  await db.transaction(async tx => {
    await tx
      .update(companyInvitations)
      .set({ withdrawnAt: new Date() })
      .where(and(eq(companyInvitations.companyId, company.id), eq(companyInvitations.email, email), open))
    const [invitation] = await tx
      .insert(companyInvitations)
      .values({ companyId: company.id, email, role: draft.role, invitedById: actor.id, expiresAt: linkEnds() })
      .returning({ id: companyInvitations.id })
    await record(tx, 'company.invited', { companyId: company.id, actorId: actor.id, invitationId: invitation?.id ?? 0 })
  })
}

const open = and(isNull(companyInvitations.acceptedAt), isNull(companyInvitations.withdrawnAt))

/** Takes an invitation back; its link ends. */
export async function withdrawInvitation(db: Db, actor: Actor, company: Company, id: number): Promise<void> {
  ensure(canRun(actor, company.id), 'companies.errors.adminOnly')
  await db
    .update(companyInvitations)
    .set({ withdrawnAt: new Date() })
    .where(and(eq(companyInvitations.id, id), eq(companyInvitations.companyId, company.id), open))
}

/** The open invitation behind a link. Throws Invalid when it is over, taken back, used or made up. */
export async function findInvitation(db: Db, token: string) {
  const { invitationId } = await findToken(db, 'invitation', token)
  const [invitation] = await db
    .select()
    .from(companyInvitations)
    .where(and(eq(companyInvitations.id, invitationId ?? 0), open))
  if (!invitation || invitation.expiresAt <= new Date()) throw new Invalid({ form: 'accounts.link.over' })
  return invitation
}

/** Joins a company by an invitation's link, once. All his log-ins end: he comes back with his new role, for shorter. */
export async function acceptInvitation(db: Db, actor: Actor, token: string): Promise<void> {
  ensure(!isGuest(actor) && actor.confirmed, 'errors.cannotWrite')
  const invitation = await findInvitation(db, token)
  await db.transaction(async tx => {
    const accepted = await tx
      .update(companyInvitations)
      .set({ acceptedAt: new Date(), acceptedById: actor.id })
      .where(and(eq(companyInvitations.id, invitation.id), open))
      .returning({ id: companyInvitations.id })
    if (accepted.length === 0) throw new Invalid({ form: 'accounts.link.over' })
    await addMember(tx, invitation.companyId, actor.id, invitation.role, invitation.invitedById)
  })
}

/** Makes an account a member of a company's team, unless he is; his log-ins end. Inside a verb's transaction. */
export async function addMember(tx: Db, companyId: number, accountId: number, role: CompanyRole, invitedById?: number): Promise<void> {
  const added = await tx
    .insert(companyMembers)
    .values({ companyId, accountId, role, invitedById })
    .onConflictDoNothing()
    .returning({ id: companyMembers.id })
  if (added.length === 0) return
  await tx.update(accounts).set({ represents: true }).where(eq(accounts.id, accountId))
  await endSessions(tx, accountId)
  await record(tx, 'company.member_joined', { companyId, accountId })
}

/** Gives a member of the team another role. Throws Conflict when the company would be left without an admin. */
export async function changeMemberRole(db: Db, actor: Actor, member: Member, role: CompanyRole): Promise<void> {
  ensure(canRun(actor, member.companyId), 'companies.errors.adminOnly')
  if (member.role === role) return
  await db.transaction(async tx => {
    if (role === 'agent') await ensureAnotherAdmin(tx, member)
    await tx.update(companyMembers).set({ role }).where(eq(companyMembers.id, member.id))
    await endSessions(tx, member.accountId, actor.id === member.accountId ? actor.sessionId : '')
    await record(tx, 'company.role_changed', { companyId: member.companyId, accountId: member.accountId })
  })
}

/**
 * Leaves a company, or is removed by its admin: what was his (the guarantees he looks after, the questions he took on) goes to `successorId`, somebody else of the
 * team, or else to the longest-serving admin. Throws Conflict for the last admin, Invalid at `successor`.
 */
export async function endMembership(db: Db, actor: Actor, member: Member, successorId?: number): Promise<void> {
  const isSelf = actor.id === member.accountId && worksFor(actor, member.companyId)
  ensure(isSelf || canRun(actor, member.companyId), 'companies.errors.adminOnly')
  await db.transaction(async tx => {
    await ensureAnotherAdmin(tx, member)
    const team = await lockTeam(tx, member.companyId)
    const heirs = team.filter(other => other.accountId !== member.accountId)
    const heir = successorId ? heirs.find(other => other.accountId === successorId) : heirs.find(other => other.role === 'admin')
    if (!heir) throw new Invalid({ successor: 'companies.team.successorWrong' })
    await depart(tx, member, heir.accountId, isSelf ? undefined : actor.id)
  })
}

/** Ends a membership whose account is gone: closing an account asks no company for leave. Safe to repeat. */
export async function endMembershipsOf(db: Db, accountId: number): Promise<void> {
  await db.transaction(async tx => {
    const rows = await tx
      .select()
      .from(companyMembers)
      .where(and(eq(companyMembers.accountId, accountId), isNull(companyMembers.leftAt)))
    for (const member of rows) {
      const heir = (await lockTeam(tx, member.companyId)).find(other => other.accountId !== accountId)
      // The longest-serving of those who stay runs the place, should nobody else.
      if (heir && member.role === 'admin') await tx.update(companyMembers).set({ role: 'admin' }).where(eq(companyMembers.id, heir.id))
      await depart(tx, member, heir?.accountId ?? 0)
    }
  })
}

async function depart(tx: Db, member: Member, successorId: number, removedById?: number): Promise<void> {
  const gone = await tx
    .update(companyMembers)
    .set({ leftAt: new Date(), removedById })
    .where(and(eq(companyMembers.id, member.id), isNull(companyMembers.leftAt)))
    .returning({ id: companyMembers.id })
  if (gone.length === 0) return
  await tx.execute(sql`update accounts set represents = exists (
    select from company_members m where m.account_id = accounts.id and m.left_at is null) where id = ${member.accountId}`)
  await handOverInbox(tx, member.companyId, member.accountId, successorId)
  await endSessions(tx, member.accountId)
  await record(tx, 'company.member_left', { companyId: member.companyId, accountId: member.accountId, successorId })
}

/** The team, admins first, then the longest-serving; its rows are locked, so that the last two admins cannot go at once. */
async function lockTeam(tx: Db, companyId: number) {
  return tx
    .select()
    .from(companyMembers)
    .where(and(eq(companyMembers.companyId, companyId), isNull(companyMembers.leftAt)))
    .orderBy(companyMembers.role, companyMembers.since, companyMembers.id)
    .for('update')
}

async function ensureAnotherAdmin(tx: Db, { companyId, accountId }: Member): Promise<void> {
  const admins = (await lockTeam(tx, companyId)).filter(({ role }) => role === 'admin')
  if (admins.length === 0) throw new Missing()
  if (admins.every(admin => admin.accountId === accountId)) throw new Conflict('companies.errors.lastAdmin')
}

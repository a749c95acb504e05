import { and, eq, isNull } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { Conflict, ensure, Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { canAdmit } from './policy.ts'
import { type CompanyRow, companies } from './schema.ts'
import { addMember } from './team.ts'

/** Admits a company whose domain is proven; who applied becomes its admin. Throws Invalid before the proof, Conflict after another decision. */
export async function admitCompany(db: Db, actor: Actor, company: CompanyRow): Promise<void> {
  ensure(canAdmit(actor), 'errors.refused')
  if (!company.domainProvenAt) throw new Invalid({ form: 'companies.admission.notProven' })
  if (company.admittedAt) return
  await db.transaction(async tx => {
    await decide(tx, company, { admittedAt: new Date(), admittedById: actor.id })
    await addMember(tx, company.id, company.applicantId, 'admin')
    await record(tx, 'company.admitted', { companyId: company.id, actorId: actor.id })
  })
}

/** Declines an application, with a reason its applicant reads. Throws Invalid at `reason`, Conflict after another decision. */
export async function declineCompany(db: Db, actor: Actor, company: CompanyRow, { reason }: { reason: string }): Promise<void> {
  ensure(canAdmit(actor), 'errors.refused')
  if (!reason.trim()) throw new Invalid({ reason: 'form.required' })
  if (company.declinedAt) return
  await db.transaction(async tx => {
    await decide(tx, company, { declinedAt: new Date(), declinedById: actor.id, declineReason: reason.trim() })
    await record(tx, 'company.declined', { companyId: company.id, actorId: actor.id })
  })
}

/** Two operators who press at once: the first decides. */
async function decide(tx: Db, { id }: CompanyRow, decision: Partial<CompanyRow>): Promise<void> {
  const decided = await tx
    .update(companies)
    .set(decision)
    .where(and(eq(companies.id, id), isNull(companies.admittedAt), isNull(companies.declinedAt)))
    .returning({ id: companies.id })
  if (decided.length === 0) throw new Conflict('companies.errors.decided')
}

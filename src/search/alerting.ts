import { and, eq, isNull } from 'drizzle-orm'
import { type Actor, isOperator } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import { companies, companyMembers } from '../companies/schema.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { asCompared } from './remembering.ts'
import { companyAlerts } from './schema.ts'

/** Tells a company what people look for and do not find, once for the same words. Throws Refused, Invalid at the fields. */
export async function alertCompany(db: Db, actor: Actor, company: { id: number }, { words }: { words: string }): Promise<void> {
  ensure(isOperator(actor), 'errors.refused')
  const told = asCompared(words)
  if (!told) throw new Invalid({ words: 'form.required' })
  await db.transaction(async tx => {
    const [alert] = await tx
      .insert(companyAlerts)
      .values({ companyId: company.id, words: told })
      .onConflictDoNothing()
      .returning({ id: companyAlerts.id })
    if (alert) await record(tx, 'company.alerted', { companyId: company.id, alertId: alert.id })
  })
}

/** An alert with its company and those who run it, as mail reaches them. */
export async function findAlert(db: Db, alertId: number) {
  const rows = await db
    .select({ alert: companyAlerts, company: companies, admin: { id: accounts.id, email: accounts.email, locale: accounts.locale } })
    .from(companyAlerts)
    .innerJoin(companies, eq(companies.id, companyAlerts.companyId))
    .innerJoin(
      companyMembers,
      and(eq(companyMembers.companyId, companies.id), eq(companyMembers.role, 'admin'), isNull(companyMembers.leftAt)),
    )
    .innerJoin(accounts, and(eq(accounts.id, companyMembers.accountId), isNull(accounts.closedAt)))
    .where(eq(companyAlerts.id, alertId))
  return rows
}

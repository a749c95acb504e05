import { eq } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { canRun } from './policy.ts'
import { companies } from './schema.ts'

export type CompanySettings = { aboutJa: string; aboutEn: string; demandsSecondPair: boolean }

/** Changes what a company says of itself, and whether a guarantee needs a second pair of eyes. Its name and domain stay as they were proven. */
export async function editCompany(db: Db, actor: Actor, company: { id: number }, settings: CompanySettings): Promise<void> {
  ensure(canRun(actor, company.id), 'companies.errors.adminOnly')
  const { aboutJa, aboutEn, demandsSecondPair } = settings
  await db.transaction(async tx => {
    await tx
      .update(companies)
      .set({ aboutJa: aboutJa.trim(), aboutEn: aboutEn.trim(), demandsSecondPair })
      .where(eq(companies.id, company.id))
    await record(tx, 'company.changed', { companyId: company.id, actorId: actor.id })
  })
}

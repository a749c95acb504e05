import { sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid } from '../platform/errors.ts'
import type { Assumptions } from './deflection.ts'
import { canSetAssumptions } from './policy.ts'
import { insightSettings, insightSilences } from './schema.ts'

const MOST_YEN = 1_000_000

/** Sets what a company assumes: shares in percent, yen a contact; null is «as readers say» and «unknown». Throws Refused, Invalid at the fields. */
export async function setAssumptions(db: Db, actor: Actor, company: { id: number }, assumed: Assumptions): Promise<void> {
  ensure(canSetAssumptions(actor, company.id), 'companies.errors.adminOnly')
  for (const name of ['wouldAsk', 'isHelped', 'elsewhere'] as const) {
    const share = assumed[name]
    if (share !== null && !(Number.isInteger(share) && share >= 0 && share <= 100)) throw new Invalid({ [name]: 'insights.errors.share' })
  }
  const { cost } = assumed
  if (cost !== null && !(Number.isInteger(cost) && cost >= 0 && cost <= MOST_YEN))
    throw new Invalid({ cost: { key: 'insights.errors.cost', values: { most: MOST_YEN } } })
  const { wouldAsk, isHelped, elsewhere } = assumed
  const values = { wouldAsk, isHelped, elsewhere, cost }
  await db
    .insert(insightSettings)
    .values({ companyId: company.id, ...values })
    .onConflictDoUpdate({ target: insightSettings.companyId, set: values })
}

/** An admin takes the weekly letter or leaves it, for himself. Throws Refused. */
export async function takeLetters(db: Db, actor: Actor, company: { id: number }, wants: boolean): Promise<void> {
  ensure(canSetAssumptions(actor, company.id), 'companies.errors.adminOnly')
  if (wants)
    await db.delete(insightSilences).where(sql`${insightSilences.companyId} = ${company.id} and ${insightSilences.accountId} = ${actor.id}`)
  else await db.insert(insightSilences).values({ companyId: company.id, accountId: actor.id }).onConflictDoNothing()
}

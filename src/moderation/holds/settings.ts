import { eq } from 'drizzle-orm'
import { type Actor, isOperator } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { ensure } from '../../platform/errors.ts'
import { record } from '../../platform/outbox.ts'
import { siteSettings } from '../../platform/schema.ts'
import { writeAudit } from '../audit.ts'

/**
 * When a newcomer's post waits for a moderator: his first `firstPosts`, one with `links` links to elsewhere or more, one more after `burst`
 * topics in five minutes on his first day, one with pictures before he has `pictures` posts, and a `repeated` text. 0 switches a rule off.
 */
export type HoldRules = { firstPosts: number; links: number; burst: number; pictures: number; repeated: boolean }

/** A first question waits for nobody unless the operator wants it: what is held is what looks like spam. */
export const HOLD_RULES: HoldRules = { firstPosts: 0, links: 2, burst: 20, pictures: 3, repeated: true }

const NAME = 'holds'
const UNASKED = 5_000
const kept = new WeakMap<Db, { rules: HoldRules; askedAt: number }>()

/** The rules that count now; asked of the database every five seconds at most. */
export async function holdRulesNow(db: Db): Promise<HoldRules> {
  const known = kept.get(db)
  if (known && Date.now() - known.askedAt < UNASKED) return known.rules
  const rules = await findHoldRules(db)
  kept.set(db, { rules, askedAt: Date.now() })
  return rules
}

/** The rules as they stand in the database. */
export async function findHoldRules(db: Db): Promise<HoldRules> {
  const [row] = await db.select().from(siteSettings).where(eq(siteSettings.name, NAME))
  return { ...HOLD_RULES, ...(row?.value as Partial<HoldRules> | undefined) }
}

/** Changes the rules; logged. Throws Refused for anyone but an operator. */
export async function changeHoldRules(db: Db, actor: Actor, rules: HoldRules): Promise<void> {
  ensure(isOperator(actor), 'errors.refused')
  await db.transaction(async tx => {
    const before = await findHoldRules(tx)
    await tx
      .insert(siteSettings)
      .values({ name: NAME, value: rules })
      .onConflictDoUpdate({ target: siteSettings.name, set: { value: rules } })
    await record(tx, 'site.changed', {})
    await writeAudit(tx, actor, 'holds_changed', { subject: 'site' }, { before, after: rules })
  })
  kept.delete(db)
}

import { sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { record } from '../platform/outbox.ts'
import { type Facts, levelFor } from './level_rules.ts'
import { factsOf } from './queries.ts'
import { levelDecisions } from './schema.ts'

const AT_ONCE = 1_000

/** Gives and takes levels by the published numbers. What the operator set stands as long as it is held. Safe to repeat. */
export async function decideLevels(db: Db, accountIds: number[]): Promise<void> {
  for (const [accountId, { facts, level }] of await factsOf(db, accountIds)) {
    if (levelFor(facts, level) !== level) await decideLevel(db, accountId)
  }
}

/** Looks at everybody, by the clock: days pass without an event. */
export async function decideAllLevels(db: Db): Promise<void> {
  const [row] = await db.execute<{ last: string }>(sql`select coalesce(max(id), 0) as last from accounts`)
  for (let from = 0; from < Number(row?.last); from += AT_ONCE) {
    const able = await db.execute<{ id: string }>(
      sql`select id from accounts where id > ${from} and id <= ${from + AT_ONCE} and (points > 0 or level > 0) and closed_at is null`,
    )
    await decideLevels(
      db,
      able.map(({ id }) => Number(id)),
    )
  }
}

/** Looks again with the member's row locked, so that two deciders write one decision. */
async function decideLevel(db: Db, accountId: number): Promise<void> {
  await db.transaction(async tx => {
    await tx.execute(sql`select from accounts where id = ${accountId} for no key update`)
    const now = (await factsOf(tx, [accountId])).get(accountId)
    if (!now || now.isHeld) return
    const level = levelFor(now.facts, now.level)
    if (level === now.level) return
    await setLevel(tx, { accountId, before: now.level, level, facts: now.facts, entryId: now.entryId })
  })
}

type NewDecision = { accountId: number; before: number; level: number; facts: Facts; entryId: number | null } & Partial<
  Pick<typeof levelDecisions.$inferInsert, 'decidedById' | 'reason' | 'heldUntil'>
>

/** Writes a level down with what decided, in the caller's transaction. */
export async function setLevel(tx: Db, decision: NewDecision): Promise<void> {
  await tx.insert(levelDecisions).values(decision)
  await tx.execute(sql`update accounts set level = ${decision.level} where id = ${decision.accountId}`)
  await record(tx, 'level.changed', { accountId: decision.accountId })
}

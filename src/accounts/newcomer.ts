import { and, eq, sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { ensure } from '../platform/errors.ts'
import { type Actor, isGuest } from './actor.ts'
import { accounts } from './schema.ts'

/** The tour of the first visit was seen or skipped: it does not come again. */
export async function finishTour(db: Db, actor: Actor): Promise<void> {
  ensure(!isGuest(actor), 'errors.refused')
  await db.update(accounts).set({ toured: true }).where(eq(accounts.id, actor.id))
}

/** Has the ask page ask question by question, or not. */
export async function switchGuide(db: Db, actor: Actor, on: boolean): Promise<void> {
  ensure(!isGuest(actor), 'errors.refused')
  await db.update(accounts).set({ guided: on }).where(eq(accounts.id, actor.id))
}

/** Notes that these members answered for the first time; what follows from an answer. Safe to repeat. */
export async function noteFirstAnswers(db: Db, accountIds: number[]): Promise<void> {
  // Locked in the order of their ids, as everywhere: no two wait for each other.
  await db.execute(sql`
    update accounts set first_answer_at = now() from (
      select id from accounts where id = any(${sql.param(accountIds)}::bigint[]) and first_answer_at is null order by id for no key update) first
    where accounts.id = first.id`)
}

/** Who has asked once knows how: the next time he writes freely. Safe to repeat. */
export async function endGuide(db: Db, accountId: number): Promise<void> {
  await db
    .update(accounts)
    .set({ guided: false })
    .where(and(eq(accounts.id, accountId), eq(accounts.guided, true)))
}

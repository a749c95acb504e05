import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { ensure } from '../platform/errors.ts'
import { prepared } from '../platform/prepared.ts'
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

/** Notes that somebody answered for the first time; what follows from an answer. Safe to repeat. */
export async function noteFirstAnswer(db: Db, accountId: number): Promise<void> {
  await firstAnswer(db).execute({ accountId })
}

const firstAnswer = prepared(db =>
  db
    .update(accounts)
    .set({ firstAnswerAt: sql`now()` })
    .where(and(eq(accounts.id, sql.placeholder('accountId')), isNull(accounts.firstAnswerAt)))
    .prepare('first_answer'),
)

/** Who has asked once knows how: the next time he writes freely. Safe to repeat. */
export async function endGuide(db: Db, accountId: number): Promise<void> {
  await db
    .update(accounts)
    .set({ guided: false })
    .where(and(eq(accounts.id, accountId), eq(accounts.guided, true)))
}

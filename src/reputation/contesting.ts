import { and, eq, isNull, sql } from 'drizzle-orm'
import { type Actor, isGuest, isOperator } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { Conflict, ensure, Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { LEVELS } from './level_rules.ts'
import { setLevel } from './levels.ts'
import { factsOf } from './queries.ts'
import { contests, levelDecisions } from './schema.ts'

const WORDS = { min: 10, max: 2000 }
/** How long the operator's word stands before the numbers decide again. */
const HELD_DAYS = 90
export const heldUntil = (decidedAt: Date) => new Date(decidedAt.getTime() + HELD_DAYS * 86_400_000)

/** Objects to one's level, or to points taken off: opens a case for the operator. Throws Invalid at `words`, also while one is open. */
export async function contest(db: Db, actor: Actor, { words: typed }: { words: string }): Promise<void> {
  ensure(!isGuest(actor) && actor.confirmed, 'errors.refused')
  const words = longEnough(typed, 'words')
  await db.transaction(async tx => {
    const [decision] = await tx
      .select({ id: levelDecisions.id })
      .from(levelDecisions)
      .where(eq(levelDecisions.accountId, actor.id))
      .orderBy(sql`${levelDecisions.id} desc`)
      .limit(1)
    const [opened] = await tx
      .insert(contests)
      .values({ accountId: actor.id, words, decisionId: decision?.id })
      .onConflictDoNothing()
      .returning({ id: contests.id })
    if (!opened) throw new Invalid({ words: 'contests.alreadyOpen' })
    await record(tx, 'contest.opened', { contestId: opened.id, accountId: actor.id })
  })
}

export type ContestVerdict = { outcome: 'kept' | 'changed'; level?: number; reason: string }

/**
 * Decides a case, with a reason the member reads. A changed level stands for 90 days before the numbers decide again.
 * Throws Refused for anyone but an operator, Invalid at `reason` or `level`, Conflict when it was decided meanwhile.
 */
export async function decideContest(
  db: Db,
  actor: Actor,
  contestId: number,
  { outcome, level, reason: typed }: ContestVerdict,
): Promise<void> {
  ensure(isOperator(actor), 'errors.refused')
  const reason = longEnough(typed, 'reason')
  if (outcome === 'changed' && !LEVELS.some(each => each.level === level)) throw new Invalid({ level: 'contests.chooseLevel' })
  await db.transaction(async tx => {
    const [decided] = await tx
      .update(contests)
      .set({ outcome, level: outcome === 'changed' ? level : null, reason, decidedById: actor.id, decidedAt: sql`now()` })
      .where(and(eq(contests.id, contestId), isNull(contests.decidedAt)))
      .returning()
    if (!decided) throw new Conflict('contests.decidedMeanwhile')
    if (outcome === 'changed' && level !== undefined) await holdLevel(tx, actor, decided.accountId, { level, reason })
    await record(tx, 'contest.decided', { contestId, accountId: decided.accountId })
  })
}

/** Sets a member's level by the operator's word, in the caller's transaction. */
async function holdLevel(tx: Db, actor: Actor, accountId: number, { level, reason }: { level: number; reason: string }): Promise<void> {
  await tx.execute(sql`select from accounts where id = ${accountId} for no key update`)
  const now = (await factsOf(tx, [accountId])).get(accountId)
  if (!now) return
  await setLevel(tx, {
    accountId,
    before: now.level,
    level,
    facts: now.facts,
    entryId: now.entryId,
    decidedById: actor.id,
    reason,
    heldUntil: heldUntil(new Date()),
  })
}

function longEnough(typed: string, field: string): string {
  const words = typed.replace(/\r\n?/g, '\n').trim()
  const letters = [...words].length
  if (letters === 0) throw new Invalid({ [field]: 'form.required' })
  if (letters < WORDS.min) throw new Invalid({ [field]: { key: 'form.tooShort', values: { limit: WORDS.min } } })
  if (letters > WORDS.max) throw new Invalid({ [field]: { key: 'form.tooLong', values: { limit: WORDS.max } } })
  return words
}

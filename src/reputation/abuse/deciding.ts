import { and, eq, isNull, sql } from 'drizzle-orm'
import { type Actor, isOperator } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { Conflict, ensure, Invalid } from '../../platform/errors.ts'
import { record } from '../../platform/outbox.ts'
import { findings, voidedPairs } from '../schema.ts'

export type FindingVerdict = { outcome: 'confirmed' | 'dismissed'; reason: string }

/**
 * Decides a finding. Confirmed: between its members nothing brings points any more, and what did is countered in the ledger.
 * Dismissed: the same members are not found again. Throws Refused for anyone but an operator, Invalid at `reason`, Conflict when it
 * was decided meanwhile.
 */
export async function decideFinding(db: Db, actor: Actor, findingId: number, { outcome, reason: typed }: FindingVerdict): Promise<void> {
  ensure(isOperator(actor), 'errors.refused')
  const reason = readReason(typed)
  await db.transaction(async tx => {
    const [decided] = await tx
      .update(findings)
      .set({ outcome, reason, decidedById: actor.id, decidedAt: sql`now()` })
      .where(and(eq(findings.id, findingId), isNull(findings.decidedAt)))
      .returning({ memberIds: findings.memberIds })
    if (!decided) throw new Conflict('contests.decidedMeanwhile')
    if (outcome === 'confirmed') {
      const { memberIds } = decided
      const pairs = memberIds.flatMap(fromId => memberIds.filter(toId => toId !== fromId).map(toId => ({ fromId, toId, findingId })))
      await tx.insert(voidedPairs).values(pairs).onConflictDoNothing()
    }
    await record(tx, outcome === 'confirmed' ? 'finding.confirmed' : 'finding.dismissed', { findingId })
  })
}

/** Takes a confirmed finding back: its members' votes count again, from the first one on. Throws as `decideFinding`. */
export async function overturnFinding(db: Db, actor: Actor, findingId: number, { reason: typed }: { reason: string }): Promise<void> {
  ensure(isOperator(actor), 'errors.refused')
  const reason = readReason(typed)
  await db.transaction(async tx => {
    const [overturned] = await tx
      .update(findings)
      .set({ outcome: 'dismissed', reason, decidedById: actor.id, decidedAt: sql`now()` })
      .where(and(eq(findings.id, findingId), eq(findings.outcome, 'confirmed')))
      .returning({ id: findings.id })
    if (!overturned) throw new Conflict('contests.decidedMeanwhile')
    await tx.delete(voidedPairs).where(eq(voidedPairs.findingId, findingId))
    await record(tx, 'finding.overturned', { findingId })
  })
}

function readReason(typed: string): string {
  const reason = typed.replace(/\r\n?/g, '\n').trim()
  if (reason === '') throw new Invalid({ reason: 'form.required' })
  if ([...reason].length > 2000) throw new Invalid({ reason: { key: 'form.tooLong', values: { limit: 2000 } } })
  return reason
}

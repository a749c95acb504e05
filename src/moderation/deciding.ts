import { and, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { Conflict, ensure, Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { topics } from '../topics/schema.ts'
import { withoutHidden } from '../topics/writing.ts'
import { writeAudit } from './audit.ts'
import type { Verdict } from './decision.ts'
import { decisionOf } from './kinds.ts'
import { openItem } from './opening.ts'
import { canDecideItem } from './policy.ts'
import { type ReviewItem, reviewItems } from './schema.ts'

/** How long an item stays with whoever took it, in minutes. */
export const LEASE_MINUTES = 5
export const WORDS_LETTERS = 1000

const free = (actor: Actor) =>
  sql`(${reviewItems.takenById} is null or ${reviewItems.takenById} = ${actor.id} or ${reviewItems.takenUntil} <= clock_timestamp())`

/** Takes an item for five minutes, or for five more. Throws Refused, Conflict when somebody else has it or has decided it. */
export async function takeItem(db: Db, actor: Actor, item: ReviewItem): Promise<void> {
  ensure(canDecideItem(actor, item), 'moderation.errors.notYours')
  await db.transaction(async tx => {
    const taken = await tx
      .update(reviewItems)
      .set({ takenById: actor.id, takenUntil: sql`clock_timestamp() + make_interval(mins => ${LEASE_MINUTES})` })
      .where(and(eq(reviewItems.id, item.id), isNull(reviewItems.decidedAt), free(actor)))
      .returning({ id: reviewItems.id })
    if (taken.length === 0) throw await whatTheOtherDid(tx, item.id)
    await record(tx, 'review.taken', { itemId: item.id })
  })
}

/** Lets an item go before its time. */
export async function releaseItem(db: Db, actor: Actor, item: ReviewItem): Promise<void> {
  await db.transaction(async tx => {
    const let_go = await tx
      .update(reviewItems)
      .set({ takenById: null, takenUntil: null })
      .where(and(eq(reviewItems.id, item.id), eq(reviewItems.takenById, actor.id), isNull(reviewItems.decidedAt)))
      .returning({ id: reviewItems.id })
    if (let_go.length > 0) await record(tx, 'review.taken', { itemId: item.id })
  })
}

/**
 * Decides an item, once: of any number who try at once one does, and the others get Conflict with what he did. What the decision does to
 * its subject happens in the same transaction. Throws Refused, Invalid at `decision`, `reason` or `words`.
 */
export async function decideItem(db: Db, actor: Actor, item: ReviewItem, verdict: Verdict): Promise<void> {
  ensure(canDecideItem(actor, item), 'moderation.errors.notYours')
  const decision = decisionOf(item.kind, verdict.decision)
  if (!decision) throw new Invalid({ decision: 'form.required' })
  if (!decision.reasons.includes(verdict.reason)) throw new Invalid({ reason: 'form.required' })
  const words = withoutHidden(verdict.words).trim()
  if ([...words].length > WORDS_LETTERS) throw new Invalid({ words: { key: 'form.tooLong', values: { limit: WORDS_LETTERS } } })
  if (verdict.reason === 'other' && !words) throw new Invalid({ words: 'form.required' })
  await db.transaction(async tx => {
    const set = {
      decision: decision.name,
      reason: verdict.reason,
      words,
      decidedById: actor.id,
      decidedAt: sql`clock_timestamp()`,
      takenUntil: null,
    }
    const [decided] = await tx
      .update(reviewItems)
      .set({ ...set, facts: withMark(verdict.mark) })
      .where(and(eq(reviewItems.id, item.id), isNull(reviewItems.decidedAt), free(actor)))
      .returning()
    if (!decided) throw await whatTheOtherDid(tx, item.id)
    await ensureNoParty(tx, actor, decided)
    await decision.apply(tx, actor, decided, { ...verdict, words })
    await record(tx, 'review.decided', { itemId: item.id })
    if (decision.tellsAuthor && decided.aboutId)
      await record(tx, 'post.judged', { accountId: decided.aboutId, itemId: item.id, decision: decision.name })
    await writeAudit(tx, actor, 'review_decided', subjectOf(decided), {
      item: decided.id,
      kind: decided.kind,
      decision: decision.name,
      reason: verdict.reason,
    })
  })
}

/**
 * Takes a decision back: what it did is undone, and the matter waits again. Throws Refused, Conflict when that happened meanwhile.
 */
export async function undoDecision(db: Db, actor: Actor, item: ReviewItem): Promise<void> {
  const decision = decisionOf(item.kind, item.decision ?? '')
  ensure(canDecideItem(actor, item) && decision?.undo !== undefined && item.decidedAt !== null, 'moderation.errors.notYours')
  await db.transaction(async tx => {
    const [undone] = await tx
      .update(reviewItems)
      .set({ undoneById: actor.id, undoneAt: sql`clock_timestamp()` })
      .where(and(eq(reviewItems.id, item.id), isNotNull(reviewItems.decidedAt), isNull(reviewItems.undoneAt)))
      .returning()
    if (!undone) throw new Conflict('moderation.errors.undoneMeanwhile')
    await ensureNoParty(tx, actor, undone)
    await decision?.undo?.(tx, actor, undone)
    const { kind, subject, subjectId, boardId, topicId, companyIds, tier, facts, aboutId, notById } = undone
    const again = await openItem(tx, {
      ...{ kind: kind as Parameters<typeof openItem>[1]['kind'], subject, subjectId, boardId, companyIds, facts },
      ...{ topicId: topicId ?? undefined, aboutId: aboutId ?? undefined, notById: notById ?? undefined, tier: tier as 1 | 2 | 3 },
    })
    await record(tx, 'review.undone', { itemId: item.id })
    await writeAudit(tx, actor, 'review_undone', subjectOf(undone), { item: item.id, kind, decision: decision?.name, again: again.id })
  })
}

/** The sentence a moderator points at stays with the facts. */
const withMark = (mark?: string) => sql`${reviewItems.facts} || ${JSON.stringify(mark ? { mark } : {})}::jsonb`

const subjectOf = ({ subject, subjectId, boardId }: ReviewItem) => ({ subject, id: subjectId, boardId })

/** Whose products a topic is about may have been said after the item was opened. */
async function ensureNoParty(tx: Db, actor: Actor, item: ReviewItem): Promise<void> {
  if (!item.topicId || actor.companies.length === 0) return
  const [topic] = await tx.select({ companyIds: topics.companyIds }).from(topics).where(eq(topics.id, item.topicId))
  ensure(canDecideItem(actor, { ...item, companyIds: topic?.companyIds ?? [] }), 'moderation.errors.notYours')
}

/** What stands instead, as the 409 page tells it. */
export type OtherDid = Pick<ReviewItem, 'decision' | 'decidedAt' | 'takenUntil'> & { by: string | null }

async function whatTheOtherDid(tx: Db, id: number): Promise<Conflict> {
  const { decision, decidedAt, takenUntil, takenById, decidedById } = reviewItems
  const [other] = await tx
    .select({ decision, decidedAt, takenUntil, by: accounts.name })
    .from(reviewItems)
    .leftJoin(accounts, eq(accounts.id, sql`coalesce(${decidedById}, ${takenById})`))
    .where(eq(reviewItems.id, id))
  return new Conflict(
    other?.decidedAt ? 'moderation.errors.decidedMeanwhile' : 'moderation.errors.takenByOther',
    other satisfies OtherDid | undefined,
  )
}

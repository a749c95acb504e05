import { and, eq, inArray, isNull, lte, sql } from 'drizzle-orm'
import { type Actor, isOperator } from '../../accounts/actor.ts'
import type { AccountRow } from '../../accounts/schema.ts'
import { endSessions } from '../../accounts/sessions.ts'
import type { Db } from '../../platform/db.ts'
import { Conflict, ensure, Invalid } from '../../platform/errors.ts'
import { record } from '../../platform/outbox.ts'
import { moderatesTopic } from '../../topics/policy.ts'
import { posts, topics } from '../../topics/schema.ts'
import { withoutHidden } from '../../topics/writing.ts'
import { writeAudit } from '../audit.ts'
import { canLift, canSanction, canSanctionSo } from './policy.ts'
import { type RuleBroken, type Sanction, type SanctionKind, sanctionEvidence, sanctions } from './schema.ts'
import { holdSecondAccounts } from './second_accounts.ts'
import { settleStanding } from './standing.ts'

export const WORDS_LETTERS = 1000
/** How long a step lasts, in days, and how many posts a day limits leave. */
export const STEP_DAYS = [1, 3, 7, 14, 30, 90] as const
export const POSTS_A_DAY = [1, 3, 5] as const
/** What a person decides; a hold follows by itself. */
export const STEPS = ['reminder', 'warning', 'limits', 'suspension', 'removal'] as const satisfies SanctionKind[]
export type Step = (typeof STEPS)[number]

export type SanctionDraft = {
  kind: Step
  boardId: number | null
  rule: RuleBroken
  words: string
  days: number
  perDay: number
  postIds: number[]
  draftKey: string
}

/**
 * Takes a step of the ladder: with its reason, the posts it is about and its end, which comes by itself. Sending the same form again takes
 * it once. Throws Refused, Invalid at `boardId`, `words` or `postIds`.
 */
export async function sanction(db: Db, actor: Actor, member: AccountRow, draft: SanctionDraft): Promise<void> {
  ensure(canSanction(actor, member), 'errors.refused')
  if (draft.boardId === null && !isOperator(actor)) throw new Invalid({ boardId: 'sanctions.errors.yourBoards' })
  ensure(canSanctionSo(actor, member, draft), 'errors.refused')
  const words = readWords(draft.words)
  await db.transaction(async tx => {
    const { id, isNew } = await insertOnce(tx, actor, member, { ...draft, words })
    if (!isNew) return
    await keepEvidence(tx, actor, member, id, draft.postIds)
    await settleStanding(tx, member.id)
    const bars = draft.kind === 'suspension' || draft.kind === 'removal'
    if (bars && draft.boardId === null) {
      await endSessions(tx, member.id)
      await holdSecondAccounts(tx, member.id)
    }
    await record(tx, 'sanction.given', { sanctionId: id, accountId: member.id })
    await writeAudit(
      tx,
      actor,
      'sanction_given',
      { subject: 'account', id: member.id, boardId: draft.boardId },
      { sanction: id, kind: draft.kind },
    )
  })
}

/** Lifts a step before its end; what it barred is open again at once. Throws Refused, Conflict when it is over, Invalid at `why`. */
export async function liftSanction(db: Db, actor: Actor, standing: Sanction, { why }: { why: string }): Promise<void> {
  ensure(canLift(actor, standing), 'errors.refused')
  const words = readWords(why, 'why')
  await db.transaction(tx => liftIn(tx, actor, standing, words))
}

/** The same in the caller's transaction. */
export async function liftIn(tx: Db, actor: Actor, { id, accountId, boardId, kind }: Sanction, liftedWhy: string): Promise<void> {
  const over = sql`(${sanctions.endsAt} is not null and ${sanctions.endsAt} <= now())`
  const lifted = await tx
    .update(sanctions)
    .set({ liftedAt: sql`now()`, liftedById: actor.id, liftedWhy })
    .where(and(eq(sanctions.id, id), isNull(sanctions.liftedAt), sql`not ${over}`))
    .returning({ id: sanctions.id })
  if (lifted.length === 0) throw new Conflict('sanctions.errors.over')
  const held = await tx
    .update(sanctions)
    .set({ liftedAt: sql`now()`, liftedById: actor.id })
    .where(and(eq(sanctions.causeId, id), isNull(sanctions.liftedAt)))
    .returning({ accountId: sanctions.accountId })
  for (const each of [accountId, ...held.map(row => row.accountId)].sort((a, b) => a - b)) await settleStanding(tx, each)
  await record(tx, 'sanction.lifted', { sanctionId: id, accountId })
  await writeAudit(tx, actor, 'sanction_lifted', { subject: 'account', id: accountId, boardId }, { sanction: id, kind })
}

/** Takes a lifting back: the step holds again, until the end it had. */
export async function imposeAgain(tx: Db, { id, accountId }: Sanction): Promise<void> {
  await tx.update(sanctions).set({ liftedAt: null, liftedById: null, liftedWhy: '' }).where(eq(sanctions.id, id))
  await settleStanding(tx, accountId)
}

/** What has come to its end by itself is cleared from the account, and its member is told; by the clock. */
export async function endSanctions(db: Db): Promise<void> {
  await db.transaction(async tx => {
    const ended = await tx
      .update(sanctions)
      .set({ endToldAt: sql`now()` })
      .where(and(lte(sanctions.endsAt, sql`now()`), isNull(sanctions.endToldAt), isNull(sanctions.liftedAt)))
      .returning({ id: sanctions.id, accountId: sanctions.accountId })
    for (const accountId of [...new Set(ended.map(row => row.accountId))].sort((a, b) => a - b)) await settleStanding(tx, accountId)
    for (const { id, accountId } of ended) await record(tx, 'sanction.ended', { sanctionId: id, accountId })
  })
}

/** The member has read what was decided about him. */
export async function noteSeen(db: Db, actor: Actor): Promise<void> {
  await db
    .update(sanctions)
    .set({ seenAt: sql`now()` })
    .where(and(eq(sanctions.accountId, actor.id), isNull(sanctions.seenAt)))
}

async function insertOnce(tx: Db, actor: Actor, member: AccountRow, draft: SanctionDraft): Promise<{ id: number; isNew: boolean }> {
  const { kind, boardId, rule, words, days, perDay, draftKey } = draft
  const ends = kind === 'limits' || kind === 'suspension'
  const [given] = await tx
    .insert(sanctions)
    .values({
      ...{ accountId: member.id, kind, boardId: kind === 'removal' ? null : boardId, rule, words, decidedById: actor.id, draftKey },
      perDay: kind === 'limits' ? perDay : null,
      endsAt: ends ? sql`now() + make_interval(days => ${days})` : null,
    })
    .onConflictDoNothing({ target: [sanctions.decidedById, sanctions.draftKey] })
    .returning({ id: sanctions.id })
  return { id: given?.id ?? 0, isNew: given !== undefined }
}

/** Posts of this member in topics that are this moderator's to judge; an operator may act on what is not a post. */
async function keepEvidence(tx: Db, actor: Actor, member: { id: number }, sanctionId: number, postIds: number[]): Promise<void> {
  if (postIds.length === 0 && isOperator(actor)) return
  if (postIds.length === 0) throw new Invalid({ postIds: 'sanctions.errors.evidence' })
  const rows = await tx
    .select({ id: posts.id, boardId: topics.boardId, companyIds: topics.companyIds })
    .from(posts)
    .innerJoin(topics, eq(topics.id, posts.topicId))
    .where(and(inArray(posts.id, postIds), eq(posts.authorId, member.id)))
  if (rows.length !== new Set(postIds).size) throw new Invalid({ postIds: 'sanctions.errors.notHis' })
  if (!rows.every(row => moderatesTopic(actor, row))) throw new Invalid({ postIds: 'sanctions.errors.notYourTopics' })
  await tx.insert(sanctionEvidence).values(rows.map(({ id }) => ({ sanctionId, postId: id })))
}

/** What somebody writes to whom it concerns. Throws Invalid at `field`. */
export function readWords(typed: string, field = 'words'): string {
  const words = withoutHidden(typed.replace(/\r\n?/g, '\n')).trim()
  if (!words) throw new Invalid({ [field]: 'form.required' })
  if ([...words].length > WORDS_LETTERS) throw new Invalid({ [field]: { key: 'form.tooLong', values: { limit: WORDS_LETTERS } } })
  return words
}

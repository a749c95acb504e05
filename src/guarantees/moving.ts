import { eq, sql } from 'drizzle-orm'
import { companies } from '../companies/schema.ts'
import type { Db } from '../platform/db.ts'
import { Conflict, Missing } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { posts, topics } from '../topics/schema.ts'
import { digestOf } from './digest.ts'
import { type By, type Deed, type GuaranteeRow, guaranteeHistory, guaranteeProducts, guarantees } from './schema.ts'
import { type Facts, next } from './states.ts'
import type { Terms } from './terms.ts'

/** A guarantee with its row, its answer's and its topic's locked, in the order in which everything locks them. */
export type Locked = {
  row: GuaranteeRow
  post: { id: number; body: string; bodyHtml: string; revision: number; authorId: number; companyId: number | null; isThere: boolean }
  boardId: number
  secondPair: boolean
}

/** What is to happen. `seen` is the number of the last row the actor knew of; `change` what the guarantee has to become with it. */
export type Move = {
  deed: Deed
  by: By
  actorId?: number
  seen?: number
  reason?: string
  change?: Partial<Pick<GuaranteeRow, 'validFrom' | 'validUntil' | 'checkerId' | 'suspendedBy'>> & { terms?: Terms; rebind?: boolean }
}

/** Locks a guarantee and what it stands on. Throws Missing. */
export async function lock(tx: Db, id: number): Promise<Locked> {
  const [known] = await tx.select({ topicId: guarantees.topicId, postId: guarantees.postId }).from(guarantees).where(eq(guarantees.id, id))
  if (!known) throw new Missing()
  const [topic] = await tx.select({ boardId: topics.boardId }).from(topics).where(eq(topics.id, known.topicId)).for('update')
  const [post] = await tx.select().from(posts).where(eq(posts.id, known.postId)).for('update')
  const [row] = await tx.select().from(guarantees).where(eq(guarantees.id, id)).for('update')
  if (!topic || !post || !row) throw new Missing()
  const [company] = await tx.select({ secondPair: companies.demandsSecondPair }).from(companies).where(eq(companies.id, row.companyId))
  const { body, bodyHtml, revision, authorId, companyId } = post
  return {
    row,
    post: { id: post.id, body, bodyHtml, revision, authorId, companyId, isThere: !post.withdrawnAt },
    boardId: topic.boardId,
    secondPair: company?.secondPair ?? false,
  }
}

export const isBound = ({ row, post }: Pick<Locked, 'row' | 'post'>) => row.digest === digestOf(post)

/**
 * Brings a guarantee in line with its answer, and resolves to where it stands then: an edit suspends it (or ends one that has not begun),
 * a withdrawal ends it. Whoever comes first does it, the effect of the edit or the next person who touches the guarantee.
 */
export async function catchUp(tx: Db, locked: Locked): Promise<Locked> {
  const { state } = locked.row
  const by = !locked.post.isThere ? 'withdrawal' : isBound(locked) ? undefined : 'edit'
  if (!by || ['revoked', 'recalled', 'declined'].includes(state)) return locked
  if (state === 'asked' || state === 'pending') return step(tx, locked, { deed: 'declined', by })
  if (by === 'withdrawal') return step(tx, locked, { deed: 'revoked', by })
  return state === 'given' ? step(tx, locked, { deed: 'suspended', by, change: { suspendedBy: by } }) : locked
}

/**
 * Does a deed once, whoever else presses at the same moment. The same deed by the same person with the same outcome is answered like the
 * first; anything that meets another state than it knew of throws Conflict, and nothing is written.
 */
export async function move(tx: Db, id: number, planned: (locked: Locked) => Move | Promise<Move>): Promise<GuaranteeRow> {
  const locked = await catchUp(tx, await lock(tx, id))
  const plan = await planned(locked)
  if (plan.seen !== undefined && plan.seen !== locked.row.number) {
    if (await isRepeat(tx, locked.row, plan)) return locked.row
    throw new Conflict('guarantees.errors.moved')
  }
  return (await step(tx, locked, plan)).row
}

async function step(tx: Db, locked: Locked, plan: Move): Promise<Locked> {
  const { row, post } = locked
  const state = next(row.state, plan.deed, factsOf(locked))
  if (!state) {
    if (plan.seen === undefined && (await isRepeat(tx, row, plan))) return locked
    throw new Conflict('guarantees.errors.moved')
  }
  const { rebind, ...change } = plan.change ?? {}
  const values = {
    ...change,
    ...(rebind && { revision: post.revision, digest: digestOf(post), body: post.body, bodyHtml: post.bodyHtml }),
    ...(state === 'given' && { inForceSince: row.inForceSince ?? new Date(), renewalAskedAt: null, suspendedBy: null }),
    state,
    stateAt: new Date(),
    number: row.number + 1,
  }
  const [moved] = await tx.update(guarantees).set(values).where(eq(guarantees.id, row.id)).returning()
  if (!moved) throw new Missing()
  if (plan.change?.terms) await replaceScope(tx, moved)
  await remember(tx, moved, plan)
  await keepColumns(tx, moved)
  await tell(tx, moved, locked.boardId, plan)
  return { ...locked, row: moved }
}

export const factsOf = ({ row, post, secondPair }: Locked): Facts => ({
  isOwn: post.companyId === row.companyId,
  secondPair,
  wasInForce: row.inForceSince !== null,
})

/** Whether what stands last in the history is this very deed. */
async function isRepeat(tx: Db, row: GuaranteeRow, { deed, actorId, reason = '', change }: Move): Promise<boolean> {
  const [last] = await tx
    .select()
    .from(guaranteeHistory)
    .where(sql`${guaranteeHistory.guaranteeId} = ${row.id} and ${guaranteeHistory.number} = ${row.number}`)
  if (!last || last.deed !== deed || last.actorId !== (actorId ?? null) || last.reason !== reason) return false
  return (
    (change?.validUntil === undefined || change.validUntil === last.validUntil) &&
    (change?.terms === undefined || JSON.stringify(ordered(change.terms)) === JSON.stringify(ordered(last.terms)))
  )
}

/** Terms come back from the database with their names in another order. */
export const ordered = ({ scope, conditions, evidenceUrl, checkedBy }: Terms) => [
  scope.map(({ productId, fromVersionId, toVersionId }) => [productId, fromVersionId, toVersionId]),
  conditions,
  evidenceUrl,
  checkedBy,
]

/** Adds a row to the history: who did what, why, and what held from then on. */
export async function remember(
  tx: Db,
  row: GuaranteeRow,
  { deed, by, actorId, reason = '', at = new Date() }: Move & { at?: Date },
): Promise<void> {
  const { id, number, state, revision, digest, validUntil, terms } = row
  await tx
    .insert(guaranteeHistory)
    .values({ guaranteeId: id, number, deed, state, by, actorId: actorId ?? null, reason, revision, digest, validUntil, terms, at })
}

/** Writes the scope of a guarantee's terms into its rows. */
export async function replaceScope(tx: Db, { id, terms }: GuaranteeRow): Promise<void> {
  await tx.delete(guaranteeProducts).where(eq(guaranteeProducts.guaranteeId, id))
  await tx.insert(guaranteeProducts).values(terms.scope.map((product, position) => ({ ...product, guaranteeId: id, position })))
}

/** The answer and its topic know whether something vouches for them: lists and search go by that. */
export async function keepColumns(tx: Db, { postId, topicId }: Pick<GuaranteeRow, 'postId' | 'topicId'>): Promise<void> {
  await tx.execute(sql`
    update posts set guaranteed_at = (select max(state_at) from guarantees g where g.post_id = posts.id and g.state = 'given') where id = ${postId}`)
  await tx.execute(sql`
    update topics set guaranteed_at = (select max(p.guaranteed_at) from posts p where p.topic_id = topics.id and p.hidden_at is null and p.withdrawn_at is null)
    where id = ${topicId}`)
}

/** Says what happened, for everything that follows from it. */
export async function tell(
  tx: Db,
  row: GuaranteeRow,
  boardId: number,
  { deed, actorId = 0 }: Pick<Move, 'deed' | 'actorId'>,
): Promise<void> {
  await record(tx, eventOf(row.state, deed), {
    guaranteeId: row.id,
    companyId: row.companyId,
    topicId: row.topicId,
    boardId,
    postId: row.postId,
    actorId,
    number: row.number,
  })
}

/** What a deed is to others: who asks and who confirms is told by where it led. */
function eventOf(state: GuaranteeRow['state'], deed: Deed) {
  if (state === 'asked') return 'guarantee.asked'
  if (state === 'pending') return 'guarantee.pending'
  return deed === 'offered' || deed === 'accepted' || deed === 'confirmed' ? 'guarantee.given' : (`guarantee.${deed}` as const)
}

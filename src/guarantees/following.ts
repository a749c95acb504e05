import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { record } from '../platform/outbox.ts'
import { dayInJapan } from './days.ts'
import { catchUp, keepColumns, lock, move } from './moving.ts'
import { guarantees } from './schema.ts'

const AT_ONCE = 500
/** Days before the end from which a renewal is asked for. */
const ASK_BEFORE = 30

/** Brings every guarantee of a post in line with it: edited or withdrawn. Safe to repeat. */
export async function followPost(db: Db, postId: number): Promise<void> {
  const rows = await db.select({ id: guarantees.id }).from(guarantees).where(eq(guarantees.postId, postId))
  for (const { id } of rows) await db.transaction(async tx => void (await catchUp(tx, await lock(tx, id))))
}

/**
 * A post was hidden or is shown again: what vouches for it stands as it stood, because its words are the same, but its topic is not said to have
 * a guaranteed answer that nobody sees. Safe to repeat.
 */
export async function followHiding(db: Db, { postId, topicId }: { postId: number; topicId: number }): Promise<void> {
  if ((await db.$count(guarantees, eq(guarantees.postId, postId))) === 0) return
  await db.transaction(async tx => {
    await tx.execute(sql`select from topics where id = ${topicId} for update`)
    await keepColumns(tx, { postId, topicId })
  })
}

/** Ends what is over and asks for renewals that come due; by the clock, some at a time. */
export async function followCalendar(db: Db, today = dayInJapan()): Promise<void> {
  const over = await db
    .select({ id: guarantees.id })
    .from(guarantees)
    .where(sql`${guarantees.state} = 'given' and ${guarantees.validUntil} < ${today}`)
    .orderBy(guarantees.validUntil)
    .limit(AT_ONCE)
  for (const { id } of over) await expire(db, id, today)
  const due = await db
    .select({ id: guarantees.id })
    .from(guarantees)
    .where(
      sql`${guarantees.state} = 'given' and ${guarantees.validUntil} < ${today}::date + ${ASK_BEFORE}::int and ${guarantees.renewalAskedAt} is null`,
    )
    .orderBy(guarantees.validUntil)
    .limit(AT_ONCE)
  for (const { id } of due) await askRenewal(db, id)
}

async function expire(db: Db, id: number, today: string): Promise<void> {
  await db.transaction(async tx => {
    const { row } = await catchUp(tx, await lock(tx, id))
    // Renewed or suspended in between: nothing is over.
    if (row.state === 'given' && row.validUntil < today) await move(tx, id, () => ({ deed: 'expired', by: 'clock' }))
  })
}

/** A product has a new version: each guarantee that holds for it without an end is to be looked at again. Safe to repeat. */
export async function followVersion(db: Db, productId: number): Promise<void> {
  const rows = await db.execute<{ id: number }>(sql`
    select g.id from guarantees g join guarantee_products p on p.guarantee_id = g.id
    where p.product_id = ${productId} and p.to_version_id is null and g.state = 'given' and g.renewal_asked_at is null`)
  for (const { id } of rows) await askRenewal(db, Number(id))
}

async function askRenewal(db: Db, id: number): Promise<void> {
  await db.transaction(async tx => {
    const [row] = await tx
      .update(guarantees)
      .set({ renewalAskedAt: new Date() })
      .where(and(eq(guarantees.id, id), isNull(guarantees.renewalAskedAt), eq(guarantees.state, 'given')))
      .returning()
    if (!row) return
    const { companyId, topicId, postId, number } = row
    const [topic] = await tx.execute<{ board_id: number }>(sql`select board_id from topics where id = ${topicId}`)
    const ids = { guaranteeId: id, companyId, topicId, boardId: Number(topic?.board_id ?? 0), postId, actorId: 0, number }
    await record(tx, 'guarantee.renewal_due', ids)
  })
}

/** Somebody left a company: what he looked after goes to whoever takes over. Safe to repeat. */
export async function handOver(
  db: Db,
  { companyId, accountId, successorId }: { companyId: number; accountId: number; successorId: number },
) {
  if (!successorId) return
  await db
    .update(guarantees)
    .set({ personInChargeId: successorId })
    .where(and(eq(guarantees.companyId, companyId), eq(guarantees.personInChargeId, accountId)))
}

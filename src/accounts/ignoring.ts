import { asc, eq, inArray, sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid } from '../platform/errors.ts'
import { type Actor, isGuest } from './actor.ts'
import { type AccountRow, accounts } from './schema.ts'

/** `ignore`: his posts are folded. `block`: that, and nothing he writes is told. */
export const WAYS = ['ignore', 'block'] as const
export type Way = (typeof WAYS)[number]
const MOST_IGNORED = 300

/** Not to see somebody: any member, but not himself, nor who looks after the boards, whose words everybody has to see. */
export const canIgnore = (actor: Actor, other: Pick<AccountRow, 'id' | 'role' | 'moderates' | 'closedAt'>) =>
  !isGuest(actor) && other.id !== actor.id && other.role !== 'operator' && !other.moderates && !other.closedAt

/** Ignores or blocks a member; the other way instead of the one before. He is told nothing. Throws Refused, Invalid past 300. */
export async function ignoreMember(db: Db, actor: Actor, other: AccountRow, way: Way): Promise<void> {
  ensure(canIgnore(actor, other), 'ignoring.errors.refused')
  const without = (column: typeof accounts.ignoredIds | typeof accounts.blockedIds) => sql`array_remove(${column}, ${other.id}::bigint)`
  const [changed] = await db
    .update(accounts)
    .set({
      ignoredIds: sql`${without(accounts.ignoredIds)} || ${other.id}::bigint`,
      blockedIds: way === 'block' ? sql`${without(accounts.blockedIds)} || ${other.id}::bigint` : without(accounts.blockedIds),
    })
    .where(sql`${accounts.id} = ${actor.id} and cardinality(${without(accounts.ignoredIds)}) < ${MOST_IGNORED}`)
    .returning({ id: accounts.id })
  if (!changed) throw new Invalid({ form: { key: 'ignoring.errors.tooMany', values: { most: MOST_IGNORED } } })
}

/** Sees and hears a member again. */
export async function stopIgnoring(db: Db, actor: Actor, other: { id: number }): Promise<void> {
  ensure(!isGuest(actor), 'errors.refused')
  const without = (column: typeof accounts.ignoredIds | typeof accounts.blockedIds) => sql`array_remove(${column}, ${other.id}::bigint)`
  await db
    .update(accounts)
    .set({ ignoredIds: without(accounts.ignoredIds), blockedIds: without(accounts.blockedIds) })
    .where(eq(accounts.id, actor.id))
}

/** Whom this member ignores or blocks, by name. */
export async function listIgnored(db: Db, actor: Actor): Promise<{ handle: string; name: string; isBlocked: boolean }[]> {
  if (actor.ignores.length === 0) return []
  const rows = await db
    .select({ id: accounts.id, handle: accounts.handle, name: accounts.name })
    .from(accounts)
    .where(inArray(accounts.id, actor.ignores))
    .orderBy(asc(accounts.name), asc(accounts.id))
  return rows.map(({ id, ...person }) => ({ ...person, isBlocked: actor.blocks.includes(id) }))
}

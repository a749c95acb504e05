import { and, desc, eq, ilike, isNull, lt, or } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { Missing } from '../platform/errors.ts'
import { numberCursor, type Page, pageOf } from '../platform/paging.ts'
import { type AccountRow, accounts } from './schema.ts'

/** A member by handle as everybody may see him. Throws Missing for nobody and for who has left. */
export async function findMember(db: Db, handle: string): Promise<AccountRow> {
  const [account] = await db
    .select()
    .from(accounts)
    .where(and(eq(accounts.handle, handle.toLowerCase()), isNull(accounts.closedAt)))
  if (!account) throw new Missing()
  return account
}

/** One's own account, with what only its owner sees. Throws Missing. */
export async function findAccount(db: Db, id: number): Promise<AccountRow> {
  const [account] = await db.select().from(accounts).where(eq(accounts.id, id))
  if (!account) throw new Missing()
  return account
}

/** Whether anybody runs this site yet. */
export async function hasOperator(db: Db): Promise<boolean> {
  return (await db.$count(accounts, and(eq(accounts.role, 'operator'), isNull(accounts.closedAt)))) > 0
}

/** The operators as mail reaches them. */
export async function listOperators(db: Db): Promise<{ id: number; email: string; locale: AccountRow['locale'] }[]> {
  const { id, email, locale } = accounts
  const rows = await db
    .select({ id, email, locale })
    .from(accounts)
    .where(and(eq(accounts.role, 'operator'), isNull(accounts.closedAt)))
    .orderBy(id)
    .limit(100)
  return rows.flatMap(row => (row.email ? [{ ...row, email: row.email }] : []))
}

export type MemberLine = Pick<AccountRow, 'id' | 'handle' | 'name' | 'role' | 'moderates' | 'avatarKey' | 'createdAt' | 'confirmedAt'>

/** Members for the operator, newest first, found by a part of the handle or the name. Their addresses are not in it. */
export async function listMembers(
  db: Db,
  { search = '', after, size = 30 }: { search?: string; after?: string; size?: number },
): Promise<Page<MemberLine>> {
  const cursor = numberCursor(after)
  const pattern = `%${search
    .normalize('NFKC')
    .trim()
    .replace(/^@/, '')
    .replace(/[\\%_]/g, '\\$&')}%`
  const { id, handle, name, role, moderates, avatarKey, createdAt, confirmedAt } = accounts
  const rows = await db
    .select({ id, handle, name, role, moderates, avatarKey, createdAt, confirmedAt })
    .from(accounts)
    .where(
      and(isNull(accounts.closedAt), search ? or(ilike(handle, pattern), ilike(name, pattern)) : undefined, cursor && lt(id, cursor.id)),
    )
    .orderBy(desc(id))
    .limit(size + 1)
  return pageOf(rows, size, last => ({ value: '0', id: last.id }))
}

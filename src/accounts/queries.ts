import { and, asc, desc, eq, isNotNull, isNull, lt, or, sql } from 'drizzle-orm'
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

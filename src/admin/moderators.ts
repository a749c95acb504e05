import { asc, eq } from 'drizzle-orm'
import { accounts } from '../accounts/schema.ts'
import { boardModerators } from '../boards/schema.ts'
import type { Db } from '../platform/db.ts'

/** The handles of those who look after a board, in order of their naming. */
export async function listModerators(db: Db, boardId: number): Promise<string[]> {
  const rows = await db
    .select({ handle: accounts.handle })
    .from(boardModerators)
    .innerJoin(accounts, eq(accounts.id, boardModerators.accountId))
    .where(eq(boardModerators.boardId, boardId))
    .orderBy(asc(boardModerators.since), asc(accounts.id))
  return rows.map(({ handle }) => handle)
}

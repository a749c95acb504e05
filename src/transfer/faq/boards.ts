import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Visibility } from '../../accounts/visibility.ts'
import { boards } from '../../boards/schema.ts'
import type { Db } from '../../platform/db.ts'
import { record } from '../../platform/outbox.ts'

export type Board = { id: number; rootId: number; visibility: Visibility }

/** Boards one import may make: a file whose column is something else must not flood the forum with them. */
const MOST_NEW = 200

/** Finds boards by address or by name in either language, as files write them; one that is not there is made, at the end of the list. */
export async function openBoards(db: Db): Promise<(name: string) => Promise<Board | { problem: string }>> {
  const known = new Map<string, Board>()
  const rows = await db.select().from(boards).orderBy(boards.id)
  for (const row of rows.toReversed()) {
    const board = boardOf(row)
    for (const name of [row.nameEn, row.nameJa, row.slug]) if (name) known.set(keyOf(name), board)
  }
  let made = 0
  return async name => {
    const found = known.get(keyOf(name)) ?? known.get(slugOf(name))
    if (found) return found
    if (made++ >= MOST_NEW) return { problem: `names the board "${name}", which would be more than ${MOST_NEW} new ones` }
    const board = await addBoard(db, name)
    known.set(keyOf(name), board)
    return board
  }
}

const keyOf = (name: string) => name.normalize('NFKC').trim().toLowerCase()

const boardOf = ({ id, parentId, visibility }: typeof boards.$inferSelect): Board => ({ id, rootId: parentId ?? id, visibility })

/** Another import may make the same board at the same time: the address decides. */
async function addBoard(db: Db, name: string): Promise<Board> {
  return db.transaction(async tx => {
    const position = sql`(select coalesce(max(position), 0) + 1 from boards where parent_id is null)`
    const [row] = await tx
      .insert(boards)
      .values({ slug: slugOf(name), nameJa: name, nameEn: name, position })
      .onConflictDoUpdate({ target: boards.slug, set: { slug: slugOf(name) } })
      .returning()
    if (!row) throw new Error('a board was neither inserted nor there')
    await record(tx, 'board.changed', { boardId: row.id })
    return boardOf(row)
  })
}

/** The name's own letters where they can stand in an address, a digest of it where they cannot. */
function slugOf(name: string): string {
  const key = keyOf(name)
  if (/^[a-z0-9]+([ _-]+[a-z0-9]+)*$/.test(key)) return key.replace(/[ _-]+/g, '-')
  return `board-${createHash('sha256').update(key).digest('hex').slice(0, 8)}`
}

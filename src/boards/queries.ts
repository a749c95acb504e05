import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import { type Actor, visibleTo } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { Missing } from '../platform/errors.ts'
import { prepared } from '../platform/prepared.ts'
import { type BoardRow, boards } from './schema.ts'

export type Board = BoardRow

/** All boards this actor may see, in the operator's order; archived ones only when asked for. One statement. */
export async function listBoards(db: Db, actor: Actor, { archived = false } = {}): Promise<Board[]> {
  const visible = visibleTo(actor)
  const rows = await boardsInOrder(db, archived).execute()
  return rows.filter(board => visible.includes(board.visibility))
}

const boardsInOrder = prepared((db, archived: boolean) =>
  db
    .select()
    .from(boards)
    .where(archived ? undefined : isNull(boards.archivedAt))
    .orderBy(asc(boards.position), asc(boards.id))
    .prepare('boards'),
)

/** The board with this slug as this actor sees it. Throws Missing. */
export async function findBoard(db: Db, actor: Actor, slug: string): Promise<Board> {
  const [board] = await boardBySlug(db).execute({ slug })
  if (!board || !visibleTo(actor).includes(board.visibility)) throw new Missing()
  return board
}

const boardBySlug = prepared(db =>
  db
    .select()
    .from(boards)
    .where(eq(boards.slug, sql.placeholder('slug')))
    .prepare('board'),
)

/** Which readers a board is for; undefined when there is no such board. */
export async function findBoardById(db: Db, id: number): Promise<Pick<Board, 'visibility'> | undefined> {
  const [board] = await db.select({ visibility: boards.visibility }).from(boards).where(eq(boards.id, id))
  return board
}

/** The open board a topic is asked in. Throws Missing when there is none, or it is archived or not for this actor. */
export async function findOpenBoard(db: Db, actor: Actor, id: number): Promise<Board> {
  const [board] = await db
    .select()
    .from(boards)
    .where(and(eq(boards.id, id), isNull(boards.archivedAt)))
  if (!board || !visibleTo(actor).includes(board.visibility)) throw new Missing()
  return board
}

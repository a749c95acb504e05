import { eq, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import type { Visibility } from '../accounts/visibility.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { canArrangeBoards } from './policy.ts'
import { type BoardRow, boardModerators, boards, type Kind } from './schema.ts'

/** What the operator writes about a board. `moderators` are handles. */
export type BoardDraft = {
  slug: string
  parentId: number | null
  nameJa: string
  nameEn: string
  descriptionJa: string
  descriptionEn: string
  rulesJa: string
  rulesEn: string
  kinds: Kind[]
  visibility: Visibility
  position: number
  moderators: string[]
}

/** Adds a board. Throws Refused for anyone but the operator, Invalid at the field. */
export async function addBoard(db: Db, actor: Actor, draft: BoardDraft): Promise<BoardRow> {
  ensure(canArrangeBoards(actor), 'errors.refused')
  return db.transaction(async tx => {
    await check(tx, draft)
    const { moderators, ...values } = draft
    const [board] = await tx.insert(boards).values(values).onConflictDoNothing({ target: boards.slug }).returning()
    if (!board) throw new Invalid({ slug: 'boards.slug.taken' })
    await nameModerators(tx, board.id, moderators)
    await record(tx, 'board.changed', { boardId: board.id })
    return board
  })
}

/** Changes a board; its topics follow a changed visibility or parent in the same transaction. */
export async function editBoard(db: Db, actor: Actor, board: BoardRow, draft: BoardDraft): Promise<void> {
  ensure(canArrangeBoards(actor), 'errors.refused')
  await db.transaction(async tx => {
    await check(tx, draft, board)
    const { moderators, ...values } = draft
    await tx.update(boards).set(values).where(eq(boards.id, board.id))
    await nameModerators(tx, board.id, moderators)
    if (draft.parentId !== board.parentId || draft.visibility !== board.visibility)
      await tx.execute(
        sql`update topics set root_board_id = ${draft.parentId ?? board.id}, visibility = ${draft.visibility} where board_id = ${board.id}`,
      )
    await record(tx, 'board.changed', { boardId: board.id })
  })
}

/** Takes a board out of the lists and closes it for new topics; what was written stays readable. `archived: false` brings it back. */
export async function archiveBoard(db: Db, actor: Actor, board: BoardRow, archived: boolean): Promise<void> {
  ensure(canArrangeBoards(actor), 'errors.refused')
  await db.transaction(async tx => {
    await tx
      .update(boards)
      .set({ archivedAt: archived ? new Date() : null })
      .where(eq(boards.id, board.id))
    await record(tx, 'board.changed', { boardId: board.id })
  })
}

async function check(tx: Db, { slug, parentId, kinds }: BoardDraft, self?: BoardRow): Promise<void> {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(slug)) throw new Invalid({ slug: 'boards.slug.shape' })
  if (kinds.length === 0) throw new Invalid({ kinds: 'boards.kinds.none' })
  const [same] = await tx.select({ id: boards.id }).from(boards).where(eq(boards.slug, slug))
  if (same && same.id !== self?.id) throw new Invalid({ slug: 'boards.slug.taken' })
  if (parentId === null) return
  const [parent] = await tx.select().from(boards).where(eq(boards.id, parentId))
  if (!parent || parent.parentId !== null || parent.id === self?.id) throw new Invalid({ parentId: 'boards.parent.wrong' })
  if (self && (await tx.$count(boards, eq(boards.parentId, self.id))) > 0) throw new Invalid({ parentId: 'boards.parent.hasChildren' })
}

/** Replaces a board's moderators. Throws Invalid naming a handle nobody has. */
async function nameModerators(tx: Db, boardId: number, handles: string[]): Promise<void> {
  const names = [...new Set(handles.map(handle => handle.trim().toLowerCase().replace(/^@/, '')))]
  const found = await tx
    .select({ id: accounts.id })
    .from(accounts)
    .where(sql`${accounts.handle} = any(${sql.param(names)}::text[]) and ${accounts.closedAt} is null`)
  if (found.length < names.length) throw new Invalid({ moderators: 'boards.moderators.unknown' })
  await tx.delete(boardModerators).where(eq(boardModerators.boardId, boardId))
  if (found.length > 0) await tx.insert(boardModerators).values(found.map(({ id }) => ({ boardId, accountId: id })))
  await tx.execute(sql`update accounts set moderates = exists (select from board_moderators where account_id = accounts.id)
    where moderates <> exists (select from board_moderators where account_id = accounts.id)`)
}

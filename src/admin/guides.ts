import { type Actor, isOperator } from '../accounts/actor.ts'
import { addBoard } from '../boards/boards.ts'
import { findBoard } from '../boards/queries.ts'
import type { Kind } from '../boards/schema.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Missing } from '../platform/errors.ts'
import { ask } from '../topics/asking.ts'
import content from './guides.json' with { type: 'json' }

const { board, guides } = content
const kindsOf = (kinds: string[]) => kinds as Kind[]

/** Whether the board for newcomers is there. */
export const hasWelcomeBoard = (db: Db, actor: Actor): Promise<boolean> =>
  findBoard(db, actor, board.slug).then(
    () => true,
    () => false,
  )

/** Makes the board for newcomers with its guides, in the operator's language. What is there already is not made again. */
export async function openWelcomeBoard(db: Db, actor: Actor): Promise<void> {
  ensure(isOperator(actor), 'errors.refused')
  const place = await findBoard(db, actor, board.slug).catch(error => {
    if (!(error instanceof Missing)) throw error
    return addBoard(db, actor, { ...board, kinds: kindsOf(board.kinds), parentId: null, visibility: 'public', position: 0, moderators: [] })
  })
  const { locale } = actor.preferences
  for (const { key, kind, title, body } of guides) {
    const draft = { title: title[locale], body: body[locale], tags: '', draftKey: `guide-of-welcome:${key}` }
    await ask(db, actor, { ...draft, boardId: place.id, kind: kind as Kind })
  }
}

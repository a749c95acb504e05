import { type Actor, isOperator } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { ensure, Invalid } from '../../platform/errors.ts'
import { type Harshness, harshnessOf } from './harshness.ts'
import { allWords } from './keeping.ts'
import { readyWords } from './matching.ts'
import { rowsFrom, type WordDraft } from './words.ts'

/** What the lists find in a text, and how harsh it sounds. */
export type Trial = { text: string; before: Harshness; after: Harshness }

/**
 * What the lists find in a text as they are, and with a draft, before it counts for anybody. With `id` the draft takes the place of that
 * word. A draft of a board counts as if the text stood there. Throws Refused, Invalid at the fields.
 */
export async function tryWords(db: Db, actor: Actor, draft: WordDraft, asked: { text: string; id?: number }): Promise<Trial> {
  ensure(isOperator(actor), 'errors.refused')
  const text = asked.text.trim()
  if (!text) throw new Invalid({ text: 'form.required' })
  const tried = draft.words.trim() || draft.exceptions.trim() ? rowsFrom(draft).map(row => ({ ...row, id: 0 })) : []
  const [now, others] = await Promise.all([allWords(db), allWords(db, asked.id)])
  const places = draft.boardId === null ? [] : [draft.boardId]
  const without = others.filter(({ word, boardId }) => !tried.some(each => each.word === word && each.boardId === boardId))
  return {
    text,
    before: harshnessOf(text, readyWords(now), places),
    after: harshnessOf(text, readyWords([...without, ...tried]), places),
  }
}

import { eq, sql } from 'drizzle-orm'
import { type Actor, isOperator } from '../../accounts/actor.ts'
import { boards } from '../../boards/schema.ts'
import type { Db } from '../../platform/db.ts'
import { ensure, Invalid } from '../../platform/errors.ts'
import { writeAudit } from '../audit.ts'
import { bareText } from './fold.ts'
import { countChange, forgetWords } from './keeping.ts'
import { type WORD_ACTIONS, type WORD_KINDS, type WORD_LANGUAGES, type WordRow, wordRules } from './schema.ts'
import { seedWords } from './seeding.ts'

/** What the operator types: `words` and `exceptions` one below the other or with commas; `board` is an id, or empty for everywhere. */
export type WordDraft = {
  words: string
  exceptions: string
  exact: boolean
  aimed: boolean
  language: (typeof WORD_LANGUAGES)[number]
  boardId: number | null
  kind: (typeof WORD_KINDS)[number]
  weight: number
  action: (typeof WORD_ACTIONS)[number]
}

const MOST_WORDS = 200
const MOST_EXCEPTIONS = 50
export const WORD_LETTERS = 40

/** Adds words to the lists; those that are there already stay as they are. Throws Refused, Invalid at the fields. Resolves to how many came new. */
export async function addWords(db: Db, actor: Actor, draft: WordDraft): Promise<number> {
  ensure(isOperator(actor), 'errors.refused')
  const rows = rowsFrom(draft).map(row => ({ ...row, changedById: actor.id }))
  return changing(db, actor, async tx => {
    await ensureBoard(tx, draft.boardId)
    const added = await tx.insert(wordRules).values(rows).onConflictDoNothing().returning({ id: wordRules.id })
    return { result: added.length, details: { did: 'added', count: added.length } }
  })
}

/** Changes a word. Throws Refused, Invalid at the fields (also where the list has the new word already). */
export async function editWord(db: Db, actor: Actor, { id }: { id: number }, draft: WordDraft): Promise<void> {
  ensure(isOperator(actor), 'errors.refused')
  const [row, more] = rowsFrom(draft)
  if (!row || more) throw new Invalid({ words: 'admin.words.oneHere' })
  await changing(db, actor, async tx => {
    await ensureBoard(tx, row.boardId)
    const other = sql`${wordRules.word} = ${row.word} and ${wordRules.boardId} is not distinct from ${row.boardId} and ${wordRules.id} <> ${id}`
    if ((await tx.$count(wordRules, other)) > 0) throw new Invalid({ words: 'admin.words.there' })
    await tx
      .update(wordRules)
      .set({ ...row, changedById: actor.id, changedAt: sql`now()` })
      .where(eq(wordRules.id, id))
    return { id, result: undefined, details: { did: 'changed', action: row.action } }
  })
}

/** Takes a word off the lists. Throws Refused. */
export async function dropWord(db: Db, actor: Actor, { id }: { id: number }): Promise<void> {
  ensure(isOperator(actor), 'errors.refused')
  await changing(db, actor, async tx => {
    await tx.delete(wordRules).where(eq(wordRules.id, id))
    return { id, result: undefined, details: { did: 'dropped' } }
  })
}

async function ensureBoard(tx: Db, boardId: number | null): Promise<void> {
  if (boardId === null || (await tx.$count(boards, eq(boards.id, boardId))) > 0) return
  throw new Invalid({ boardId: 'topics.board.choose' })
}

type Changed<Result> = { result: Result; id?: number; details: Record<string, unknown> }

async function changing<Result>(db: Db, actor: Actor, change: (tx: Db) => Promise<Changed<Result>>): Promise<Result> {
  const { result } = await db.transaction(async tx => {
    const changed = await change(tx)
    await countChange(tx)
    await writeAudit(tx, actor, 'words_changed', { subject: 'word', id: changed.id }, changed.details)
    return changed
  })
  forgetWords(db)
  return result
}

/** A draft as rows, each word once. Throws Invalid at the fields. */
export function rowsFrom({ words: typed, exceptions: typedToo, ...rest }: WordDraft): Omit<WordRow, 'id' | 'changedAt' | 'changedById'>[] {
  const [words, exceptions] = [wordList(typed), wordList(typedToo)]
  const errors = { ...problemOf('words', words, MOST_WORDS), ...problemOf('exceptions', exceptions, MOST_EXCEPTIONS) }
  if (words.length === 0) throw new Invalid({ words: 'form.required' })
  if (words.some(word => lettersOf(word) < 2)) throw new Invalid({ words: 'admin.words.tooShort' })
  if (Object.keys(errors).length > 0) throw new Invalid(errors)
  return words.map(word => ({ word, exceptions, ...rest }))
}

/** One letter alone would be found in every text; marks alone in none. */
const lettersOf = (word: string) => bareText(word.replace(/^\*|\*$/g, '')).runs.reduce((sum, run) => sum + run, 0)

function problemOf(field: 'words' | 'exceptions', list: string[], limit: number) {
  if (list.length > limit) return { [field]: { key: 'admin.words.tooMany', values: { limit } } }
  return list.some(word => [...word].length > WORD_LETTERS)
    ? { [field]: { key: 'admin.words.tooLong', values: { limit: WORD_LETTERS } } }
    : {}
}

/** Words between line breaks and commas, each once. */
function wordList(text: string): string[] {
  const words = text.split(/[\r\n,\u3001\uff0c]+/).map(word => word.replace(/[\p{C}\s]+/gu, ' ').trim())
  return [...new Set(words.filter(Boolean))]
}

/**
 * Gives a new forum its first words, once: what the operator makes of them afterwards is never overwritten, and what he takes away does not
 * come back. Safe to call at every start, by many at once.
 */
export async function seedWordLists(db: Db): Promise<void> {
  await db.transaction(async tx => {
    const first = await tx.execute(
      sql`insert into site_settings (name, value) values ('words.seeded', 'true') on conflict do nothing returning name`,
    )
    if (first.length === 0) return
    await tx.insert(wordRules).values(seedWords).onConflictDoNothing()
    await countChange(tx)
  })
  forgetWords(db)
}

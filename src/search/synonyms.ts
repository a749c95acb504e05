import { eq, sql } from 'drizzle-orm'
import { type Actor, isOperator } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import type { SynonymGroup } from '../platform/search/engine.ts'
import { synonymGroups } from './schema.ts'

/** What the operator types: words one below the other or with commas; `from` only where it goes one way. */
export type SynonymDraft = { way: 'both' | 'one'; words: string; from: string }

const MOST_WORDS = 30
const WORD_MAX = 40

/** Adds words that mean the same. Throws Refused, Invalid at the fields. Returns the group's id. */
export async function addSynonyms(db: Db, actor: Actor, draft: SynonymDraft): Promise<number> {
  ensure(isOperator(actor), 'errors.refused')
  const values = groupFrom(draft)
  return db.transaction(async tx => {
    const [row] = await tx.insert(synonymGroups).values(values).returning({ id: synonymGroups.id })
    await record(tx, 'synonyms.changed', {})
    return row?.id ?? 0
  })
}

/** Changes a group of words. Throws Refused, Invalid at the fields. */
export async function editSynonyms(db: Db, actor: Actor, { id }: { id: number }, draft: SynonymDraft): Promise<void> {
  ensure(isOperator(actor), 'errors.refused')
  const values = groupFrom(draft)
  await db.transaction(async tx => {
    await tx
      .update(synonymGroups)
      .set({ ...values, changedAt: sql`now()` })
      .where(eq(synonymGroups.id, id))
    await record(tx, 'synonyms.changed', {})
  })
}

/** Takes a group of words away. Throws Refused. */
export async function dropSynonyms(db: Db, actor: Actor, { id }: { id: number }): Promise<void> {
  ensure(isOperator(actor), 'errors.refused')
  await db.transaction(async tx => {
    await tx.delete(synonymGroups).where(eq(synonymGroups.id, id))
    await record(tx, 'synonyms.changed', {})
  })
}

/** A draft as a group, each word once. Throws Invalid at the fields. */
export function groupFrom({ way, words, from }: SynonymDraft): { words: string[]; fromWords: string[] } {
  const group = { words: wordList(words), fromWords: way === 'one' ? wordList(from) : [] }
  const errors = {
    ...problemOf('words', group.words, way === 'one' ? 1 : 2),
    ...(way === 'one' && problemOf('from', group.fromWords, 1)),
  }
  if (Object.keys(errors).length > 0) throw new Invalid(errors)
  return group
}

function problemOf(field: 'words' | 'from', list: string[], least: number) {
  if (list.length < least) return { [field]: least === 1 ? 'form.required' : 'admin.synonyms.tooFew' }
  if (list.length > MOST_WORDS) return { [field]: { key: 'admin.synonyms.tooMany', values: { limit: MOST_WORDS } } }
  return list.some(word => [...word].length > WORD_MAX) ? { [field]: { key: 'admin.synonyms.tooLong', values: { limit: WORD_MAX } } } : {}
}

/** Words between line breaks and commas; of spellings that differ in width or case alone, the first. */
function wordList(text: string): string[] {
  const words = text.split(/[\r\n,\u3001\uff0c]+/).map(word => word.replace(/[\p{C}\s]+/gu, ' ').trim())
  const once = new Map(
    words
      .filter(Boolean)
      .map(word => [word.normalize('NFKC').toLowerCase(), word] as const)
      .reverse(),
  )
  return [...once.values()].reverse()
}

/**
 * Gives a new forum the words that mean the same to everybody, once: what the operator makes of them afterwards is never
 * overwritten, and what he takes away does not come back. Safe to call at every start, by many at once.
 */
export async function seedSynonyms(db: Db, seed: readonly SynonymGroup[]): Promise<void> {
  if (seed.length === 0) return
  await db.transaction(async tx => {
    const first = await tx.execute(
      sql`insert into site_settings (name, value) values ('synonyms.seeded', 'true') on conflict do nothing returning name`,
    )
    if (first.length === 0) return
    await tx.insert(synonymGroups).values(seed.map(({ words, from = [] }) => ({ words: [...words], fromWords: [...from] })))
    await record(tx, 'synonyms.changed', {})
  })
}

import { sql } from 'drizzle-orm'
import type { Db } from '../../platform/db.ts'
import { type ReadyWords, readyWords, type Word } from './matching.ts'
import { wordRules } from './schema.ts'

/** For so many milliseconds a process does not ask whether the words were changed elsewhere. */
const UNASKED = 1000

type Kept = { version: number; words: ReadyWords; askedAt: number; asking?: Promise<ReadyWords> }
const keptBy = new WeakMap<Db, Kept>()
const NONE = readyWords([])

/**
 * The words that count, as this process holds them: what the operator changes here counts at once, what he changes in another process
 * within a second. Ask with the database itself, not with a transaction.
 */
export async function wordsNow(db: Db): Promise<ReadyWords> {
  const kept = keptBy.get(db) ?? { version: 0, words: NONE, askedAt: 0 }
  keptBy.set(db, kept)
  if (Date.now() - kept.askedAt < UNASKED) return kept.asking ?? kept.words
  kept.asking = ask(db, kept).finally(() => delete kept.asking)
  kept.askedAt = Date.now()
  return kept.asking
}

async function ask(db: Db, kept: Kept): Promise<ReadyWords> {
  const [row] = await db.execute<{ version: number }>(sql`select version from word_versions`)
  const version = row?.version ?? 0
  if (version !== kept.version) Object.assign(kept, { version, words: readyWords(await allWords(db)) })
  return kept.words
}

/** All words, but one where that one is being tried out. */
export async function allWords(db: Db, exceptId = 0): Promise<Word[]> {
  return db.select().from(wordRules).where(sql`${wordRules.id} <> ${exceptId}`).orderBy(wordRules.id)
}

/** Says in the caller's transaction that the words have changed; `forgetWords` once it is done. */
export async function countChange(tx: Db): Promise<void> {
  await tx.execute(sql`
    insert into word_versions as v (id, version) values (1, 1) on conflict (id) do update set version = v.version + 1`)
}

/** Makes this process ask again for the words. */
export const forgetWords = (db: Db): void => void keptBy.delete(db)

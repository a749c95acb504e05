import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Visibility } from '../accounts/visibility.ts'
import { daySalt, today } from '../platform/day_salt.ts'
import type { Db } from '../platform/db.ts'
import { gather } from '../platform/gathering.ts'
import { isRobot } from '../platform/robots.ts'
import { searchClicks, searches, searchVerdicts } from './schema.ts'

/** One search as it is remembered: `visitor` is hashed before it is written, `shown` are the topics of its first page. */
export type RememberedSearch = { visitor: string; words: string; reader: Visibility; results: number; shown: number[]; userAgent: string }

const KEPT_DAYS = 90
const LETTERS = 100

/**
 * Remembers what was looked for, without persons; robots are not readers. Searches are gathered in memory and written together
 * every few seconds.
 */
export function rememberSearches(db: Db, { everyMs = 2000, onError = (_: unknown) => {} } = {}) {
  const { add, flush, stop } = gather<RememberedSearch>({ everyMs, write: list => writeSearches(db, list), onError })
  return {
    add(search: RememberedSearch): void {
      const words = asCompared(search.words)
      if (words && !isRobot(search.userAgent)) add(`${search.visitor} ${words}`, { ...search, words })
    },
    flush,
    stop,
  }
}

/** A result was opened by whoever looked for these words; the second time is the same as the first. */
export async function recordClick(db: Db, visitor: string, { words, topicId }: { words: string; topicId: number }): Promise<void> {
  const key = keyOf(await daySalt(db), visitor, asCompared(words))
  await db.insert(searchClicks).values({ key, topicId, day: today() }).onConflictDoNothing()
}

/** Somebody says whether he found what he looked for, among the results or on the page of a topic; his last word counts. */
export async function recordVerdict(
  db: Db,
  visitor: string,
  { words, topicId = 0, found }: { words: string; topicId?: number; found: boolean },
): Promise<void> {
  const key = keyOf(await daySalt(db), visitor, asCompared(words))
  await db
    .insert(searchVerdicts)
    .values({ key, topicId, found, day: today() })
    .onConflictDoUpdate({ target: [searchVerdicts.key, searchVerdicts.topicId], set: { found } })
}

/** Forgets what is older than 90 days. */
export async function sweepSearches(db: Db): Promise<void> {
  for (const table of [searches, searchClicks, searchVerdicts])
    await db.execute(sql`delete from ${table} where day < (now() at time zone 'Asia/Tokyo')::date - ${KEPT_DAYS}::int`)
}

/** Words as searches are compared by: width, case and spaces do not count. Addresses and telephone numbers are nobody's business. */
export function asCompared(words: string): string {
  const plain = words.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim()
  return [...plain.replace(MAIL, HIDDEN).replace(TELEPHONE, HIDDEN)].slice(0, LETTERS).join('').trim()
}

/** Stands in place of what could name a person. */
export const HIDDEN = '\u2026'
const MAIL = /[^\s@]+@[^\s@]+/gu
const TELEPHONE = /(?<![\da-z])\+?\d{2,5}[-\u2010-\u2015 ]?\d{2,4}[-\u2010-\u2015 ]?\d{3,4}(?!\d)(?<=(?:\d\D?){9,})/gu

const keyOf = (salt: string, visitor: string, words: string) =>
  createHash('sha256').update(`search ${salt} ${visitor}\n${words}`).digest().subarray(0, 16)

/** The same search of the same visitor on the same day is one; what it found last stands. */
async function writeSearches(db: Db, list: RememberedSearch[]): Promise<void> {
  const salt = await daySalt(db)
  const rows = list.map(({ visitor, words, reader, results, shown }) => ({
    key: keyOf(salt, visitor, words),
    day: today(),
    words,
    reader,
    results,
    shown,
  }))
  await db
    .insert(searches)
    .values(rows)
    .onConflictDoUpdate({ target: searches.key, set: { results: sql`excluded.results`, shown: sql`excluded.shown` } })
}

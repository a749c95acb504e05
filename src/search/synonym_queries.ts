import { and, desc, eq, lt, sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { Missing } from '../platform/errors.ts'
import { atMost } from '../platform/paging.ts'
import type { SynonymGroup } from '../platform/search/engine.ts'
import { synonymGroups } from './schema.ts'

const PAGE = 40

/** Groups of words, newest first, all or those with a word like `search`. `after` is the id of the last one on the page before. */
export async function listSynonyms(db: Db, { search, after }: { search?: string; after?: number }) {
  const words = search?.normalize('NFKC').toLowerCase().trim()
  const has = words
    ? sql`exists (select 1 from unnest(${synonymGroups.words} || ${synonymGroups.fromWords}) word where strpos(lower(normalize(word, NFKC)), ${words}) > 0)`
    : undefined
  const rows = await db
    .select()
    .from(synonymGroups)
    .where(and(has, after ? lt(synonymGroups.id, after) : undefined))
    .orderBy(desc(synonymGroups.id))
    .limit(atMost(PAGE + 1))
  return { rows: rows.slice(0, PAGE), next: rows.length > PAGE ? rows[PAGE - 1]?.id : undefined }
}

/** One group of words. Throws Missing. */
export async function findSynonyms(db: Db, id: number) {
  const [group] = await db.select().from(synonymGroups).where(eq(synonymGroups.id, id))
  if (!group) throw new Missing()
  return group
}

/** All groups as engines take them; all but one where that one is being tried out. */
export async function allSynonyms(db: Db, exceptId?: number): Promise<SynonymGroup[]> {
  const rows = await db.select().from(synonymGroups).orderBy(synonymGroups.id)
  return rows.filter(({ id }) => id !== exceptId).map(asGroup)
}

/** A row as engines take it. */
export const asGroup = ({ words, fromWords }: { words: string[]; fromWords: string[] }): SynonymGroup =>
  fromWords.length > 0 ? { words, from: fromWords } : { words }

import { sql } from 'drizzle-orm'
import type { Db } from '../db.ts'
import { askProcess } from './asking_process.ts'

/** Words read in one go; a collection's others wait for the next one. */
const mostWords = 20_000
const wordWithKanji = '^[\u4e00-\u9fff\u3005][\u4e00-\u9fff\u3005\u3041-\u3096]+$'
const reader = new URL('./readings_process.ts', import.meta.url)

/**
 * Reads the collection's words with kanji that have no reading yet, the most frequent first, and forgets those of words that have
 * gone. The dictionary takes 200 MB, so it lives in a process of its own that ends with the work.
 */
export async function refreshReadings(db: Db): Promise<void> {
  await db.execute(sql`delete from search_readings r where not exists (select from search_terms t where t.term = r.term)`)
  const rows = await db.execute<{ term: string }>(sql`
    select term from search_terms t where term ~ ${wordWithKanji}
      and not exists (select from search_readings r where r.term = t.term) order by rows desc limit ${mostWords}`)
  if (rows.length === 0) return
  const words = rows.map(row => row.term)
  // In hiragana; empty for what no dictionary has as one word.
  const readings = await askProcess<{ term: string; reading: string }[]>(reader, words)
  await db.execute(sql`
    insert into search_readings (term, reading)
    select term, reading from jsonb_to_recordset(${JSON.stringify(readings)}::text::jsonb) as row(term text, reading text)
    on conflict do nothing`)
}

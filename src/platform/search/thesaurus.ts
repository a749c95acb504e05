import { sql } from 'drizzle-orm'
import type { Db } from '../db.ts'
import { askProcess } from './asking_process.ts'
import type { Concept } from './plan.ts'
import { storable } from './putting.ts'
import { piecesOf } from './synonyms.ts'

/** What a general dictionary calls the same counts less than what the operator does. */
const share = 0.8
const reader = new URL('./thesaurus_process.ts', import.meta.url)

type Pair = [word: string, other: string, terms: string[]]
export type Meant = { own: string; other: string; rows: number }

/**
 * Keeps of a general dictionary (59,000 words) what leads to words that the collection has. The dictionary takes more memory than
 * the server is to have, so it lives in a process of its own that ends with the work.
 */
export async function refreshThesaurus(db: Db): Promise<void> {
  const known = await db.execute<{ term: string; rows: number }>(sql`select term, rows from search_terms`)
  if (known.length === 0) return
  const rowsOf = new Map(known.map(({ term, rows }) => [term, rows]))
  const pairs = await askProcess<Pair[]>(reader, [])
  const kept = pairs.flatMap(([word, other, terms]) => {
    const rows = Math.min(...terms.map(term => rowsOf.get(term) ?? 0))
    return rows > 0 ? { word, other, rows } : []
  })
  await db.execute(sql`
    with given as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(kept)}::text::jsonb) as row(word text, other text, rows integer)
    ), gone as (
      delete from search_thesaurus t where not exists (select from given g where g.word = t.word and g.other = t.other)
    )
    insert into search_thesaurus as t (word, other, rows) select word, other, rows from given
    on conflict (word, other) do update set rows = excluded.rows where t.rows <> excluded.rows`)
}

/** The words of a query that may be in it. */
export function meantWords(normal: string): string[] {
  return [...new Set(piecesOf(normal).map(({ word }) => storable(word)))]
}

/** What stands in the place of a query's words, longest first where they overlap. */
export function meantIn(normal: string, rows: readonly Meant[]): Concept[] {
  const concepts: Concept[] = []
  let end = 0
  for (const piece of piecesOf(normal)) {
    const others = rows.filter(({ own }) => own === piece.word)
    if (piece.start < end || others.length === 0) continue
    concepts.push({ own: piece.word, others: others.sort((a, b) => b.rows - a.rows).map(({ other }) => other), share })
    end = piece.end
  }
  return concepts
}

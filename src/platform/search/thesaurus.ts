import { readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { sql } from 'drizzle-orm'
import type { Db } from '../db.ts'
import { askProcess } from './asking_process.ts'
import type { Concept } from './plan.ts'
import { storable } from './putting.ts'
import { piecesOf } from './synonyms.ts'

/** What a general dictionary calls the same counts less than what the operator does. */
const share = 0.8
const reader = new URL('./thesaurus_process.ts', import.meta.url)

/** Another one than was read last is read again; the number after it is of our own cutting into terms. */
const edition = () => `${JSON.parse(readFileSync(findPackageJSON('sudachi-synonyms-dictionary', import.meta.url) ?? '', 'utf8')).version}/1`

type Entry = { other: string; words: string[]; terms: string[] }
export type Meant = { own: string; other: string; rows: number }

/**
 * Keeps of a general dictionary (59,000 words) what leads to words that the collection has, when either has changed since the last
 * time. Reading the dictionary takes more memory than the server is to have, so that is done once, by a process that ends with the
 * work; from then on it is a table.
 */
export async function refreshThesaurus(db: Db): Promise<void> {
  const present = edition()
  const [last] = await db.execute<{ dictionary: string | null; meantOf: string | null; terms: string | null }>(sql`
    select dictionary, meant_of as "meantOf", (select sum(hashtextextended(term, rows))::text from search_terms) as terms from search_figures`)
  if (!last?.terms || (last.dictionary === present && last.meantOf === last.terms)) return
  const entries = last.dictionary === present ? undefined : await askProcess<Entry[]>(reader, [])
  await db.transaction(async tx => {
    await tx.execute(sql`set local statement_timeout = 0`)
    await tx.execute(sql`select from search_figures for update`)
    if (entries) await keepDictionary(tx, entries)
    await keepMeant(tx)
    await tx.execute(sql`update search_figures set dictionary = ${present}, meant_of = ${last.terms}`)
  })
}

async function keepDictionary(db: Db, entries: readonly Entry[]): Promise<void> {
  await db.execute(sql`delete from search_dictionary`)
  await db.execute(sql`
    insert into search_dictionary (other, words, terms)
    select * from jsonb_to_recordset(${JSON.stringify(entries)}::text::jsonb) as row(other text, words text[], terms text[])`)
}

/** What leads to a word that the collection has all terms of. */
async function keepMeant(db: Db): Promise<void> {
  await db.execute(sql`
    with led as (
      select other, words, min(t.rows) as rows from search_dictionary d, unnest(d.terms) as own join search_terms t on t.term = own
      group by other, words, terms having count(*) = cardinality(terms)
    ), given as materialized (
      select unnest(words) as word, other, rows from led
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

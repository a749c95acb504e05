import type postgres from 'postgres'
import { kindWeights } from '../src/platform/search/query.ts'
import { eachTerm, normalise } from '../src/platform/search/terms.ts'
import { quoteTerm } from '../src/platform/search/vector.ts'
import type { Document } from './search_collections.ts'

/** What our engine is compared with: takes a question, gives the ids of the ten best. */
export type Baseline = (text: string) => Promise<string[]>

/** Pairs of letters in a tsvector, OR-ed, `ts_rank`: what PostgreSQL does for Japanese without thought. */
export async function bigrams(sql: postgres.Sql, documents: Document[]): Promise<Baseline> {
  await sql`create table bigrams (id text, tv tsvector)`
  for (const { id, title, body } of documents) {
    const vector = pairsOf(`${title} ${body}`).map((pair, index) => `${quoteTerm(pair)}:${Math.min(index + 1, 16_383)}`)
    await sql`insert into bigrams values (${id}, ${vector.join(' ')}::text::tsvector)`
  }
  await sql`create index on bigrams using gin (tv)`
  return text => ranked(sql, 'bigrams', `${[...new Set(pairsOf(text))].map(quoteTerm).join('|')}`)
}

/** PostgreSQL's own `english` configuration, OR-ed, `ts_rank`. */
export async function english(sql: postgres.Sql, documents: Document[]): Promise<Baseline> {
  await sql`create table english (id text, tv tsvector)`
  for (const { id, title, body } of documents) await sql`insert into english values (${id}, to_tsvector('english', ${`${title} ${body}`}))`
  return async text => {
    const [row] = await sql<{ query: string }[]>`select replace(plainto_tsquery('english', ${text})::text, '&', '|') as query`
    return ranked(sql, 'english', row?.query ?? '')
  }
}

/** BM25 (k1 1.2, b 0.75) over the very terms and weights of our engine, in memory. */
export function bm25(documents: Document[]): Baseline {
  const lengths: number[] = []
  const postings = new Map<string, Map<number, number>>()
  for (const [index, { title, body }] of documents.entries()) {
    lengths[index] = 0
    eachTerm(normalise(`${title}\n${body}`), (term, kind) => {
      if (kind === 'word' || kind === 'latin') lengths[index] = (lengths[index] ?? 0) + 1
      const posting = postings.get(term) ?? new Map<number, number>()
      posting.set(index, (posting.get(index) ?? 0) + 1)
      postings.set(term, posting)
    })
  }
  const mean = lengths.reduce((sum, length) => sum + length, 0) / lengths.length
  return async text => {
    const weights = new Map<string, number>()
    const seen = new Set<string>()
    eachTerm(normalise(text), (term, kind) => {
      if (seen.has(kind + term)) return
      seen.add(kind + term)
      weights.set(term, (weights.get(term) ?? 0) + kindWeights[kind])
    })
    const scores = new Map<number, number>()
    for (const [term, weight] of weights) {
      const posting = postings.get(term) ?? new Map<number, number>()
      const idf = Math.log(1 + (documents.length - posting.size + 0.5) / (posting.size + 0.5))
      for (const [index, times] of posting) {
        const saturated = (times * 2.2) / (times + 1.2 * (0.25 + (0.75 * (lengths[index] ?? 0)) / mean))
        scores.set(index, (scores.get(index) ?? 0) + weight * idf * saturated)
      }
    }
    const best = [...scores].sort(([, a], [, b]) => b - a).slice(0, 10)
    return best.map(([index]) => documents[index]?.id ?? '')
  }
}

/** All rows with any of the terms, ranked by `ts_rank`. */
export async function ranked(sql: postgres.Sql, table: string, query: string): Promise<string[]> {
  if (!query) return []
  const rows = await sql<{ id: string }[]>`
    select id from ${sql(table)} where tv @@ ${query}::tsquery order by ts_rank(tv, ${query}::tsquery) desc, id limit 10`
  return rows.map(row => row.id)
}

function pairsOf(text: string): string[] {
  const pairs: string[] = []
  for (const run of normalise(text).match(/[\p{L}\p{N}\u30fc]+/gu) ?? []) {
    const letters = [...run]
    if (letters.length === 1) pairs.push(run)
    for (let index = 0; index + 1 < letters.length; index++) pairs.push(`${letters[index]}${letters[index + 1]}`)
  }
  return pairs
}

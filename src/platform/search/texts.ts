import { type SQL, sql } from 'drizzle-orm'
import type { SearchQuery } from './engine.ts'
import { spellKatakana } from './term.ts'
import { anyKind, normalise } from './terms.ts'
import { quoteTerm } from './vector.ts'

/** Phrases stand as they are after normalisation; words to leave out stand nowhere in the document, alone or in a longer word. */
export function textConditions({ phrases = [], without = [] }: SearchQuery): SQL {
  const has = (pattern: string) => sql`exists (select from search_texts t where t.id = d.id and t.text ~ ${pattern}::text)`
  const wanted = phrases.map(normalise).filter(Boolean).slice(0, mostPatterns)
  const unwanted = without.map(normalise).filter(Boolean).slice(0, mostPatterns)
  const conditions = [
    ...wanted.map(phrase => sql`and ${has(phrasePattern(phrase))}`),
    ...unwanted.map(word => sql`and not ${has(wordPattern(word))}`),
  ]
  return sql.join(conditions, sql` `)
}

/** The terms that a row with all the phrases has: what finds them before their text is looked at. */
export function phraseTerms(phrases: readonly string[] = []): string[] {
  return [...new Set(phrases.slice(0, mostPatterns).flatMap(phrase => anyKind(phrase, ['latin', 'kanjiPair', 'katakanaPair', 'kanji'])))]
}

/** All of them, as PostgreSQL asks for it. */
export function allOf(terms: readonly string[]): string {
  return terms.map(quoteTerm).join('&')
}

const mostPatterns = 10
const special = /[.*+?^${}()|[\]\\]/g
const latinBefore = '(?<![a-z0-9])'
const latinAfter = '(?![a-z0-9])'

/** Spaces of any number and line ends are one; a Latin word is not the beginning or end of another. */
function phrasePattern(phrase: string): string {
  return bounded(phrase, phrase.trim().replace(special, '\\$&').replace(/\s+/g, '\\s+'))
}

/** Product names with and without their hyphens, katakana with and without the last long vowel mark. */
function wordPattern(word: string): string {
  const letters = katakanaOnly.test(word) ? spellKatakana(word) : word.trim()
  const pieces = letters.match(/[a-z]+|\d+|[^a-z\d]+/g) ?? []
  return bounded(letters, pieces.map(piece => (/^[-._ ]$/.test(piece) ? '[-._ ]?' : piece.replace(special, '\\$&'))).join('[-._ ]?'))
}

const katakanaOnly = /^[\u30a1-\u30fa\u30fc]+$/

function bounded(written: string, pattern: string): string {
  const before = /^[a-z0-9]/.test(written) ? latinBefore : ''
  return `${before}${pattern}${/[a-z0-9]$/.test(written) ? latinAfter : ''}`
}

import { longestQuery } from '../platform/search/query.ts'
import filterWords from './filter_words.json' with { type: 'json' }
import { dayOf } from './query_dates.ts'

/** What somebody typed, taken apart: words to look for, sequences that must stand, words that must not, and filters in words. */
export type UnderstoodQuery = {
  text: string
  phrases: string[]
  without: string[]
  /** As written, in order: what names no board, product or member of this forum is for the caller to say. */
  filters: { name: FilterName; value: string }[]
  since?: Date
  until?: Date
  /** The query was too long and only its beginning was read. */
  cut: boolean
}
export type FilterName = 'board' | 'kind' | 'tag' | 'product' | 'company' | 'by' | 'solved' | 'guaranteed'

/**
 * Reads a query: `"as it stands"`, `-without`, `board:network`, `solved:yes`, `since:2026-03-01`, `since:30d`, each also in Japanese
 * (filter_words.json). Whatever is not one of these, or only nearly one, is words to look for: no text is an error. Days begin in Japan.
 */
export function understandQuery(typed: string, now = new Date()): UnderstoodQuery {
  const clean = typed.toWellFormed().replace(control, ' ').trim()
  const understood: UnderstoodQuery = { text: '', phrases: [], without: [], filters: [], cut: clean.length > longestQuery }
  const words: string[] = []
  for (const { groups: token = {} } of clean.slice(0, longestQuery).toWellFormed().matchAll(tokens)) {
    const plain = readToken(token, understood, now)
    if (plain) words.push(plain)
  }
  return { ...understood, text: words.join(' ') }
}

const control = /[\p{Cc}\p{Zl}\p{Zp}]+/gu
const dash = '[-\\uff0d\\u2212]'
/** Quotation marks of Latin keyboards work anywhere; corner brackets only where they stand alone, for in a sentence they cite. */
const quoted =
  '["\\uff02\\u201c\\u201d\\u201f\\u301d](?<quote>[^"\\uff02\\u201c\\u201d\\u201f\\u301e\\u301f]+)["\\uff02\\u201c\\u201d\\u201f\\u301e\\u301f]'
const cited = '[\\u300c\\u300e](?<cited>[^\\u300c\\u300d\\u300e\\u300f]+)[\\u300d\\u300f](?=\\s|$)'
const value = '(?:"(?<quotedValue>[^"]+)"|\\u300c(?<citedValue>[^\\u300d]+)\\u300d|(?<value>[^\\s"\\u300c]+))'
const tokens = new RegExp(
  `(?<=^|\\s)(?<key>[\\p{L}_]{2,12})[:\\uff1a]${value}|(?<minus>(?<=^|\\s)${dash})?(?:${quoted}|(?<=^|\\s|${dash})${cited})|(?<=^|\\s)${dash}(?<without>[^\\s"]+)|(?<word>[^\\s"\\uff02\\u201c\\u201d]+)`,
  'gu',
)
const mostPhrases = 5
const mostWithout = 10
const mostFilters = 10
const names = new Map(Object.entries(filterWords.names).flatMap(([name, words]) => words.map(word => [word, name])))
const values: Record<string, Record<string, string[]>> = filterWords.values

/** Puts a piece where it belongs; what stays a plain word is handed back. */
function readToken(token: Record<string, string | undefined>, into: UnderstoodQuery, now: Date): string | undefined {
  const { key, minus, without, word } = token
  const quote = token.quote ?? token.cited
  if (key) return readFilter(key, token.quotedValue ?? token.citedValue ?? token.value ?? '', into, now)
  if (quote) return readQuote(quote.trim(), Boolean(minus), into)
  if (!without) return word
  // An error number such as -50 is looked for, not left out.
  if (onlyDigits.test(without) || into.without.length === mostWithout) return without
  into.without.push(without)
}

const onlyDigits = /^[\d\uff10-\uff19]+$/

function readQuote(quote: string, isWithout: boolean, into: UnderstoodQuery): string | undefined {
  const list = isWithout ? into.without : into.phrases
  if (!quote || list.length >= (isWithout ? mostWithout : mostPhrases)) return quote
  list.push(quote)
}

function readFilter(key: string, written: string, into: UnderstoodQuery, now: Date): string | undefined {
  const name = names.get(key.toLowerCase())
  if (name === 'since' || name === 'until') {
    const day = dayOf(written, now)
    if (!day) return `${key} ${written}`
    into[name] = day
  } else {
    const value = name && namedValue(name, written)
    if (!value || into.filters.length === mostFilters) return `${key}:${written}`
    into.filters.push({ name: name as FilterName, value })
  }
}

/** The value as the forum calls it; undefined where only certain values make sense and this is none. */
function namedValue(name: string, written: string): string | undefined {
  const plain = written.normalize('NFKC').trim()
  if (name === 'by') return plain.replace(/^@|\u3055\u3093$/g, '')
  const known = values[name === 'guaranteed' ? 'solved' : name]
  if (!known) return plain
  return Object.keys(known).find(value => known[value]?.includes(plain.toLowerCase()))
}

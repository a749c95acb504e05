import { longestQuery } from '../query.ts'
import type { TermKind } from '../term.ts'
import { eachTerm, normalise } from '../terms.ts'

/**
 * A text as the words that are searched beside it, in our own spelling: Meilisearch knows neither that a long vowel mark at the end of a
 * katakana word may be left out nor that restarting is restart. `codes` are model numbers and error codes, without the hyphens and spaces
 * that each writes otherwise.
 */
export type Words = { words: string[]; codes: string[] }

const kept: ReadonlySet<TermKind> = new Set<TermKind>(['word', 'latin', 'katakana', 'hiragana'])
const asking: ReadonlySet<TermKind> = new Set<TermKind>(['asking'])
const kanjiRuns = /\p{Script=Han}{2,}/gu
const joinedRuns = /[a-z0-9]+(?:[-'._][a-z0-9]+)+/g
export const katakanaOnly = /^[\u30a1-\u30fc]+$/
const codes = /(?<![a-z0-9])(?:[a-z]{1,8}(?:[-_. ]?\d+[a-z]{0,3})+|\d+[a-z]+[a-z0-9]*)(?![a-z0-9])/g

/** Long vowel mark. */
const MARK = '\u30fc'
/** Meilisearch reads ten words of a query. */
const mostWords = 10

/**
 * The words of a document's text, each once, in the order in which they stand: `wi-fi` whole and by its parts, katakana of four letters
 * and more with and without a long vowel mark at its end.
 */
export function wordsOf(text: string): Words {
  const normal = normalise(text)
  const words = findWords(normal, kept).flatMap(({ term, isKatakana }) => (isKatakana && term.length >= 4 ? [term, term + MARK] : [term]))
  return { words: [...new Set(words)], codes: findCodes(normal) }
}

/**
 * The words to look for: `wi-fi` only whole, nothing that is in a model number already, and words that only ask when there are no
 * others. A long vowel mark stays where it was typed: it counts when a word is long enough for a slip. Nothing in them is syntax.
 */
export function wordsAsked(text: string): Words {
  const normal = normalise(text.slice(0, longestQuery))
  const numbers = findCodes(normal).slice(0, mostWords)
  const found = findWords(normal, kept)
  const inNumbers = ({ term }: Found) => /^[a-z0-9]+$/.test(term) && numbers.some(number => number.includes(term))
  const whole = (found.length > 0 ? found : findWords(normal, asking)).filter(word => !word.isPart && !inNumbers(word))
  const words = whole.map(({ term, hasMark }) => (hasMark ? term + MARK : term))
  return { words: [...new Set(words)].slice(0, mostWords), codes: numbers }
}

type Found = { term: string; at: number; place: number; isPart: boolean; isKatakana: boolean; hasMark: boolean }

function findWords(normal: string, kinds: ReadonlySet<TermKind>): Found[] {
  const found: Found[] = []
  const joined = [...normal.matchAll(joinedRuns)].map(({ 0: run, index }) => ({ index, end: index + run.length, wholeCame: false }))
  /** The whole of a joined word comes first, its parts after it. */
  const isPart = (at: number) => {
    const run = joined.find(({ index, end }) => index <= at && at < end)
    const came = run?.wholeCame ?? false
    if (run) run.wholeCame = true
    return came
  }
  const add = (offset: number) => (term: string, kind: TermKind, at: number, length: number) => {
    // The segmenter cuts short katakana words in two; their run is the word.
    const isPiece = kind === 'word' && katakanaOnly.test(term)
    if (!kinds.has(kind) || isPiece) return
    const start = offset + at
    const isKatakana = kind === 'katakana'
    const hasMark = isKatakana && !term.endsWith(MARK) && normal.charAt(start + length - 1) === MARK
    found.push({ term, at: start, place: found.length, isPart: isPart(start), isKatakana, hasMark })
  }
  eachTerm(normal, add(0))
  // A run of kanji is cut the same way wherever it stands only if it is cut by itself.
  for (const { 0: run, index } of normal.matchAll(kanjiRuns)) eachTerm(run, add(index))
  return found.sort((a, b) => a.at - b.at || a.place - b.place)
}

const findCodes = (normal: string) => [...new Set([...normal.matchAll(codes)].map(([code]) => code.replace(/[-_. ]/g, '')))]

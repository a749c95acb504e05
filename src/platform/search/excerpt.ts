import { foldText } from './fold.ts'
import { weighQuery } from './query.ts'
import type { TermKind } from './term.ts'
import { eachTerm, normalise } from './terms.ts'

/** A piece of text as it was written, and whether it answers to the query. Never HTML: the view escapes it. */
export type ExcerptSegment = { text: string; marked: boolean }
/** The query, or it with what else was looked for (`SearchResult.also`). */
type Looked = string | readonly string[]

/**
 * The sentence of a plain text that says most about the query, with what follows it, and the matches marked; the beginning where
 * nothing matches. About `letters` long: 120 for Japanese and 240 for English unless told.
 */
export function excerptOf(text: string, query: Looked, letters?: number): ExcerptSegment[] {
  const read = text.slice(0, longestText).toWellFormed().trim()
  const matches = findMatches(read, query)
  const length = letters ?? (japanese.test(read) ? 120 : 240)
  const [start, end] = chooseWindow(read, matches, length)
  const segments = segmentsOf(read, start, end, spansOf(matches))
  if (start > 0) segments.unshift({ text: ellipsis, marked: false })
  if (end < read.length) segments.push({ text: ellipsis, marked: false })
  return segments
}

/**
 * An answer as it is quoted: the sentence that says most about the query, and as much of what follows as `letters` hold. Greetings
 * before it are left out. Where nothing matches, no sentence, and the beginning as the rest.
 */
export function quoteOf(text: string, query: Looked, letters: number): { sentence: ExcerptSegment[]; rest: ExcerptSegment[] } {
  const read = text.slice(0, longestText).toWellFormed().trim()
  const matches = findMatches(read, query)
  const { sentences, best: place } = weighSentences(read, matches)
  const best = sentences[place]
  if (!best || worthOf(matches, best) === 0) return { sentence: [], rest: excerptOf(text, query, letters) }
  const [start, end] = best[1] - best[0] > letters ? cutSentence(read, matches, best, letters) : best
  const last = wholeWord(read, Math.max(end, Math.min(read.length, start + letters)), end)
  const sentence = segmentsOf(read, start, end, spansOf(matches))
  const rest = segmentsOf(read, end, last, spansOf(matches))
  if (start > best[0]) sentence.unshift({ text: ellipsis, marked: false })
  if (last < read.length) rest.push({ text: ellipsis, marked: false })
  return { sentence, rest }
}

/** The whole of a short text, a title for example, with the matches marked. */
export function markMatches(text: string, query: Looked): ExcerptSegment[] {
  const read = text.toWellFormed()
  return segmentsOf(read, 0, read.length, spansOf(findMatches(read, query)))
}

/** Where a term of the query stands, as offsets of the original text. */
type Match = { key: string; start: number; end: number; weight: number }
type Span = [start: number, end: number]

const longestText = 20_000
const ellipsis = '\u2026'
const japanese = /[\u3041-\u30ff\p{Script=Han}]/u
/** A sentence with its end; the dot of a number ends none. */
const sentence = /(?:[^\n.!?\u3002\uff01\uff0e\uff1f]|[.!?](?!\s|$))*(?:[\n\u3002\uff01\uff0e\uff1f]+|[.!?]+(?:\s|$)|$)/g
/** Letters between which no term reaches: a piece is a sentence or several. */
const pieces = /[^\n\u3002\uff01\uff1f]+[\n\u3002\uff01\uff1f]*/g
/** Letters before the first match, when a sentence is cut to it. */
const leadIn = 20
/** Single kanji match everywhere, and say little. */
const unmarked: ReadonlySet<TermKind> = new Set(['kanji', 'asking'])

/** Segmenting is what takes long, so only the pieces of a text are read in which a term can stand at all. */
function findMatches(text: string, query: Looked): Match[] {
  const { weights, traces } = wantedBy(typeof query === 'string' ? query : query.join(' '))
  return [...text.matchAll(pieces)]
    .filter(([piece]) => traces.test(tracesIn(piece)))
    .flatMap(({ 0: piece, index }) => matchesIn(piece, index, weights))
    .sort((a, b) => a.start - b.start)
}

function matchesIn(piece: string, offset: number, weights: ReadonlyMap<string, number>): Match[] {
  const { folded, starts, ends } = foldText(piece)
  const matches: Match[] = []
  eachTerm(folded, (term, kind, at, length) => {
    const key = keyOf(term)
    const weight = weights.get(key)
    if (weight === undefined || unmarked.has(kind)) return
    matches.push({ key, start: offset + (starts[at] ?? 0), end: offset + (ends[at + length - 1] ?? piece.length), weight })
  })
  return matches
}

type Wanted = { query: string; weights: Map<string, number>; traces: RegExp }

// A page of results asks the same forty times.
let last: Wanted | undefined

function wantedBy(query: string): Wanted {
  if (last?.query === query) return last
  const weights = new Map<string, number>()
  for (const [term, weight] of weighQuery(query).weights) {
    const key = keyOf(term)
    weights.set(key, Math.max(weight, weights.get(key) ?? 0))
  }
  last = { query, weights, traces: tracesOf([...weights.keys()]) }
  return last
}

/** Single kanji are not marked, and leave no trace. */
function tracesOf(keys: string[]): RegExp {
  const traces = keys.filter(key => !key.startsWith('*')).map(traceOf)
  return new RegExp([...new Set(traces)].join('|') || '(?!)', 'u')
}

/** How every match of a term begins in the letters of `tracesIn`: its first two letters, and what may stand between them. */
function traceOf(key: string): string {
  const [first = '', second = ''] = alike(key.replace(startOfTerm, '') || key)
  if (first === oneOfB) return first
  const between = isLatin.test(first) ? "[-'._ ]?" : isKanji.test(first) && isKanji.test(second) ? '[\u3041-\u309f]{0,2}' : ''
  return RegExp.escape(first) + (second && between + RegExp.escape(second))
}

/** A text with its letters made equal as far as those of any kind of term are. */
const tracesIn = (text: string) => alike(keyOf(normalise(text)))

/** The letters that the spelling of katakana makes equal: [v] and [b], and [ia] with or without [y]. */
const alike = (letters: string) => letters.replace(/[\u3070\u3073\u3079\u307c\u3094]/g, oneOfB).replaceAll('\u3084', '\u3042')

const oneOfB = '\u3076'
/** The marks of a part and of a sound, and the word before the code of an error. */
const startOfTerm = /^(?:[*~]|error(?=.*\d))/
const isKanji = /\p{Script=Han}/u
const isLatin = /^[a-z0-9]/

/** Katakana and hiragana, small and large letters of the same sound are one. */
function keyOf(term: string): string {
  const letters = term.startsWith('*') && term.length > 2 ? term.slice(1) : term
  return letters
    .replace(katakana, letter => String.fromCharCode(letter.charCodeAt(0) - 0x60))
    .replace(smallKana, letter => largeKana(letter))
}

const katakana = /[\u30a1-\u30f6]/g
const smallKana = /[\u3041\u3043\u3045\u3047\u3049\u3063\u3083\u3085\u3087\u308e]/g

/** In Unicode a small kana stands right before its large one. */
function largeKana(letter: string): string {
  return String.fromCharCode(letter.charCodeAt(0) + 1)
}

function spansOf(matches: readonly Match[]): Span[] {
  const spans: Span[] = []
  for (const { start, end } of matches) {
    const last = spans.at(-1)
    if (last && start <= last[1]) last[1] = Math.max(last[1], end)
    else spans.push([start, end])
  }
  return spans
}

/** The best sentence, cut to its matches where it is too long, or filled up with what follows and then with what goes before. */
function chooseWindow(text: string, matches: readonly Match[], length: number): Span {
  const { sentences, best } = weighSentences(text, matches)
  let [start, end] = sentences[best] ?? [0, text.length]
  if (end - start > length) return cutSentence(text, matches, [start, end], length)
  for (const [, next] of sentences.slice(best + 1)) if (next - start <= length) end = next
  for (const [previous] of sentences.slice(0, best).reverse()) if (end - previous <= length) start = previous
  return [start, end]
}

function weighSentences(text: string, matches: readonly Match[]): { sentences: Span[]; best: number } {
  const sentences = [...text.matchAll(sentence)].filter(([letters]) => letters.trim()).map<Span>(m => [m.index, m.index + m[0].length])
  const worths = sentences.map(span => worthOf(matches, span))
  return { sentences, best: worths.indexOf(Math.max(...worths)) }
}

/** Each term counts once: a sentence that repeats one word says less than one that joins two. */
function worthOf(matches: readonly Match[], [start, end]: Span): number {
  const weights = new Map(matches.filter(match => match.start >= start && match.end <= end).map(({ key, weight }) => [key, weight]))
  return weights.values().reduce((sum, weight) => sum + weight, 0)
}

function cutSentence(text: string, matches: readonly Match[], [start, end]: Span, length: number): Span {
  const inside = matches.filter(match => match.start >= start && match.end <= end)
  const latest = Math.max(start, end - length)
  const begins = [start, ...inside.map(match => Math.min(latest, Math.max(start, match.start - leadIn)))]
  const worths = begins.map(begin => worthOf(inside, [begin, begin + length]))
  const begin = begins[worths.indexOf(Math.max(...worths))] ?? start
  return [wholeWord(text, begin, start), Math.max(begin + 1, wholeWord(text, begin + length, begin))]
}

/** Goes back from the middle of a Latin word or of one character to its beginning, not before `floor`. */
function wholeWord(text: string, at: number, floor: number): number {
  let place = at
  while (place > floor && at - place < 30 && insideWord.test(text.slice(place - 1, place + 1))) place--
  return place > floor && at - place < 30 ? place : at
}

const insideWord = /^(?:[a-zA-Z0-9]{2}|[\ud800-\udbff][\udc00-\udfff])$/

function segmentsOf(text: string, start: number, end: number, spans: readonly Span[]): ExcerptSegment[] {
  const segments: ExcerptSegment[] = []
  const push = (from: number, to: number, marked: boolean) => {
    const piece = text.slice(from, to).replace(/\s+/g, ' ')
    if (piece) segments.push({ text: piece, marked })
  }
  let place = start
  for (const [from, to] of spans) {
    if (to <= place || from >= end) continue
    push(place, Math.max(place, from), false)
    push(Math.max(place, from), Math.min(to, end), true)
    place = Math.min(to, end)
  }
  push(place, end, false)
  return segments
}

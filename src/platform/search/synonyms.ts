import type { SynonymGroup } from './engine.ts'
import { spellKatakana } from './term.ts'
import { normalise } from './terms.ts'

/** Groups made ready for looking up: what else is looked for by each word. */
export type Synonyms = { of: ReadonlyMap<string, readonly string[]>; longest: number }

/** A piece of a query and what may stand in its place. */
export type Alternatives = { own: string; others: readonly string[] }

/** Makes groups ready; words are compared in their one spelling. A word of several groups has the others of all of them. */
export function readySynonyms(groups: readonly SynonymGroup[]): Synonyms {
  const of = new Map<string, Set<string>>()
  const add = (word: string, others: readonly string[]) => {
    const key = keyOf(word)
    if (!key) return
    const known = of.get(key) ?? new Set()
    for (const other of others) if (keyOf(other) !== key) known.add(normalise(other))
    of.set(key, known)
  }
  for (const { words, from } of groups) for (const word of from ?? words) add(word, words)
  const lengths = [...of.keys()].map(key => segmentsOf(key).length)
  return { of: new Map([...of].map(([key, others]) => [key, [...others]])), longest: Math.max(0, ...lengths) }
}

/** The words of a normalised text that have synonyms, longest first where they overlap; a part of a longer word is not one. */
export function synonymsIn(text: string, { of, longest }: Synonyms): Alternatives[] {
  const found: Alternatives[] = []
  const segments = segmentsOf(text)
  for (let start = 0; start < segments.length; start++) {
    for (let length = Math.min(longest, segments.length - start); length > 0; length--) {
      const others = of.get(segments.slice(start, start + length).join(''))
      if (!others) continue
      found.push({ own: segments.slice(start, start + length).join(''), others })
      start += length - 1
      break
    }
  }
  return found
}

/** All that may be one word of a text: its segments and up to five of them together, longest first at each place. */
export function piecesOf(text: string): { word: string; start: number; end: number }[] {
  const segments = segmentsOf(text)
  return segments.flatMap((_, start) =>
    Array.from({ length: Math.min(longestPiece, segments.length - start) }, (_, less) => {
      const end = Math.min(start + longestPiece, segments.length) - less
      return { word: segments.slice(start, end).join(''), start, end }
    }).filter(({ word }) => word.length > 1),
  )
}

const longestPiece = 5
const segmenter = new Intl.Segmenter('ja', { granularity: 'word' })
const katakana = /^[\u30a1-\u30fa\u30fc]+$/
const space = /^\s+$/

function keyOf(word: string): string {
  return segmentsOf(normalise(word)).join('')
}

/** Words and single signs, katakana in its one spelling, without the spaces and hyphens inside names. */
function segmentsOf(text: string): string[] {
  const segments: string[] = []
  for (const { segment } of segmenter.segment(text)) {
    if (space.test(segment) || segment === '-') continue
    segments.push(katakana.test(segment) ? spellKatakana(segment) : segment)
  }
  return segments
}

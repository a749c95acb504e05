import type { TermKind } from './term.ts'
import { eachTerm, normalise } from './terms.ts'

/** A text as terms with what each weighs, strongest kind first; `cut` when only the beginning was read. */
export type WeighedQuery = { normal: string; weights: Map<string, number>; words: string[]; cut: boolean }

/** Letters of a query that are read. */
export const longestQuery = 400
/** What each kind of term weighs in a query; tried on the tuning halves of localgovFAQ and JSQuAD (docs/decisions/010-search.md). */
export const kindWeights: Record<TermKind, number> = {
  word: 0.7,
  // A name in Latin letters or a number is one term; a word in kanji or kana is found as several.
  latin: 1.5,
  kanjiPair: 0.5,
  katakana: 0.5,
  hiragana: 0.4,
  border: 0.2,
  katakanaPair: 0.2,
  kanji: 0.15,
  hiraganaTriple: 0.3,
  kana: 0.6,
  asking: 0,
}

/** Cuts a query into weighed terms. Words that only ask weigh nothing, unless there is nothing else. */
export function weighQuery(text: string): WeighedQuery {
  const normal = normalise(text.slice(0, longestQuery))
  const cut = text.trim().length > longestQuery
  const terms = new Map<string, Set<TermKind>>()
  eachTerm(normal, (term, kind) => {
    const kinds = terms.get(term)
    if (kinds) kinds.add(kind)
    else terms.set(term, new Set([kind]))
  })
  const weights = new Map<string, number>()
  for (const [term, kinds] of terms) {
    const weight = [...kinds].reduce((sum, kind) => sum + kindWeights[kind], 0)
    if (weight > 0) weights.set(term, weight)
  }
  if (weights.size === 0) for (const term of terms.keys()) weights.set(term, 1)
  const words = [...terms].filter(([, kinds]) => wordKinds.some(kind => kinds.has(kind))).map(([term]) => term)
  return { normal, weights, words, cut }
}

/** The terms of a piece that tell it: words, names, pairs of kanji. */
export function mainTerms(text: string): Map<string, number> {
  const terms = new Map<string, number>()
  eachTerm(normalise(text), (term, kind) => {
    if (mainKinds.has(kind)) terms.set(term, Math.max(terms.get(term) ?? 0, kindWeights[kind]))
  })
  return terms
}

const wordKinds: TermKind[] = ['word', 'latin', 'katakana', 'hiragana']
const mainKinds: ReadonlySet<TermKind> = new Set(['word', 'latin', 'kanjiPair', 'katakana', 'hiragana', 'hiraganaTriple', 'border'])

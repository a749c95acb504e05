import type { Embedder, Settings } from 'meilisearch'
import type { SynonymGroup } from '../engine.ts'
import stopWords from '../english_stop_words.json' with { type: 'json' }
import functionWords from '../function_words.json' with { type: 'json' }
import { normalise } from '../terms.ts'
import { katakanaOnly, wordsAsked, wordsOf } from './words.ts'

/** Hits that can be reached page by page; more are counted no further. */
export const mostHits = 1_000
/** The name under which an embedder of the operator's is known; see docs/operating.md. */
export const EMBEDDER = 'meaning'

/** How the index reads, ranks and filters: all of it stands here, and is sent whenever a worker starts. */
export function indexSettings(embedder?: Embedder): Settings {
  const equality = { facetSearch: false, filter: { equality: true, comparison: false } }
  const comparison = { facetSearch: false, filter: { equality: true, comparison: true } }
  return {
    searchableAttributes: ['title', 'titleWords', 'codes', 'body', 'words'],
    displayedAttributes: ['id', 'group', 'title', 'stamp'],
    filterableAttributes: [
      { attributePatterns: ['visibility', 'group', 'filters.*'], features: equality },
      { attributePatterns: ['createdAt'], features: comparison },
    ],
    sortableAttributes: ['createdAt', 'helpful'],
    // A chosen order comes first; what use has shown decides only between documents that fit alike.
    rankingRules: ['sort', 'words', 'typo', 'proximity', 'attribute', 'exactness', 'boost:desc'],
    stopWords: [...stopWords, ...functionWords],
    // One slip in words of five letters and more. Texts as they were written hold model numbers too, and numbers are never guessed:
    // slips are forgiven in our spelling of the words alone, which has no numbers in it.
    typoTolerance: {
      enabled: true,
      minWordSizeForTypos: { oneTypo: 5, twoTypos: 255 },
      disableOnNumbers: true,
      disableOnAttributes: ['title', 'body', 'codes'],
    },
    localizedAttributes: [{ attributePatterns: ['*'], locales: ['jpn', 'eng'] }],
    faceting: { maxValuesPerFacet: 100, sortFacetValuesBy: { '*': 'count' } },
    pagination: { maxTotalHits: mostHits },
    facetSearch: false,
    prefixSearch: 'indexingTime',
    // What is found by then is shown: a search that takes longer would be answered by PostgreSQL.
    searchCutoffMs: 100,
    embedders: embedder ? { [EMBEDDER]: embedder } : {},
  }
}

/** Synonyms as Meilisearch takes them: for each word what else is searched, both as written and in our spelling. */
export function synonymsOf(groups: readonly SynonymGroup[]): Record<string, string[]> {
  const others = new Map<string, Set<string>>()
  for (const { words, from = words } of groups) {
    const found = words.flatMap(spellings)
    for (const word of from.flatMap(spellings)) {
      const known = others.get(word) ?? new Set()
      for (const other of found) if (other !== word) known.add(other)
      others.set(word, known)
    }
  }
  return Object.fromEntries([...others].map(([word, known]) => [word, [...known].slice(0, mostSynonyms)]))
}

/** Meilisearch ignores what is beyond. */
const mostSynonyms = 50

/** As it is written, as a query would ask for it, and katakana with and without a long vowel mark at its end. */
function spellings(word: string): string[] {
  const { words, codes } = wordsAsked(word)
  const marked = words.length === 1 ? wordsOf(word).words.filter(form => katakanaOnly.test(form)) : []
  return [...new Set([normalise(word).trim(), (codes.length > 0 ? codes : words).join(' '), ...marked])].filter(Boolean)
}

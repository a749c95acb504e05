import type { MultiSearchQuery, SearchParams } from 'meilisearch'
import type { SearchQuery, SimilarQuery, SuggestQuery } from '../engine.ts'
import { normalise } from '../terms.ts'
import { filterOf } from './filters.ts'
import { EMBEDDER } from './settings.ts'
import { wordsAsked } from './words.ts'

/** Share of meaning against words where an embedder is set. */
const semanticRatio = 0.5
const locales = ['jpn', 'eng']
const hybrid = { embedder: EMBEDDER, semanticRatio }

/**
 * The text of a query in Meilisearch's syntax: what must not stand, phrases, model numbers, words. What must not stand comes first,
 * because nothing is read behind the tenth word. Empty when there is nothing to look for, which Meilisearch would take for everything.
 */
export function textOf({ text, phrases = [], without = [] }: Pick<SearchQuery, 'text' | 'phrases' | 'without'>): string {
  const { words, codes } = wordsAsked(text)
  const wanted = [...phrases.map(inQuotes).filter(Boolean), ...codes, ...words]
  if (wanted.length === 0) return ''
  const unwanted = without.flatMap(word => [word, ...wordsAsked(word).codes]).map(inQuotes)
  return [...new Set(unwanted)]
    .filter(Boolean)
    .map(phrase => `-${phrase}`)
    .concat(wanted)
    .join(' ')
}

/** A sequence as a phrase; without quotes of its own it cannot end early. */
function inQuotes(phrase: string): string {
  const plain = normalise(phrase).replaceAll('"', ' ').replace(/\s+/g, ' ').trim()
  return plain && `"${plain}"`
}

/**
 * One search, and for each facet that has a choice one more that counts without that choice: a reader who chose a board still sees how
 * many there are on the others.
 */
export function searchQueries(indexUid: string, query: SearchQuery, offset: number, isHybrid: boolean): MultiSearchQuery[] {
  const chosen = (query.facets ?? []).filter(name => query.filters?.[name] !== undefined)
  const free = (query.facets ?? []).filter(name => !chosen.includes(name))
  const shared = { indexUid, q: textOf(query), ...matching(query, isHybrid) }
  const main: MultiSearchQuery = {
    ...shared,
    filter: filterOf(query),
    page: Math.floor(offset / query.limit) + 1,
    hitsPerPage: query.limit,
    attributesToRetrieve: ['id', 'group'],
    showRankingScore: true,
    ...(free.length > 0 && { facets: free.map(facetName) }),
  }
  return [
    main,
    ...chosen.map(name => ({ ...shared, filter: filterOf(without(query, name)), page: 1, hitsPerPage: 0, facets: [facetName(name)] })),
  ]
}

export const facetName = (name: string) => `filters.${name}`

/** A title is a sentence: its words may be missing, the most frequent first. */
export function similarQuery(title: string, query: SimilarQuery): SearchParams & { q: string } {
  return {
    q: textOf({ text: title }),
    filter: filterOf(query),
    limit: query.limit,
    distinct: 'group',
    matchingStrategy: 'frequency',
    attributesToRetrieve: ['id', 'group'],
    showRankingScore: true,
    locales,
  }
}

/** The last word may be unfinished, so that the text goes as it was typed, less what is syntax. */
export function suggestQuery(typed: string, query: SuggestQuery): SearchParams & { q: string } {
  return {
    q: normalise(typed.slice(0, 100))
      .replaceAll('"', ' ')
      .replace(/(^|\s)-+/g, '$1')
      .trim(),
    filter: filterOf(query),
    limit: query.limit,
    distinct: 'group',
    matchingStrategy: 'last',
    attributesToSearchOn: ['title', 'titleWords'],
    attributesToRetrieve: ['group', 'title'],
    locales,
  }
}

/** In order of time or helpfulness a document that has one word of five would lead: all words have to be there. */
function matching({ sort = 'fit', distinct }: SearchQuery, isHybrid: boolean): SearchParams {
  return {
    matchingStrategy: sort === 'fit' ? 'frequency' : 'all',
    locales,
    ...(sort === 'new' && { sort: ['createdAt:desc'] }),
    ...(sort === 'helpful' && { sort: ['helpful:desc', 'createdAt:desc'] }),
    ...(distinct && { distinct: 'group' }),
    ...(isHybrid && sort === 'fit' && { hybrid }),
  }
}

function without(query: SearchQuery, name: string): SearchQuery {
  return { ...query, filters: Object.fromEntries(Object.entries(query.filters ?? {}).filter(([other]) => other !== name)) }
}

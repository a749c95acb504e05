import type { Board } from '../boards/queries.ts'
import { KINDS } from '../boards/schema.ts'
import type { SearchFilters } from '../platform/search/engine.ts'
import { longestQuery } from '../platform/search/query.ts'

/** What a search page's address says. Lists come as one value or several; what makes no sense is passed over. */
export type Asked = {
  q?: string
  tag?: string
  sort?: string
  after?: string
  limit?: number
} & { [Name in Facet]?: string | string[] }

/** What results are narrowed by, as it stands in the address and in the documents' filters. */
export const FACETS = ['guaranteed', 'solved', 'certified', 'board', 'product', 'version', 'company', 'kind', 'year'] as const
export type Facet = (typeof FACETS)[number]

export const SORTS = ['fit', 'new', 'helpful'] as const
export type Sort = (typeof SORTS)[number]

const MOST_VALUES = 20

/** The words of a search as they are looked for, on one line; `cut` when there were more than are read. */
export function wordsOf({ q = '' }: Asked): { words: string; cut: boolean } {
  const letters = [
    ...q
      .replace(/\p{Cc}/gu, ' ')
      .replace(/\s+/gu, ' ')
      .trim(),
  ]
  return { words: letters.slice(0, longestQuery).join('').trim(), cut: letters.length > longestQuery }
}

export const sortOf = ({ sort }: Asked): Sort => SORTS.find(name => name === sort) ?? 'fit'

/** The values somebody chose of one facet, each once. */
export const chosenOf = (asked: Asked, facet: Facet): string[] => [...new Set([asked[facet] ?? []].flat())].slice(0, MOST_VALUES)

/** The engine's filters for what was chosen; boards come by their slugs, as this reader may see them. */
export function filtersOf(asked: Asked, boards: Board[]): SearchFilters {
  const slugs = chosenOf(asked, 'board')
  const values: Record<Facet, string[]> = {
    guaranteed: flags(chosenOf(asked, 'guaranteed')),
    solved: flags(chosenOf(asked, 'solved')),
    certified: flags(chosenOf(asked, 'certified')),
    board: boards.filter(({ slug }) => slugs.includes(slug)).map(({ id }) => String(id)),
    product: chosenOf(asked, 'product'),
    version: chosenOf(asked, 'version'),
    company: chosenOf(asked, 'company'),
    kind: chosenOf(asked, 'kind').filter(kind => KINDS.some(each => each === kind)),
    year: chosenOf(asked, 'year').filter(year => /^\d{4}$/.test(year)),
  }
  const chosen = Object.entries(values).filter(([, list]) => list.length > 0)
  return { ...Object.fromEntries(chosen), ...(asked.tag && { tag: asked.tag.normalize('NFKC').toLowerCase() }) }
}

/** Yes and no as documents have them; both together choose nothing. */
const flags = (chosen: string[]) => {
  const known = chosen.flatMap(value => (value === 'yes' ? 'true' : value === 'no' ? 'false' : []))
  return known.length === 1 ? known : []
}

/** The address of a search: shareable, always in the same order, without what is empty. */
export function searchPath(asked: Asked): string {
  const pairs = [
    ['q', wordsOf(asked).words],
    ['tag', asked.tag],
    ...FACETS.flatMap(facet => chosenOf(asked, facet).map(value => [facet, value])),
    ['sort', sortOf(asked) === 'fit' ? undefined : asked.sort],
    ['after', asked.after],
  ].filter((pair): pair is [string, string] => Boolean(pair[1]))
  return pairs.length > 0 ? `/search?${new URLSearchParams(pairs)}` : '/search'
}

/** The same search, one value more or one less. */
export function toggled(asked: Asked, facet: Facet, value: string): Asked {
  const chosen = chosenOf(asked, facet)
  const without = chosen.filter(each => each !== value)
  return { ...asked, after: undefined, [facet]: without.length < chosen.length ? without : [...chosen, value] }
}

/** The ask page with these words as its title. */
export const askPath = (words: string) => (words ? `/ask?title=${encodeURIComponent([...words].slice(0, 100).join(''))}` : '/ask')

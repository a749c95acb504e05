import type { Board } from '../boards/queries.ts'
import { nameKey } from '../companies/product_names.ts'
import type { SearchFilters, SearchQuery } from '../platform/search/engine.ts'
import { type Asked, filtersOf, sortOf, wordsOf } from './asked.ts'
import { type FilterName, type UnderstoodQuery, understandQuery } from './query_language.ts'

/** What was asked, for the engine, and the words to mark in what it finds. */
export type EngineQuery = Pick<SearchQuery, 'text' | 'phrases' | 'without' | 'since' | 'until' | 'filters' | 'sort'> & {
  text: string
  marks: string[]
  cut: boolean
}

/**
 * Reads what was typed and what was chosen beside it. Where both speak of the same, the choice counts; a board that is none of
 * this reader's is a word like others. Undefined where there is nothing to look for.
 */
export function engineQueryOf(asked: Asked, boards: Board[]): EngineQuery | undefined {
  const { words, cut } = wordsOf(asked)
  const understood = understandQuery(words)
  const { text, phrases, without, since, until } = understood
  const { filters, others } = filtersInWords(understood, boards)
  const looked = [text, ...others].filter(Boolean).join(' ')
  // A query of filters alone looks for what they are called.
  const plain = looked || phrases.length > 0 ? looked : understood.filters.map(({ value }) => value).join(' ')
  if (!plain && phrases.length === 0) return undefined
  return {
    text: plain || phrases.join(' '),
    phrases,
    without,
    since,
    until,
    filters: { ...filters, ...filtersOf(asked, boards) },
    sort: sortOf(asked),
    marks: [plain, ...phrases].filter(Boolean),
    cut: cut || understood.cut,
  }
}

function filtersInWords({ filters }: UnderstoodQuery, boards: Board[]): { filters: SearchFilters; others: string[] } {
  const found: Record<string, string[]> = {}
  const others: string[] = []
  for (const { name, value } of filters) {
    const values = name === 'board' ? boardsNamed(value, boards) : [comparedValue(name, value)]
    if (values.length === 0) others.push(value)
    const filter = FILTERS[name] ?? name
    found[filter] = [...(found[filter] ?? []), ...values]
  }
  return { filters: Object.fromEntries(Object.entries(found).filter(([, values]) => values.length > 0)), others }
}

/** Filters that documents have under another name than people use. */
const FILTERS: Partial<Record<FilterName, string>> = { by: 'author', product: 'productKey', company: 'companyKey' }

/** Yes and no as documents have them; names as they are compared. */
function comparedValue(name: FilterName, value: string): string {
  if (name === 'solved' || name === 'guaranteed') return String(value === 'yes')
  if (name === 'product' || name === 'company') return looseKey(value)
  return name === 'kind' ? value : plainKey(value)
}

/** Names of people, boards and tags without width and case. */
export const plainKey = (name: string) => name.normalize('NFKC').toLowerCase().trim()

/** Names of products and companies however they are written, without what kind of company it is. */
export const looseKey = (name: string) => nameKey(name).replace(KIND_OF_COMPANY, '')
const KIND_OF_COMPANY = /\u682a\u5f0f\u4f1a\u793e|\u6709\u9650\u4f1a\u793e|\u5408\u540c\u4f1a\u793e|\(\u682a\)|,?inc$|,?co,?ltd$/gu

/** Boards of this name or address; else those whose name has it. */
function boardsNamed(written: string, boards: Board[]): string[] {
  const key = plainKey(written)
  const namesOf = ({ slug, nameJa, nameEn }: Board) => [slug, nameJa, nameEn].map(plainKey).filter(Boolean)
  const exact = boards.filter(board => namesOf(board).includes(key))
  const near = exact.length > 0 ? exact : boards.filter(board => namesOf(board).some(name => name.includes(key)))
  return near.map(({ id }) => String(id))
}

/** What a document is filtered by: names and values are the caller's; a list means that any of its values fits. */
export type SearchFilters = Record<string, string | boolean | readonly string[]>

/** One thing that can be found: an opening with its topic's title, or one answer. `group` joins what is shown as one result. */
export type SearchDocument = {
  id: string
  group: string
  title: string
  body: string
  language?: 'ja' | 'en'
  /** Who may see it, as one word that a query names among those its reader may see, e.g. `public`. */
  visibility: string
  filters: SearchFilters
  createdAt: Date
}

export type SearchQuery = {
  text: string
  /** What the reader may see; nothing else ever comes out. An empty list finds nothing. */
  visibility: readonly string[]
  filters?: SearchFilters
  since?: Date
  until?: Date
  limit: number
  /** `next` of the page before. A cursor that cannot be read begins at the first page. */
  after?: string
  /** One hit for each group, its best. */
  distinct?: boolean
}

/** What is like a title: solved questions while somebody types his own, or beside a topic (`exceptGroup`). Hits are one for each group. */
export type SimilarQuery = Pick<SearchQuery, 'visibility' | 'filters' | 'limit'> & { exceptGroup?: string }

export type SearchHit = { id: string; group: string; score: number }

export type SearchResult = {
  /** Best first. */
  hits: SearchHit[]
  /** The cursor of the page after this one, when there is one. */
  next?: string
  /** Hits on all pages together; a lower bound unless `exact`. */
  total: number
  exact: boolean
  /** The words of the query that were looked for, normalised, strongest first. */
  terms: string[]
  /** The query was too long and only its beginning was looked for. */
  cut: boolean
}

/** A search engine. All of it is safe to repeat; `put` of the same document twice is the same as once. Rejects when the engine is away. */
export interface SearchEngine {
  put(documents: readonly SearchDocument[]): Promise<void>
  remove(ids: readonly string[]): Promise<void>
  removeGroup(group: string): Promise<void>
  search(query: SearchQuery): Promise<SearchResult>
  similar(title: string, query: SimilarQuery): Promise<SearchHit[]>
  /** Brings up to date what ranking knows about the whole collection. Slow on large ones: run it by the clock and after an import. */
  refresh(): Promise<void>
  /** How many documents are in it. */
  count(): Promise<number>
}

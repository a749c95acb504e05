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
  /** How many readers it helped: what `sort: 'helpful'` goes by. */
  helpful?: number
  /** What use has shown, from -1 to 1 (0 unknown): engines move a document by it a little and never past a clearly better one. */
  boost?: number
}

/** Words that mean the same to a searcher. With `from`, one way: who asks for one of these finds those as well, not the other way round. */
export type SynonymGroup = { words: readonly string[]; from?: readonly string[] }

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
  /** Sequences that have to stand as they are, and words that must not stand at all. */
  phrases?: readonly string[]
  without?: readonly string[]
  /** Best fit when absent. */
  sort?: 'fit' | 'new' | 'helpful'
  /** Names of filters whose values are to be counted among everything found, each without the choice made for itself. */
  facets?: readonly string[]
  /** In place of what was set, for this query alone: to try out; PostgreSQL takes them, Meilisearch cannot. */
  synonyms?: readonly SynonymGroup[]
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
  /** For each asked facet, how many groups (or documents, unless `distinct`) each value has. */
  facets?: Record<string, Record<string, number>>
  /** Words that nothing has, and what was looked for besides them. */
  corrected?: { from: string; to: string }[]
  /** What was looked for besides the query's own words, synonyms and other spellings: to be marked like them. */
  also?: string[]
}

export type SuggestQuery = Pick<SearchQuery, 'visibility' | 'filters' | 'limit'>

/** A title that begins like, or has words that begin like, what somebody is typing. */
export type Suggestion = { group: string; title: string }

/**
 * Building everything anew beside what answers meanwhile, batch by batch. `finish` puts the new one in the old one's place in one step;
 * until then nobody sees it. `goesOn` when it has what one that was left off had put already.
 */
export type Rebuild = Pick<SearchEngine, 'put' | 'remove'> & { goesOn: boolean; finish(): Promise<void> }

/** A search engine. All of it is safe to repeat; `put` of the same document twice is the same as once. Rejects when the engine is away. */
export interface SearchEngine {
  put(documents: readonly SearchDocument[]): Promise<void>
  remove(ids: readonly string[]): Promise<void>
  removeGroup(group: string): Promise<void>
  /** An engine that is reached over the network gives up when `signal` says so; the same for the two after it. */
  search(query: SearchQuery, signal?: AbortSignal): Promise<SearchResult>
  similar(title: string, query: SimilarQuery, signal?: AbortSignal): Promise<SearchHit[]>
  /** Brings up to date what ranking knows about the whole collection. Slow on large ones: run it by the clock and after an import. */
  refresh(): Promise<void>
  /** How many documents are in it. */
  count(): Promise<number>
  /** Ids of all that is in it, page by page; `next` leads to the page after. */
  ids(after?: string): Promise<{ ids: string[]; next?: string }>
  /** The ids of those of `documents` that it does not hold, or holds otherwise. */
  differing(documents: readonly SearchDocument[]): Promise<string[]>
  /** Begins to build everything anew, or goes on with what was left off. Absent where putting and removing in place is as good. */
  rebuild?(options: { goOn: boolean }): Promise<Rebuild>
  /** Titles while a query is being typed; at most `limit`, one for each group, best first. */
  suggest?(typed: string, query: SuggestQuery, signal?: AbortSignal): Promise<Suggestion[]>
  /** What means the same from now on, in place of what was said before. */
  setSynonyms?(groups: readonly SynonymGroup[]): Promise<void>
}

import { type Embedder, type Hit, MeilisearchApiError, MeilisearchRequestError, type MultiSearchResult, type Settings } from 'meilisearch'
import type { Rebuild, SearchEngine, SearchHit, SearchQuery, SearchResult } from './engine.ts'
import { findsNothing, groupFilter } from './meilisearch/filters.ts'
import {
  countDocuments,
  differingIds,
  done,
  indexExists,
  listIds,
  makeIndex,
  openClient,
  type Place,
  putDocuments,
  removeDocuments,
  unlessMissing,
} from './meilisearch/place.ts'
import { facetName, searchQueries, similarQuery, suggestQuery, textOf } from './meilisearch/query.ts'
import { indexSettings, mostHits, synonymsOf } from './meilisearch/settings.ts'
import { weighQuery } from './query.ts'

type Found = { id: string; group: string; title: string }
type Options = { url: string; key?: string; index?: string; embedder?: Embedder }

/** Meilisearch as a search engine, and what only a second engine needs. */
export type MeiliSearch = SearchEngine &
  Required<Pick<SearchEngine, 'suggest' | 'setSynonyms' | 'rebuild'>> & {
    /** True once there is an index to answer from. */
    isBuilt(): Promise<boolean>
    /** Brings the settings of the index up to date, once in a process: they may be those of an older version. */
    configure(): Promise<void>
    /** Rejects unless a search would be answered. */
    probe(signal?: AbortSignal): Promise<void>
  }

/**
 * The search engine on a Meilisearch server (1.50), with all its settings as code. Writes resolve when they can be found.
 * Design: docs/decisions/015-meilisearch.md.
 */
export function createMeiliSearch({ url, key, index: uid = 'hiroba', embedder }: Options): MeiliSearch {
  const client = openClient(url, key)
  const place = { client, uid }
  const index = client.index<Found>(uid)
  const settings = indexSettings(embedder)
  let configured = false
  return {
    put: documents => putDocuments(place, documents),
    remove: ids => removeDocuments(place, ids),
    removeGroup: group => done(client, index.deleteDocuments({ filter: groupFilter(group) })),
    search: (query, signal) => search(place, query, embedder !== undefined, signal),
    similar: async (title, query, signal) => {
      const { q, ...params } = similarQuery(title, query)
      if (!q || query.limit < 1 || findsNothing(query)) return []
      return (await index.search(q, params, { signal })).hits.map(hitOf)
    },
    suggest: async (typed, query, signal) => {
      const { q, ...params } = suggestQuery(typed, query)
      if (!q || query.limit < 1 || findsNothing(query)) return []
      return (await index.search(q, params, { signal })).hits.map(({ group, title }) => ({ group, title }))
    },
    setSynonyms: groups => done(client, index.updateSynonyms(synonymsOf(groups))),
    // Meilisearch keeps its own figures.
    refresh: async () => {},
    count: () => countDocuments(place),
    ids: after => listIds(place, after),
    differing: documents => differingIds(place, documents),
    rebuild: options => rebuild(place, settings, options),
    isBuilt: () => indexExists(place),
    async configure() {
      if (!configured) await done(client, index.updateSettings(settings))
      configured = true
    },
    probe: async signal => {
      await index.search('', { limit: 0 }, { signal })
    },
  }
}

async function search({ client, uid }: Place, query: SearchQuery, isHybrid: boolean, signal?: AbortSignal): Promise<SearchResult> {
  const { words: terms, cut } = weighQuery(query.text)
  const offset = readCursor(query.after) ?? 0
  if (!textOf(query) || findsNothing(query) || query.limit < 1) return { hits: [], total: 0, exact: true, terms, cut }
  const { results } = await client.multiSearch<{ queries: ReturnType<typeof searchQueries> }, Found>(
    { queries: searchQueries(uid, query, offset, isHybrid) },
    { signal },
  )
  const [main] = results as MultiSearchResult<Found>[]
  const total = main?.totalHits ?? 0
  const end = (main?.page ?? 1) * query.limit
  return {
    hits: (main?.hits ?? []).map(hitOf),
    next: end < total ? `${cursorMark}${end}` : undefined,
    total,
    exact: total < mostHits,
    terms,
    cut,
    ...(query.facets && { facets: facetsOf(query.facets, results) }),
  }
}

const hitOf = ({ id, group, _rankingScore }: Hit<Found>): SearchHit => ({ id, group, score: _rankingScore ?? 0 })

function facetsOf(names: readonly string[], results: readonly MultiSearchResult<Found>[]): Record<string, Record<string, number>> {
  const counted = Object.assign({}, ...results.map(({ facetDistribution }) => facetDistribution)) as Record<string, Record<string, number>>
  return Object.fromEntries(names.map(name => [name, counted[facetName(name)] ?? {}]))
}

const cursorMark = 'm'

/** How many hits came before; undefined when it is no cursor of Meilisearch's. */
export function readCursor(cursor = ''): number | undefined {
  const [, offset] = /^m(\d{1,4})$/.exec(cursor) ?? []
  return offset === undefined ? undefined : Number(offset)
}

/** In a word why it did not answer: its code, as the words of a refusal may be those of a reader. */
export function whyOf(error: unknown): string {
  if (error instanceof MeilisearchApiError) return error.cause?.code ?? String(error.response.status)
  const causes: unknown[] = []
  for (let cause = error; cause instanceof Error; cause = cause.cause) causes.push((cause as { code?: string }).code)
  return String(causes.findLast(Boolean) ?? (error instanceof MeilisearchRequestError ? 'no connection' : 'too slow'))
}

/** Fills an index beside the one that answers, then swaps the two: readers see the old one whole or the new one whole. */
async function rebuild({ client, uid }: Place, settings: Settings, { goOn }: { goOn: boolean }): Promise<Rebuild> {
  const beside = { client, uid: `${uid}_next` }
  const isLeft = await indexExists(beside)
  if (isLeft && !goOn) await done(client, client.deleteIndex(beside.uid))
  const synonyms = await unlessMissing(client.index(uid).getSynonyms())
  await makeIndex(beside, { ...settings, ...(synonyms && { synonyms }) })
  return {
    goesOn: goOn && isLeft,
    put: documents => putDocuments(beside, documents),
    remove: ids => removeDocuments(beside, ids),
    async finish() {
      const rename = !(await indexExists({ client, uid }))
      await done(client, client.swapIndexes([{ indexes: [beside.uid, uid], rename }]))
      if (!rename) await done(client, client.deleteIndex(beside.uid))
    },
  }
}

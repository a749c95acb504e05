import { readFilter, valuesAt, WrongFilter } from './filter.ts'

export type Stored = Record<string, unknown>
export type Index = { documents: Map<string, Stored>; settings: Stored; primaryKey: string }
export type Reply = { status: number; body: unknown }

/** An error as the documentation shows them («Errors»). */
export const wrong = (status: number, code: string, message = code): Reply => ({
  status,
  body: { message, code, type: 'invalid_request', link: `https://docs.meilisearch.com/errors#${code}` },
})

const PARAMETERS =
  'q offset limit page hitsPerPage attributesToRetrieve filter facets sort distinct matchingStrategy attributesToSearchOn showRankingScore locales hybrid indexUid'

/** The answer to a search («Search with POST»); a parameter that is not documented, or a filter that cannot be read, is refused. */
export function answerSearch(index: Index, asked: Stored): Reply {
  const unknown = Object.keys(asked).find(name => !PARAMETERS.split(' ').includes(name))
  if (unknown) return wrong(400, 'bad_request', `Unknown field \`${unknown}\``)
  try {
    return { status: 200, body: searched(index, asked) }
  } catch (error) {
    if (error instanceof WrongFilter) return wrong(400, 'invalid_search_filter', error.message)
    throw error
  }
}

function searched(index: Index, asked: Stored): Stored {
  const allowed = readFilter(asked.filter ?? [])
  const found = [...index.documents.values()].filter(allowed).flatMap(document => {
    const score = scoreOf(document, String(asked.q ?? ''), asked.matchingStrategy === 'all')
    return score > 0 ? [{ document, score }] : []
  })
  found.sort((a, b) => b.score - a.score)
  for (const rule of [asked.sort ?? []].flat().map(String).toReversed()) {
    const [name = '', order] = rule.split(':')
    found.sort((a, b) => (order === 'desc' ? -1 : 1) * (Number(a.document[name]) - Number(b.document[name])))
  }
  const distinct = asked.distinct as string | undefined
  const hits = distinct ? [...Map.groupBy(found, ({ document }) => document[distinct]).values()].flatMap(([best]) => best ?? []) : found
  const limit = Number(asked.hitsPerPage ?? asked.limit ?? 20)
  const offset = asked.page === undefined ? Number(asked.offset ?? 0) : (Number(asked.page) - 1) * limit
  const retrieved = (asked.attributesToRetrieve as string[] | undefined) ?? ['*']
  return {
    ...(asked.indexUid !== undefined && { indexUid: asked.indexUid }),
    hits: hits.slice(offset, offset + limit).map(({ document, score }) => ({
      ...Object.fromEntries(Object.entries(document).filter(([name]) => retrieved.includes(name) || retrieved.includes('*'))),
      ...(asked.showRankingScore === true && { _rankingScore: score }),
    })),
    query: asked.q ?? '',
    processingTimeMs: 1,
    ...(asked.page === undefined
      ? { limit, offset, estimatedTotalHits: hits.length }
      : { page: asked.page, hitsPerPage: limit, totalHits: hits.length, totalPages: limit ? Math.ceil(hits.length / limit) : 0 }),
    ...(asked.facets !== undefined && {
      facetDistribution: countFacets(
        hits.map(({ document }) => document),
        asked.facets as string[],
      ),
      facetStats: {},
    }),
  }
}

/**
 * The share of the query's words that stand in a document, letter by letter. That is all it understands: no Japanese, no slips, no
 * ranking. Nothing that a test says about finding well may rest on it.
 */
function scoreOf(document: Stored, q: string, all: boolean): number {
  const text = ['title', 'titleWords', 'codes', 'body', 'words']
    .map(name => document[name])
    .join('\n')
    .toLowerCase()
  const parts = [...q.matchAll(/(-?)"([^"]*)"|(\S+)/g)].map(([, minus, phrase, word]) => ({
    minus,
    phrase,
    has: text.includes((phrase ?? word ?? '').toLowerCase()),
  }))
  if (parts.some(({ minus, has }) => minus && has) || parts.some(({ minus, phrase, has }) => !minus && phrase !== undefined && !has))
    return 0
  const wanted = parts.filter(({ minus }) => !minus)
  const had = wanted.filter(({ has }) => has).length
  if (wanted.length === 0) return 1
  return all && had < wanted.length ? 0 : had / wanted.length
}

function countFacets(documents: Stored[], names: string[]): Record<string, Record<string, number>> {
  return Object.fromEntries(
    names.map(name => {
      const counts: Record<string, number> = {}
      for (const value of documents.flatMap(document => valuesAt(document, name))) counts[value] = (counts[value] ?? 0) + 1
      return [name, counts]
    }),
  )
}

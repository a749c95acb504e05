import { type Static, Type } from 'typebox'
import { listBoards } from '../../boards/queries.ts'
import { KINDS } from '../../boards/schema.ts'
import { translator } from '../../platform/i18n.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { SORTS } from '../../search/asked.ts'
import { searchForum } from '../../search/queries.ts'
import { originalIdsOf } from '../../topics/sources.ts'
import { presentFound } from '../present.ts'

/** Descriptions in the published document are English; the reader shows them in the reader's language, by the same keys. */
const said = translator('en')
const told = (name: string) => ({ description: said(`api.search.${name}`) })

const YesNo = (name: string) => Type.Optional(Type.Union([Type.Literal('yes'), Type.Literal('no')], told(name)))
const SearchQuery = Type.Object({
  q: Type.String(told('q')),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20, ...told('limit') })),
  after: Type.Optional(Type.String(told('after'))),
  sort: Type.Optional(
    Type.Union(
      [...SORTS].map(sort => Type.Literal(sort)),
      told('sort'),
    ),
  ),
  board: Type.Optional(Type.String(told('board'))),
  kind: Type.Optional(
    Type.Union(
      [...KINDS].map(kind => Type.Literal(kind)),
      told('kind'),
    ),
  ),
  solved: YesNo('solvedOnly'),
  guaranteed: YesNo('guaranteedOnly'),
})

const Found = Type.Object({
  topicId: Type.Integer(told('topicId')),
  sourceId: Type.Union([Type.String(), Type.Null()], told('sourceId')),
  title: Type.String(told('title')),
  excerpt: Type.String(told('excerpt')),
  url: Type.String({ format: 'uri', ...told('url') }),
  answerId: Type.Union([Type.Integer(), Type.Null()], told('answerId')),
  label: Type.Union(
    [
      Type.Object({ kind: Type.Union([Type.Literal('official'), Type.Literal('related')]), company: Type.String(), name: Type.String() }),
      Type.Null(),
    ],
    told('label'),
  ),
  guaranteed: Type.Boolean(told('guaranteed')),
  solved: Type.Boolean(told('solved')),
})

const SearchAnswer = Type.Object({
  results: Type.Array(Found, told('results')),
  total: Type.Integer(told('total')),
  next: Type.Optional(Type.String(told('next'))),
})

/**
 * Searches one address may make in a minute. Far more than people need; what is on this machine (another server of the same site, a
 * measurement) is not counted.
 */
const SEARCHES = { max: 600, timeWindow: 60_000, allowList: ['127.0.0.1', '::1'] }

/** Search for machines. */
export async function apiSearchRoutes(app: App, services: Services): Promise<void> {
  const { db, search } = services
  const schema = {
    operationId: 'search',
    tags: ['search'],
    summary: said('api.search.summary'),
    description: said('api.search.about'),
    querystring: SearchQuery,
    response: { 200: SearchAnswer },
  }
  app.get<{ Querystring: Static<typeof SearchQuery> }>(
    '/api/v1/search',
    { config: { access: 'everyone', rateLimit: SEARCHES }, schema },
    async ({ actor, query }): Promise<Static<typeof SearchAnswer>> => {
      const found = await searchForum(db, search, actor, query, await listBoards(db, actor))
      const results = found?.results ?? []
      const originals = await originalIdsOf(
        db,
        results.map(({ topic }) => topic.id),
      )
      return {
        results: results.map(result => presentFound(result, originals.get(result.topic.id) ?? null, services.siteUrl)),
        total: found?.total ?? 0,
        ...(found?.next && { next: found.next }),
      }
    },
  )
}

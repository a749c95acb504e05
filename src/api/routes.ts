import { type Static, Type } from '@fastify/type-provider-typebox'
import { listBoards } from '../boards/queries.ts'
import type { Services } from '../platform/services.ts'
import type { App } from '../platform/web.ts'
import { searchForum } from '../search/queries.ts'
import { originalIdsOf } from '../topics/sources.ts'
import { presentFound } from './present.ts'

const SearchQuery = Type.Object({
  q: Type.String({ maxLength: 1000 }),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 20 }),
})

const Found = Type.Object({
  topicId: Type.Integer(),
  sourceId: Type.Union([Type.String(), Type.Null()]),
  title: Type.String(),
  excerpt: Type.String(),
  url: Type.String(),
  answerId: Type.Union([Type.Integer(), Type.Null()]),
  guaranteed: Type.Boolean(),
  solved: Type.Boolean(),
})

const SearchAnswer = Type.Object({ results: Type.Array(Found), total: Type.Integer() })

/**
 * Searches one address may make in a minute. Far more than people need; what is on this machine (another server of the same site, a
 * measurement) is not counted.
 */
const SEARCHES = { max: 600, timeWindow: 60_000, allowList: ['127.0.0.1', '::1'] }

/** What machines may ask. */
export async function apiRoutes(app: App, services: Services): Promise<void> {
  const { db, search } = services

  app.get<{ Querystring: Static<typeof SearchQuery> }>(
    '/api/v1/search',
    {
      config: { access: 'everyone', rateLimit: SEARCHES },
      schema: { querystring: SearchQuery, response: { 200: SearchAnswer } },
    },
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
      }
    },
  )
}

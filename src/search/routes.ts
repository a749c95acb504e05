import { type Static, Type } from '@fastify/type-provider-typebox'
import { listBoards } from '../boards/queries.ts'
import type { Services } from '../platform/services.ts'
import type { App } from '../platform/web.ts'
import { presentTopicLine } from '../topics/present.ts'
import { findTopic } from '../topics/queries.ts'
import { presentFilters, presentResult } from './present.ts'
import { findSimilar, searchForum } from './queries.ts'

const SearchQuery = Type.Object({
  q: Type.Optional(Type.String()),
  board: Type.Optional(Type.String({ maxLength: 80 })),
  kind: Type.Optional(Type.String({ maxLength: 20 })),
  solved: Type.Optional(Type.String({ maxLength: 5 })),
  tag: Type.Optional(Type.String({ maxLength: 60 })),
  after: Type.Optional(Type.String({ maxLength: 200 })),
})
export type SearchAddress = Static<typeof SearchQuery>

/** Search, and what is like a title. */
export async function searchRoutes(app: App, { db, search }: Services): Promise<void> {
  app.get<{ Querystring: SearchAddress }>(
    '/search',
    { config: { access: 'everyone' }, schema: { querystring: SearchQuery } },
    async (request, reply) => {
      const { actor, t, query, preferences } = request
      const boards = await listBoards(db, actor)
      const found = await searchForum(db, search, actor, query, boards)
      const model = {
        query: query.q ?? '',
        ...presentFilters(query, boards, preferences.locale, t),
        asked: found !== undefined,
        count: found?.total,
        countText: found?.total !== undefined && t(found.exact ? 'search.count' : 'search.countAtLeast', { count: found.total }),
        cut: found?.cut,
        results: found?.results.map(result => presentResult(result, preferences.locale, t)),
        nextPath: found?.next && searchPath({ ...query, after: found.next }),
        askPath: `/ask?title=${encodeURIComponent((query.q ?? '').slice(0, 100))}`,
      }
      return reply.page('search/show', {
        title: query.q ? t('search.titleFor', { query: query.q.slice(0, 60) }) : t('search.title'),
        at: 'search',
        noIndex: true,
        ...model,
      })
    },
  )

  const Title = Type.Object({ title: Type.String({ maxLength: 400 }) })
  app.get<{ Querystring: Static<typeof Title> }>(
    '/ask/similar',
    { config: { access: 'everyone' }, schema: { querystring: Title } },
    async ({ actor, query, preferences, t }, reply) => {
      const topics = query.title.trim().length < 3 ? [] : await findSimilar(db, search, actor, query.title, { solvedFirst: true, limit: 5 })
      return reply.fragment('search/similar_while_asking', { topics: topics.map(topic => presentTopicLine(topic, preferences.locale, t)) })
    },
  )

  app.get<{ Params: { id: number } }>(
    '/t/:id/similar',
    {
      config: { access: 'everyone', cached: true },
      schema: { params: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }) },
    },
    async ({ actor, params, preferences, t }, reply) => {
      const topic = await findTopic(db, actor, params.id)
      const topics = await findSimilar(db, search, actor, topic.title, { solvedFirst: true, limit: 4, except: topic.id })
      return reply
        .keep([`topic:${topic.id}`])
        .fragment('search/similar', { topics: topics.map(similar => presentTopicLine(similar, preferences.locale, t)) })
    },
  )
}

function searchPath(asked: SearchAddress): string {
  return `/search?${new URLSearchParams(Object.entries(asked).filter((entry): entry is [string, string] => Boolean(entry[1])))}`
}

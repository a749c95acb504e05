import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { listBoards } from '../../boards/queries.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { wordsOf } from '../asked.ts'
import { presentSuggestions } from '../present.ts'
import { suggest } from '../suggest_queries.ts'

const Typed = Type.Object({ q: Type.String({ default: '' }) })
type Typing = { Querystring: Static<typeof Typed> }

/** What is suggested while somebody types: in the search boxes, and in a browser's own. */
export async function suggestionRoutes(app: App, { db, search }: Services): Promise<void> {
  const options = { config: { access: 'everyone', cached: true } as const, schema: { querystring: Typed } }
  const suggestFor = async ({ actor, query }: FastifyRequest<Typing>) =>
    suggest(db, search, actor, wordsOf(query).words, await listBoards(db, actor))

  app.get<Typing>('/search/suggestions', options, async (request, reply) => {
    const found = await suggestFor(request)
    return reply.keep(tagsOf(found)).fragment('search/suggestions', presentSuggestions(found, request.preferences.locale, request.t))
  })

  app.get<Typing>('/search/suggestions.json', options, async (request, reply) => {
    const found = await suggestFor(request)
    const words = [...found.searches, ...found.products.map(product => product.nameJa), ...found.topics.map(topic => topic.title)]
    return reply
      .keep(tagsOf(found))
      .type('application/x-suggestions+json')
      .send(JSON.stringify([request.query.q, words]))
  })

  app.get('/opensearch.xml', { config: { access: 'everyone' } }, (_, reply) =>
    reply
      .header('cache-control', 'public, max-age=86400')
      .type('application/opensearchdescription+xml; charset=utf-8')
      .fragment('search/opensearch', {}),
  )
}

const tagsOf = ({ topics, products }: Awaited<ReturnType<typeof suggest>>) => [
  'boards',
  ...topics.map(({ id }) => `topic:${id}`),
  ...products.map(({ id }) => `product:${id}`),
]

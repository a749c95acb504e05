import { type Static, Type } from 'typebox'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { countNewTopics, countsOf, findNews } from '../news_queries.ts'
import { presentCounts, presentNews } from '../present_news.ts'
import { findTopic } from '../queries.ts'
import { TopicParams } from './topic.ts'

const Id = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER })
const TopicNews = Type.Object({
  after: Type.Optional(Id),
  at: Type.Optional(Type.Integer({ minimum: 0, maximum: 8.64e15 })),
  state: Type.Optional(Type.String({ maxLength: 60 })),
  posts: Type.Optional(Type.String({ pattern: String.raw`^\d{1,15}(,\d{1,15}){0,49}$` })),
})
const ListNews = Type.Object({ board: Type.Optional(Id), after: Type.Optional(Id) })

/** What is new on an open page, as Turbo streams: the page asks when it hears that something moved. The same for all guests. */
export async function newsRoutes(app: App, { db }: Services): Promise<void> {
  app.get<{ Params: Static<typeof TopicParams>; Querystring: Static<typeof TopicNews> }>(
    '/t/:id/news',
    { config: { access: 'everyone', cached: true }, schema: { params: TopicParams, querystring: TopicNews } },
    async ({ actor, t, params, query, preferences }, reply) => {
      const topic = await findTopic(db, actor, params.id)
      const ids = query.posts?.split(',').map(Number) ?? []
      const [news, counts] = await Promise.all([
        findNews(db, actor, topic, { after: query.after ?? 0, at: new Date(query.at ?? 0) }),
        countsOf(db, topic.id, ids),
      ])
      return reply.keep([`topic:${topic.id}`]).fragment('topics/news.stream', {
        news: presentNews(topic, news, query.state ?? '', t),
        counts: presentCounts(counts, preferences.locale),
      })
    },
  )

  app.get<{ Querystring: Static<typeof ListNews> }>(
    '/lists/news',
    { config: { access: 'everyone', cached: true }, schema: { querystring: ListNews } },
    async ({ actor, t, query }, reply) => {
      const count = await countNewTopics(db, actor, { board: query.board, after: query.after ?? 0 })
      const news = count > 0 ? { says: [t('topics.news.topics', { count })], path: '' } : undefined
      return reply.keep(['lists']).fragment('topics/news.stream', { news, counts: [] })
    },
  )
}

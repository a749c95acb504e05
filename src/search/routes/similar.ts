import { type Static, Type } from 'typebox'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { presentTopicLine } from '../../topics/present.ts'
import { findTopic } from '../../topics/queries.ts'
import { presentSimilar } from '../present.ts'
import { findSimilar, findSimilarAnswers } from '../queries.ts'

const Title = Type.Object({ title: Type.String({ default: '' }) })
const TopicParams = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })

const BESIDE_A_TOPIC = 4

/** What is like a title: while it is typed, and beside a topic. */
export async function similarRoutes(app: App, { db, search }: Services): Promise<void> {
  app.get<{ Querystring: Static<typeof Title> }>(
    '/ask/similar',
    { config: { access: 'everyone' }, schema: { querystring: Title } },
    async ({ actor, query, preferences, t }, reply) => {
      const found = await findSimilarAnswers(db, search, actor, query.title)
      return reply.fragment('search/similar_while_asking', { similar: found.map(each => presentSimilar(each, preferences.locale, t)) })
    },
  )

  app.get<{ Params: { id: number } }>(
    '/t/:id/similar',
    { config: { access: 'everyone', cached: true }, schema: { params: TopicParams } },
    async ({ actor, params, preferences, t }, reply) => {
      const topic = await findTopic(db, actor, params.id)
      const topics = await findSimilar(db, search, actor, topic.title, { solvedFirst: true, limit: BESIDE_A_TOPIC, except: topic.id })
      return reply
        .keep([`topic:${topic.id}`, ...topics.map(similar => `topic:${similar.id}`)])
        .fragment('search/similar', { topics: topics.map(similar => presentTopicLine(similar, preferences.locale, t)) })
    },
  )
}

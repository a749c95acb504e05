import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { Invalid } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { sentences } from '../../platform/web_errors.ts'
import { presentTopicLine } from '../../topics/present.ts'
import { findCompared, listComparisons, listTelling, listVoices, readCompared } from '../compare_queries.ts'
import { comparePath } from '../paths.ts'
import { presentCompared } from '../present_compare.ts'

const Query = Type.Object({ products: Type.String({ maxLength: 400, default: '' }) })
type Route = { Querystring: Static<typeof Query> }

/** Products side by side. */
export async function compareRoutes(app: App, { db }: Services): Promise<void> {
  app.get<Route>('/compare', { config: { access: 'everyone', cached: true }, schema: { querystring: Query } }, async (request, reply) => {
    const { query } = request
    if (!query.products.trim()) return show(request, reply, {})
    try {
      return await showCompared(request, reply, await readCompared(db, query.products))
    } catch (error) {
      if (!(error instanceof Invalid)) throw error
      const errors = sentences(request.t, error.fields)
      return show(request, reply.code(422), { errors, errorList: Object.entries(errors).map(([field, text]) => ({ field, text })) })
    }
  })

  async function showCompared(request: FastifyRequest, reply: FastifyReply, ids: number[]): Promise<FastifyReply> {
    const { actor, t, preferences } = request
    const [all, voices, troubles, tips, related] = await Promise.all([
      findCompared(db, ids),
      listVoices(db, actor, ids),
      listTelling(db, actor, ids, 'question'),
      listTelling(db, actor, ids, 'tip'),
      listComparisons(db, actor, ids),
    ])
    const compared = presentCompared(all, { voices, troubles, tips }, preferences.locale, t)
    const names = compared.columns.map(({ name }) => name).join(t('compare.with'))
    const slugs = all.map(({ product, company }) => ({ slug: product.slug, company }))
    reply.keep(['products', 'people', 'boards', ...ids.map(id => `product:${id}`)])
    return show(request, reply, {
      ...compared,
      values: { products: compared.columns.map(({ name }) => name).join('\u3001') },
      title: t('compare.titleOf', { names }),
      canonical: comparePath(slugs),
      related: related.map(topic => presentTopicLine(topic, preferences.locale, t)),
      askPath: `/ask?kind=comparison&product=${encodeURIComponent(compared.columns.map(({ name }) => name).join('\u3001'))}`,
    })
  }

  const show = (request: FastifyRequest, reply: FastifyReply, model: Record<string, unknown>) =>
    reply.page('compare/show', {
      title: request.t('compare.title'),
      at: 'boards',
      values: { products: (request.query as Route['Querystring']).products },
      noIndex: model.columns === undefined,
      ...model,
    })
}

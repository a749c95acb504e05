import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { speaksFor } from '../../accounts/actor.ts'
import { Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { topicPath } from '../../topics/paths.ts'
import { findTopic } from '../../topics/queries.ts'
import { nameProducts } from '../naming.ts'
import { canClaimTopic, canNameProducts } from '../policy.ts'
import { presentNamed } from '../present.ts'
import { guessProducts, productsText, suggestProducts } from '../product_queries.ts'

const Id = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const ProductsForm = Type.Object({ products: Type.String({ maxLength: 400, default: '' }) })
const Typed = Type.Object({ q: Type.String({ maxLength: 100, default: '' }) })
const Text = Type.Object({ text: Type.String({ maxLength: 20_000, default: '' }) })
type One = { Params: { id: number }; Body: Static<typeof ProductsForm> }

/** Looking at every product's names costs a little, and a page asks while somebody types. */
const LOOKS = { max: 240, timeWindow: 60_000 }

/** Which products a topic is about: named, and offered while somebody types. */
export async function namingRoutes(app: App, { db }: Services): Promise<void> {
  app.get<One>('/t/:id/products', { config: { access: 'members' }, schema: { params: Id } }, (request, reply) => showForm(request, reply))
  app.put<One>(
    '/t/:id/products',
    { config: { access: 'members' }, schema: { params: Id, body: ProductsForm }, errorHandler: showAgain(showForm) },
    async ({ actor, params, body }, reply) => {
      const topic = await findTopic(db, actor, params.id)
      await nameProducts(db, actor, topic, body.products)
      return reply.flash('productsNamed').see(topicPath(topic))
    },
  )

  app.get<{ Querystring: Static<typeof Typed> }>(
    '/products/suggest',
    { config: { access: 'everyone', rateLimit: LOOKS }, schema: { querystring: Typed } },
    async ({ query, preferences }, reply) => {
      const found = await suggestProducts(db, query.q)
      return reply.fragment('companies/suggested', { products: found.map(each => presentNamed(each, preferences.locale)) })
    },
  )
  app.post<{ Body: Static<typeof Text> }>(
    '/products/guess',
    { config: { access: 'everyone', rateLimit: LOOKS }, schema: { body: Text } },
    async ({ body, preferences }, reply) => {
      const found = await guessProducts(db, body.text)
      return reply.fragment('companies/guessed', { products: found.map(each => presentNamed(each, preferences.locale)) })
    },
  )

  async function showForm(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t, params, preferences } = request
    const topic = await findTopic(db, actor, (params as One['Params']).id)
    const mayAll = canNameProducts(actor, topic)
    if (!mayAll && !canClaimTopic(actor)) throw new Missing()
    const [standing, guessed] = await Promise.all([productsText(db, topic.id), guessProducts(db, `${topic.title}\n${topic.excerpt}`)])
    const offered = mayAll ? guessed : guessed.filter(({ companyId }) => speaksFor(actor, companyId))
    const values = form?.values ?? { products: standing || offered.map(each => presentNamed(each, preferences.locale).text).join('\u3001') }
    return reply.page('companies/topic_products', {
      title: t('companies.naming.title'),
      noIndex: true,
      topicTitle: topic.title,
      backPath: topicPath(topic),
      action: `/t/${topic.id}/products?_method=PUT`,
      isGuessed: !form && !standing && offered.length > 0,
      addsOnly: !mayAll,
      ...form,
      values,
    })
  }
}

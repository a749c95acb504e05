import { type Static, Type } from 'typebox'
import { presentLine } from '../../guarantees/present.ts'
import { listGuaranteed } from '../../guarantees/queries.ts'
import type { Services } from '../../platform/services.ts'
import { structuredHtml } from '../../platform/structured.ts'
import type { App } from '../../platform/web.ts'
import { searchPath } from '../../search/asked.ts'
import { listSearchesAbout } from '../../search/product_searches.ts'
import { presentAuthor, presentTopicLine } from '../../topics/present.ts'
import { companyPath, productPath } from '../paths.ts'
import { nameIn, presentCompany, presentOwn, presentProduct, presentProductLine, presentResponseTime, presentSolved } from '../present.ts'
import { namesIt } from '../product_names.ts'
import { countQuestions, findProduct, listProducts, listProductTopics, listTroubles, type Product } from '../product_queries.ts'
import { findCompany, listCompanies, listTeam, responseTimeOf } from '../queries.ts'
import { describeProduct } from '../structured.ts'

const After = Type.Object({ after: Type.Optional(Type.String({ maxLength: 40 })), list: Type.Optional(Type.String({ maxLength: 10 })) })
type Place = { Params: { company: string; product: string }; Querystring: Static<typeof After> }

const GUARANTEED = 10
const LISTED = 30
const TROUBLES = 10
const TIPS = 5

/** Companies and products as everybody sees them. */
export async function placeRoutes(app: App, services: Services): Promise<void> {
  const { db } = services
  const open = { config: { access: 'everyone', cached: true } as const, schema: { querystring: After } }

  app.get<Place>('/companies', open, async ({ t, query, preferences }, reply) => {
    const page = await listCompanies(db, query.after)
    return reply.keep(['companies']).page('companies/index', {
      title: t('companies.title'),
      at: 'boards',
      companies: page.rows.map(company => presentCompany(company, preferences.locale)),
      nextPath: page.next && `/companies?after=${encodeURIComponent(page.next)}`,
    })
  })

  app.get<Place>('/c/:company', open, async ({ actor, t, params, query, preferences }, reply) => {
    const { locale } = preferences
    const company = await findCompany(db, params.company)
    const isList = query.list === 'guaranteed'
    const [guaranteed, products, team, response] = await Promise.all([
      listGuaranteed(db, company.id, isList ? query.after : undefined, isList ? LISTED : GUARANTEED),
      listProducts(db, company.id),
      listTeam(db, company.id),
      responseTimeOf(db, company.id),
    ])
    const shown = presentCompany(company, locale)
    return reply.keep([`company:${company.id}`, 'products', 'people']).page('companies/show', {
      title: shown.name,
      description: shown.lead,
      at: 'boards',
      canonical: companyPath(company),
      company: shown,
      own: presentOwn(actor, company),
      guaranteed: guaranteed.rows.map(line => presentLine(line, locale, t)),
      isList,
      allPath: !isList && guaranteed.next ? `${companyPath(company)}?list=guaranteed` : undefined,
      nextPath: isList && guaranteed.next && `${companyPath(company)}?list=guaranteed&after=${encodeURIComponent(guaranteed.next)}`,
      products: products.map(product => presentProductLine(product, company, locale, t)),
      people: team.map(({ person, role }) => ({
        ...presentAuthor(person, null, locale, t),
        role: t(`companies.roles.${role}`),
      })),
      response: presentResponseTime(response, t),
    })
  })

  app.get<Place>('/c/:company/p/:product', open, async ({ actor, t, params, query, preferences }, reply) => {
    const { locale } = preferences
    const product = await findProduct(db, params.company, params.product)
    const isList = query.list === 'all'
    const [counts, searches, troubles, tips, all] = await Promise.all([
      countQuestions(db, product.id),
      isList ? [] : listSearchesAbout(db, actor, product.id),
      isList ? [] : listTroubles(db, actor, product.id, 'question', TROUBLES),
      isList ? [] : listTroubles(db, actor, product.id, 'tip', TIPS),
      isList ? listProductTopics(db, actor, product.id, query.after) : { rows: [], next: undefined },
    ])
    const path = productPath(product.company, product)
    const line = (topic: Parameters<typeof presentTopicLine>[0]) => presentTopicLine(topic, locale, t)
    const shown = presentProduct(product, counts, locale, t)
    return reply.keep([`company:${product.companyId}`, `product:${product.id}`, 'products', 'people', 'boards']).page('companies/product', {
      title: `${shown.name} | ${shown.company.name}`,
      description: shown.lead,
      at: 'boards',
      canonical: path,
      structuredHtml: structuredHtml(describeProduct(shown, services.siteUrl)),
      product: shown,
      own: presentOwn(actor, product.company),
      askPath: `/ask?product=${encodeURIComponent(nameIn(product, locale))}`,
      isList,
      troubles: troubles.map(line),
      tips: tips.map(line),
      searches: searches.map(words => ({ words, path: searchAbout(product, words) })),
      topics: all.rows.map(line),
      allPath: `${path}?list=all`,
      nextPath: all.next && `${path}?list=all&after=${encodeURIComponent(all.next)}`,
    })
  })

  app.get<Place>('/c/:company/p/:product/figures', open, async ({ params, t, preferences }, reply) => {
    const product = await findProduct(db, params.company, params.product)
    const [counts, response] = await Promise.all([countQuestions(db, product.id), responseTimeOf(db, product.companyId)])
    return reply.keep([`company:${product.companyId}`, `product:${product.id}`, 'products']).fragment('companies/figures', {
      id: product.id,
      solved: presentSolved(counts, preferences.locale, t),
      response: presentResponseTime(response, t),
    })
  })
}

/** The search somebody else made, narrowed to the product where its words do not name it. */
const searchAbout = ({ nameJa, keys }: Product, words: string) =>
  searchPath(keys.some(key => namesIt(words, key)) ? { q: words } : { q: words, product: nameJa })

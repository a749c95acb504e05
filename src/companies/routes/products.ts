import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { keepPicture } from '../../media/pictures.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { receiveFile } from '../../platform/web_files.ts'
import { managePath, productPath } from '../paths.ts'
import { nameIn, presentProduct, presentProductLine } from '../present.ts'
import { findProduct, listProducts, type Product } from '../product_queries.ts'
import { addProduct, addVersion, editProduct, removeVersion, setProductPicture, specsText } from '../products.ts'
import { findOwnCompany } from '../queries.ts'
import { CATEGORIES, LIVES } from '../schema.ts'
import { showManaging } from './manage.ts'

const words = (maxLength: number) => Type.String({ maxLength, default: '' })
const ProductForm = Type.Object({
  slug: words(40),
  nameJa: Type.String({ minLength: 1, maxLength: 60 }),
  nameEn: Type.String({ minLength: 1, maxLength: 80 }),
  aliases: words(1000),
  category: Type.Union(CATEGORIES.map(category => Type.Literal(category))),
  aboutJa: words(2000),
  aboutEn: words(2000),
  versionWordJa: words(20),
  versionWordEn: words(30),
  specsJa: words(8000),
  specsEn: words(8000),
  life: Type.Union(LIVES.map(life => Type.Literal(life))),
})
const VersionForm = Type.Object({ label: Type.String({ minLength: 1, maxLength: 40 }), releasedOn: words(10) })
type Route<Body = unknown> = { Params: { company: string; product: string; id: string }; Body: Body }

/** A company's products, arranged by its admins. */
export async function productRoutes(app: App, { db, storage }: Services): Promise<void> {
  const companies = { config: { access: 'companies' } as const }
  const of = (request: FastifyRequest) => request.params as Route['Params']

  app.get<Route>('/c/:company/manage/products', companies, async (request, reply) => {
    const { actor, t } = request
    const company = await findOwnCompany(db, actor, request.params.company)
    const products = await listProducts(db, company.id)
    return showManaging(request, reply, company, 'products', {
      products: products.map(product => presentProductLine(product, company, actor.preferences.locale, t)),
      addPath: managePath(company, 'products/new'),
    })
  })

  app.get<Route>('/c/:company/manage/products/new', companies, (request, reply) => showForm(request, reply))
  app.post<Route<Static<typeof ProductForm>>>(
    '/c/:company/manage/products',
    { ...companies, schema: { body: ProductForm }, errorHandler: showAgain(showForm) },
    async ({ actor, params, body }, reply) => {
      const company = await findOwnCompany(db, actor, params.company, { admin: true })
      const product = await addProduct(db, actor, company, body)
      return reply.flash('saved').see(managePath(company, `products/${product.slug}`))
    },
  )

  app.get<Route>('/c/:company/manage/products/:product', companies, (request, reply) => showProduct(request, reply))
  app.post<Route<Static<typeof ProductForm>>>(
    '/c/:company/manage/products/:product',
    { ...companies, schema: { body: ProductForm }, errorHandler: showAgain(showProduct) },
    async (request, reply) => {
      const product = await findOwn(request)
      await editProduct(db, request.actor, product, request.body)
      return reply.flash('saved').see(productPath(product.company, product))
    },
  )

  app.post<Route>(
    '/c/:company/manage/products/:product/picture',
    { ...companies, errorHandler: showAgain(showProduct) },
    async (request, reply) => {
      const product = await findOwn(request)
      const { file } = await receiveFile(request)
      const { id } = await keepPicture({ db, storage }, request.actor, file, product.nameJa)
      await setProductPicture(db, request.actor, product, id)
      return reply.flash('saved').see(managePath(product.company, `products/${product.slug}`))
    },
  )
  app.delete<Route>('/c/:company/manage/products/:product/picture', companies, async (request, reply) => {
    const product = await findOwn(request)
    await setProductPicture(db, request.actor, product, null)
    return reply.flash('saved').see(managePath(product.company, `products/${product.slug}`))
  })

  app.post<Route<Static<typeof VersionForm>>>(
    '/c/:company/manage/products/:product/versions',
    { ...companies, schema: { body: VersionForm }, errorHandler: showAgain(showProduct) },
    async (request, reply) => {
      const product = await findOwn(request)
      await addVersion(db, request.actor, product, request.body)
      return reply.flash('saved').see(managePath(product.company, `products/${product.slug}`))
    },
  )
  app.delete<Route>(
    '/c/:company/manage/products/:product/versions/:id',
    { ...companies, errorHandler: showAgain(showProduct) },
    async (request, reply) => {
      const product = await findOwn(request)
      await removeVersion(db, request.actor, product, /^\d{1,15}$/.test(request.params.id) ? Number(request.params.id) : 0)
      return reply.flash('saved').see(managePath(product.company, `products/${product.slug}`))
    },
  )

  async function findOwn(request: FastifyRequest): Promise<Product> {
    const company = await findOwnCompany(db, request.actor, of(request).company, { admin: true })
    return findProduct(db, company.slug, of(request).product)
  }

  async function showForm(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const company = await findOwnCompany(db, request.actor, of(request).company, { admin: true })
    const values = form?.values ?? { category: 'other', life: 'on_sale' }
    return showManaging(request, reply, company, 'products', {
      view: 'product',
      title: request.t('companies.products.add'),
      isNew: true,
      action: managePath(company, 'products'),
      ...choicesOf(request, values),
      ...form,
      values,
    })
  }

  async function showProduct(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const company = await findOwnCompany(db, actor, of(request).company, { admin: true })
    const product = await findProduct(db, company.slug, of(request).product)
    const { locale } = actor.preferences
    const standing = {
      ...product,
      aliases: product.aliases.join('\u3001'),
      specsJa: specsText(product.specsJa),
      specsEn: specsText(product.specsEn, ': '),
    }
    const values = { ...standing, ...form?.values }
    const path = managePath(company, `products/${product.slug}`)
    const shown = presentProduct(product, { questions: 0, solved: 0 }, locale, t)
    return showManaging(request, reply, company, 'products', {
      view: 'product',
      title: nameIn(product, locale),
      action: path,
      product: {
        ...shown,
        versions: shown.versions.map(version => ({ ...version, removePath: `${path}/versions/${version.id}?_method=DELETE` })),
      },
      ...choicesOf(request, values),
      ...form,
      values,
    })
  }
}

const choicesOf = ({ t }: FastifyRequest, { category, life }: { category?: unknown; life?: unknown }) => ({
  categories: CATEGORIES.map(value => ({ value, label: t(`companies.categories.${value}`), isChosen: value === category })),
  lives: LIVES.map(value => ({ value, label: t(`companies.lives.${value}`), isChosen: value === life })),
})

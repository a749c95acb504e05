import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { inGroups } from '../../boards/groups.ts'
import { presentBoard, presentGroups } from '../../boards/present.ts'
import { type Board, findBoard, listBoards } from '../../boards/queries.ts'
import { productPath } from '../../companies/paths.ts'
import { nameIn } from '../../companies/present.ts'
import { findProduct } from '../../companies/product_queries.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { listHelpers, type Place, placeOfBoard } from '../helper_queries.ts'
import { monthFrom, presentHelpers, presentMonth } from '../present_helpers.ts'

const Asked = Type.Object({ month: Type.Optional(Type.String()) })
type Asking = { Querystring: Static<typeof Asked> }

/** A place as its page names it: what it is, where it is, what goes stale with it. */
type Shown = { place: Place; path: string; board?: Board; name?: string; backPath?: string }

/** Who helped most, month by month: on the whole site, in each board, and for each product. */
export async function peopleRoutes(app: App, { db }: Services): Promise<void> {
  const options = { config: { access: 'everyone', cached: true } as const, schema: { querystring: Asked } }

  app.get<Asking>('/people', options, (request, reply) => show(request, reply, { place: 'site', path: '/people' }))

  app.get<Asking & { Params: { slug: string } }>('/b/:slug/people', options, async (request, reply) => {
    const board = await findBoard(db, request.actor, request.params.slug)
    const { name, path } = presentBoard(board, request.preferences.locale)
    return show(request, reply, { place: placeOfBoard(board), path: `${path}/people`, board, name, backPath: path })
  })

  app.get<Asking & { Params: { company: string; product: string } }>('/c/:company/p/:product/people', options, async (request, reply) => {
    const product = await findProduct(db, request.params.company, request.params.product)
    const backPath = productPath(product.company, product)
    return show(request, reply, {
      place: `product:${product.id}`,
      path: `${backPath}/people`,
      name: nameIn(product, request.preferences.locale),
      backPath,
    })
  })

  async function show(request: FastifyRequest, reply: FastifyReply, shown: Shown): Promise<FastifyReply> {
    const { actor, preferences, t } = request
    const month = monthFrom((request.query as Static<typeof Asked>).month)
    const [helpers, all] = await Promise.all([listHelpers(db, { place: shown.place, months: [month] }), listBoards(db, actor)])
    return reply.keep([`helpers:${shown.place}`, 'people', 'boards', 'companies']).page('people/index', {
      title: shown.name ? t('helpers.of', { name: shown.name }) : t('helpers.title'),
      at: 'people',
      canonical: shown.path,
      back: shown.backPath && { name: shown.name, path: shown.backPath },
      month: presentMonth(month, shown.path, preferences.locale),
      helpers: presentHelpers(helpers, t),
      places: [
        { name: t('helpers.everywhere'), path: '/people', isCurrent: shown.place === 'site' },
        ...presentGroups(inGroups(all), preferences.locale).map(({ id, name, slug }) => ({
          name,
          path: `/b/${slug}/people`,
          isCurrent: id === shown.board?.id,
        })),
      ],
    })
  }
}

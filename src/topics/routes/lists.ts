import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { presentTour } from '../../accounts/present_tour.ts'
import { inGroups } from '../../boards/groups.ts'
import { presentBoard, presentGroups, presentNav } from '../../boards/present.ts'
import { findBoard, listBoards } from '../../boards/queries.ts'
import { renderBody } from '../../platform/html.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { listHelpers, placeOfBoard } from '../../reputation/helper_queries.ts'
import { monthBefore, presentMasters } from '../../reputation/present_helpers.ts'
import { presentTopicLine } from '../present.ts'
import { listNewsPath, subjectsOf } from '../present_news.ts'
import { LISTS, type List, listTopics } from '../queries.ts'

const ListQuery = Type.Object({
  list: Type.Optional(Type.String()),
  after: Type.Optional(Type.String({ maxLength: 80 })),
  tour: Type.Optional(Type.String()),
})
type Listing = { Querystring: Static<typeof ListQuery> }

/** Home, the boards, and the lists of topics. */
export async function listRoutes(app: App, { db }: Services): Promise<void> {
  app.get<Listing>('/', { config: { access: 'everyone', cached: true }, schema: { querystring: ListQuery } }, async (request, reply) => {
    const { actor, t, query, preferences } = request
    const list = listFrom(query)
    const [page, all] = await Promise.all([listTopics(db, actor, { list, after: query.after }), listBoards(db, actor)])
    const model = {
      ...presentList(request, page, { path: '/', current: list }),
      ...presentNav(inGroups(all), preferences.locale),
      ownBoards: all.filter(board => actor.interests.includes(board.id)).map(board => presentBoard(board, preferences.locale)),
      isFirstPage: !query.after,
      tour: presentTour(actor, query.tour, t),
    }
    return reply.keep(['lists', 'boards', 'people']).page('home', { title: t('site.title'), isHome: true, at: 'home', ...model })
  })

  app.get('/boards', { config: { access: 'everyone', cached: true } }, async ({ actor, t, preferences }, reply) => {
    const groups = presentGroups(inGroups(await listBoards(db, actor)), preferences.locale)
    return reply.keep(['boards', 'lists']).page('boards/index', { title: t('boards.title'), at: 'boards', groups })
  })

  app.get<Listing & { Params: { slug: string } }>(
    '/b/:slug',
    { config: { access: 'everyone', cached: true }, schema: { querystring: ListQuery } },
    async (request, reply) => {
      const { actor, query, preferences } = request
      const board = await findBoard(db, actor, request.params.slug)
      const list = listFrom(query)
      const place = placeOfBoard(board)
      const months = [monthBefore(0), monthBefore(1)]
      const [page, all, helpers] = await Promise.all([
        listTopics(db, actor, { list, board, after: query.after }),
        listBoards(db, actor),
        listHelpers(db, { place, months, size: 40 }),
      ])
      const shown = presentBoard(board, preferences.locale)
      const children = all.filter(child => child.parentId === board.id)
      const parent = all.find(other => other.id === board.parentId)
      const model = {
        board: { ...shown, rulesHtml: shown.rules && (await renderBody(shown.rules)).html },
        parent: parent && presentBoard(parent, preferences.locale),
        children: children.map(child => presentBoard(child, preferences.locale)),
        ...presentNav(inGroups(all), preferences.locale, board),
        masters: presentMasters(helpers, months, request.t),
        peoplePath: `${shown.path}/people`,
        ...presentList(request, page, { path: shown.path, current: list, boards: [board, ...children] }),
      }
      return reply
        .keep([`helpers:${place}`, ...[board, ...children].map(({ id }) => `board:${id}`), 'boards', 'people'])
        .page('boards/show', { title: shown.name, description: shown.description, at: 'boards', ...model })
    },
  )
}

const listFrom = ({ list }: { list?: string }): List => LISTS.find(name => name === list) ?? 'new'

function presentList(
  { t, preferences, query }: FastifyRequest,
  page: Awaited<ReturnType<typeof listTopics>>,
  { path, current, boards = [] }: { path: string; current: List; boards?: { id: number }[] },
) {
  const isFirst = !(query as Listing['Querystring']).after
  const address = (list: List) => (list === 'new' ? path : `${path}?list=${list}`)
  return {
    tabs: LISTS.map(list => ({ path: address(list), label: t(`topics.lists.${list}`), isCurrent: list === current })),
    topics: page.rows.map(row => presentTopicLine(row, preferences.locale, t)),
    emptyText: t(`topics.lists.empty.${current}`),
    ...(current === 'new' && isFirst && { subjects: subjectsOf(boards), newsPath: listNewsPath(page.rows, boards[0]) }),
    nextPath: page.next && `${path}?list=${current}&after=${encodeURIComponent(page.next)}`,
  }
}

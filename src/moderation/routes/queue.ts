import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { isOperator } from '../../accounts/actor.ts'
import { boardName } from '../../boards/present.ts'
import { type Board, listBoards } from '../../boards/queries.ts'
import { Conflict } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { findItemContext } from '../context.ts'
import { decideItem, type OtherDid, releaseItem, takeItem, undoDecision, WORDS_LETTERS } from '../deciding.ts'
import { KIND_NAMES } from '../kind_names.ts'
import { queuePath } from '../paths.ts'
import { presentItem } from '../present_item.ts'
import { presentKinds, presentLease, presentLine } from '../present_queue.ts'
import { countQueue, findItem, leasesOf, listDecided, listQueue } from '../queue_queries.ts'

const Query = Type.Object({
  kind: Type.Optional(Type.String({ maxLength: 40 })),
  board: Type.Optional(Type.String({ maxLength: 60 })),
  after: Type.Optional(Type.String({ maxLength: 80 })),
})
const Params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const Verdict = Type.Object({
  decision: Type.String({ maxLength: 40, default: '' }),
  reason: Type.String({ maxLength: 40, default: '' }),
  words: Type.String({ maxLength: 10_000, default: '' }),
  mark: Type.Optional(Type.String({ maxLength: 2000 })),
})
const Known = Type.Object({
  ids: Type.String({ maxLength: 400, default: '' }),
  waiting: Type.Optional(Type.Integer({ minimum: 0, maximum: 100_000 })),
})
type One<Body = unknown> = { Params: Static<typeof Params>; Querystring: Static<typeof Query>; Body: Body }

/** What waits for a moderator: the list, one item with all that belongs to it, taking it, deciding it, taking that back. */
export async function queueRoutes(app: App, { db }: Services): Promise<void> {
  const moderators = { config: { access: 'moderators' } as const }
  const one = { ...moderators, schema: { params: Params, querystring: Query } }
  const idOf = (request: FastifyRequest) => (request.params as One['Params']).id
  const queryOf = (request: FastifyRequest) => request.query as One['Querystring']

  app.get<{ Querystring: Static<typeof Query> }>('/moderation', { ...moderators, schema: { querystring: Query } }, (request, reply) =>
    show(request, reply),
  )
  app.get('/moderation/decided', moderators, (request, reply) => showDecided(request, reply))
  app.get<{ Querystring: Static<typeof Known> }>(
    '/moderation/leases',
    { ...moderators, schema: { querystring: Known } },
    async ({ actor, query, t }, reply) => {
      const ids = query.ids.split(',').map(Number).filter(Number.isSafeInteger).slice(0, 30)
      const [leases, counts] = await Promise.all([leasesOf(db, actor, ids), countQueue(db, actor)])
      const more = sumOf(counts) - (query.waiting ?? Number.POSITIVE_INFINITY)
      return reply.header('cache-control', 'no-store').fragment('moderation/leases.stream', {
        leases: leases.map(item => presentLease(item, actor, t)),
        news: more > 0 ? t('moderation.queue.news', { count: more }) : undefined,
      })
    },
  )
  app.get<One>('/moderation/:id', one, (request, reply) => show(request, reply, idOf(request)))

  app.post<One>('/moderation/:id/lease', { ...one, errorHandler: showConflict }, async (request, reply) => {
    const { actor, params, t } = request
    await takeItem(db, actor, await findItem(db, actor, params.id))
    const item = await findItem(db, actor, params.id)
    const lease = { ...presentLease({ ...item, takenBy: item.by }, actor, t), mayTake: true }
    return reply.see(queuePath(queryOf(request), params.id), {
      view: 'moderation/taken.stream',
      model: { lease, action: `/moderation/${item.id}` },
    })
  })
  app.delete<One>('/moderation/:id/lease', one, async (request, reply) => {
    await releaseItem(db, request.actor, await findItem(db, request.actor, request.params.id))
    return reply.see(queuePath(queryOf(request), request.params.id))
  })

  app.post<One<Static<typeof Verdict>>>(
    '/moderation/:id/decision',
    { ...moderators, schema: { params: Params, querystring: Query, body: Verdict }, errorHandler: showConflict },
    async (request, reply) => {
      const { actor, params, body } = request
      await decideItem(db, actor, await findItem(db, actor, params.id), body)
      return reply.flash('itemDecided').see(queuePath(queryOf(request), params.id))
    },
  )
  app.delete<One>('/moderation/:id/decision', { ...one, errorHandler: showConflict }, async (request, reply) => {
    await undoDecision(db, request.actor, await findItem(db, request.actor, request.params.id))
    return reply.flash('decisionUndone').see(queuePath(queryOf(request)))
  })

  /** Somebody was faster: the item as it stands now, with what he did. */
  async function showConflict(error: Error, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (!(error instanceof Conflict))
      return showAgain((request, reply, form) => show(request, reply, idOf(request), form))(error, request, reply)
    const other = error.current as OtherDid | undefined
    const values = { name: other?.by ?? '', decision: other?.decision ? request.t(`moderation.decisions.${other.decision}`) : '' }
    const said = other?.decision ? 'moderation.conflict.decided' : 'moderation.conflict.taken'
    return show(request, reply.code(409), idOf(request), undefined, other ? request.t(said, values) : request.t(error.reason))
  }

  async function show(
    request: FastifyRequest,
    reply: FastifyReply,
    id?: number,
    form?: FormAgain,
    conflict?: string,
  ): Promise<FastifyReply> {
    const { actor, t } = request
    const query = queryOf(request)
    const kind = KIND_NAMES.find(each => each === query.kind)
    const boards = (await listBoards(db, actor, { archived: true })).filter(
      board => isOperator(actor) || actor.moderates.includes(board.id),
    )
    const board = boards.find(({ slug }) => slug === query.board)
    const boardIds = board && boards.filter(each => each.id === board.id || each.parentId === board.id).map(each => each.id)
    const filter = { kind, board: board?.slug, after: query.after }
    const [page, counts] = await Promise.all([
      listQueue(db, actor, { kind, boardIds, after: query.after }),
      countQueue(db, actor, boardIds),
    ])
    const chosen = id ?? page.rows[0]?.id
    const item = chosen ? await findItem(db, actor, chosen) : undefined
    const next = page.rows[page.rows.findIndex(row => row.id === chosen) + 1] ?? page.rows.find(row => row.id !== chosen)
    return reply.header('cache-control', 'no-store').page('moderation/queue', {
      title: t('moderation.queue.title'),
      at: 'moderation',
      noIndex: true,
      isOperator: isOperator(actor),
      kinds: presentKinds(counts, filter, t),
      boards: boards.map(each => presentBoard(each, each === board, request)),
      filter,
      items: page.rows.map(row => presentLine(row, filter, chosen, actor, t)),
      isOpened: id !== undefined,
      item: item && presentItem(item, await findItemContext(db, item), actor, t, form),
      suffix: queuePath(filter).replace('/moderation', ''),
      newsPath: `/moderation/leases?ids=${page.rows.map(row => row.id).join()}&waiting=${sumOf(boardIds ? await countQueue(db, actor) : counts)}`,
      nextItemPath: next && queuePath(filter, next.id),
      nextPath: page.next && queuePath({ ...filter, after: page.next }),
      longest: WORDS_LETTERS,
      conflict,
      errorList: form?.errorList,
    })
  }

  async function showDecided(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { actor, t } = request
    const rows = await listDecided(db, actor)
    return reply.header('cache-control', 'no-store').page('moderation/decided', {
      title: t('moderation.decided.title'),
      at: 'moderation',
      noIndex: true,
      items: rows.map(row => presentLine(row, {}, undefined, actor, t)),
    })
  }
}

const sumOf = (counts: Map<string, number>) => [...counts.values()].reduce((sum, count) => sum + count, 0)

const presentBoard = (board: Board, isChosen: boolean, { preferences }: FastifyRequest) => ({
  slug: board.slug,
  name: boardName(board, preferences.locale),
  isChosen,
})

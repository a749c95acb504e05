import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { VISIBILITIES } from '../../accounts/visibility.ts'
import { addBoard, archiveBoard, type BoardDraft, editBoard } from '../../boards/boards.ts'
import { inGroups } from '../../boards/groups.ts'
import { type Board, findBoard, listBoards } from '../../boards/queries.ts'
import { KINDS } from '../../boards/schema.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { listModerators } from '../moderators.ts'
import { showAdmin } from './page.ts'

const words = (maxLength: number) => Type.String({ maxLength, default: '' })
const BoardForm = Type.Object({
  slug: Type.String({ minLength: 1, maxLength: 40 }),
  parentId: words(20),
  nameJa: Type.String({ minLength: 1, maxLength: 40 }),
  nameEn: Type.String({ minLength: 1, maxLength: 60 }),
  descriptionJa: words(300),
  descriptionEn: words(300),
  rulesJa: words(4000),
  rulesEn: words(4000),
  kinds: Type.Array(Type.Union(KINDS.map(kind => Type.Literal(kind))), { maxItems: KINDS.length, default: [] }),
  visibility: Type.Union(VISIBILITIES.map(visibility => Type.Literal(visibility))),
  position: Type.Integer({ minimum: 0, maximum: 10_000, default: 0 }),
  moderators: words(1000),
})
const ArchiveForm = Type.Object({ archived: Type.Union([Type.Literal('yes'), Type.Literal('no')]) })
type Form = { Params: { slug: string }; Body: Static<typeof BoardForm> }

/** Boards for the operator: two levels, arranged and edited on plain pages. */
export async function boardAdminRoutes(app: App, { db }: Services): Promise<void> {
  const operators = { config: { access: 'operators' } as const }

  app.get('/admin/boards', operators, async (request, reply) => {
    const groups = inGroups(await listBoards(db, request.actor, { archived: true }))
    return showAdmin(request, reply, 'boards', 'boards', {
      groups: groups.map(({ board, children }) => ({ ...line(board), children: children.map(line) })),
    })
  })

  app.get('/admin/boards/new', operators, (request, reply) => showForm(request, reply))
  app.post<Form>(
    '/admin/boards',
    {
      ...operators,
      schema: { body: BoardForm },
      errorHandler: showAgain((request, reply, form) => showForm(request, reply, undefined, form)),
    },
    async ({ actor, body }, reply) => {
      await addBoard(db, actor, draftOf(body))
      return reply.flash('saved').see('/admin/boards')
    },
  )

  app.get<Form>('/admin/boards/:slug', operators, async (request, reply) =>
    showForm(request, reply, await findBoard(db, request.actor, request.params.slug)),
  )
  app.post<Form>(
    '/admin/boards/:slug',
    { ...operators, schema: { body: BoardForm }, errorHandler: showAgain(editAgain) },
    async ({ actor, params, body }, reply) => {
      await editBoard(db, actor, await findBoard(db, actor, params.slug), draftOf(body))
      return reply.flash('saved').see('/admin/boards')
    },
  )
  app.post<{ Params: { slug: string }; Body: Static<typeof ArchiveForm> }>(
    '/admin/boards/:slug/archive',
    { ...operators, schema: { body: ArchiveForm } },
    async ({ actor, params, body }, reply) => {
      await archiveBoard(db, actor, await findBoard(db, actor, params.slug), body.archived === 'yes')
      return reply.flash('saved').see('/admin/boards')
    },
  )

  async function editAgain(request: FastifyRequest, reply: FastifyReply, form: FormAgain): Promise<FastifyReply> {
    return showForm(request, reply, await findBoard(db, request.actor, (request.params as Form['Params']).slug), form)
  }

  async function showForm(request: FastifyRequest, reply: FastifyReply, board?: Board, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const [all, moderators] = await Promise.all([listBoards(db, actor), board ? listModerators(db, board.id) : []])
    const values =
      form?.values ??
      (board
        ? { ...board, moderators: moderators.join(' ') }
        : { kinds: ['question', 'discussion', 'tip'], visibility: 'public', position: 0 })
    const kinds = new Set([values.kinds ?? []].flat())
    const model = {
      title: t(board ? 'admin.boards.edit' : 'admin.boards.add'),
      action: board ? `/admin/boards/${board.slug}` : '/admin/boards',
      board: board && { slug: board.slug, isArchived: board.archivedAt !== null },
      parents: all
        .filter(other => other.parentId === null && other.id !== board?.id)
        .map(other => ({ id: other.id, name: other.nameJa, isChosen: String(other.id) === String(values.parentId) })),
      kinds: KINDS.map(kind => ({ value: kind, label: t(`kinds.${kind}`), isChosen: kinds.has(kind) })),
      visibilities: VISIBILITIES.map(value => ({
        value,
        label: t(`admin.boards.visibility_${value}`),
        isChosen: value === values.visibility,
      })),
    }
    return showAdmin(request, reply, 'board', 'boards', { ...model, ...form, values })
  }
}

const line = (board: Board) => ({ ...board, path: `/admin/boards/${board.slug}`, isArchived: board.archivedAt !== null })

/** An id no board has where the text is none: the verb says so at the field. */
const parentOf = (typed: string) => (typed.trim() === '' ? null : Number.isSafeInteger(Number(typed)) ? Number(typed) : -1)

const draftOf = (body: Static<typeof BoardForm>): BoardDraft => ({
  ...body,
  parentId: parentOf(body.parentId),
  moderators: body.moderators.split(/[\s,\u3001]+/).filter(Boolean),
})

import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { boardName } from '../../boards/present.ts'
import { listBoards } from '../../boards/queries.ts'
import { HARSH } from '../../moderation/words/harshness.ts'
import { presentHarshness } from '../../moderation/words/present.ts'
import { findWord, listWords } from '../../moderation/words/queries.ts'
import { WORD_ACTIONS, WORD_KINDS, WORD_LANGUAGES, type WordRow } from '../../moderation/words/schema.ts'
import { tryWords } from '../../moderation/words/trying.ts'
import { addWords, dropWord, editWord, type WordDraft } from '../../moderation/words/words.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { showAdmin } from './page.ts'

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Params = Type.Object({ id: Id })
const oneOf = <Name extends string>(names: readonly Name[]) => Type.Union(names.map(name => Type.Literal(name)))
const Listing = Type.Object({
  q: Type.Optional(Type.String({ maxLength: 100 })),
  kind: Type.Optional(Type.Union([oneOf(WORD_KINDS), Type.Literal('')])),
  action: Type.Optional(Type.Union([oneOf(WORD_ACTIONS), Type.Literal('')])),
  after: Type.Optional(Id),
})
const WEIGHTS = ['1', '2', '3'] as const
const WordForm = Type.Object({
  words: Type.String({ maxLength: 10_000, default: '' }),
  exceptions: Type.String({ maxLength: 4000, default: '' }),
  exact: Type.Optional(Type.String({ maxLength: 5 })),
  aimed: Type.Optional(Type.String({ maxLength: 5 })),
  language: oneOf(WORD_LANGUAGES),
  boardId: Type.Union([Id, Type.Literal('')]),
  kind: oneOf(WORD_KINDS),
  weight: oneOf(WEIGHTS),
  action: oneOf(WORD_ACTIONS),
})
const TrialForm = Type.Object({
  ...WordForm.properties,
  text: Type.String({ maxLength: 4000, default: '' }),
  id: Type.Optional(Id),
})
type One = { Params: Static<typeof Params>; Body: Static<typeof WordForm> }

const NEW = { language: 'any', boardId: '', kind: 'insult', weight: '2', action: 'nudge' }

/** The lists of words: looked through, added to, changed, tried out before they count, shortened. */
export async function wordRoutes(app: App, { db }: Services): Promise<void> {
  const operators = { config: { access: 'operators' } as const }
  const form = { ...operators, schema: { body: WordForm } }
  const one = { ...form, schema: { ...form.schema, params: Params } }

  app.get<{ Querystring: Static<typeof Listing> }>('/admin/words', { ...operators, schema: { querystring: Listing } }, (request, reply) =>
    showList(request, reply, request.query),
  )
  app.post<One>(
    '/admin/words',
    { ...form, errorHandler: showAgain((request, reply, again) => showList(request, reply, {}, again)) },
    async ({ actor, body }, reply) => {
      await addWords(db, actor, draftFrom(body))
      return reply.flash('saved').see('/admin/words')
    },
  )
  app.post<{ Body: Static<typeof TrialForm> }>(
    '/admin/words/try',
    { ...operators, schema: { body: TrialForm }, errorHandler: showAgain(showTrial) },
    async (request, reply) => {
      const { body, actor, t } = request
      const { text, before, after } = await tryWords(db, actor, draftFrom(body), body)
      const columns = [
        { heading: t('admin.words.now'), ...presentHarshness(text, before, t) },
        { heading: t('admin.words.then'), ...presentHarshness(text, after, t) },
      ].map(each => ({ ...each, verdict: t(each.score >= HARSH ? 'admin.words.harsh' : 'admin.words.calm', { score: each.score }) }))
      return showTrial(request, reply, {
        values: body,
        errors: {},
        errorList: [],
        columns: body.words.trim() ? columns : columns.slice(0, 1),
      })
    },
  )
  app.get<One>('/admin/words/:id', { ...operators, schema: { params: Params } }, (request, reply) => showOne(request, reply))
  app.post<One>('/admin/words/:id', { ...one, errorHandler: showAgain(showOne) }, async ({ actor, params, body }, reply) => {
    await editWord(db, actor, await findWord(db, params.id), draftFrom(body))
    return reply.flash('saved').see('/admin/words')
  })
  app.delete<One>('/admin/words/:id', { ...operators, schema: { params: Params } }, async ({ actor, params }, reply) => {
    await dropWord(db, actor, await findWord(db, params.id))
    return reply.flash('saved').see('/admin/words')
  })

  async function showList(
    request: FastifyRequest,
    reply: FastifyReply,
    query: Static<typeof Listing>,
    again?: FormAgain,
  ): Promise<FastifyReply> {
    const { t } = request
    const { q, kind, action, after } = query
    const { rows, next } = await listWords(db, { search: q, kind: kind || undefined, action: action || undefined, after })
    const filters = Object.entries({ q, kind, action }).filter((each): each is [string, string] => Boolean(each[1]))
    return showAdmin(request, reply, 'words', 'words', {
      title: t('admin.words.title'),
      search: q,
      filters: { kinds: choices(t, 'kinds', WORD_KINDS, kind), actions: choices(t, 'actions', WORD_ACTIONS, action) },
      words: rows.map(({ rule, board }) => ({ ...presentRule(rule, t), board: board && boardName(board, t.locale ?? 'ja') })),
      nextPath: next && `/admin/words?${new URLSearchParams([...filters, ['after', String(next)]])}`,
      isOpen: Boolean(again),
      ...(await formModel(request, again?.values ?? NEW)),
      action: '/admin/words',
      errors: {},
      ...again,
    })
  }

  async function showOne(request: FastifyRequest, reply: FastifyReply, again?: FormAgain): Promise<FastifyReply> {
    const rule = await findWord(db, (request.params as One['Params']).id)
    const values = again?.values ?? { ...rule, words: rule.word, exceptions: rule.exceptions.join('\n'), weight: String(rule.weight) }
    const path = `/admin/words/${rule.id}`
    const model = { title: request.t('admin.words.edit'), id: rule.id, action: path, dropPath: `${path}?_method=DELETE`, errors: {} }
    return showAdmin(request, reply, 'word', 'words', { ...model, ...again, ...(await formModel(request, values)) })
  }

  /** The form once more with what was typed, and what is found before and after. */
  async function showTrial(
    request: FastifyRequest,
    reply: FastifyReply,
    model: FormAgain & Record<string, unknown>,
  ): Promise<FastifyReply> {
    const { id } = model.values as { id?: number }
    const action = id ? `/admin/words/${id}` : '/admin/words'
    return showAdmin(request, reply, 'word', 'words', {
      title: request.t('admin.words.trial'),
      id,
      action,
      ...model,
      ...(await formModel(request, model.values)),
    })
  }

  /** What the form offers, with what was chosen. */
  async function formModel({ actor, t }: FastifyRequest, values: Record<string, unknown>) {
    const boards = await listBoards(db, actor)
    return {
      values,
      languages: choices(t, 'languages', WORD_LANGUAGES, values.language),
      kinds: choices(t, 'kinds', WORD_KINDS, values.kind),
      weights: choices(t, 'weights', WEIGHTS, values.weight),
      actions: choices(t, 'actions', WORD_ACTIONS, values.action),
      boards: boards.map(board => ({
        value: String(board.id),
        label: boardName(board, t.locale ?? 'ja'),
        isChosen: String(board.id) === String(values.boardId ?? ''),
      })),
    }
  }
}

const draftFrom = ({ exact, aimed, boardId, weight, ...form }: Static<typeof WordForm>): WordDraft => ({
  ...form,
  exact: exact === 'yes',
  aimed: aimed === 'yes',
  boardId: boardId === '' ? null : boardId,
  weight: Number(weight),
})

const choices = (t: FastifyRequest['t'], group: 'languages' | 'kinds' | 'weights' | 'actions', all: readonly string[], chosen: unknown) =>
  all.map(value => ({ value, label: t(`words.${group}.${value}`), isChosen: String(chosen ?? '') === value }))

const presentRule = (rule: WordRow, t: FastifyRequest['t']) => ({
  word: rule.word,
  exceptions: rule.exceptions,
  path: `/admin/words/${rule.id}`,
  kind: t(`words.kinds.${rule.kind}`),
  weight: t(`words.weights.${rule.weight}`),
  action: t(`words.actions.${rule.action}`),
  isHarder: rule.action !== 'nudge',
})

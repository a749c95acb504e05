import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { createPostgresSearch } from '../../platform/search/postgres.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { findSynonyms, listSynonyms } from '../../search/synonym_queries.ts'
import { trySynonyms } from '../../search/synonym_trial.ts'
import { addSynonyms, dropSynonyms, editSynonyms } from '../../search/synonyms.ts'
import { topicPath } from '../../topics/paths.ts'
import { showAdmin } from './page.ts'

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Params = Type.Object({ id: Id })
const Listing = Type.Object({
  q: Type.Optional(Type.String({ maxLength: 100 })),
  after: Type.Optional(Id),
  words: Type.Optional(Type.String({ maxLength: 2000 })),
})
const SynonymForm = Type.Object({
  way: Type.Union([Type.Literal('both'), Type.Literal('one')]),
  words: Type.String({ maxLength: 4000, default: '' }),
  from: Type.String({ maxLength: 4000, default: '' }),
})
const Trial = Type.Object({ ...SynonymForm.properties, try: Type.String({ maxLength: 400, default: '' }), id: Type.Optional(Id) })
type One = { Params: Static<typeof Params>; Body: Static<typeof SynonymForm> }

/** Words that mean the same: looked through, added, changed, tried out before they count, taken away. */
export async function synonymRoutes(app: App, { db }: Services): Promise<void> {
  // Tried out in PostgreSQL, whichever engine answers readers: it alone takes other synonyms for one query.
  const postgres = createPostgresSearch(db)
  const operators = { config: { access: 'operators' } as const }
  const form = { ...operators, schema: { body: SynonymForm } }
  const one = { ...form, schema: { ...form.schema, params: Params } }

  app.get<{ Querystring: Static<typeof Listing> }>(
    '/admin/search/synonyms',
    { ...operators, schema: { querystring: Listing } },
    (request, reply) => showList(request, reply, request.query),
  )
  app.post<One>(
    '/admin/search/synonyms',
    { ...form, errorHandler: showAgain((request, reply, again) => showList(request, reply, {}, again)) },
    async ({ actor, body }, reply) => {
      await addSynonyms(db, actor, body)
      return reply.flash('synonymsAdded').see('/admin/search/synonyms')
    },
  )

  app.get<One>('/admin/search/synonyms/:id', { ...operators, schema: { params: Params } }, (request, reply) => showOne(request, reply))
  app.post<One>('/admin/search/synonyms/:id', { ...one, errorHandler: showAgain(showOne) }, async ({ actor, params, body }, reply) => {
    await editSynonyms(db, actor, await findSynonyms(db, params.id), body)
    return reply.flash('saved').see('/admin/search/synonyms')
  })
  app.delete<One>('/admin/search/synonyms/:id', { ...operators, schema: { params: Params } }, async ({ actor, params }, reply) => {
    await dropSynonyms(db, actor, await findSynonyms(db, params.id))
    return reply.flash('synonymsDropped').see('/admin/search/synonyms')
  })

  app.post<{ Body: Static<typeof Trial> }>(
    '/admin/search/synonyms/try',
    { ...operators, schema: { body: Trial }, errorHandler: showAgain(showTrial) },
    async (request, reply) => {
      const { body, actor } = request
      const trial = await trySynonyms(db, postgres, actor, body, body)
      const lines = (found: typeof trial.before, other: typeof trial.before) =>
        found.map(topic => ({ title: topic.title, path: topicPath(topic), isNew: !other.some(({ id }) => id === topic.id) }))
      return showTrial(request, reply, {
        values: body,
        errors: {},
        errorList: [],
        columns: [
          { name: 'before', lines: lines(trial.before, trial.after) },
          { name: 'after', lines: lines(trial.after, trial.before) },
        ].map(({ name, lines }) => ({ heading: request.t(`admin.synonyms.${name}`), lines })),
      })
    },
  )

  async function showList(
    request: FastifyRequest,
    reply: FastifyReply,
    { q, after, words }: Static<typeof Listing>,
    form?: FormAgain,
  ): Promise<FastifyReply> {
    const page = await listSynonyms(db, { search: q, after })
    return showAdmin(request, reply, 'synonyms', 'search', {
      title: request.t('admin.synonyms.title'),
      search: q,
      groups: page.rows.map(row => ({ ...row, isOneWay: row.fromWords.length > 0, path: `/admin/search/synonyms/${row.id}` })),
      nextPath: page.next && `/admin/search/synonyms?${new URLSearchParams({ ...(q && { q }), after: String(page.next) })}`,
      action: '/admin/search/synonyms',
      values: { way: 'both', words },
      isOpen: Boolean(form ?? words),
      errors: {},
      ...form,
    })
  }

  async function showOne(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const group = await findSynonyms(db, (request.params as One['Params']).id)
    const values = { way: group.fromWords.length > 0 ? 'one' : 'both', words: group.words.join('\n'), from: group.fromWords.join('\n') }
    const path = `/admin/search/synonyms/${group.id}`
    const title = request.t('admin.synonyms.edit')
    return showAdmin(request, reply, 'synonym', 'search', {
      title,
      id: group.id,
      action: path,
      dropPath: `${path}?_method=DELETE`,
      values,
      errors: {},
      ...form,
    })
  }

  /** The form once more with what was typed, the results before and after side by side. */
  function showTrial(request: FastifyRequest, reply: FastifyReply, model: FormAgain & Record<string, unknown>): FastifyReply {
    const { id } = model.values as { id?: number }
    const action = id ? `/admin/search/synonyms/${id}` : '/admin/search/synonyms'
    return showAdmin(request, reply, 'synonym', 'search', { title: request.t('admin.synonyms.trial'), id, action, ...model })
  }
}

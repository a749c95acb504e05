import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { answerAndGuarantee } from '../../guarantees/answering.ts'
import { dayInJapan, lastDay } from '../../guarantees/days.ts'
import { DEFAULT_MONTHS } from '../../guarantees/terms.ts'
import { listSealed } from '../../moderation/sealed/queries.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { postAnswer } from '../../topics/answers.ts'
import { newDraftKey } from '../../topics/drafts.ts'
import { findTopicWithOpening } from '../../topics/page_queries.ts'
import { postPath } from '../../topics/paths.ts'
import { findTopic } from '../../topics/queries.ts'
import { addNote, assignQuestion, filled, handBack } from '../inbox.ts'
import { countInbox, findInboxQuestion, findTableWith, listCanned, listInbox, TRAYS, type Tray } from '../inbox_queries.ts'
import { managePath } from '../paths.ts'
import { nameIn, presentManaging } from '../present.ts'
import { presentInboxLine, presentInboxQuestion, presentTrays } from '../present_inbox.ts'
import { listScopeChoices } from '../product_queries.ts'
import { findOwnCompany, listTeam } from '../queries.ts'

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const Params = Type.Object({ company: Type.String({ maxLength: 60 }), id: Id })
const text = (maxLength: number) => Type.String({ maxLength, default: '' })
const List = Type.Object({ tray: Type.Optional(Type.String({ maxLength: 10 })), after: Type.Optional(Type.String({ maxLength: 60 })) })
const Assign = Type.Object({ assignee: Type.Union([Id, Type.Literal('')]) })
const Note = Type.Object({ note: text(4000) })
const Back = Type.Object({ reason: text(4000) })
const Answer = Type.Object({
  body: Type.String({ maxLength: 100_000 }),
  draftKey: Type.String({ minLength: 8, maxLength: 60 }),
  vouch: Type.Optional(Type.Literal('yes')),
  checkedBy: text(60),
})
type Route<Body = unknown> = { Params: Static<typeof Params>; Body: Body }
type Slugged<Body = unknown> = { Params: { company: string }; Querystring: Static<typeof List>; Body: Body }

/** A company's table: questions about its products that wait for it. */
export async function inboxRoutes(app: App, { db }: Services): Promise<void> {
  const companies = { config: { access: 'companies' } as const }
  const one = { ...companies, schema: { params: Params } }
  const own = (request: FastifyRequest, options = {}) =>
    findOwnCompany(db, request.actor, (request.params as { company: string }).company, options)
  const path = '/c/:company/manage/inbox'

  app.get<Slugged>(path, { ...companies, schema: { querystring: List } }, async (request, reply) => {
    const { actor, t, query } = request
    const company = await own(request)
    const tray: Tray = TRAYS.find(name => name === query.tray) ?? 'open'
    const [page, counts] = await Promise.all([listInbox(db, company.id, tray, actor.id, query.after), countInbox(db, company.id)])
    return reply.header('cache-control', 'no-store').page('companies/inbox/index', {
      ...presentManaging(company, actor, 'inbox', t),
      counts: t('inbox.counts', { count: counts.open, late: counts.late }),
      trays: presentTrays(company, tray, TRAYS, t),
      questions: page.rows.map(line => presentInboxLine(line, company, t)),
      nextPath: page.next && managePath(company, `inbox?tray=${tray}&after=${encodeURIComponent(page.next)}`),
    })
  })

  // Whoever hears of a question on his company's table needs no more than its number.
  app.get<{ Params: { id: number } }>(
    '/t/:id/inbox',
    { ...companies, schema: { params: Type.Object({ id: Id }) } },
    async ({ actor, params }, reply) => reply.redirect(managePath(await findTableWith(db, actor, params.id), `inbox/${params.id}`), 303),
  )

  app.get<Route & { Querystring: { canned?: number } }>(
    `${path}/:id`,
    { ...companies, schema: { params: Params, querystring: Type.Object({ canned: Type.Optional(Type.Union([Id, Type.Literal('')])) }) } },
    (request, reply) => showQuestion(request, reply),
  )
  app.post<Route<Static<typeof Assign>>>(
    `${path}/:id/assignee`,
    { ...one, schema: { params: Params, body: Assign }, errorHandler: showAgain(showQuestion) },
    async (request, reply) => {
      const { company, question } = await found(request)
      await assignQuestion(db, request.actor, question, request.body.assignee || undefined)
      return reply.flash('saved').see(managePath(company, `inbox/${question.topicId}`))
    },
  )
  app.post<Route<Static<typeof Note>>>(
    `${path}/:id/notes`,
    { ...one, schema: { params: Params, body: Note }, errorHandler: showAgain(showQuestion) },
    async (request, reply) => {
      const { company, question } = await found(request)
      await addNote(db, request.actor, question, request.body.note)
      return reply.flash('saved').see(managePath(company, `inbox/${question.topicId}`))
    },
  )
  app.post<Route<Static<typeof Back>>>(
    `${path}/:id/back`,
    { ...one, schema: { params: Params, body: Back }, errorHandler: showAgain(showQuestion) },
    async (request, reply) => {
      const { company, question } = await found(request)
      await handBack(db, request.actor, question, request.body.reason)
      return reply.flash('handedBack').see(managePath(company, 'inbox'))
    },
  )
  app.post<Route<Static<typeof Answer>>>(
    `${path}/:id/answer`,
    { ...one, schema: { params: Params, body: Answer }, errorHandler: showAgain(showQuestion) },
    async (request, reply) => {
      const { actor, body } = request
      const { company, question } = await found(request)
      const topic = await findTopic(db, actor, question.topicId)
      const draft = { body: body.body, draftKey: body.draftKey, company: company.id }
      if (body.vouch !== 'yes') return reply.flash('answered').see(postPath(topic, await postAnswer(db, actor, topic, draft)))
      const choices = await listScopeChoices(db, company.id, topic.productIds)
      const scope = choices
        .filter(({ id }) => topic.productIds.includes(id))
        .map(({ id }) => ({ productId: id, fromVersionId: null, toVersionId: null }))
      const terms = { scope, conditions: '', evidenceUrl: '', checkedBy: body.checkedBy, validUntil: lastDay(dayInJapan(), DEFAULT_MONTHS) }
      const { post, guarantee } = await answerAndGuarantee(db, actor, topic, draft, terms)
      return reply.flash(guarantee.state === 'pending' ? 'guaranteePending' : 'guaranteeGiven').see(postPath(topic, post))
    },
  )

  async function found(request: FastifyRequest) {
    const company = await own(request)
    const { companyId, topicId } = await findInboxQuestion(db, company.id, (request.params as Route['Params']).id)
    return { company, question: { companyId, topicId } }
  }

  async function showQuestion(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t, preferences } = request
    const company = await own(request)
    const question = await findInboxQuestion(db, company.id, (request.params as Route['Params']).id)
    const topic = await findTopicWithOpening(db, actor, question.topicId)
    const [team, canned, products, sealed] = await Promise.all([
      listTeam(db, company.id),
      listCanned(db, company.id),
      listScopeChoices(db, company.id, topic.productIds),
      listSealed(db, company.id, topic.id),
    ])
    const chosen = canned.find(({ id }) => id === (request.query as { canned?: number }).canned)
    const named = products.filter(({ id }) => topic.productIds.includes(id)).map(product => nameIn(product, preferences.locale))
    const values = new Map([
      [t('inbox.placeholders.name'), topic.opening.author.name],
      [t('inbox.placeholders.title'), topic.title],
      [t('inbox.placeholders.product'), named.join('\u3001')],
      [t('inbox.placeholders.agent'), actor.name],
      [t('inbox.placeholders.company'), nameIn(company, preferences.locale)],
    ])
    return reply.header('cache-control', 'no-store').page('companies/inbox/question', {
      ...presentManaging(company, actor, 'inbox', t),
      title: topic.title,
      question: presentInboxQuestion(question, topic, preferences.locale, t),
      bodyHtml: topic.opening.bodyHtml,
      action: managePath(company, `inbox/${topic.id}`),
      inboxPath: managePath(company, 'inbox'),
      team: team.map(({ accountId, person }) => ({ value: accountId, label: person.name, isChosen: accountId === question.assigneeId })),
      isMine: question.assigneeId === actor.id,
      sealed: sealed.map(note => ({ ...note, action: managePath(company, `sealed/${note.id}`) })),
      me: actor.id,
      canned: canned.map(({ id, title }) => ({ value: id, label: title, isChosen: id === chosen?.id })),
      ...form,
      values: { body: chosen ? filled(chosen.body, values) : '', draftKey: newDraftKey(), ...form?.values },
    })
  }
}

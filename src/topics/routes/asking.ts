import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { inGroups } from '../../boards/groups.ts'
import { presentBoard } from '../../boards/present.ts'
import { listBoards } from '../../boards/queries.ts'
import { KINDS } from '../../boards/schema.ts'
import { askAbout } from '../../companies/naming.ts'
import { guessProducts } from '../../companies/product_queries.ts'
import { watchPosting } from '../../moderation/holds/holding.ts'
import type { Db } from '../../platform/db.ts'
import { renderBody } from '../../platform/html.ts'
import type { Translate } from '../../platform/i18n.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { presentSimilar } from '../../search/present.ts'
import { findSimilarAnswers } from '../../search/queries.ts'
import { TITLE_LETTERS } from '../asking.ts'
import { chosenCompany } from '../capacity.ts'
import { findDraft } from '../drafts.ts'
import { guidedBody } from '../guided.ts'
import { heldPath, topicPath } from '../paths.ts'
import { presentVoices } from '../present.ts'
import { presentGuide } from '../present_guide.ts'
import type { TopicRow } from '../schema.ts'
import { onPersonal, PersonalChoice } from './personal_look.ts'

const AskForm = Type.Object({
  kind: Type.Union(KINDS.map(kind => Type.Literal(kind))),
  title: Type.String({ maxLength: 400 }),
  boardId: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  body: Type.String({ maxLength: 100_000, default: '' }),
  tags: Type.String({ maxLength: 300, default: '' }),
  products: Type.String({ maxLength: 400, default: '' }),
  company: Type.Optional(Type.String({ maxLength: 20 })),
  draftKey: Type.String({ minLength: 8, maxLength: 60 }),
  guided: Type.Optional(Type.String()),
  ...PersonalChoice,
  happened: Type.String({ maxLength: 50_000, default: '' }),
  tried: Type.String({ maxLength: 20_000, default: '' }),
  product: Type.String({ maxLength: 2_000, default: '' }),
})
const AskQuery = Type.Object({
  title: Type.Optional(Type.String()),
  board: Type.Optional(Type.String()),
  kind: Type.Optional(Type.String()),
  product: Type.Optional(Type.String({ maxLength: 100 })),
})

/** A preview costs as much as a post and anybody may ask for one. */
const PREVIEWS = { max: 120, timeWindow: 60_000 }

/** The ask page, and asking. */
export async function askRoutes(app: App, services: Services): Promise<void> {
  const { db } = services

  app.get<{ Querystring: Static<typeof AskQuery> }>(
    '/ask',
    { config: { access: 'members' }, schema: { querystring: AskQuery } },
    async (request, reply) => {
      const { query } = request
      const draft = await findDraft(db, request.actor, 'ask')
      const boards = await listBoards(db, request.actor)
      const boardId = boards.find(board => board.slug === query.board)?.id
      const asked = {
        ...(query.title && { title: query.title }),
        ...(boardId && { boardId }),
        ...(query.kind && { kind: query.kind }),
        ...(query.product && { products: query.product }),
      }
      const isFree = !request.actor.guided || draft.content.body || (query.kind ?? 'question') !== 'question'
      const values = { kind: 'question', guided: isFree ? '' : 'yes', ...draft.content, ...asked, draftKey: draft.draftKey }
      return showAskForm(services, request, reply, { values }, await similarTo(services, request, query.title))
    },
  )

  // Without JavaScript a button shows what a script shows while the title is typed.
  app.post<{ Body: Record<string, unknown> }>(
    '/ask/similar',
    { config: { access: 'members', draftPlace: () => 'ask' }, schema: { body: Type.Record(Type.String(), Type.Unknown()) } },
    async (request, reply) => {
      const values = Object.fromEntries(Object.entries(request.body).filter(([, value]) => typeof value === 'string'))
      return showAskForm(services, request, reply, { values }, await similarTo(services, request, String(values.title ?? '')))
    },
  )

  app.post<{ Body: Static<typeof AskForm> }>(
    '/ask',
    {
      config: { access: 'members', draftPlace: () => 'ask' },
      schema: { body: AskForm },
      errorHandler: showAgain((request, reply, form) => showAskForm(services, request, reply, form)),
    },
    async (request, reply) => {
      const body = draftFrom(request.body, request.t)
      return onPersonal(request, reply, { action: '/ask', body, fields: ['title', 'body'] }, (sent, isMeant) =>
        ask(request, reply, sent, isMeant),
      )
    },
  )

  async function ask(
    { actor }: FastifyRequest,
    reply: FastifyReply,
    body: Static<typeof AskForm>,
    isMeant: boolean,
  ): Promise<FastifyReply> {
    const said = { title: body.title, body: body.body, boardIds: [body.boardId], isMeant }
    const open = (db: Db, held: boolean) => askAbout(db, actor, { ...body, company: chosenCompany(body.company), held })
    const opened = (topic: TopicRow) => ({ id: topic.openingId ?? 0, heldAt: topic.hiddenAt })
    const { made: topic, isHeld } = await watchPosting(db, actor, said, open, opened)
    if (isHeld) return reply.flash('held').see(heldPath({ id: topic.openingId ?? 0 }))
    const isOffered = !body.products.trim() && (await guessProducts(db, `${body.title}\n${body.body}`)).length > 0
    return reply.flash('asked').see(isOffered ? `/t/${topic.id}/products` : topicPath(topic))
  }

  app.post<{ Body: { body: string } }>(
    '/preview',
    { config: { access: 'everyone', rateLimit: PREVIEWS }, schema: { body: Type.Object({ body: Type.String({ maxLength: 100_000 }) }) } },
    async ({ body }, reply) => reply.fragment('topics/preview', { bodyHtml: body.body.trim() ? (await renderBody(body.body)).html : '' }),
  )
}

/** A question that was led becomes one body. */
const draftFrom = (form: Static<typeof AskForm>, t: Translate): Static<typeof AskForm> =>
  form.guided === 'yes' ? { ...form, guided: '', body: guidedBody(form, t) } : form

/** What was asked before, for a title that came along from a search. */
async function similarTo({ db, search }: Services, { actor, preferences, t }: FastifyRequest, title = ''): Promise<unknown[]> {
  const similar = await findSimilarAnswers(db, search, actor, title)
  return similar.map(each => presentSimilar(each, preferences.locale, t))
}

async function showAskForm(
  { db }: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  form: Partial<FormAgain>,
  similar: unknown[] = [],
): Promise<FastifyReply> {
  const { actor, t, preferences } = request
  const values = form.values ?? {}
  const groups = inGroups(await listBoards(db, actor)).map(({ board, children }) => ({
    label: presentBoard(board, preferences.locale).name,
    boards: [board, ...children].map(each => ({
      ...presentBoard(each, preferences.locale, { id: Number(values.boardId) }),
      kinds: each.kinds.join(' '),
    })),
  }))
  const kinds = KINDS.map(kind => ({ kind, label: t(`kinds.${kind}`), hint: t(`kinds.hint.${kind}`), isChosen: kind === values.kind }))
  return reply.page('topics/ask', {
    title: t('topics.ask.title'),
    at: 'ask',
    noIndex: true,
    groups,
    kinds,
    titleLetters: TITLE_LETTERS.max,
    voices: presentVoices(actor, { companyIds: [] }, t, values.company),
    guide: values.guided === 'yes' && presentGuide(values, form.errors ?? {}, t),
    ...form,
    similar,
    values,
    errors: form.errors ?? {},
  })
}

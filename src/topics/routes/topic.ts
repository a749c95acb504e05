import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { isGuest } from '../../accounts/actor.ts'
import { canClaimTopic, canNameProducts } from '../../companies/policy.ts'
import { presentTopicProduct } from '../../companies/present.ts'
import { presentColumn, presentReportForm } from '../../companies/present_compare.ts'
import { presentFixed } from '../../fixes/present.ts'
import { holdsFor, presentGuarantees, presentVersions } from '../../guarantees/present.ts'
import { type BesideTopic, besideTopic } from '../../guarantees/queries.ts'
import { presentFollow } from '../../notifications/present_follow.ts'
import { Elsewhere } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import { structuredHtml } from '../../platform/structured.ts'
import type { App } from '../../platform/web.ts'
import { reactionsFor } from '../../reactions/policy.ts'
import { presentReaction } from '../../reactions/present.ts'
import { ORDERS, type Order } from '../answer_order.ts'
import { newDraftKey } from '../drafts.ts'
import {
  commentsOf,
  findOwnMarks,
  findPost,
  findTopicWithOpening,
  listAnswers,
  type ShownPost,
  type TopicWithOpening,
} from '../page_queries.ts'
import { postPath, topicPath } from '../paths.ts'
import { presentVoices } from '../present.ts'
import { newsPath } from '../present_news.ts'
import { presentPost, presentTopic } from '../present_page.ts'
import { describeQuestion } from '../structured.ts'

const PageQuery = Type.Object({
  order: Type.Optional(Type.String()),
  after: Type.Optional(Type.String({ maxLength: 40 })),
  at: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
  version: Type.Optional(Type.Union([Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }), Type.Literal('')])),
  quote: Type.Optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })),
})
type PageQuery = Static<typeof PageQuery>

export const TopicParams = Type.Object({
  id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
  slug: Type.Optional(Type.String()),
})

/** What the answer form shows besides the topic: text to begin with, or what has to be mended. */
export type AnswerForm = {
  values?: Record<string, unknown>
  errors?: Record<string, string>
  errorList?: { field: string; text: string }[]
}

const NO_MARKS: Awaited<ReturnType<typeof findOwnMarks>> = { reactions: new Map(), drafts: new Map(), follows: undefined, held: [] }

/** The topic's page. */
export async function topicRoutes(app: App, services: Services): Promise<void> {
  const options = { config: { access: 'everyone', cached: true } as const, schema: { params: TopicParams, querystring: PageQuery } }
  app.get<{ Params: Static<typeof TopicParams>; Querystring: PageQuery }>('/t/:id', options, (request, reply) =>
    showTopic(services, request, reply, request.params.id, request.query),
  )
  app.get<{ Params: Static<typeof TopicParams>; Querystring: PageQuery }>('/t/:id/:slug', options, (request, reply) =>
    showTopic(services, request, reply, request.params.id, request.query),
  )

  app.get<{ Params: { id: number } }>(
    '/posts/:id',
    { config: { access: 'everyone' }, schema: { params: TopicParams } },
    async ({ actor, params }, reply) => {
      const post = await findPost(services.db, actor, params.id)
      const answer = post.kind === 'comment' ? (post.parentId ?? post.id) : post.id
      return reply.redirect(
        answer === post.topic.openingId
          ? `${topicPath(post.topic)}#post-${post.id}`
          : postPath(post.topic, { id: answer }).replace(/#.*/, `#post-${post.id}`),
        303,
      )
    },
  )
}

/** Shows a topic; at most five statements for a member: session, topic, answers, comments, his own marks. */
export async function showTopic(
  { db, siteUrl }: Services,
  request: FastifyRequest,
  reply: FastifyReply,
  id: number,
  query: PageQuery,
  form?: AnswerForm,
): Promise<FastifyReply> {
  const { actor, t } = request
  const topic = await findTopicWithOpening(db, actor, id, besideTopic)
  const order: Order = ORDERS.find(name => name === query.order) ?? 'helpful'
  const version = topic.beside.versions?.find(({ id }) => id === query.version)
  const answers = await listAnswers(db, actor, topic, { order, after: query.after, at: query.at, version: version?.id })
  await ensureHere(db, actor, topic, answers.rows, query.at)
  const ids = [topic.opening.id, ...answers.rows.map(answer => answer.id)]
  const [comments, marks] = await Promise.all([
    commentsOf(db, actor, topic.boardId, ids),
    isGuest(actor) ? NO_MARKS : findOwnMarks(db, actor, topic.id, ids),
  ])
  const context = {
    actor,
    t,
    topic,
    comments,
    marks,
    reactionsOf: (post: ShownPost, given: Set<string>) =>
      reactionsFor(post, topic).map(kind => presentReaction(post, topic, kind, given.has(kind), actor, t)),
    newKey: newDraftKey,
  }
  const shown = answers.rows.map(answer => ({
    ...presentPost(answer, context),
    ...presentGuarantees(answer, topic, topic.beside.guarantees ?? [], actor, t),
    column: presentColumn(topic.beside.columns?.[answer.id], topic.beside.products ?? [], actor.preferences.locale),
    fixed: presentFixed(answer, topic, saidOf(marks, answer), actor, t, version),
  }))
  const path = topicPath(topic)
  const draft = marks.drafts.get(`answer:${topic.id}`)
  const values = form?.values ?? {
    body: withQuote(draft?.content.body, await quoted(db, actor, topic, query.quote)),
    draftKey: draft?.draftKey ?? newDraftKey(),
  }
  // Search engines read the plain address; members have no use for it.
  const isPlain = isGuest(actor) && Object.keys(query).length === 0
  const tags = [`topic:${topic.id}`, 'people', 'boards', ...topic.productIds.map(each => `product:${each}`)]
  return reply.keep(tags, `topic:${topic.id}`).page('topics/show', {
    title: topic.title,
    description: topic.excerpt,
    at: 'boards',
    canonical: path,
    structuredHtml: isPlain ? structuredHtml(describeQuestion(topic, answers.rows, siteUrl, actor.preferences.locale, t)) : undefined,
    topic: presentTopic(topic, actor, t),
    newsPath: newsPath(topic, Math.max(...ids, ...[...comments.values()].flat().map(({ id }) => id))),
    products: (topic.beside.products ?? []).map(product => presentTopicProduct(product, actor.preferences.locale)),
    canNameProducts: canNameProducts(actor, topic) || canClaimTopic(actor),
    opening: presentPost(topic.opening, context),
    ...inVersion(
      request,
      topic.beside,
      shown.filter(answer => answer.isGuaranteed),
      { version, isTried: answers.rows.some(({ fixes }) => Object.keys(fixes).length > 1) },
    ),
    path,
    follow: presentFollow(`topic:${topic.id}`, t, marks.follows),
    answers: shown.filter(answer => !answer.isGuaranteed),
    orders: ORDERS.map(name => ({
      path: name === 'helpful' ? path : `${path}?order=${name}`,
      label: t(`topics.orders.${name}`),
      isCurrent: name === order,
    })),
    nextPath:
      answers.next &&
      `${path}?${order === 'new' ? 'order=new&' : ''}${version ? `version=${version.id}&` : ''}after=${encodeURIComponent(answers.next)}`,
    firstPath: answers.isFirst ? undefined : path,
    held: marks.held.map(id => ({ path: `/me/held/${id}` })),
    report: presentReportForm(topic.kind, topic.beside.products ?? [], actor.preferences.locale, form?.values),
    form: { ...form, values, voices: presentVoices(actor, topic, t, form?.values?.company) },
  })
}

type Guaranteed = { scopes: Parameters<typeof holdsFor>[0] }

/** Guaranteed answers for the version the reader says he has; those for others stand aside. */
type Version = NonNullable<BesideTopic['versions']>[number]
function inVersion<Answer extends Guaranteed>(
  { actor, t }: FastifyRequest,
  beside: BesideTopic,
  guaranteed: Answer[],
  { version, isTried }: { version?: Version; isTried: boolean },
) {
  const isNeeded = isTried || guaranteed.length > 1 || guaranteed.some(({ scopes }) => scopes.some(({ from, to }) => from || to))
  return {
    guaranteed: version ? guaranteed.filter(({ scopes }) => holdsFor(scopes, version)) : guaranteed,
    guaranteedElse: version ? guaranteed.filter(({ scopes }) => !holdsFor(scopes, version)) : [],
    versions: presentVersions(beside, version?.id, isNeeded, actor.preferences.locale, t),
    isVersionChosen: version !== undefined && guaranteed.length > 0,
  }
}

/** An answer that is asked for and went to another topic is read there. Throws Elsewhere. */
async function ensureHere(
  db: Services['db'],
  actor: FastifyRequest['actor'],
  topic: TopicWithOpening,
  rows: ShownPost[],
  at?: number,
): Promise<void> {
  if (!at || at === topic.openingId || rows.some(({ id }) => id === at)) return
  const post = await findPost(db, actor, at).catch(() => undefined)
  if (post && post.topicId !== topic.id) throw new Elsewhere(postPath(post.topic, post))
}

/** What this reader said of an answer: whether it fixed it. */
const saidOf = ({ reactions }: typeof NO_MARKS, { id }: { id: number }) =>
  (['fixed', 'failed'] as const).find(word => reactions.get(id)?.has(word))

/** A reader's «quote» without JavaScript: the post's words, marked as quoted, at the head of his answer. */
async function quoted(db: Services['db'], actor: FastifyRequest['actor'], topic: TopicWithOpening, id?: number): Promise<string> {
  if (!id) return ''
  const post = await findPost(db, actor, id).catch(() => undefined)
  if (!post || post.topicId !== topic.id || post.withdrawnAt || post.hiddenAt) return ''
  return `${post.body
    .split('\n')
    .map(line => `> ${line}`)
    .join('\n')}\n\n`
}

/** The quote goes below what was begun already; once, however often the page is opened. */
function withQuote(begun = '', quote: string): string {
  if (!begun || begun.includes(quote.trim())) return begun || quote
  return `${begun.trimEnd()}\n\n${quote}`
}

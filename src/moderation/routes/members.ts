import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { isOperator } from '../../accounts/actor.ts'
import { presentMember } from '../../accounts/present_member.ts'
import { findMember } from '../../accounts/queries.ts'
import { presentBoard } from '../../boards/present.ts'
import { listBoards } from '../../boards/queries.ts'
import { Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { newDraftKey } from '../../topics/drafts.ts'
import { postLink } from '../../topics/paths.ts'
import { canSanction, canSeeRecord } from '../sanctions/policy.ts'
import { presentForModerator, recordPath } from '../sanctions/present.ts'
import { findSanction, listRecentPosts, listSanctions, recordOf } from '../sanctions/queries.ts'
import { liftSanction, POSTS_A_DAY, STEP_DAYS, STEPS, sanction, WORDS_LETTERS } from '../sanctions/sanctioning.ts'
import { RULES_BROKEN } from '../sanctions/schema.ts'

const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER })
const literals = <Name extends string>(names: readonly Name[]) => Type.Union(names.map(name => Type.Literal(name)))
const StepForm = Type.Object({
  kind: literals(STEPS),
  boardId: Type.String({ maxLength: 20, default: '' }),
  rule: literals(RULES_BROKEN),
  words: Type.String({ maxLength: 4000 }),
  days: Type.Integer({ minimum: 1, maximum: 366 }),
  perDay: Type.Integer({ minimum: 1, maximum: 100 }),
  postIds: Type.Array(Id, { maxItems: 50, default: [] }),
  draftKey: Type.String({ minLength: 8, maxLength: 60 }),
})
const LiftForm = Type.Object({ why: Type.String({ maxLength: 4000 }) })
const FromPost = Type.Object({ post: Type.Optional(Id) })
type Member<Body = unknown> = { Params: { handle: string }; Body: Body; Querystring: Static<typeof FromPost> }

/** A member's record as moderators see it, and the steps of the ladder. No address, no letter of his: those are the operator's. */
export async function recordRoutes(app: App, { db }: Services): Promise<void> {
  const moderators = { config: { access: 'moderators' } as const }

  app.get<Member>('/moderation/members/:handle', { ...moderators, schema: { querystring: FromPost } }, (request, reply) =>
    showRecord(request, reply),
  )
  app.post<Member<Static<typeof StepForm>>>(
    '/moderation/members/:handle/sanctions',
    { ...moderators, schema: { body: StepForm }, errorHandler: showAgain(showRecord) },
    async ({ actor, params, body }, reply) => {
      const member = await findMember(db, params.handle)
      const boardId = /^\d{1,15}$/.test(body.boardId) ? Number(body.boardId) : null
      await sanction(db, actor, member, { ...body, boardId })
      return reply.flash('sanctionGiven').see(recordPath(member))
    },
  )
  app.post<{ Params: { id: number }; Body: Static<typeof LiftForm> }>(
    '/moderation/sanctions/:id/lift',
    { ...moderators, schema: { params: Type.Object({ id: Id }), body: LiftForm }, errorHandler: showAgain(showLift) },
    async ({ actor, params, body }, reply) => {
      await liftSanction(db, actor, await findSanction(db, params.id), body)
      return reply.flash('sanctionLifted').see('/moderation')
    },
  )
  app.get<{ Params: { id: number } }>(
    '/moderation/sanctions/:id/lift',
    { ...moderators, schema: { params: Type.Object({ id: Id }) } },
    (request, reply) => showLift(request, reply),
  )

  async function showLift(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const { id, accountId } = await findSanction(db, (request.params as { id: number }).id)
    if (!canSeeRecord(actor) || accountId === actor.id) throw new Missing()
    return reply.header('cache-control', 'no-store').page('moderation/lift', {
      title: t('sanctions.lift.title'),
      noIndex: true,
      action: `/moderation/sanctions/${id}/lift`,
      longest: WORDS_LETTERS,
      values: form?.values ?? {},
      errors: form?.errors ?? {},
      errorList: form?.errorList,
    })
  }

  async function showRecord(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t, preferences } = request
    const member = await findMember(db, (request.params as Member['Params']).handle)
    const may = canSanction(actor, member)
    const [record, lines, recent, boards] = await Promise.all([
      recordOf(db, member.id),
      listSanctions(db, member.id),
      listRecentPosts(db, actor, member.id, (request.query as Static<typeof FromPost>).post),
      may ? listBoards(db, actor) : [],
    ])
    const values: Record<string, unknown> = form?.values ?? {
      kind: 'reminder',
      rule: 'respect',
      days: 7,
      perDay: 3,
      draftKey: newDraftKey(),
    }
    const chosen = new Set([values.postIds ?? (request.query as Static<typeof FromPost>).post ?? []].flat().map(Number))
    const his = boards.filter(({ id }) => isOperator(actor) || actor.moderates.includes(id))
    const options = (name: string, all: readonly (string | number)[], label: (each: string) => string) =>
      all.map(value => ({ value, label: label(String(value)), isChosen: String(values[name]) === String(value) }))
    return reply.header('cache-control', 'no-store').page('moderation/member', {
      title: t('sanctions.record.of', { name: member.name }),
      noIndex: true,
      member: presentMember(member, t),
      facts: t('sanctions.record.facts', record),
      sanctions: lines.map(line => presentForModerator(line, actor, preferences.locale, t)),
      may,
      action: `${recordPath(member)}/sanctions`,
      kinds: options('kind', isOperator(actor) ? STEPS : STEPS.filter(kind => kind !== 'removal'), kind =>
        t(`sanctions.kinds.${kind}`),
      ).map(each => ({ ...each, hint: t(`sanctions.hints.${each.value}`) })),
      rules: options('rule', RULES_BROKEN, rule => t(`sanctions.rules.${rule}`)),
      days: options('days', STEP_DAYS, days => t('sanctions.days', { count: Number(days) })),
      perDays: options('perDay', POSTS_A_DAY, count => t('sanctions.perDay', { count: Number(count) })),
      isOperator: isOperator(actor),
      boards: his.map(board => presentBoard(board, preferences.locale, { id: Number(values.boardId) })),
      posts: recent.map(post => ({ ...post, path: postLink(post), isChosen: chosen.has(post.id) })),
      longest: WORDS_LETTERS,
      values,
      errors: form?.errors ?? {},
      errorList: form?.errorList,
    })
  }
}

import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { isOperator } from '../../accounts/actor.ts'
import { presentMember } from '../../accounts/present_member.ts'
import { findMember } from '../../accounts/queries.ts'
import { Missing } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { findOwnContest, listDecisions } from '../contest_queries.ts'
import { contest } from '../contesting.ts'
import { listEntries, sumsOf } from '../ledger_queries.ts'
import { levelPath, pointsPath } from '../paths.ts'
import { levelName, presentDays, presentDecision, presentNext, presentStanding, presentSums } from '../present.ts'
import { factsOf } from '../queries.ts'

const Pages = Type.Object({ after: Type.Optional(Type.String({ maxLength: 80 })) })
const ContestForm = Type.Object({ words: Type.String({ maxLength: 10_000 }) })
type Member = { Params: { handle: string }; Querystring: Static<typeof Pages> }

/** The «why» behind every number beside a name: points as rows of the ledger, the level with what decided it. */
export async function pointsRoutes(app: App, { db }: Services): Promise<void> {
  app.get<Member>('/u/:handle/points', { config: { access: 'everyone' }, schema: { querystring: Pages } }, async (request, reply) => {
    const { actor, params, query, preferences, t } = request
    const account = await findMember(db, params.handle)
    // Row by row the ledger says who thanked whom for what: that is its owner's, and the operator's who has to judge.
    const mayReadRows = actor.id === account.id || isOperator(actor)
    const [sums, page] = await Promise.all([
      sumsOf(db, account.id),
      mayReadRows ? listEntries(db, actor, account.id, query.after) : undefined,
    ])
    return reply.page('reputation/points', {
      title: t('points.of', { name: account.name }),
      noIndex: true,
      member: presentMember(account, t),
      standing: presentStanding(account, preferences.locale, t),
      sums: presentSums(sums, preferences.locale, t),
      hasRows: page !== undefined,
      days: page && presentDays(page.rows, t),
      nextPath: page?.next && `${pointsPath(account)}?after=${encodeURIComponent(page.next)}`,
    })
  })

  app.get<Member>('/u/:handle/level', { config: { access: 'everyone' } }, (request, reply) =>
    showLevel(request, reply, request.params.handle),
  )

  app.post<{ Body: Static<typeof ContestForm> }>(
    '/me/contests',
    {
      config: { access: 'members' },
      schema: { body: ContestForm },
      errorHandler: showAgain((request, reply, form) => showLevel(request, reply, request.actor.handle, form)),
    },
    async ({ actor, body }, reply) => {
      await contest(db, actor, body)
      return reply.flash('contested').see(levelPath(actor))
    },
  )

  async function showLevel(request: FastifyRequest, reply: FastifyReply, handle: string, form?: FormAgain): Promise<FastifyReply> {
    const { actor, preferences, t } = request
    const account = await findMember(db, handle)
    const isSelf = actor.id === account.id
    const mayReadAll = isSelf || isOperator(actor)
    const [found, decisions, own] = await Promise.all([
      factsOf(db, [account.id]),
      mayReadAll ? listDecisions(db, account.id) : [],
      isSelf ? findOwnContest(db, account.id) : undefined,
    ])
    const now = found.get(account.id)
    if (!now) throw new Missing()
    return reply.page('reputation/level', {
      title: t('levels.of', { name: account.name }),
      noIndex: true,
      member: presentMember(account, t),
      standing: presentStanding(account, preferences.locale, t),
      next: presentNext(now, t),
      hasDecisions: mayReadAll,
      decisions: decisions.map(decision => presentDecision(decision, t)),
      isSelf,
      contest: own && { ...own, changedTo: own.level === null ? undefined : levelName(own.level, t), isChanged: own.outcome === 'changed' },
      mayContest: isSelf && (!own || own.decidedAt !== null || form !== undefined),
      values: form?.values ?? {},
      errors: form?.errors ?? {},
      errorList: form?.errorList,
    })
  }
}

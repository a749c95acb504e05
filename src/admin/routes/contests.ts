import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { findContest, listContests, listDecisions } from '../../reputation/contest_queries.ts'
import { decideContest } from '../../reputation/contesting.ts'
import { LEVELS } from '../../reputation/level_rules.ts'
import { levelPath, pointsPath } from '../../reputation/paths.ts'
import { factsText, levelName, presentDecision, presentNext } from '../../reputation/present.ts'
import { factsOf } from '../../reputation/queries.ts'
import { showAdmin } from './page.ts'

const List = Type.Object({ list: Type.Optional(Type.String()), after: Type.Optional(Type.String({ maxLength: 80 })) })
const Params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const Verdict = Type.Object({
  outcome: Type.Union([Type.Literal('kept'), Type.Literal('changed')]),
  level: Type.Optional(Type.Integer({ minimum: 0, maximum: 100 })),
  reason: Type.String({ maxLength: 10_000 }),
})
type One = { Params: Static<typeof Params>; Body: Static<typeof Verdict> }

/** Members who do not agree with their level or points: their cases, decided by the operator with a reason. */
export async function contestRoutes(app: App, { db }: Services): Promise<void> {
  const operators = { config: { access: 'operators' } as const }

  app.get<{ Querystring: Static<typeof List> }>(
    '/admin/contests',
    { ...operators, schema: { querystring: List } },
    async (request, reply) => {
      const { actor, query, t } = request
      const decided = query.list === 'decided'
      const page = await listContests(db, actor, { decided, after: query.after })
      return showAdmin(request, reply, 'contests', 'contests', {
        tabs: (['waiting', 'decided'] as const).map(list => ({
          path: list === 'waiting' ? '/admin/contests' : '/admin/contests?list=decided',
          label: t(`admin.contests.${list}`),
          isCurrent: (list === 'decided') === decided,
        })),
        contests: page.rows.map(({ contest, person }) => ({
          name: person.name,
          path: `/admin/contests/${contest.id}`,
          openedAt: contest.openedAt,
          words: contest.words,
          outcome: contest.outcome && t(`admin.contests.outcome_${contest.outcome}`),
        })),
        nextPath: page.next && `/admin/contests?${decided ? 'list=decided&' : ''}after=${encodeURIComponent(page.next)}`,
      })
    },
  )

  app.get<One>('/admin/contests/:id', { ...operators, schema: { params: Params } }, (request, reply) => show(request, reply))

  app.post<One>(
    '/admin/contests/:id',
    { ...operators, schema: { params: Params, body: Verdict }, errorHandler: showAgain(show) },
    async ({ actor, params, body }, reply) => {
      await decideContest(db, actor, params.id, body)
      return reply.flash('contestDecided').see('/admin/contests')
    },
  )

  async function show(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const { contest, person } = await findContest(db, actor, (request.params as One['Params']).id)
    const [facts, decisions] = await Promise.all([factsOf(db, [person.id]), listDecisions(db, person.id)])
    const now = facts.get(person.id)
    const values = form?.values ?? { outcome: 'kept', level: person.level }
    const outcomes = { kept: t('admin.contests.keep'), changed: t('admin.contests.change') }
    return showAdmin(request, reply, 'contest', 'contests', {
      title: t('admin.contests.of', { name: person.name }),
      contest,
      isOpen: contest.decidedAt === null || form !== undefined,
      outcome: contest.outcome && t(`admin.contests.outcome_${contest.outcome}`),
      person: { level: levelName(person.level, t), levelPath: levelPath(person), pointsPath: pointsPath(person) },
      facts: now && factsText(now.facts, t),
      next: now && presentNext(now, t),
      decisions: decisions.map(decision => presentDecision(decision, t)),
      outcomes: Object.entries(outcomes).map(([value, label]) => ({ value, label, isChosen: values.outcome === value })),
      levels: LEVELS.map(({ level }) => ({
        value: level,
        label: levelName(level, t),
        isChosen: String(values.level) === String(level),
      })),
      values,
      errors: form?.errors ?? {},
      errorList: form?.errorList,
    })
  }
}

import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { decideFinding, overturnFinding } from '../../reputation/abuse/deciding.ts'
import { findFinding, listFindings, suspectsByIds } from '../../reputation/abuse/finding_queries.ts'
import { presentFinding } from '../../reputation/present_findings.ts'
import { showAdmin } from './page.ts'

const List = Type.Object({ list: Type.Optional(Type.String()), after: Type.Optional(Type.String({ maxLength: 80 })) })
const Params = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const Reason = Type.Object({ reason: Type.String({ maxLength: 10_000 }) })
const Verdict = Type.Object({
  outcome: Type.Union([Type.Literal('confirmed'), Type.Literal('dismissed')]),
  reason: Type.String({ maxLength: 10_000 }),
})
type One<Body = unknown> = { Params: Static<typeof Params>; Body: Body }

/** What the search for traded votes and second accounts has found, for the operator to judge. */
export async function findingRoutes(app: App, { db }: Services): Promise<void> {
  const operators = { config: { access: 'operators' } as const }

  app.get<{ Querystring: Static<typeof List> }>(
    '/admin/findings',
    { ...operators, schema: { querystring: List } },
    async (request, reply) => {
      const { actor, query, t } = request
      const decided = query.list === 'decided'
      const page = await listFindings(db, actor, { decided, after: query.after })
      const people = await suspectsByIds(
        db,
        page.rows.flatMap(({ memberIds }) => memberIds),
      )
      return showAdmin(request, reply, 'findings', 'findings', {
        tabs: (['waiting', 'decided'] as const).map(list => ({
          path: list === 'waiting' ? '/admin/findings' : '/admin/findings?list=decided',
          label: t(`admin.findings.${list}`),
          isCurrent: (list === 'decided') === decided,
        })),
        findings: page.rows.map(finding => presentFinding(finding, people, t)),
        nextPath: page.next && `/admin/findings?${decided ? 'list=decided&' : ''}after=${encodeURIComponent(page.next)}`,
      })
    },
  )

  app.get<One>('/admin/findings/:id', { ...operators, schema: { params: Params } }, (request, reply) => show(request, reply))

  app.post<One<Static<typeof Verdict>>>(
    '/admin/findings/:id',
    { ...operators, schema: { params: Params, body: Verdict }, errorHandler: showAgain(show) },
    async ({ actor, params, body }, reply) => {
      await decideFinding(db, actor, params.id, body)
      return reply.flash(body.outcome === 'confirmed' ? 'findingConfirmed' : 'findingDismissed').see('/admin/findings')
    },
  )

  app.post<One<Static<typeof Reason>>>(
    '/admin/findings/:id/overturning',
    { ...operators, schema: { params: Params, body: Reason }, errorHandler: showAgain(show) },
    async ({ actor, params, body }, reply) => {
      await overturnFinding(db, actor, params.id, body)
      return reply.flash('findingOverturned').see('/admin/findings?list=decided')
    },
  )

  async function show(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const finding = await findFinding(db, actor, (request.params as One['Params']).id)
    const shown = presentFinding(finding, await suspectsByIds(db, finding.memberIds), t)
    const values: Record<string, unknown> = form?.values ?? {}
    return showAdmin(request, reply, 'finding', 'findings', {
      title: shown.kind,
      finding: shown,
      outcomes: (['confirmed', 'dismissed'] as const).map(value => ({
        value,
        label: t(`admin.findings.${value}`),
        isChosen: values.outcome === value,
      })),
      values,
      errors: form?.errors ?? {},
      errorList: form?.errorList,
    })
  }
}

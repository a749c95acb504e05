import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { admitCompany, declineCompany } from '../../companies/admitting.ts'
import { findApplication } from '../../companies/applying.ts'
import { presentApplication } from '../../companies/present.ts'
import { listApplications } from '../../companies/queries.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { showAdmin } from './page.ts'

const After = Type.Object({ after: Type.Optional(Type.String({ maxLength: 40 })) })
const Id = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const DeclineForm = Type.Object({ reason: Type.String({ minLength: 1, maxLength: 1000 }) })
type One<Body = unknown> = { Params: { id: number }; Body: Body }

/** Companies that applied, for the operator: admitted, or declined with a reason. */
export async function companyAdminRoutes(app: App, { db }: Services): Promise<void> {
  const operators = { config: { access: 'operators' } as const }
  const one = { ...operators, schema: { params: Id } }

  app.get<{ Querystring: Static<typeof After> }>(
    '/admin/companies',
    { ...operators, schema: { querystring: After } },
    async (request, reply) => {
      const { actor, query, t } = request
      const page = await listApplications(db, query.after)
      return showAdmin(request, reply, 'companies', 'companies', {
        companies: page.rows.map(row => ({ ...presentApplication(row, actor, t), applicant: row.applicant })),
        nextPath: page.next && `/admin/companies?after=${encodeURIComponent(page.next)}`,
      })
    },
  )

  app.get<One>('/admin/companies/:id', one, (request, reply) => show(request, reply))
  app.post<One>('/admin/companies/:id/admit', { ...one, errorHandler: showAgain(show) }, async ({ actor, params }, reply) => {
    await admitCompany(db, actor, await findApplication(db, actor, params.id))
    return reply.flash('companyAdmitted').see('/admin/companies')
  })
  app.post<One<Static<typeof DeclineForm>>>(
    '/admin/companies/:id/decline',
    { ...operators, schema: { params: Id, body: DeclineForm }, errorHandler: showAgain(show) },
    async ({ actor, params, body }, reply) => {
      await declineCompany(db, actor, await findApplication(db, actor, params.id), body)
      return reply.flash('companyDeclined').see('/admin/companies')
    },
  )

  async function show(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t, params } = request
    const company = presentApplication(await findApplication(db, actor, (params as { id: number }).id), actor, t)
    return showAdmin(request, reply, 'company', 'companies', { title: company.name, company, values: {}, ...form })
  }
}

import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { nameIn } from '../../companies/present.ts'
import { findCompanyById, listCompanies } from '../../companies/queries.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { alertCompany } from '../../search/alerting.ts'
import { showAdmin } from './page.ts'

const AlertForm = Type.Object({
  words: Type.String({ maxLength: 400 }),
  companyId: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }),
})
const MOST = 500

/** The operator tells a company what people look for and do not find. */
export async function alertRoutes(app: App, { db }: Services): Promise<void> {
  const operators = { config: { access: 'operators' } as const }

  app.get<{ Querystring: { words?: string } }>(
    '/admin/search/alerts',
    { ...operators, schema: { querystring: Type.Object({ words: Type.Optional(Type.String({ maxLength: 400 })) }) } },
    (request, reply) => show(request, reply, { values: { words: request.query.words }, errors: {}, errorList: [] }),
  )
  app.post<{ Body: Static<typeof AlertForm> }>(
    '/admin/search/alerts',
    { ...operators, schema: { body: AlertForm }, errorHandler: showAgain(show) },
    async ({ actor, body }, reply) => {
      await alertCompany(db, actor, await findCompanyById(db, body.companyId), body)
      return reply.flash('companyAlerted').see('/admin/search')
    },
  )

  async function show(request: FastifyRequest, reply: FastifyReply, form: FormAgain): Promise<FastifyReply> {
    const { rows } = await listCompanies(db, undefined, MOST)
    const companies = rows.map(row => ({
      id: row.id,
      name: nameIn(row, request.preferences.locale),
      isChosen: String(row.id) === String(form.values.companyId),
    }))
    return showAdmin(request, reply, 'alert', 'search', { title: request.t('admin.search.alert'), companies, ...form })
  }
}

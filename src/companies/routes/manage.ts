import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { countWaiting } from '../../guarantees/queries.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { managePath } from '../paths.ts'
import { presentManaging } from '../present.ts'
import { findOwnCompany } from '../queries.ts'
import type { CompanyRow } from '../schema.ts'
import { editCompany } from '../settings.ts'

const SettingsForm = Type.Object({
  aboutJa: Type.String({ maxLength: 4000, default: '' }),
  aboutEn: Type.String({ maxLength: 4000, default: '' }),
  demandsSecondPair: Type.Optional(Type.Literal('yes')),
})
type Settings = { Params: { company: string }; Body: Static<typeof SettingsForm> }

/** The first page of a company's own place, and its settings. */
export async function manageRoutes(app: App, { db }: Services): Promise<void> {
  const companies = { config: { access: 'companies' } as const }

  app.get<Settings>('/c/:company/manage', companies, async (request, reply) => {
    const company = await findOwnCompany(db, request.actor, request.params.company)
    return showManaging(request, reply, company, 'index', { waiting: await countWaiting(db, company.id) })
  })

  app.get<Settings>('/c/:company/manage/settings', companies, (request, reply) => showSettings(request, reply))
  app.post<Settings>(
    '/c/:company/manage/settings',
    { ...companies, schema: { body: SettingsForm }, errorHandler: showAgain(showSettings) },
    async ({ actor, params, body }, reply) => {
      const company = await findOwnCompany(db, actor, params.company, { admin: true })
      await editCompany(db, actor, company, { ...body, demandsSecondPair: body.demandsSecondPair === 'yes' })
      return reply.flash('saved').see(managePath(company, 'settings'))
    },
  )

  async function showSettings(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const company = await findOwnCompany(db, request.actor, (request.params as Settings['Params']).company, { admin: true })
    return showManaging(request, reply, company, 'settings', { ...form, values: form?.values ?? company })
  }
}

/** Shows one of the pages from which a company is run; `place` is marked in their navigation. */
export function showManaging(
  request: FastifyRequest,
  reply: FastifyReply,
  company: CompanyRow,
  place: string,
  model: Record<string, unknown> & { title?: string; view?: string } = {},
): FastifyReply {
  const { actor, t } = request
  const { view = place, ...rest } = model
  return reply.header('cache-control', 'no-store').page(`companies/manage/${view}`, {
    ...presentManaging(company, actor, place, t),
    ...rest,
  })
}

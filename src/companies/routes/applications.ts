import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import type { Services } from '../../platform/services.ts'
import { throttle } from '../../platform/throttle.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { applyCompany, askDomainMail, findApplication, proveDomainByMail, proveDomainByRecord } from '../applying.ts'
import { recordName } from '../domains.ts'
import { applicationPath } from '../paths.ts'
import { presentApplication } from '../present.ts'
import { listOwnApplications } from '../queries.ts'
import { findToken } from '../tokens.ts'

const words = (maxLength: number) => Type.String({ maxLength, default: '' })
const ApplyForm = Type.Object({
  nameJa: Type.String({ minLength: 1, maxLength: 60 }),
  nameEn: Type.String({ minLength: 1, maxLength: 80 }),
  slug: Type.String({ minLength: 1, maxLength: 40 }),
  domain: Type.String({ minLength: 1, maxLength: 200 }),
  corporateNumber: Type.String({ minLength: 1, maxLength: 40 }),
  aboutJa: words(1000),
  aboutEn: words(1000),
})
const MailForm = Type.Object({ mailbox: Type.String({ minLength: 1, maxLength: 100 }) })
const Id = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
type One<Body = unknown> = { Params: { id: number }; Body: Body }
type Link = { Params: { token: string } }

/** A company applies, and proves that its domain is its own. */
export async function applicationRoutes(app: App, services: Services): Promise<void> {
  const { db } = services
  const members = { config: { access: 'members' } as const }
  const one = { ...members, schema: { params: Id } }

  app.get('/companies/apply', members, (request, reply) => showForm(request, reply))
  app.post<{ Body: Static<typeof ApplyForm> }>(
    '/companies/apply',
    { ...members, schema: { body: ApplyForm }, errorHandler: showAgain(showForm) },
    async ({ actor, body }, reply) => reply.flash('companyApplied').see(applicationPath(await applyCompany(db, actor, body))),
  )

  app.get<One>('/companies/applications/:id', one, (request, reply) => showApplication(request, reply))
  app.post<One<Static<typeof MailForm>>>(
    '/companies/applications/:id/mail',
    { ...one, schema: { params: Id, body: MailForm }, errorHandler: showAgain(showApplication) },
    async ({ actor, params, body }, reply) => {
      const company = await findApplication(db, actor, params.id)
      await askDomainMail(db, actor, company, body)
      return reply.flash('domainMailSent').see(applicationPath(company))
    },
  )
  app.post<One>(
    '/companies/applications/:id/record',
    { ...one, errorHandler: showAgain(showApplication) },
    async ({ actor, params }, reply) => {
      const company = await findApplication(db, actor, params.id)
      await throttle(db, `record:${company.id}`, LOOKUPS)
      await proveDomainByRecord(db, actor, company, await services.readRecords(recordName(company.domain)))
      return reply.flash('domainProven').see(applicationPath(company))
    },
  )

  app.get<Link>(
    '/companies/prove/:token',
    { config: { access: 'everyone' }, errorHandler: showAgain(showLinkOver) },
    async ({ t, params }, reply) => {
      const { email } = await findToken(db, 'domain', params.token)
      return reply.header('cache-control', 'no-store').page('accounts/link', {
        title: t('companies.domain.linkTitle'),
        text: t('companies.domain.linkText', { email }),
        button: t('companies.domain.linkSubmit'),
        noIndex: true,
      })
    },
  )
  app.post<Link>(
    '/companies/prove/:token',
    { config: { access: 'everyone' }, errorHandler: showAgain(showLinkOver) },
    async ({ actor, params }, reply) => {
      const company = await proveDomainByMail(db, params.token)
      return reply.flash('domainProven').see(actor.id === company.applicantId ? applicationPath(company) : '/')
    },
  )

  async function showForm(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const own = await listOwnApplications(db, actor)
    const applications = own.map(company => presentApplication(company, actor, t))
    return reply.page('companies/apply', { title: t('companies.apply.title'), noIndex: true, applications, ...form })
  }

  async function showApplication(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const company = await findApplication(db, actor, (request.params as { id: number }).id)
    const model = { title: t('companies.application.title'), noIndex: true, company: presentApplication(company, actor, t) }
    return reply.header('cache-control', 'no-store').page('companies/application', { ...model, ...form })
  }
}

/** Each look at somebody's name servers is a message of ours: not too many. */
const LOOKUPS = { tries: 20, seconds: 3600 }

/** What is shown for a link of a company that is over, or was never one. */
export function showLinkOver(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { t } = request
  return reply.page('error', {
    title: t('companies.link.over'),
    code: 422,
    message: t('companies.link.over'),
    hint: t('companies.link.overHint'),
    noIndex: true,
  })
}

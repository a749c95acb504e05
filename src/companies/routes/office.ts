import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { addCanned, dropCanned, setOfficeHours } from '../inbox.ts'
import { listCanned } from '../inbox_queries.ts'
import { managePath } from '../paths.ts'
import { presentManaging } from '../present.ts'
import { timeOf } from '../present_inbox.ts'
import { findOwnCompany } from '../queries.ts'

const text = (maxLength: number) => Type.String({ maxLength, default: '' })
const Params = Type.Object({ company: Type.String({ maxLength: 60 }), id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const Canned = Type.Object({ title: text(80), text: text(10_000) })
const Hours = Type.Object({
  from: text(5),
  to: text(5),
  days: Type.Array(Type.Integer({ minimum: 0, maximum: 6 }), { maxItems: 7, default: [] }),
  target: Type.Integer({ minimum: 1, maximum: 200 }),
  restsOnHolidays: Type.Optional(Type.Literal('yes')),
})
type Route = { Params: Static<typeof Params> }
type Slugged<Body = unknown> = { Params: { company: string }; Body: Body }

/** A company's ready-made texts, and the hours in which it answers. */
export async function officeRoutes(app: App, { db }: Services): Promise<void> {
  const companies = { config: { access: 'companies' } as const }
  const own = (request: FastifyRequest, options = {}) =>
    findOwnCompany(db, request.actor, (request.params as { company: string }).company, options)
  const path = '/c/:company/manage/inbox'

  app.get<Slugged>(`${path}/texts`, companies, (request, reply) => showTexts(request, reply))
  app.post<Slugged<Static<typeof Canned>>>(
    `${path}/texts`,
    { ...companies, schema: { body: Canned }, errorHandler: showAgain(showTexts) },
    async (request, reply) => {
      const company = await own(request)
      await addCanned(db, request.actor, company, request.body)
      return reply.flash('saved').see(managePath(company, 'inbox/texts'))
    },
  )
  app.delete<Route>(`${path}/texts/:id`, { ...companies, schema: { params: Params } }, async (request, reply) => {
    const company = await own(request)
    await dropCanned(db, request.actor, company, request.params.id)
    return reply.flash('saved').see(managePath(company, 'inbox/texts'))
  })
  app.post<Slugged<Static<typeof Hours>>>(
    `${path}/hours`,
    { ...companies, schema: { body: Hours }, errorHandler: showAgain(showTexts) },
    async (request, reply) => {
      const company = await own(request, { admin: true })
      await setOfficeHours(db, request.actor, company, { ...request.body, restsOnHolidays: request.body.restsOnHolidays === 'yes' })
      return reply.flash('saved').see(managePath(company, 'inbox/texts'))
    },
  )

  async function showTexts(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t } = request
    const company = await own(request)
    const hours = company.officeHours
    const days = [form?.values.days ?? hours.days].flat().map(Number)
    return reply.header('cache-control', 'no-store').page('companies/inbox/texts', {
      ...presentManaging(company, actor, 'inbox', t),
      title: t('inbox.texts.title'),
      inboxPath: managePath(company, 'inbox'),
      texts: (await listCanned(db, company.id)).map(({ id, title, body }) => ({
        title,
        lines: body.split('\n'),
        dropPath: managePath(company, `inbox/texts/${id}?_method=DELETE`),
      })),
      placeholders: (['name', 'title', 'product', 'agent', 'company'] as const).map(key => `{${t(`inbox.placeholders.${key}`)}}`),
      days: [1, 2, 3, 4, 5, 6, 0].map(day => ({ value: day, label: t(`inbox.days.${day}`), isChosen: days.includes(day) })),
      ...form,
      values: {
        from: timeOf(hours.from),
        to: timeOf(hours.to),
        target: hours.target,
        restsOnHolidays: hours.restsOnHolidays ? 'yes' : '',
        ...form?.values,
      },
    })
  }
}

import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { isOperator } from '../accounts/actor.ts'
import { presentManaging } from '../companies/present.ts'
import { findCompanyById, findOwnCompany } from '../companies/queries.ts'
import type { CompanyRow } from '../companies/schema.ts'
import { type Chart, drawChart } from '../platform/charts.ts'
import { today } from '../platform/day_salt.ts'
import { Missing } from '../platform/errors.ts'
import type { Services } from '../platform/services.ts'
import type { App } from '../platform/web.ts'
import { type FormAgain, showAgain } from '../platform/web_errors.ts'
import { csvOf } from './csv.ts'
import { type Insights, readInsights } from './insights.ts'
import { chosenPath, insightsPath } from './paths.ts'
import { PERIODS, type PeriodLength, periodUntil } from './period.ts'
import { canSetAssumptions } from './policy.ts'
import { mediaChart, presentChoices, presentKpis, presentLegend, questionsChart } from './present.ts'
import { presentRows, stepOf } from './present_rows.ts'
import { presentTables, TABLES } from './present_tables.ts'
import { findCountedAt, wantsLetters } from './queries.ts'
import { setAssumptions, takeLetters } from './settings.ts'

const Chosen = Type.Object({ days: Type.Optional(Type.String({ maxLength: 5 })), product: Type.Optional(Type.String({ maxLength: 16 })) })
const text = Type.String({ maxLength: 20, default: '' })
const AssumptionForm = Type.Object({ wouldAsk: text, isHelped: text, elsewhere: text, cost: text })
const LetterForm = Type.Object({ wants: Type.Optional(Type.Literal('yes')) })
const CHARTS = ['days', 'media'] as const
const HOW = ['questions', 'solved', 'firstAnswer', 'fixed', 'readers']
type Route<Body = unknown> = { Querystring: Static<typeof Chosen>; Body: Body }
type Params = { company?: string; id?: string; table?: string; chart?: string }

/** A chart that takes longer is fetched by the page afterwards: the process that draws has to start first. */
const CHART_MAY_TAKE = 60

/** What a company's customers ask, find and read: for its people in its own place, for the operator among his pages. */
export async function insightRoutes(app: App, { db }: Services): Promise<void> {
  const places = [
    { path: '/c/:company/manage/insights', access: 'companies' as const },
    { path: '/admin/companies/:id/insights', access: 'operators' as const },
  ]
  for (const { path, access } of places) {
    const options = { config: { access }, schema: { querystring: Chosen } }
    app.get<Route>(path, options, (request, reply) => show(request, reply))
    app.get<Route>(`${path}/charts/:chart`, options, showChart)
    app.get<Route>(`${path}/csv/:table`, options, sendCsv)
  }

  const companies = { config: { access: 'companies' } as const }
  app.post<Route<Static<typeof AssumptionForm>>>(
    '/c/:company/manage/insights/assumptions',
    { ...companies, schema: { body: AssumptionForm }, errorHandler: showAgain(show) },
    async (request, reply) => {
      const company = await findOwnCompany(db, request.actor, paramsOf(request).company ?? '', { admin: true })
      const { wouldAsk, isHelped, elsewhere, cost } = request.body
      const assumed = {
        wouldAsk: numberIn(wouldAsk) ?? Number.NaN,
        isHelped: numberIn(isHelped),
        elsewhere: numberIn(elsewhere) ?? Number.NaN,
      }
      await setAssumptions(db, request.actor, company, { ...assumed, cost: numberIn(cost) })
      return reply.flash('saved').see(`${insightsPath(company, false)}#deflection`)
    },
  )
  app.post<Route<Static<typeof LetterForm>>>(
    '/c/:company/manage/insights/letters',
    { ...companies, schema: { body: LetterForm }, errorHandler: showAgain(show) },
    async (request, reply) => {
      const company = await findOwnCompany(db, request.actor, paramsOf(request).company ?? '', { admin: true })
      await takeLetters(db, request.actor, company, request.body.wants === 'yes')
      return reply.flash('saved').see(`${insightsPath(company, false)}#letters`)
    },
  )

  /** Throws Missing for whom the company's figures are not, and for a product that is not its own. */
  async function read(request: FastifyRequest): Promise<Insights & { company: CompanyRow; chosen: Choice }> {
    const { company: slug, id } = paramsOf(request)
    const company = slug === undefined ? await findCompanyById(db, idIn(id)) : await findOwnCompany(db, request.actor, slug)
    const chosen = choiceOf(request.query as Static<typeof Chosen>)
    return {
      company,
      chosen,
      ...(await readInsights(db, request.actor, { companyId: company.id, productId: chosen.product }, periodUntil(today(), chosen.days))),
    }
  }

  async function show(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t, preferences } = request
    const [insights, countedAt] = await Promise.all([read(request), findCountedAt(db)])
    const { company, chosen, figures, settings, period } = insights
    const words = { t, locale: preferences.locale }
    const path = insightsPath(company, isForOperator(request))
    const mayMove = canSetAssumptions(actor, company.id) && !isForOperator(request)
    const charts = chartsOf(insights, words)
    const tables = presentTables(insights, company, words, stepOf(period))
    return reply.header('cache-control', 'no-store').page('insights/show', {
      ...presentManaging(company, actor, 'insights', t),
      ...(isForOperator(request) && { isForOperator: true, place: 'companies' }),
      action: path,
      countedAt,
      ...presentChoices(path, insights.products, chosen, words),
      chosen,
      before: t(`insights.before.${chosen.days}`),
      kpis: presentKpis(figures, settings, words),
      isEmpty: figures.now.questions + figures.before.questions + figures.now.readers === 0,
      charts: Object.fromEntries(
        await Promise.all(CHARTS.map(async name => [name, await presentChart(name, charts[name], path, chosen)] as const)),
      ),
      tables: Object.fromEntries(
        TABLES.map(name => [name, { ...tables[name], csvPath: chosenPath(`${path}/csv/${name}`, chosen) }] as const),
      ),
      definitions: HOW.map(name => t(`insights.how.${name}`)),
      mayMove,
      wants: mayMove && (await wantsLetters(db, company.id, actor.id)),
      ...form,
      values: { ...settings, isHelped: settings.isHelped ?? '', cost: settings.cost ?? '', ...form?.values },
    })
  }

  async function presentChart(name: string, chart: Chart, path: string, chosen: Choice) {
    const chartHtml = await Promise.race([drawChart(chart).catch(() => undefined), pause(CHART_MAY_TAKE, undefined)])
    return {
      name,
      legend: presentLegend(chart),
      chartHtml,
      path: chosenPath(`${path}/charts/${name}`, chosen),
      againPath: chosenPath(path, chosen),
    }
  }

  async function showChart(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const name = CHARTS.find(each => each === paramsOf(request).chart)
    if (!name) throw new Missing()
    const { t, preferences } = request
    const chart = chartsOf(await read(request), { t, locale: preferences.locale })[name]
    return reply.header('cache-control', 'no-store').fragment('insights/chart', {
      name,
      label: t(`insights.${name === 'media' ? 'sources' : name}.chart`),
      chartHtml: await drawChart(chart),
    })
  }

  async function sendCsv(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const name = TABLES.find(each => each === paramsOf(request).table)
    if (!name) throw new Missing()
    const { t, preferences } = request
    const insights = await read(request)
    const file = `${insights.company.slug}-${name}-${insights.period.from}-${insights.period.until}.csv`
    return reply
      .header('cache-control', 'no-store')
      .header('content-disposition', `attachment; filename="${file}"`)
      .type('text/csv; charset=utf-8')
      .send(csvOf(presentTables(insights, insights.company, { t, locale: preferences.locale }, 1)[name]))
  }
}

type Choice = { days: PeriodLength; product: number }

const choiceOf = ({ days, product }: Static<typeof Chosen>): Choice => ({
  days: PERIODS.find(period => String(period) === days) ?? PERIODS[0],
  product: product ? idIn(product) : 0,
})

const paramsOf = (request: FastifyRequest) => request.params as Params
const isForOperator = (request: FastifyRequest) => paramsOf(request).id !== undefined && isOperator(request.actor)

/** An id as an address has it. Throws Missing for anything else. */
function idIn(typed = ''): number {
  if (!/^\d{1,15}$/.test(typed)) throw new Missing()
  return Number(typed)
}

/** A number as people type it, in wide digits too; null for nothing, NaN for what is none. */
function numberIn(typed: string): number | null {
  const plain = typed.normalize('NFKC').replace(/[,\s%]/g, '')
  return plain === '' ? null : Number(plain)
}

function chartsOf(
  { days, readers, period, figures }: Insights,
  words: { t: FastifyRequest['t']; locale: 'ja' | 'en' },
): Record<(typeof CHARTS)[number], Chart> {
  const rows = presentRows(days, readers, period, { step: stepOf(period), locale: words.locale })
  return { days: questionsChart(rows, period, words), media: mediaChart(figures.now, figures.before, words) }
}

import { drawChart } from '../../platform/charts.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { listNewcomerWeeks } from '../../reputation/newcomer_queries.ts'
import { hasWelcomeBoard, openWelcomeBoard } from '../guides.ts'
import { presentNow, presentWeeks, weeksChart } from '../present_newcomers.ts'
import { showAdmin } from './page.ts'

/** How newcomers fare, for the operator. */
export async function newcomerAdminRoutes(app: App, { db }: Services): Promise<void> {
  app.get('/admin/newcomers', { config: { access: 'operators' } }, async (request, reply) => {
    const { actor, preferences, t } = request
    const [weeks, hasGuides] = await Promise.all([listNewcomerWeeks(db, actor), hasWelcomeBoard(db, actor)])
    const chart = weeksChart(weeks, preferences.locale, t)
    return showAdmin(request, reply, 'newcomers', 'newcomers', {
      hasGuides,
      now: presentNow(weeks, t),
      legend: chart.series.map(({ name, tone }, place) => ({ name, tone, isDashed: place % 2 === 1 })),
      // Without the picture the table says the same.
      chartHtml: await drawChart(chart).catch(error => {
        request.log.warn({ err: error }, 'a chart was not drawn')
      }),
      weeks: presentWeeks(weeks, t).toReversed(),
    })
  })

  app.post('/admin/newcomers/guides', { config: { access: 'operators' } }, async ({ actor }, reply) => {
    await openWelcomeBoard(db, actor)
    return reply.flash('guidesOpened').see('/admin/newcomers')
  })
}

import { listJobFigures } from '../../platform/jobs_figures.ts'
import { listLatestChecks } from '../../platform/search/mirror/checks.ts'
import { findLag } from '../../platform/search/mirror/outdated.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { presentChecks, presentJobs, presentSearch } from '../present_health.ts'
import { showAdmin } from './page.ts'

/** How the forum is: which engine answers searches, what the last nightly checks found, whether jobs wait. */
export async function healthPageRoutes(app: App, { db, engines, searchState }: Services): Promise<void> {
  app.get('/admin/health', { config: { access: 'operators' } }, async (request, reply) => {
    const [lag, checks, jobs] = await Promise.all([findLag(db), listLatestChecks(db), listJobFigures(db)])
    return showAdmin(request, reply, 'health', 'health', {
      search: presentSearch(searchState(), engines.meilisearch ? lag : undefined, request.t),
      checks: presentChecks(checks, request.t),
      jobs: presentJobs(jobs, request.t),
    })
  })
}

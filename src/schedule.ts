import type { CronItem, TaskList } from 'graphile-worker'
import { sweepSessions } from './accounts/sessions.ts'
import { sweepTokens } from './accounts/tokens.ts'
import type { Services } from './platform/services.ts'
import { sweepThrottles } from './platform/throttle.ts'
import { watchExpiry } from './reputation/certification.ts'
import { sweepSearches } from './search/remembering.ts'
import { sweepVisits } from './topics/visits.ts'

/** What happens by the clock, and how often. */
export function clockTasks({ db, search }: Services): { tasks: TaskList; clock: CronItem[] } {
  const every: { task: string; match: string; run: () => Promise<void> }[] = [
    { task: 'throttles.sweep', match: '17 * * * *', run: () => sweepThrottles(db) },
    { task: 'sessions.sweep', match: '23 4 * * *', run: () => sweepSessions(db) },
    { task: 'tokens.sweep', match: '29 4 * * *', run: () => sweepTokens(db) },
    { task: 'visits.sweep', match: '41 3 * * *', run: () => sweepVisits(db) },
    { task: 'searches.sweep', match: '47 3 * * *', run: () => sweepSearches(db) },
    { task: 'certifications.expire', match: '5 * * * *', run: () => watchExpiry(db) },
    { task: 'search.refresh', match: '*/30 * * * *', run: () => search.refresh() },
  ]
  return {
    tasks: Object.fromEntries(every.map(({ task, run }) => [task, run])),
    clock: every.map(({ task, match }) => ({ task, match, identifier: task })),
  }
}

import type { CronItem, TaskList } from 'graphile-worker'
import { sweepSessions } from './accounts/sessions.ts'
import { sweepSteps } from './accounts/steps.ts'
import { sweepTokens } from './accounts/tokens.ts'
import { tellOverdue } from './companies/inbox.ts'
import { sweepCompanyTokens } from './companies/tokens.ts'
import { followCalendar } from './guarantees/following.ts'
import { countInsights } from './insights/calendar.ts'
import { groupAll } from './insights/grouping.ts'
import { countReaders } from './insights/readers.ts'
import { tellWeeks } from './insights/weekly.ts'
import { countPaces, followHeat, sweepHeat } from './moderation/heat/stepping.ts'
import { sweepFingerprints } from './moderation/holds/sweeping.ts'
import { endSanctions } from './moderation/sanctions/sanctioning.ts'
import { forgetRequesters } from './moderation/takedowns/deciding.ts'
import { settleOldNudges } from './moderation/words/nudging.ts'
import { mailNotices, ringBrowsers } from './notifications/effects.ts'
import { MIRROR, sweepOutdated } from './platform/search/mirror/outdated.ts'
import type { Services } from './platform/services.ts'
import { sweepThrottles } from './platform/throttle.ts'
import { lookForAbuse } from './reputation/abuse/looking.ts'
import { sweepSightings } from './reputation/abuse/sightings.ts'
import { honourMasters } from './reputation/badges.ts'
import { watchExpiry } from './reputation/certification.ts'
import { decideAllLevels } from './reputation/levels.ts'
import { callMentors } from './reputation/mentoring.ts'
import { checkSearch } from './search/checking.ts'
import { refreshDocumentsOf } from './search/documents.ts'
import { learnBoosts, learnEarlierSearches } from './search/learning.ts'
import { mirrorOutdated } from './search/mirroring.ts'
import { learnProductSearches } from './search/product_searches.ts'
import { sweepSearches } from './search/remembering.ts'
import { wakeRested } from './topics/helping/resting.ts'
import { endSlowing } from './topics/helping/slowing.ts'
import { sweepVisits } from './topics/visits.ts'

/** What happens by the clock, and how often. */
export function clockTasks(services: Services): { tasks: TaskList; clock: CronItem[] } {
  const { db, search } = services
  const every: { task: string; match: string; run: () => Promise<void> }[] = [
    { task: 'notify.mail', match: '* * * * *', run: () => mailNotices(services) },
    { task: 'notify.push', match: '* * * * *', run: () => ringBrowsers(services) },
    { task: 'throttles.sweep', match: '17 * * * *', run: () => sweepThrottles(db) },
    { task: 'sessions.sweep', match: '23 4 * * *', run: () => sweepSessions(db) },
    { task: 'tokens.sweep', match: '29 4 * * *', run: () => sweepTokens(db) },
    { task: 'steps.sweep', match: '37 * * * *', run: () => sweepSteps(db) },
    { task: 'guarantees.follow', match: '7 * * * *', run: () => followCalendar(db) },
    { task: 'company_tokens.sweep', match: '31 4 * * *', run: () => sweepCompanyTokens(db) },
    { task: 'takedowns.forget', match: '53 3 * * *', run: () => forgetRequesters(services) },
    { task: 'sanctions.end', match: '*/5 * * * *', run: () => endSanctions(db) },
    { task: 'topics.unslow', match: '* * * * *', run: () => endSlowing(db) },
    { task: 'inbox.overdue', match: '*/10 * * * *', run: () => tellOverdue(db) },
    // Before they are forgotten, readers are counted.
    { task: 'visits.sweep', match: '41 3 * * *', run: () => countReaders(db).then(() => sweepVisits(db)) },
    { task: 'insights.count', match: '*/5 * * * *', run: async () => void (await countInsights(db)) },
    { task: 'insights.readers', match: '*/20 * * * *', run: () => countReaders(db) },
    { task: 'insights.tell', match: '3 * * * *', run: () => tellWeeks(db) },
    { task: 'insights.group', match: '17 3 * * *', run: () => groupAll(db) },
    { task: 'fingerprints.sweep', match: '53 3 * * *', run: () => sweepFingerprints(db) },
    { task: 'visits.sweep', match: '41 3 * * *', run: () => sweepVisits(db) },
    { task: 'searches.sweep', match: '47 3 * * *', run: () => sweepSearches(db) },
    { task: 'topics.wake', match: '* * * * *', run: () => wakeRested(db) },
    { task: 'heat.follow', match: '*/5 * * * *', run: () => followHeat(db) },
    { task: 'heat.paces', match: '13 4 * * *', run: () => countPaces(db) },
    { task: 'heat.sweep', match: '19 4 * * *', run: () => sweepHeat(db) },
    { task: 'nudges.settle', match: '53 * * * *', run: () => settleOldNudges(db) },
    { task: 'certifications.expire', match: '5 * * * *', run: () => watchExpiry(db) },
    { task: 'abuse.look', match: '37 2,14 * * *', run: async () => void (await lookForAbuse(db)) },
    { task: 'sightings.sweep', match: '47 3 * * *', run: () => sweepSightings(db) },
    { task: 'levels.decide', match: '7 4 * * *', run: () => decideAllLevels(db) },
    { task: 'searches.learn', match: '37 4 * * *', run: async () => refreshDocumentsOf(db, search, await learnBoosts(db)) },
    { task: 'searches.suggest', match: '*/20 * * * *', run: () => learnEarlierSearches(db).then(() => learnProductSearches(db)) },
    { task: 'masters.honour', match: '10 0 1 * *', run: () => honourMasters(db) },
    { task: 'mentors.call', match: '*/5 * * * *', run: () => callMentors(db) },
    { task: 'search.refresh', match: '*/30 * * * *', run: () => search.refresh() },
    { task: MIRROR, match: '*/5 * * * *', run: () => mirrorOutdated(services) },
    { task: 'search.check', match: '11 3 * * *', run: () => checkSearch(services) },
    { task: 'search.sweep', match: '47 3 * * *', run: () => sweepOutdated(db) },
  ]
  return {
    tasks: Object.fromEntries(every.map(({ task, run }) => [task, run])),
    clock: every.map(({ task, match }) => ({ task, match, identifier: task })),
  }
}

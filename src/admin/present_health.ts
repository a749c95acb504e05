import type { Translate } from '../platform/i18n.ts'
import type { JobFigures } from '../platform/jobs_figures.ts'
import type { KeptCheck } from '../platform/search/mirror/checks.ts'
import type { OpenSearch } from '../platform/search/opening.ts'

const NAMES: Record<string, string> = { postgres: 'PostgreSQL', meilisearch: 'Meilisearch' }

/** Seconds that what is due may wait before it is worth a word. */
const LATE = 60

/** Which engine answers; `lag` only where there is a second one. */
export function presentSearch(
  { answers, away }: ReturnType<OpenSearch['searchState']>,
  lag: { waiting: number; seconds: number } | undefined,
  t: Translate,
) {
  return {
    answers: NAMES[answers],
    isAway: away !== undefined,
    hasMirror: lag !== undefined,
    waiting: lag && t('admin.health.documents', { count: lag.waiting }),
    since: lag && lag.waiting > 0 ? t('admin.health.waited', { count: Math.round(lag.seconds) }) : undefined,
  }
}

/** What the last check of each engine found. */
export function presentChecks(checks: KeptCheck[], t: Translate) {
  return checks.map(({ engine, at, expected, counted, mended }) => ({
    engine: NAMES[engine] ?? engine,
    at,
    counted: t('admin.health.ofDocuments', { counted, expected }),
    mended: mended === 0 ? t('admin.health.fine') : t('admin.health.mended', { count: mended }),
    hasDrifted: mended > 0,
  }))
}

/** Jobs of all kinds together, and a word about those that are late or fail. */
export function presentJobs(jobs: JobFigures[], t: Translate) {
  const due = jobs.reduce((sum, job) => sum + job.due, 0)
  const failing = jobs.reduce((sum, job) => sum + job.failing, 0)
  const seconds = Math.max(0, ...jobs.map(job => job.seconds))
  return {
    due: t('admin.health.jobs', { count: due }),
    failing: t('admin.health.jobs', { count: failing }),
    since: due > 0 ? t('admin.health.waited', { count: Math.round(seconds) }) : undefined,
    isLate: seconds > LATE,
    hasFailed: failing > 0,
  }
}

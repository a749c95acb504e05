import type { Chart } from '../platform/charts.ts'
import type { Locale, Translate } from '../platform/i18n.ts'
import type { NewcomerWeek } from '../reputation/newcomer_queries.ts'

const share = (part: number, whole: number) => (whole === 0 ? null : Math.round((part / whole) * 100))

/** The weeks as a table: numbers first, shares beside them. */
export function presentWeeks(weeks: NewcomerWeek[], t: Translate) {
  const text = (part: number, whole: number) => (whole === 0 ? '–' : t('admin.newcomers.partOf', { part, share: share(part, whole) ?? 0 }))
  return weeks.map(({ week, questions, inAnHour, joined, cameBack }) => ({
    week,
    questions,
    inAnHour: text(inAnHour, questions),
    joined,
    cameBack: text(cameBack, joined),
  }))
}

/** The last four weeks in one glance: the share, and of how many. */
export function presentNow(weeks: NewcomerWeek[], t: Translate) {
  const sum = (name: 'questions' | 'inAnHour' | 'joined' | 'cameBack') => weeks.slice(-4).reduce((total, week) => total + week[name], 0)
  const figure = (key: string, part: number, whole: number) => ({
    label: t(`admin.newcomers.${key}`),
    value: whole === 0 ? '–' : `${share(part, whole)}%`,
    note: t('admin.newcomers.ofThem', { part, whole }),
  })
  return [figure('inAnHour', sum('inAnHour'), sum('questions')), figure('cameBack', sum('cameBack'), sum('joined'))]
}

/** Both shares week by week, as a chart. */
export function weeksChart(weeks: NewcomerWeek[], locale: Locale, t: Translate): Chart {
  const day = new Intl.DateTimeFormat(locale, { month: 'numeric', day: 'numeric', timeZone: 'UTC' })
  return {
    labels: weeks.map(({ week }) => day.format(week)),
    most: 100,
    unit: '%',
    series: [
      { name: t('admin.newcomers.inAnHour'), kind: 'line', tone: 'brand', values: weeks.map(week => share(week.inAnHour, week.questions)) },
      { name: t('admin.newcomers.cameBack'), kind: 'line', tone: 'gold', values: weeks.map(week => share(week.cameBack, week.joined)) },
    ],
  }
}

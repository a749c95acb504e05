import type { Translate } from '../../platform/i18n.ts'
import type { Figure, YearFigure } from './queries.ts'

const AREAS = ['flag', 'hold', 'heat', 'second_look', 'care', 'second_account', 'sanction', 'thread', 'appeal', 'takedown'] as const

/** What a decision is called, whichever part of moderation made it. */
function wordOf({ area, what }: Pick<Figure, 'area' | 'what'>, t: Translate): string {
  if (area === 'sanction') return t(`sanctions.kinds.${what}`)
  if (area === 'thread') return t(`transparency.threads.${what}`)
  if (area === 'appeal') return t(`appeals.outcomes.${what}`)
  if (area === 'takedown') return t(`takedowns.states.${what}`)
  return t(`moderation.decisions.${what}`)
}

/** One month's figures as tables, one an area; and how many appeals were upheld. */
export function presentMonth(figures: Figure[], month: string, t: Translate) {
  const own = figures.filter(figure => figure.month === month)
  const appeals = own.filter(({ area }) => area === 'appeal')
  const sum = (rows: Figure[]) => rows.reduce((total, { count }) => total + count, 0)
  return {
    total: sum(own),
    appeals: t('transparency.upheld', { count: sum(appeals), upheld: sum(appeals.filter(({ what }) => what === 'upheld')) }),
    areas: AREAS.flatMap(area => {
      const rows = own.filter(figure => figure.area === area)
      if (rows.length === 0) return []
      return [
        {
          label: t(`transparency.areas.${area}`),
          rows: rows.map(row => ({ label: wordOf(row, t), count: row.count, hours: row.hours ?? undefined })),
        },
      ]
    }),
  }
}

/** The takedown desk's years, newest first, each right a row. */
export const presentYears = (years: YearFigure[], t: Translate) =>
  [...Map.groupBy(years, ({ year }) => year)].map(([year, rows]) => ({
    year: t('transparency.year', { year }),
    rows: rows.map(row => ({ ...row, right: t(`takedowns.rights.${row.right}`), hours: row.hours ?? undefined })),
  }))

/** The same as lines of a table for machines. */
export const figuresCsv = (figures: Figure[]) =>
  csv(
    ['month', 'area', 'decision', 'count', 'median_hours'],
    figures.map(({ month, area, what, count, hours }) => [month, area, what, count, hours ?? '']),
  )

export const yearsCsv = (years: YearFigure[]) =>
  csv(
    ['year', 'right', 'received', 'removed', 'kept', 'waiting', 'poster_asked', 'poster_objected', 'decided_in_time', 'median_hours'],
    years.map(row => [
      row.year,
      row.right,
      row.received,
      row.removed,
      row.kept,
      row.waiting,
      row.asked,
      row.objected,
      row.inTime,
      row.hours ?? '',
    ]),
  )

const csv = (head: string[], rows: (string | number)[][]) => `\ufeff${[head, ...rows].map(row => row.join(',')).join('\r\n')}\r\n`

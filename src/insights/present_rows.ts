import type { Locale } from '../platform/i18n.ts'
import { daysOf, type Period } from './period.ts'
import type { DayFigures, DayReaders } from './queries.ts'

/** A day, or a week by its first day, in numbers. */
export type Row = {
  label: string
  figures: Pick<DayFigures, 'questions' | 'answered' | 'solved' | 'guaranteed' | 'fixed' | 'failed'>
  readers: Pick<DayReaders, 'readers' | 'helped'>
}

const NO_FIGURES = { questions: 0, answered: 0, solved: 0, guaranteed: 0, fixed: 0, failed: 0 }
const NO_READERS = { readers: 0, helped: 0 }

/** The days of a period as rows, those on which nothing happened too; a year week by week. */
export function presentRows(
  days: DayFigures[],
  readers: DayReaders[],
  period: Period,
  { step, locale }: { step: 1 | 7; locale: Locale },
): Row[] {
  const [figures, read] = [new Map(days.map(row => [row.day, row])), new Map(readers.map(row => [row.day, row]))]
  const all = daysOf(period)
  return Array.from({ length: all.length / step }, (_, place) => {
    const those = all.slice(place * step, (place + 1) * step)
    return {
      label: dayLabel(those[0] ?? '', locale),
      figures: added(
        those.map(day => figures.get(day)),
        NO_FIGURES,
      ),
      readers: added(
        those.map(day => read.get(day)),
        NO_READERS,
      ),
    }
  })
}

/** Drawn by the week where days would be too many to be told apart. */
export const stepOf = ({ days }: Period): 1 | 7 => (days === 364 ? 7 : 1)

function added<Sums extends Record<string, number>>(rows: ({ [Name in keyof Sums]: number } | undefined)[], zero: Sums): Sums {
  return Object.fromEntries(Object.keys(zero).map(name => [name, rows.reduce((sum, row) => sum + (row?.[name] ?? 0), 0)])) as Sums
}

const labels = {
  ja: new Intl.DateTimeFormat('ja', { year: 'numeric', month: 'numeric', day: 'numeric', timeZone: 'UTC' }),
  en: new Intl.DateTimeFormat('en', { year: 'numeric', month: 'short', day: 'numeric', timeZone: 'UTC' }),
}
/** A day as people write it. */
export const dayLabel = (day: string, locale: Locale) => labels[locale].format(new Date(`${day}T00:00:00Z`))

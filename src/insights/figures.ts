import type { Period } from './period.ts'
import type { DayFigures, DayReaders } from './queries.ts'
import { type Wait, waitOf } from './waits.ts'

/** A period in numbers; shares are parts of one, minutes as they were rounded, undefined where there is nothing to count. */
export type Figures = {
  questions: number
  answered: number
  solved: number
  guaranteed: number
  fixed: number
  failed: number
  ended: number
  readers: number
  helped: number
  stayed: number
  median?: number
  ninetieth?: number
  sources: Record<string, number>
}

const SUMS = ['questions', 'answered', 'solved', 'guaranteed', 'fixed', 'failed', 'ended'] as const
const READERS = ['readers', 'helped', 'stayed'] as const

type Counted = { days: DayFigures[]; readers: DayReaders[]; waits: (Wait & { isNow: boolean })[] }

/** The period and the one before it, added up from their days. */
export function figuresOf({ days, readers, waits }: Counted, { from }: Period): { now: Figures; before: Figures } {
  const of = (isNow: boolean): Figures => {
    const those = <Row extends { day: string }>(rows: Row[]) => rows.filter(({ day }) => day >= from === isNow)
    const waited = waits.filter(wait => wait.isNow === isNow)
    return {
      ...summed(those(days), SUMS),
      ...summed(those(readers), READERS),
      median: waitOf(waited, 0.5),
      ninetieth: waitOf(waited, 0.9),
      sources: sourcesIn(those(readers)),
    }
  }
  return { now: of(true), before: of(false) }
}

function summed<Name extends string>(rows: Record<Name, number>[], names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map(name => [name, rows.reduce((sum, row) => sum + row[name], 0)])) as Record<Name, number>
}

function sourcesIn(rows: DayReaders[]): Record<string, number> {
  const all: Record<string, number> = {}
  for (const { sources } of rows) for (const [source, count] of Object.entries(sources)) all[source] = (all[source] ?? 0) + count
  return all
}

/** A part of a whole, undefined where there is nothing. */
export const share = (part: number, whole: number) => (whole === 0 ? undefined : part / whole)

import { Piscina } from 'piscina'

/** A tone is the name of a colour token. `null` leaves a gap. */
export type Series = { name: string; kind: 'line' | 'bar'; tone: 'brand' | 'seal' | 'gold' | 'warm'; values: (number | null)[] }
/** `most` is the highest value of the scale, where it is known (100 for shares); `unit` stands behind its numbers. */
export type Chart = { labels: string[]; series: Series[]; most?: number; unit: string }

/** A thread that has drawn nothing for this long ends and gives its memory back. */
const IDLE = 5_000

let pool: Piscina<Chart, string> | undefined

/**
 * A chart as SVG for a page, in the colours of its theme. It is a picture only: name its series beside it and put a table of the same
 * numbers beneath. Drawn in a thread of its own, because the library needs some 90 MB that a server does not keep.
 */
export function drawChart(chart: Chart): Promise<string> {
  pool ??= new Piscina({
    filename: new URL('./charts_worker.ts', import.meta.url).href,
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: IDLE,
    recordTiming: false,
    execArgv: [],
    env: {},
  })
  return pool.run(chart)
}

/** Ends the thread, at shutdown; a later chart opens it again. */
export async function stopCharts(): Promise<void> {
  const closing = pool
  pool = undefined
  await closing?.destroy()
}

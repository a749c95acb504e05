import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A tone is the name of a colour token. `null` leaves a gap. */
export type Series = { name: string; kind: 'line' | 'bar'; tone: 'brand' | 'seal' | 'gold' | 'warm'; values: (number | null)[] }
/** `most` is the highest value of the scale, where it is known (100 for shares); `unit` stands behind its numbers. */
export type Chart = { labels: string[]; series: Series[]; most?: number; unit: string }
/** What goes to the drawing process, and what comes back. */
export type Order = { id: number; chart: Chart }
export type Drawn = { id: number; svg?: string; failed?: string }

const WORKER = fileURLToPath(new URL('./charts_worker.ts', import.meta.url))
/** A process that has drawn nothing for this long ends. */
const IDLE = 5_000

type Waiting = { resolve(svg: string): void; reject(error: Error): void }
let drawing: { child: ChildProcess; waiting: Map<number, Waiting>; idle?: NodeJS.Timeout } | undefined
let orders = 0

/**
 * A chart as SVG for a page, in the colours of its theme. It is a picture only: name its series beside it and put a table of the same
 * numbers beneath. Drawn by a process of its own, because what the library takes (some 110 MB) a thread would not give back.
 */
export function drawChart(chart: Chart): Promise<string> {
  drawing ??= open()
  const { child, waiting, idle } = drawing
  clearTimeout(idle)
  return new Promise((resolve, reject) => {
    const id = ++orders
    waiting.set(id, { resolve, reject })
    child.send({ id, chart } satisfies Order)
  })
}

/** Ends the process that draws; a later chart starts another. */
export async function stopCharts(): Promise<void> {
  clearTimeout(drawing?.idle)
  drawing?.child.kill()
  drawing = undefined
}

function open(): NonNullable<typeof drawing> {
  const child = fork(WORKER, [], { execArgv: [], env: {}, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] })
  const waiting = new Map<number, Waiting>()
  child.on('message', ({ id, svg, failed }: Drawn) => {
    const order = waiting.get(id)
    waiting.delete(id)
    if (svg === undefined) order?.reject(new Error(failed))
    else order?.resolve(svg)
    if (waiting.size === 0 && drawing?.child === child) drawing.idle = setTimeout(stopCharts, IDLE).unref()
  })
  const gone = () => {
    if (drawing?.child === child) drawing = undefined
    for (const { reject } of waiting.values()) reject(new Error('the chart was not drawn: its process ended'))
    waiting.clear()
  }
  child.on('error', gone).on('exit', gone)
  child.unref()
  child.channel?.unref()
  return { child, waiting }
}

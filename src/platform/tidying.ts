import { performance } from 'node:perf_hooks'

const LOOK_EVERY = 2_000
/** Share of the time in which the process had something to do. */
const QUIET = 0.05
const WORTH_IT = 30_000_000

/**
 * Gives memory back once a busy spell is over. V8 keeps the pages its heap has outgrown for ever unless it is told that memory is short:
 * after a load some 70 MB. Telling it takes a few hundred milliseconds, so it is done when nobody has asked for anything, and when much has come together.
 * Only where node lets us (`--expose-gc`, as in `npm start`).
 */
export function tidyWhenQuiet(tidy = tidyThoroughly(), lookEvery = LOOK_EVERY): { stop(): void } {
  let least = process.memoryUsage.rss()
  let before = performance.eventLoopUtilization()
  const timer = setInterval(() => {
    const { utilization } = performance.eventLoopUtilization(before)
    before = performance.eventLoopUtilization()
    if (utilization > QUIET || process.memoryUsage.rss() < least + WORTH_IT) return
    tidy?.()
    before = performance.eventLoopUtilization()
    least = process.memoryUsage.rss()
  }, lookEvery).unref()
  return { stop: () => clearInterval(timer) }
}

/** Undefined where node does not let us. */
function tidyThoroughly(): (() => void) | undefined {
  const { gc } = globalThis
  return gc && (() => void gc({ type: 'major', execution: 'sync', flavor: 'last-resort' }))
}

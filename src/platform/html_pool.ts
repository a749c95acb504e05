import { availableParallelism } from 'node:os'
import { Piscina } from 'piscina'
import { Invalid, TooMany } from './errors.ts'
import { type Body, refusal } from './html_render.ts'
import type { RenderAnswer, RenderTask } from './html_worker.ts'
import type { MarkdownOptions } from './markdown.ts'

/** Milliseconds a body may take once its thread has begun with it, and may wait for a thread. */
const LONGEST_RENDERING = 1_000
const LONGEST_WAIT = 10_000
const MOST_WAITING = 64
const MEGABYTES = 128

let pool: Piscina<RenderTask, RenderAnswer> | undefined

/** Renders in a thread that is killed after a second: `Invalid` with `body.tooSlow`. `TooMany` when too many bodies wait already. */
export async function renderInPool(source: string, options: MarkdownOptions): Promise<Body> {
  pool ??= openPool()
  if (pool.queueSize >= MOST_WAITING) throw new TooMany(2)
  const limit = new AbortController()
  const started = new Int32Array(new SharedArrayBuffer(4))
  const clock = startClock(started, limit)
  try {
    const answer = await pool.run({ source, options, started }, { signal: limit.signal })
    if ('refused' in answer) throw new Invalid(answer.refused)
    return answer.body
  } catch (error) {
    if (limit.signal.aborted) throw limit.signal.reason
    if (isOutOfMemory(error)) throw refusal('body.tooSlow')
    throw error
  } finally {
    clock.stop()
  }
}

/** Ends the threads. What is being rendered fails; the next body opens the pool again. */
export async function stopPool(): Promise<void> {
  const closing = pool
  pool = undefined
  await closing?.destroy()
}

function openPool(): Piscina<RenderTask, RenderAnswer> {
  // Fixed in number: with minThreads 0 piscina does not replace a killed thread for bodies that already wait.
  const threads = Math.max(1, Math.min(4, availableParallelism() - 1))
  return new Piscina({
    filename: new URL('./html_worker.ts', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    recordTiming: false,
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: MEGABYTES },
  })
}

/** Two limits, one after the other: until a thread has begun, and from then on. Waiting in line is not the writer's fault. */
function startClock(started: Int32Array, limit: AbortController): { stop: () => void } {
  let timer = setTimeout(() => limit.abort(new TooMany(2)), LONGEST_WAIT)
  const { value } = Atomics.waitAsync(started, 0, 0)
  Promise.resolve(value).then(() => {
    clearTimeout(timer)
    timer = setTimeout(() => limit.abort(refusal('body.tooSlow')), LONGEST_RENDERING)
    if (stopped) clearTimeout(timer)
  })
  let stopped = false
  const stop = () => {
    stopped = true
    clearTimeout(timer)
    Atomics.notify(started, 0)
  }
  return { stop }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
}

import { availableParallelism } from 'node:os'
import { Piscina } from 'piscina'
import { Invalid, TooMany } from './errors.ts'
import { type Body, refusal } from './html_render.ts'
import type { RenderAnswer, RenderTask } from './html_worker.ts'
import type { MarkdownOptions } from './markdown.ts'

// Milliseconds a body may take once its thread has begun with it, and may wait for a thread.
const LONGEST_RENDERING = 1_000
const LONGEST_WAIT = 10_000
const MOST_WAITING = 64
const MEGABYTES = 128

type Pool = Piscina<RenderTask, RenderAnswer>

let pool: Pool | undefined

/** Renders in a thread that is killed when it takes longer than `longest` ms: `Invalid` with `body.tooSlow`. `TooMany` when too many bodies wait already. */
export async function renderInPool(source: string, options: MarkdownOptions, longest = LONGEST_RENDERING): Promise<Body> {
  pool ??= openPool()
  if (pool.queueSize >= MOST_WAITING) throw new TooMany(2)
  const limit = new AbortController()
  const started = new Int32Array(new SharedArrayBuffer(4))
  const clock = startClock(started, limit, longest)
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

function openPool(): Pool {
  // Fixed in number: with minThreads 0 piscina does not replace a killed thread for bodies that already wait.
  const threads = Math.max(1, Math.min(4, availableParallelism() - 1))
  const opened: Pool = new Piscina({
    filename: new URL('./html_worker.ts', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    recordTiming: false,
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: MEGABYTES },
  })
  // A thread that dies with nothing to do must not take the process with it; the next body opens a new pool.
  opened.on('error', (error: Error) => {
    if (pool === opened) pool = undefined
    process.emitWarning(error)
  })
  return opened
}

/** Two limits, one after the other: until a thread has begun, and from then on. Waiting in line is not the writer's fault. */
function startClock(started: Int32Array, limit: AbortController, longest: number): { stop: () => void } {
  let timer = setTimeout(() => limit.abort(new TooMany(2)), LONGEST_WAIT)
  let done = false
  Promise.resolve(Atomics.waitAsync(started, 0, 0).value).then(() => {
    clearTimeout(timer)
    if (!done) timer = setTimeout(() => limit.abort(refusal('body.tooSlow')), longest)
  })
  const stop = () => {
    done = true
    clearTimeout(timer)
    Atomics.notify(started, 0)
  }
  return { stop }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
}

import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  handleAll,
  TaskCancelledError,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel'

/** Why the other engine answered: this one was too slow, failed, or had done so and was not asked. */
export type Reason = 'slow' | 'failed' | 'open'

export type Breaker = {
  /** Resolves with what `ask` does; rejects at the latest after the patience, and at once while it is open. */
  run<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T>
  isOpen(): boolean
  stop(): void
}

type Options = {
  /** Whether it is there again; asked in the background while the breaker is open, so that no reader has to try. */
  probe(signal: AbortSignal): Promise<void>
  /** `error` is what opened it. */
  changed(isOpen: boolean, error?: unknown): void
  /** Milliseconds; with what PostgreSQL then takes, readers are answered within 300. */
  patience?: number
  firstPause?: number
}

const FAILURES = 3
const LONGEST_PAUSE = 10_000
const LOOK_EVERY = 200

/** Stops asking an engine that fails or is slow three times in a row, and asks again by itself, after longer pauses when that fails too. */
export function openBreaker({ probe, changed, patience = 150, firstPause = 1_000 }: Options): Breaker {
  const circuit = circuitBreaker(handleAll, {
    breaker: new ConsecutiveBreaker(FAILURES),
    halfOpenAfter: new ExponentialBackoff({ initialDelay: firstPause, maxDelay: LONGEST_PAUSE }),
  })
  const policy = wrap(circuit, timeout(patience, TimeoutStrategy.Aggressive))
  const run: Breaker['run'] = ask => policy.execute(({ signal }) => ask(signal))
  let probing: NodeJS.Timeout | undefined
  circuit.onBreak(reason => {
    if (probing) return
    changed(true, 'error' in reason ? reason.error : undefined)
    probing = setInterval(() => void run(probe).catch(() => {}), LOOK_EVERY).unref()
  })
  circuit.onReset(() => {
    clearInterval(probing)
    probing = undefined
    changed(false)
  })
  return { run, isOpen: () => circuit.state !== CircuitState.Closed, stop: () => clearInterval(probing) }
}

/** Which of the reasons an error of `run` is. */
export function reasonOf(error: unknown): Reason {
  if (error instanceof BrokenCircuitError) return 'open'
  return error instanceof TaskCancelledError ? 'slow' : 'failed'
}

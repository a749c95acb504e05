import autocannon, { type Client } from 'autocannon'

/** What is asked of the server: the paths by turns (each request the next one), the headers by turns, for `seconds` or `amount` requests. */
export type Load = {
  url: string
  connections: number
  seconds?: number
  amount?: number
  method?: 'GET' | 'POST'
  paths: string[]
  headers: Record<string, string>[]
  /** Form bodies by turns. */
  bodies?: string[]
}

/** Times are milliseconds; `failed` counts answers outside 200 to 399 and requests without an answer. */
export type Outcome = { requests: number; seconds: number; p50: number; p95: number; p99: number; failed: number }

process.on('message', (load: Load) => run(load).then(outcome => process.send?.(outcome)))
process.on('disconnect', () => process.exit(0))
process.send?.({ ready: true })

/** autocannon reads each body as text, which takes brotli's bytes longer than all the rest: the load would be slower than the server. */
const leaveBodies = (client: Client) => {
  client.pipelinedRequests.addBody = () => {}
}

function run({ url, connections, seconds, amount, method = 'GET', paths, headers, bodies }: Load): Promise<Outcome> {
  const times: number[] = []
  let turn = 0
  let failed = 0
  const began = performance.now()
  let ended = began
  const next = (asked: object) => {
    const now = turn++
    return { ...asked, path: paths[now % paths.length], headers: headers[now % headers.length], body: bodies?.[now % bodies.length] }
  }
  // Writing each request anew costs the load's core half its speed: where all are the same they are written once.
  const isSame = paths.length === 1 && headers.length === 1 && !bodies
  const request = isSame ? next({ method }) : { method, setupRequest: next }
  return new Promise((resolve, reject) => {
    const running = autocannon(
      { url, connections, timeout: 20, ...(amount ? { amount } : { duration: seconds }), requests: [request], setupClient: leaveBodies },
      (error, result) => {
        if (error) return reject(error)
        times.sort((a, b) => a - b)
        const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN
        const lost = result.errors + result.timeouts
        resolve({
          requests: times.length,
          seconds: (ended - began) / 1000,
          p50: at(0.5),
          p95: at(0.95),
          p99: at(0.99),
          failed: failed + lost,
        })
      },
    )
    running.on('response', (_client: unknown, status: number, _bytes: number, time: number) => {
      times.push(time)
      ended = performance.now()
      if (status < 200 || status > 399) failed++
    })
  })
}

import type { ChildProcess } from 'node:child_process'
import { type IncomingHttpHeaders, request } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type postgres from 'postgres'
import { type Forum, tell } from './forum.ts'
import type { Load, Outcome } from './load.ts'
import { cpuOf } from './processes.ts'
import type { Scenario } from './scenarios.ts'

/** What one scenario came to. `cpu` is milliseconds for a request in the server and all of PostgreSQL; `busy` the share of its core,
 * `postgresCpu` PostgreSQL's part of `cpu`. */
export type Figures = Outcome & {
  rate: number
  bytes: number
  cpu: number
  postgresCpu: number
  busy: number
  ratio: number
  ceilingCpu: number
  sql?: number
}

/** Who takes part: the forum, the bare server and the load in processes of their own, and our own way to the database. */
export type Ground = { forum: Forum; ceiling: ChildProcess; ceilingUrl: string; load: ChildProcess; sql: postgres.Sql }

/** Measures one scenario, and the bare server with the same bytes before it. */
export async function measure(ground: Ground, scenario: Scenario, seconds: number): Promise<Figures> {
  const { forum, ceiling, ceilingUrl, load } = ground
  const { body, headers } = await answerTo(forum.url, scenario.load, 0)
  await tell(ceiling, { body: body.toString('base64'), headers: saidByHand(headers) })
  // Asked as the forum is, address by address: writing each request costs the load more than answering costs the bare server.
  const { connections, paths, headers: readers } = scenario.load
  const bare: Load = { url: ceilingUrl, connections, seconds: Math.max(0.5, seconds / 2), paths, headers: readers }
  await tell(load, { ...bare, seconds: undefined, amount: 1000 })
  const top = await run(load, bare, { server: ceiling.pid ?? 0 }, async () => {})
  const drained = () => (scenario.writes ? followed(ground.sql) : pause(100))
  await tell(load, warming(forum.url, scenario, seconds))
  await drained()
  const own = await run(load, { seconds, ...scenario.load, url: forum.url }, forum, drained)
  return { ...own, bytes: body.length, ratio: own.rate / top.rate, ceilingCpu: top.cpu }
}

/** Reads each page of the rounds once before; the caches are then as they are in a forum that runs. */
function warming(url: string, { load, writes }: Scenario, seconds: number): Load {
  if (writes) return { ...load, url, amount: 40, bodies: load.bodies?.slice(0, 40).map(body => body.replace('draftKey=', 'draftKey=w')) }
  return load.paths.length < 400 && load.headers.length < 2
    ? { ...load, url, amount: Math.max(400, load.paths.length * 2) }
    : { ...load, url, seconds: seconds / 2, paths: load.paths.toReversed() } // what is to be cold later stays unread
}

async function run(child: ChildProcess, load: Load, processes: { server: number; postgres?: number }, after: () => Promise<unknown>) {
  const [cpuBefore, serverBefore, began] = [cpuOf(processes), cpuOf({ server: processes.server }), performance.now()]
  const outcome = await tell<Outcome>(child, load)
  const [cpuThen, took] = [cpuOf(processes), performance.now() - began]
  await after()
  const cpu = (cpuOf(processes) - cpuBefore) / outcome.requests
  const postgresCpu = cpu - (cpuOf({ server: processes.server }) - serverBefore) / outcome.requests
  return { ...outcome, rate: outcome.requests / outcome.seconds, cpu, postgresCpu, busy: (cpuThen - cpuBefore) / took }
}

/** Resolves when every job that follows from what was written is done. */
export async function followed(sql: postgres.Sql, patience = 30_000): Promise<void> {
  for (const deadline = Date.now() + patience; Date.now() < deadline; await pause(50)) {
    const [row] = await sql<{ waiting: number }[]>`select count(*)::int as waiting from graphile_worker.jobs`
    if (row?.waiting === 0) return
  }
  throw new Error('the jobs did not end')
}

/** One answer to the turn with this number, as it comes over the wire. */
export function answerTo(url: string, { paths, headers, method, bodies }: Scenario['load'], turn: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${paths[turn % paths.length]}`, { method, headers: headers[turn % headers.length] }, answer => {
      const chunks: Buffer[] = []
      answer.on('data', chunk => chunks.push(chunk))
      answer.on('end', () => resolve({ body: Buffer.concat(chunks), headers: answer.headers }))
    })
    asked.on('error', reject).end(bodies?.[turn % bodies.length]?.replace('draftKey=', `draftKey=${turn}`))
  })
}

type Answer = { body: Buffer; headers: IncomingHttpHeaders }

/** What the bare server writes as we do; the rest is said by node in both. */
function saidByHand(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  const { 'transfer-encoding': _, connection: __, 'keep-alive': ___, date: ____, 'content-length': _____, ...kept } = headers
  return kept
}

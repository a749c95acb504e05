import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Actor } from '../../src/accounts/actor.ts'
import { createSessions } from '../../src/accounts/sessions.ts'
import type { Db } from '../../src/platform/db.ts'

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))
const ASSETS = fileURLToPath(new URL('../../node_modules/.cache/hiroba-assets', import.meta.url))

/** Polls until `condition` gives something true and returns it; throws with `what` when `within` milliseconds have passed. */
export async function until<T>(what: string, condition: () => Promise<T> | T, within = 15_000): Promise<NonNullable<T>> {
  const deadline = Date.now() + within
  for (;;) {
    const result = await condition()
    if (result) return result
    if (Date.now() > deadline) throw new Error(`${what}: not within ${within} ms`)
    await pause(20)
  }
}

/** The same random numbers in every run (mulberry32), from 0 to 1. */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A folder that PostgreSQL's user may enter; `remove` takes it away. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'hiroba-fault-'))
  chmodSync(path, 0o755)
  mkdirSync(ASSETS, { recursive: true })
  symlinkSync(ASSETS, join(path, 'assets'))
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) }
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise(resolve => server.close(resolve))
  return typeof address === 'object' && address ? address.port : 0
}

/** A forum that runs in a process of its own, as an operator would start it. */
export type Forum = {
  pid: number
  port: number
  /** Everything it has said so far. */
  output(): string
  /** Resolves when it serves (or works): throws with what it said when it ended instead. */
  ready(within?: number): Promise<void>
  signal(name: NodeJS.Signals): void
  /** Resolves with its exit code, or the signal that ended it. */
  ended: Promise<number | string>
  /** Ends it at once, with nothing tidied up. */
  kill(): Promise<void>
}

/** Starts `hiroba serve` (or another command) with this environment and nothing else of ours. */
export function startForum(environment: Record<string, string>, ...command: string[]): Forum {
  const port = Number(environment.PORT ?? 0)
  const env = { PATH: process.env.PATH, LOG_LEVEL: 'warn', ...environment }
  const child = spawn(process.execPath, [CLI, ...command], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said: string[] = []
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => said.push(text))
  const ended = endOf(child)
  let over = false
  void ended.then(() => {
    over = true
  })
  const output = () => said.join('')
  return {
    pid: child.pid ?? 0,
    port,
    output,
    ended,
    signal: name => void child.kill(name),
    async ready(within = 30_000) {
      await until(
        'the forum starts',
        () => {
          if (over) throw new Error(`the forum ended: ${output()}`)
          return /^ {2}(http:|worker)/m.test(output())
        },
        within,
      )
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

const endOf = (child: ChildProcess) =>
  new Promise<number | string>(resolve => child.once('exit', (code, signal) => resolve(code ?? signal ?? 'gone')))

export type Answer = { status: number; headers: IncomingHttpHeaders; text: string }
type Call = {
  port: number
  path: string
  form?: Record<string, string>
  headers?: Record<string, string>
  agent?: Agent | false
  within?: number
}

/** One request, as a page of the forum would send it. Rejects when the connection fails, or nothing came `within` milliseconds. */
export function call({ port, path, form, headers = {}, agent = false, within = 10_000 }: Call): Promise<Answer> {
  const body = form && new URLSearchParams(form).toString()
  const sent = {
    'sec-fetch-site': 'same-origin',
    ...(body && { 'content-type': 'application/x-www-form-urlencoded', 'content-length': String(Buffer.byteLength(body)) }),
    ...headers,
  }
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path, method: body ? 'POST' : 'GET', headers: sent, agent }, response => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', part => {
        text += part
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }))
      response.on('error', reject)
    })
    request.setTimeout(within, () => request.destroy(new Error(`no answer within ${within} ms`)))
    request.on('error', reject)
    request.end(body)
  })
}

/** One connection, used again for as long as the server keeps it. */
export const keptAlive = () => new Agent({ keepAlive: true, maxSockets: 1 })

/** The cookie of somebody who is logged in. */
export async function cookieOf(db: Db, actor: Actor): Promise<string> {
  const { token } = await createSessions(db, { days: 10 }).create(
    { id: actor.id, role: 'member', moderates: false, represents: false },
    { device: 'test', address: '127.0.0.1' },
  )
  return `sid=${token}`
}

/** What a writer did: every answer by the key of its draft, and whether he was told that it stands. */
export type Writing = { sent: Map<string, string>; acknowledged: Set<string>; strange: string[] }

/**
 * Somebody who writes one answer after the other until told to stop, and sends each again until he is told that it stands.
 * `strange` is every answer of the server that is neither «it stands» nor «not now».
 */
export async function writeUntil(
  stop: () => boolean,
  { port, cookie, topicId, name }: { port: number; cookie: string; topicId: number; name: string },
): Promise<Writing> {
  const writing: Writing = { sent: new Map(), acknowledged: new Set(), strange: [] }
  while (!stop()) {
    const draftKey = randomUUID()
    const body = `${name} ${writing.sent.size}`
    writing.sent.set(draftKey, body)
    while (!writing.acknowledged.has(draftKey)) {
      const outcome = await call({ port, path: `/t/${topicId}/answers`, form: { body, draftKey }, headers: { cookie } }).catch(
        () => undefined,
      )
      if (outcome?.status === 303 && outcome.headers.location?.includes('#post-')) writing.acknowledged.add(draftKey)
      else if (outcome && outcome.status !== 503) writing.strange.push(`${outcome.status} ${outcome.text.slice(0, 300)}`)
      if (!writing.acknowledged.has(draftKey)) {
        if (stop()) break
        await pause(10)
      }
    }
  }
  return writing
}

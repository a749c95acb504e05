import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { InjectOptions, LightMyRequestResponse as Response } from 'fastify'
import { runOnce, Logger as WorkerLogger } from 'graphile-worker'
import pg from 'pg'
import type { Actor } from '../src/accounts/actor.ts'
import { sessionCookieName } from '../src/accounts/routes/gate.ts'
import { buildApp } from '../src/app.ts'
import { eventTasks } from '../src/event_jobs.ts'
import { noticeTasks } from '../src/notifications/effects.ts'
import { stopCharts } from '../src/platform/charts.ts'
import { readConfig } from '../src/platform/config.ts'
import { stopRenderer } from '../src/platform/html.ts'
import { openLog } from '../src/platform/log.ts'
import type { Services } from '../src/platform/services.ts'
import type { App } from '../src/platform/web.ts'
import { clockTasks } from '../src/schedule.ts'
import { openServices } from '../src/services.ts'
import { type TestDatabase, testDatabase } from './database.ts'

/** Fields of a form: what a browser would send; a list sends its field more than once. */
export type Form = Record<string, string | number | boolean | string[]>
type Headers = Record<string, string>

/** A browser of one person: sends own-site headers and keeps its cookies. */
export type Browser = {
  get(path: string, headers?: Headers): Promise<Response>
  post(path: string, form?: Form, headers?: Headers): Promise<Response>
  put(path: string, form?: Form, headers?: Headers): Promise<Response>
  delete(path: string, form?: Form, headers?: Headers): Promise<Response>
  /** Anything else: JSON, other headers (set one to undefined to leave it out), files. */
  send(request: Omit<InjectOptions, 'headers'> & { headers?: Record<string, string | undefined> }): Promise<Response>
  cookies: Map<string, string>
}

export type TestApp = {
  app: App
  services: Services
  db: Services['db']
  database: TestDatabase
  /** Every statement the app sent since the list was last emptied (`statements.length = 0`). */
  statements: string[]
  as(person?: Actor): Promise<Browser>
  /** Runs the jobs that wait now, and those they make. Throws when one of them failed, unless it `mayFail`. */
  runJobs(options?: { mayFail?: boolean }): Promise<void>
  close(): Promise<void>
}

/** The whole forum on a database of its own, without a port: requests go in by `inject`. Call `close` in `afterAll`. `environment` overrides settings. */
export async function startTestApp(environment: Record<string, string> = {}): Promise<TestApp> {
  const database = await testDatabase()
  const dataDir = ownDataDir()
  const config = readConfig({ DATA_DIR: dataDir, LOG_LEVEL: 'silent', ...environment })
  const log = openLog(config.LOG_LEVEL)
  const statements: string[] = []
  const logger = { logQuery: (statement: string) => void statements.push(statement) }
  const { services, close } = await openServices(config, database.url, log, config.SITE_URL ?? 'http://localhost', { logger })
  const app = await buildApp(services, log)
  await app.ready()
  const pool = new pg.Pool({ connectionString: database.url, max: 2 })
  pool.on('error', () => {})
  pool.on('connect', client => client.on('error', () => {}))

  return {
    app,
    services,
    db: services.db,
    database,
    statements,
    as: async person => openBrowser(app, person && (await logIn(app, services, person))),
    runJobs: options => runJobs(services, pool, options),
    async close() {
      await app.close()
      await pool.end()
      await close()
      await Promise.all([stopRenderer(), stopCharts()])
      await database.drop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** Files of its own; the browser's assets are the same for all runs, so they are prepared once. */
function ownDataDir(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'hiroba-app-'))
  const assets = fileURLToPath(new URL('../node_modules/.cache/hiroba-assets', import.meta.url))
  mkdirSync(assets, { recursive: true })
  symlinkSync(assets, join(dataDir, 'assets'))
  return dataDir
}

async function logIn(app: App, { config }: Services, person: Actor): Promise<string> {
  const account = {
    id: person.id,
    role: person.role === 'guest' ? ('member' as const) : person.role,
    moderates: person.moderates.length > 0,
    represents: person.companies.length > 0,
  }
  const { token } = await app.sessions.create(account, { device: 'test', address: '127.0.0.1' })
  return `${sessionCookieName(config)}=${token}`
}

const OWN_SITE = { 'sec-fetch-site': 'same-origin' }

function openBrowser(app: App, cookie: string | undefined): Browser {
  const cookies = new Map<string, string>()
  if (cookie) cookies.set(cookie.slice(0, cookie.indexOf('=')), cookie.slice(cookie.indexOf('=') + 1))

  const send: Browser['send'] = async ({ headers = {}, ...request }) => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const all = Object.entries({ ...OWN_SITE, ...(cookie && { cookie }), ...headers }).filter(([, value]) => value !== undefined)
    const response = await app.inject({ ...request, headers: Object.fromEntries(all) as Headers })
    for (const { name, value, maxAge, expires } of response.cookies) {
      if (maxAge === 0 || (expires && new Date(expires) <= new Date())) cookies.delete(name)
      else cookies.set(name, value)
    }
    return response
  }
  const write =
    (method: 'POST' | 'PUT' | 'DELETE') =>
    (path: string, form?: Form, headers: Headers = {}) =>
      send({
        method,
        url: path,
        headers: { ...(form && { 'content-type': 'application/x-www-form-urlencoded' }), ...headers },
        payload: form && encode(form),
      })
  return {
    get: (path, headers) => send({ method: 'GET', url: path, headers }),
    post: write('POST'),
    put: write('PUT'),
    delete: write('DELETE'),
    send,
    cookies,
  }
}

function encode(form: Form): string {
  const pairs = Object.entries(form).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map(one => [name, String(one)] as [string, string]),
  )
  return new URLSearchParams(pairs).toString()
}

async function runJobs(services: Services, pgPool: pg.Pool, { mayFail = false } = {}): Promise<void> {
  await runOnce({
    pgPool,
    taskList: { ...eventTasks(services), ...clockTasks(services).tasks, ...noticeTasks(services) },
    noHandleSignals: true,
    logger: new WorkerLogger(() => () => {}),
  })
  if (mayFail) return
  const { rows } = await pgPool.query(`select t.identifier, j.payload, j.last_error from graphile_worker._private_jobs j
    join graphile_worker._private_tasks t on t.id = j.task_id where j.last_error is not null or t.identifier = 'effect'`)
  if (rows.length > 0) throw new Error(`jobs failed: ${JSON.stringify(rows)}`)
}

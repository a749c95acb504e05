import { mkdirSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { buildApp } from './app.ts'
import { eventTasks } from './event_jobs.ts'
import { seedWordLists } from './moderation/words/words.ts'
import { noticeTasks } from './notifications/effects.ts'
import { stopCharts } from './platform/charts.ts'
import type { Config } from './platform/config.ts'
import { startEmbeddedPostgres } from './platform/embedded_postgres.ts'
import { relayEvents } from './platform/hearing.ts'
import { renderForSite, stopRenderer } from './platform/html.ts'
import { fewAtOnce, startWorker } from './platform/jobs.ts'
import { openLog } from './platform/log.ts'
import { migrate } from './platform/migrate.ts'
import type { Services } from './platform/services.ts'
import { tidyWhenQuiet } from './platform/tidying.ts'
import type { App } from './platform/web.ts'
import { clockTasks } from './schedule.ts'
import { tellSynonyms } from './search/effects.ts'
import seed from './search/seed_synonyms.json' with { type: 'json' }
import { seedSynonyms } from './search/synonyms.ts'
import { openServices, openServicesForEffects } from './services.ts'
import { transferTasks } from './transfer/jobs.ts'

/** What this process does: serve pages, follow up events, or both. */
export type Part = 'web' | 'worker'
export type RunningServer = { address: string | undefined; services: Services; stop(): Promise<void> }

/**
 * Starts the forum: its own PostgreSQL where no other is named, migrations, then web, worker or both.
 * `beforeOpen` runs on the migrated database before the first request is taken; with no parts at all, it is all that is done.
 */
export async function startServer(
  config: Config,
  parts: Part[],
  beforeOpen: (services: Services) => Promise<void> = async () => {},
): Promise<RunningServer> {
  mkdirSync(config.DATA_DIR, { recursive: true })
  const log = openLog(config.LOG_LEVEL)
  const working: (() => Promise<unknown>)[] = []
  const closing: (() => Promise<unknown>)[] = []
  const ended = (error: Error) => log.error({ err: error }, 'stopping went wrong')
  // Readers leave and jobs end side by side; then, one by one, what they stood on.
  const stop = async () => {
    await Promise.all(working.splice(0).map(end => end().catch(ended)))
    for (const close of closing.splice(0).reverse()) await close().catch(ended)
  }
  try {
    const url = config.DATABASE_URL ?? (await embedded(config, parts, log, closing))
    await migrate(url)
    const siteUrl = config.SITE_URL ?? `http://${config.HOST}:${config.PORT}`
    const { services, close } = await openServices(config, url, log, siteUrl)
    closing.push(close, stopRenderer, stopCharts)
    await beforeOpen(services)
    if (parts.length > 0) await Promise.all([prepareSynonyms(services), seedWordLists(services.db)])
    const app = parts.includes('web') ? await openWeb(services, log, working) : undefined
    if (parts.includes('worker')) await work(services, url, working, closing)
    const tidying = tidyWhenQuiet()
    working.push(async () => tidying.stop())
    return { address: app && addressOf(app), services, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The first start brings synonyms along; every start tells the engine those that count, in case it is another one than before. */
async function prepareSynonyms(services: Services): Promise<void> {
  await seedSynonyms(services.db, seed)
  await tellSynonyms(services).catch(error => services.log.warn({ err: error }, 'the search engine was not told the synonyms'))
}

async function embedded(
  config: Config,
  parts: Part[],
  log: ReturnType<typeof openLog>,
  closing: (() => Promise<unknown>)[],
): Promise<string> {
  // Only the web side owns the data; a tool or a second worker works beside it.
  const postgres = await startEmbeddedPostgres({ dataDir: config.DATA_DIR, log, join: !parts.includes('web') })
  closing.push(() => postgres.stop())
  return postgres.url
}

async function openWeb(services: Services, log: ReturnType<typeof openLog>, working: (() => Promise<unknown>)[]): Promise<App> {
  const { config } = services
  const app = await buildApp(services, log)
  working.push(() => app.leaving.leave(() => app.close()))
  await app.listen({ port: config.PORT, host: config.HOST })
  // A port of 0 takes a free one: links in mail must name the one that was taken.
  if (!config.SITE_URL) services.siteUrl = addressOf(app)
  renderForSite(services.siteUrl)
  return app
}

async function work(
  services: Services,
  url: string,
  working: (() => Promise<unknown>)[],
  closing: (() => Promise<unknown>)[],
): Promise<void> {
  const { tasks, clock } = clockTasks(services)
  const forEffects = openServicesForEffects(services, url)
  closing.push(forEffects.close)
  const worker = await startWorker({
    url,
    db: services.db,
    tasks: { ...eventTasks(forEffects.services), ...fewAtOnce({ ...noticeTasks(services), ...transferTasks(services), ...tasks }) },
    clock,
    log: services.log,
  })
  working.push(() => worker.stop())
  const { REDIS_URL } = services.config
  if (REDIS_URL) {
    const relay = relayEvents(services.sql, REDIS_URL)
    working.push(async () => (await relay).stop())
  }
}

function addressOf(app: App): string {
  const { address, port, family } = app.server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

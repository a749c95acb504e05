import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { Counter, Gauge, Registry } from 'prom-client'
import { Missing } from './platform/errors.ts'
import { listJobFigures } from './platform/jobs_figures.ts'
import { listLatestChecks } from './platform/search/mirror/checks.ts'
import { findLag } from './platform/search/mirror/outdated.ts'
import type { Services } from './platform/services.ts'
import type { App } from './platform/web.ts'
import { countSearches } from './search/use_queries.ts'

/**
 * Numbers for Prometheus: this process's own, and what the database says of all processes together. For whoever has `METRICS_TOKEN`;
 * without one, for this machine alone. Everybody else finds nothing here.
 */
export async function metricsRoutes(app: App, services: Services): Promise<void> {
  const { metrics, config } = services
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none'
    const status = `${Math.floor(reply.statusCode / 100)}xx`
    metrics.requestSeconds.observe({ method: request.method, route, status }, reply.elapsedTime / 1000)
  })
  app.get('/metrics', { config: { access: 'everyone', ahead: true }, logLevel: 'silent' }, async (request, reply) => {
    if (!mayRead(request, config.METRICS_TOKEN)) throw new Missing()
    const shared = await readShared(app, services)
    return reply
      .header('cache-control', 'no-store')
      .type(shared.contentType)
      .send(await Registry.merge([metrics.registry, shared]).metrics())
  })
}

/** A proxy on this machine asks from here too, but says for whom. */
function mayRead({ headers, socket }: FastifyRequest, token: string | undefined): boolean {
  if (token) return sameText(headers.authorization ?? '', `Bearer ${token}`)
  const forSomebody = headers['x-forwarded-for'] ?? headers['x-real-ip'] ?? headers.forwarded ?? headers.via
  return forSomebody === undefined && LOOPBACK.test(socket.remoteAddress ?? '')
}

const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/
const sameText = (a: string, b: string) => timingSafeEqual(digest(a), digest(b))
const digest = (text: string) => createHash('sha256').update(text).digest()

/** What is read when it is asked for: jobs, what waits for Meilisearch, the last checks of search, the kept pages. */
async function readShared(app: App, { db, engines }: Services): Promise<Registry> {
  const registry = new Registry()
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[] = []) =>
    new Gauge({ name: `hiroba_${name}`, help, labelNames, registers: [registry] })
  const [jobs, lag, checks, use] = await Promise.all([listJobFigures(db), findLag(db), listLatestChecks(db), countSearches(db, 1)])
  const waiting = gauge('jobs_waiting', 'Jobs that are due or running, by task', ['task'])
  const oldest = gauge('jobs_oldest_seconds', 'Seconds the oldest due job has waited, by task', ['task'])
  const failing = gauge('jobs_failing', 'Jobs that have failed and wait for another try, by task', ['task'])
  for (const job of jobs) {
    waiting.set({ task: job.task }, job.due)
    oldest.set({ task: job.task }, job.seconds)
    failing.set({ task: job.task }, job.failing)
  }
  if (engines.meilisearch) {
    gauge('search_mirror_waiting', 'Documents that changed and are not in Meilisearch yet').set(lag.waiting)
    gauge('search_mirror_lag_seconds', 'Seconds the oldest of them has waited').set(lag.seconds)
  }
  const drift = gauge('search_drift_documents', 'Documents the last nightly check had to mend, by engine', ['engine'])
  const checked = gauge('search_checked_timestamp_seconds', 'When an engine was last checked', ['engine'])
  for (const { engine, mended, at } of checks) {
    drift.set({ engine }, mended)
    checked.set({ engine }, at.getTime() / 1000)
  }
  const day = gauge('search_use_day', 'Searches of this day, and of them what came out: without result, opened, found or not, asks ended', [
    'what',
  ])
  for (const [what, count] of Object.entries(use)) day.set({ what }, count)
  const { pages, served, rendered } = app.cache.figures()
  gauge('page_cache_pages', 'Pages kept for guests').set(pages)
  gauge('live_lines', 'Open pages that hear what changes').set(app.live.figures().lines)
  const counted = (name: string, help: string, value: number) =>
    new Counter({ name: `hiroba_${name}`, help, registers: [registry] }).inc(value)
  counted('page_cache_hits_total', 'Guests’ pages sent from memory', served)
  counted('page_cache_misses_total', 'Guests’ pages rendered', rendered)
  return registry
}

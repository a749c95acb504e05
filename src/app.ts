import type { FastifyRequest } from 'fastify'
import { presentViewer } from './accounts/present.ts'
import { registerGate, sessionCookieName } from './accounts/routes/gate.ts'
import { visitorOf } from './accounts/visitor.ts'
import { staleAfter } from './effects.ts'
import type { EventOf } from './events.ts'
import { knowCompanySites } from './insights/company_sites.ts'
import { originOf } from './insights/origin.ts'
import { lookAgain, lookForEnded, movesAfter, type Reader, readersRights, rightsAfter } from './live.ts'
import { liveRoutes } from './live_routes.ts'
import { countArrivals } from './moderation/heat/arriving.ts'
import { noteLooks } from './notifications/reading.ts'
import { prepareAssets } from './platform/assets.ts'
import { hearEvents } from './platform/hearing.ts'
import { openLive } from './platform/live/live.ts'
import type { openLog } from './platform/log.ts'
import { listLatestEvents } from './platform/outbox.ts'
import type { Services } from './platform/services.ts'
import { readSite } from './platform/site.ts'
import { type App, buildWeb, refuseCrossSiteWrites } from './platform/web.ts'
import { mountRoutes } from './routes.ts'
import { countVisits } from './topics/visits.ts'

/** Builds the web side of the forum on services that are open already: platform plugins, the gate, then routes. */
export async function buildApp(services: Services, logger: ReturnType<typeof openLog>): Promise<App> {
  const { config, db, sql, log, render, siteUrl } = services
  const assets = await prepareAssets(config.DATA_DIR)
  const visits = countVisits(db, { onError: error => log.warn({ err: error }, 'visits were not counted') })
  const arrivals = countArrivals(db, () => services.siteUrl, { onError: error => log.warn({ err: error }, 'arrivals were not counted') })
  const looks = noteLooks(db, { onError: error => log.warn({ err: error }, 'notices were not marked as read') })
  const [site, sites] = await Promise.all([readSite(db), knowCompanySites(db)])
  const live = openLive<Reader>({ ...readersRights(db), tellWriting: (subject, who) => hearing.whisper(`${subject} ${who}`) })
  const frame = (request: FastifyRequest) => ({
    site: { ...site.current(request.preferences.locale), url: siteUrl },
    viewer: presentViewer(request.actor, request.t),
    event: live.at(),
  })
  const onRead = (subject: string, request: FastifyRequest) => {
    const topicId = Number(subject.slice('topic:'.length))
    const visit = { topicId, visitor: visitorOf(request), userAgent: request.headers['user-agent'] ?? '' }
    visits.add(visit, () => originOf({ referer: request.headers.referer, url: request.url, host: request.host }, sites.companyAt))
    arrivals.add({ ...visit, from: request.headers.referer })
    // A page out of the cache was served before anybody was asked who he is.
    if (request.actor?.unread > 0) looks.add({ accountId: request.actor.id, topicId })
  }

  const notRead = (error: unknown) => log.debug({ err: error }, 'the site was not read again')
  const app = await buildWeb({ config, logger, render, assets, frame, sessionCookie: sessionCookieName(config), onRead })
  await registerGate(app, services)
  app.addHook('onRequest', refuseCrossSiteWrites)
  // Whoever asks read before as himself, or as a guest before he logged in.
  app.addHook('onResponse', async (request, reply) => {
    if (request.method === 'POST' && request.routeOptions.url === '/ask' && reply.statusCode === 303)
      visits.asked([visitorOf(request), visitorOf({ headers: request.headers, ip: request.ip })])
  })
  await mountRoutes(app, services)
  app.live = live
  await liveRoutes(app, services, live)
  for (const event of await listLatestEvents(db, 500)) live.remember(event.id, movesAfter(event))
  const hearing = await hearEvents(sql, config.REDIS_URL, {
    heard: event => {
      app.cache.drop(staleAfter(event))
      if (event.name === 'site.changed') readAgain()
      if (event.name === 'company.admitted') sites.reload().catch(notRead)
      tellReaders(event).catch(error => log.debug({ err: error }, 'open pages were not told'))
    },
    missed: () => {
      readAgain()
      live.missed()
    },
    whispered: text => live.whispered(text),
  })
  // What happened while nobody listened is not known. Where the database is gone already, it will be missed once more.
  function readAgain(): void {
    app.cache.dropAll()
    Promise.all([site.reload(), sites.reload()]).then(app.cache.dropAll, notRead)
  }
  /** Whoever lost his right hears nothing of it any more; everybody else what moved. */
  async function tellReaders(event: EventOf): Promise<void> {
    const { subjects, accountId } = rightsAfter(event)
    for (const subject of subjects) await live.recheck(subject)
    if (accountId) await live.recheckReaders(({ actor }) => actor.id === accountId, lookAgain(app.sessions))
    live.moved(event.id, movesAfter(event))
  }
  const ended = setInterval(() => {
    live
      .recheckReaders(({ token }) => token !== undefined, lookForEnded(db))
      .catch(error => log.debug({ err: error }, 'log-ins of open pages were not looked at'))
  }, 60_000).unref()
  app.leaving.onLeave(live.stop)
  app.addHook('preClose', async () => live.stop())
  app.addHook('onClose', async () => {
    clearInterval(ended)
    await hearing.stop()
    await Promise.all([visits.stop(), arrivals.stop(), looks.stop()].map(stopping => stopping.catch(() => {})))
  })
  return app
}

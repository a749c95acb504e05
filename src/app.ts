import type { FastifyRequest } from 'fastify'
import { presentViewer } from './accounts/present.ts'
import { registerGate, sessionCookieName } from './accounts/routes/gate.ts'
import { visitorOf } from './accounts/visitor.ts'
import { staleAfter } from './effects.ts'
import { noteLooks } from './notifications/reading.ts'
import { prepareAssets } from './platform/assets.ts'
import { hearEvents } from './platform/hearing.ts'
import type { openLog } from './platform/log.ts'
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
  const looks = noteLooks(db, { onError: error => log.warn({ err: error }, 'notices were not marked as read') })
  const site = await readSite(db)
  const frame = (request: FastifyRequest) => ({
    site: { ...site.current(request.preferences.locale), url: siteUrl },
    viewer: presentViewer(request.actor, request.t),
  })
  const onRead = (subject: string, request: FastifyRequest) => {
    const topicId = Number(subject.slice('topic:'.length))
    visits.add({ topicId, visitor: visitorOf(request), userAgent: request.headers['user-agent'] ?? '' })
    // A page out of the cache was served before anybody was asked who he is.
    if (request.actor?.unread > 0) looks.add({ accountId: request.actor.id, topicId })
  }

  const app = await buildWeb({ config, logger, render, assets, frame, sessionCookie: sessionCookieName(config), onRead })
  await registerGate(app, services)
  app.addHook('onRequest', refuseCrossSiteWrites)
  await mountRoutes(app, services)
  const hearing = hearEvents(sql, {
    heard: event => {
      app.cache.drop(staleAfter(event))
      if (event.name === 'site.changed') readAgain()
    },
    missed: readAgain,
  })
  // What happened while nobody listened is not known. Where the database is gone already, it will be missed once more.
  function readAgain(): void {
    app.cache.dropAll()
    site.reload().then(app.cache.dropAll, error => log.debug({ err: error }, 'the site was not read again'))
  }
  app.addHook('onClose', async () => {
    await hearing.stop()
    await Promise.all([visits.stop(), looks.stop()].map(stopping => stopping.catch(() => {})))
  })
  return app
}

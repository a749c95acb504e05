import type { FastifyRequest } from 'fastify'
import { sessionCookieName } from './accounts/routes/gate.ts'
import type { Reader } from './live.ts'
import { Refused } from './platform/errors.ts'
import type { Live } from './platform/live/live.ts'
import type { Services } from './platform/services.ts'
import type { App } from './platform/web.ts'

/** The line over which open pages hear that something changed. */
export async function liveRoutes(app: App, { config }: Services, live: Live<Reader>): Promise<void> {
  const cookie = sessionCookieName(config)
  app.route({
    method: 'GET',
    url: '/live',
    config: { access: 'everyone', ahead: true },
    logLevel: 'silent',
    preValidation: async request => {
      if (request.headers.upgrade && !isOwnPage(request, config.SITE_URL)) throw new Refused('errors.crossSite')
    },
    handler: (_, reply) => reply.code(426).header('upgrade', 'websocket').send({ error: 'websocket' }),
    wsHandler: (socket, request) => live.open(socket, { actor: request.actor, token: request.cookies[cookie] }, request.ip),
  })
}

/** A browser says from where a page opens a line, and cookies go along whatever page that is: only our own may. */
function isOwnPage({ headers, host }: FastifyRequest, siteUrl: string | undefined): boolean {
  const origin = headers.origin ?? ''
  if (!URL.canParse(origin)) return false
  return new URL(origin).host === host || (siteUrl !== undefined && new URL(siteUrl).origin === origin)
}

import type { OutgoingHttpHeaders } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type PageCache, sendCached } from './page_cache.ts'
import { guestPreferences } from './preferences.ts'
import { encodingFor } from './web_compression.ts'

declare module 'fastify' {
  interface FastifyRequest {
    cacheKey?: string
  }
}

/** Serves guests' pages from memory before anything else runs, and keeps what `reply.keep` allows. */
export function serveFromCache(
  app: FastifyInstance & { cache: PageCache },
  { sessionCookie, onRead }: { sessionCookie: string; onRead(subject: string, request: FastifyRequest): void },
): void {
  app.decorateRequest('cacheKey')

  app.addHook('onRequest', (request, reply, done) => {
    const key = cacheKey(request, sessionCookie)
    if (!key) return done()
    // Who waited in vain (the page changed meanwhile, or there is none) waits once more, so that not all render at once.
    const take = (mayWait: number): void => {
      const page = app.cache.find(key)
      const ahead = page || mayWait === 0 ? undefined : app.cache.join(key)
      if (page) serve(page, request, reply)
      else if (ahead) ahead.then(found => (found ? serve(found, request, reply) : take(mayWait - 1)), done)
      else {
        if (mayWait > 0) request.cacheKey = key
        done()
      }
    }
    take(2)
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const { kept } = reply
    if (kept?.subject) onRead(kept.subject, request)
    if (kept && request.cacheKey)
      reply.header('cache-control', 'private, no-cache').header('vary', 'Cookie, Accept-Language, Accept-Encoding')
    if (!request.cacheKey || !kept || reply.statusCode !== 200 || (typeof payload !== 'string' && !Buffer.isBuffer(payload))) return payload
    const body = ownBytes(payload)
    const headers = { ...reply.getHeaders(), 'content-length': body.length } as OutgoingHttpHeaders
    app.cache.settle(request.cacheKey, { body, headers, ...kept })
    request.cacheKey = undefined
    return payload
  })

  // Whatever ended without a page (an error, a redirect, a reader who left) lets those who wait render for themselves.
  app.addHook('onResponse', async request => {
    if (request.cacheKey) app.cache.settle(request.cacheKey, undefined)
  })

  function serve(page: Parameters<typeof sendCached>[0], request: FastifyRequest, reply: FastifyReply): void {
    reply.hijack()
    sendCached(page, reply.raw)
    app.cache.count()
    if (page.subject) onRead(page.subject, request)
  }
}

/** Undefined for everybody whose page is his own: logged in, or with a sentence waiting. */
function cacheKey(request: FastifyRequest, sessionCookie: string): string | undefined {
  if (!request.routeOptions.config?.cached || request.method !== 'GET') return undefined
  const cookies = request.headers.cookie ?? ''
  if (cookies.includes(`${sessionCookie}=`) || cookies.includes('flash=')) return undefined
  const { locale, size, theme } = guestPreferences(request)
  const wantsFrame = request.headers['turbo-frame'] ?? ''
  return `${locale}.${size}.${theme}.${encodingFor(request)} ${wantsFrame} ${request.url}`
}

/** A small buffer is usually cut from a shared slab of 64 kB, which would live as long as the page. */
function ownBytes(payload: string | Buffer): Buffer {
  const bytes = Buffer.from(payload)
  const own = Buffer.allocUnsafeSlow(bytes.length)
  bytes.copy(own)
  return own
}

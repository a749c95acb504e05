import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import helmet from '@fastify/helmet'
import multipart from '@fastify/multipart'
import rateLimit from '@fastify/rate-limit'
import fastifyStatic from '@fastify/static'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import websocket from '@fastify/websocket'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from 'fastify'
import type { Assets } from './assets.ts'
import type { Config } from './config.ts'
import { Invalid, Missing, Refused } from './errors.ts'
import type { Translate } from './i18n.ts'
import { prepareToLeave } from './leaving.ts'
import type { openLog } from './log.ts'
import { openPageCache, type PageCache } from './page_cache.ts'
import { serveFromCache } from './page_cache_door.ts'
import type { Preferences } from './preferences.ts'
import type { Render } from './views.ts'
import { compressAnswers } from './web_compression.ts'
import { showError } from './web_errors.ts'
import { takeTurns } from './web_turns.ts'

/** A page's own model; `title` is the document's title. `at` names the place that is marked in the navigation. */
export type PageModel = { title: string; description?: string; at?: string; noIndex?: boolean } & Record<string, unknown>

declare module 'fastify' {
  interface FastifyRequest {
    preferences: Preferences
    t: Translate
  }
  interface FastifyReply {
    /** Renders `views/{view}.hbs` inside the layout and sends it. */
    page(view: string, model: PageModel): FastifyReply
    /** Renders a view on its own: a fragment, a Turbo stream, or whatever `type` was set. */
    fragment(view: string, model: Record<string, unknown>): FastifyReply
    /** After a write: a Turbo stream where the page asked for one and there is one, a redirect (303) otherwise. */
    see(path: string, stream?: { view: string; model: Record<string, unknown> }): FastifyReply
    /** Says a sentence (`flash.{key}`) on the next page. */
    flash(key: string): FastifyReply
    /** Lets this page be kept for other guests until one of `tags` changes; `subject` counts as read whenever it is served. */
    keep(tags: string[], subject?: string): FastifyReply
    kept?: { tags: string[]; subject?: string }
  }
  interface FastifyContextConfig {
    /** The page is the same for all guests with the same preferences, and may be kept (`reply.keep`). */
    cached?: boolean
    /** The route is called by machines or other sites on purpose, so the cross-site check does not apply. */
    foreign?: boolean
  }
}

export type App = FastifyInstance & {
  cache: PageCache
  leaving: ReturnType<typeof prepareToLeave>
  live: { figures(): { lines: number; subjects: number } }
}

export type WebOptions = {
  config: Config
  logger: ReturnType<typeof openLog>
  render: Render
  assets: Assets
  /** What every page's frame shows besides its model: the site's name, who is reading. */
  frame(request: FastifyRequest): Record<string, unknown>
  sessionCookie: string
  /** Called whenever a page with a subject was shown to somebody. */
  onRead(subject: string, request: FastifyRequest): void
}

/** Ten thousand open pages, and those who ask meanwhile. */
const MOST_CONNECTIONS = 12_000
/** Milliseconds after which a line that is silent in the middle of a request is cut. */
const SILENCE = 20_000

/** Builds the web server with everything that knows nothing of forums: plugins, replies, errors, safety. */
export async function buildWeb(options: WebOptions): Promise<App> {
  const app = Fastify({
    loggerInstance: options.logger as never,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: options.config.TRUST_PROXY,
    bodyLimit: 256 * 1024,
    routerOptions: { maxParamLength: 300, ignoreTrailingSlash: true },
    forceCloseConnections: 'idle',
    // Whoever still gets through while we leave is answered, and his connection closed after it (see leaving.ts).
    return503OnClosing: false,
    // A picture over a slow line takes its time; a silent line, or headers that come drop by drop, do not hold a place.
    requestTimeout: 120_000,
    connectionTimeout: SILENCE,
    // Ten thousand Japanese letters in an address are a search too, and get an answer.
    http: { maxHeaderSize: 128 * 1024, headersTimeout: 10_000, connectionsCheckingInterval: 2_000 },
    ajv: { customOptions: { removeAdditional: 'all', coerceTypes: 'array', allErrors: true } },
    rewriteUrl: overrideMethod,
  }).withTypeProvider<TypeBoxTypeProvider>() as unknown as App
  app.cache = openPageCache()
  app.leaving = prepareToLeave(app.server)
  app.server.maxConnections = MOST_CONNECTIONS
  app.decorateRequest('preferences')
  app.decorateRequest('t')
  decorateReplies(app, options)
  compressAnswers(app)
  serveFromCache(app, { sessionCookie: options.sessionCookie, onRead: options.onRead })
  takeTurns(app)
  // Refused before it was read to its end, a request still owes its rest: it gets no more time for that than any other.
  app.addHook('onResponse', async ({ raw }) => {
    // Requests that are injected have no line of their own.
    if (!raw.complete && 'setTimeout' in raw.socket) raw.socket.setTimeout(SILENCE)
  })
  app.addHook('preValidation', async request => {
    request.body = cleaned(request.body)
    request.query = cleaned(request.query)
    request.params = cleaned(request.params)
  })
  app.addHook('preHandler', async ({ params, query, body }) => {
    if (hasEndless(params)) throw new Missing()
    const field = hasEndless(query) ?? hasEndless(body)
    if (field) throw new Invalid({ [field]: 'form.wrong' })
  })
  app.setErrorHandler(showError)
  app.setNotFoundHandler((request, reply) => showError(new Missing(), request, reply))
  await app.register(cookie)
  await app.register(helmet, securityHeaders(options))
  await app.register(formbody, { bodyLimit: 256 * 1024 })
  await app.register(rateLimit, { global: false })
  // Compressing would cost each line more memory than it saves bytes: what is said is short.
  await app.register(websocket, { options: { maxPayload: 4_096, perMessageDeflate: false } })
  await app.register(multipart, { limits: { fileSize: 12_000_000, files: 4, fields: 40, fieldSize: 200_000 } })
  await app.register(fastifyStatic, {
    root: options.assets.folder,
    prefix: '/assets/',
    preCompressed: true,
    immutable: true,
    // Named by its content, a file is never asked about again: what would be needed for that only weighs.
    etag: false,
    lastModified: false,
    acceptRanges: false,
    maxAge: '365d',
    decorateReply: false,
    index: false,
    setHeaders: ({ raw }, path) => {
      if (!path.endsWith('.svg')) for (const name of FOR_DOCUMENTS) raw.removeHeader(name)
    },
  })
  return app
}

/** Says nothing about what is no page of its own; left away there, it saves a topic's first reader four kilobytes. */
const FOR_DOCUMENTS = [
  'content-security-policy',
  'cross-origin-opener-policy',
  'origin-agent-cluster',
  'referrer-policy',
  'x-frame-options',
]

/** Texts as PostgreSQL can keep them: without NUL and without halves of letters, which no keyboard types. */
function cleaned(input: unknown): unknown {
  if (typeof input === 'string') return input.replaceAll('\0', '').toWellFormed()
  if (Array.isArray(input)) return input.map(cleaned)
  if (input === null || typeof input !== 'object' || Buffer.isBuffer(input) || Symbol.asyncIterator in input) return input
  const kind = Object.getPrototypeOf(input)
  if (kind !== null && kind.constructor !== Object && Object.getPrototypeOf(kind) !== null) return input
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, cleaned(value)]))
}

/** The field in which `1e400` was read as a number without end: it slips past every bound a schema sets. */
function hasEndless(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined
  return Object.entries(input).find(([, value]) => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY)?.[0]
}

/** HTML forms can only GET and POST: `?_method=DELETE` on the address says what is meant. */
function overrideMethod(request: { url?: string; method?: string }): string {
  const url = request.url ?? '/'
  const wanted = request.method === 'POST' ? /[?&]_method=(DELETE|PUT|PATCH)\b/.exec(url)?.[1] : undefined
  if (wanted) request.method = wanted
  return url
}

/**
 * Refuses writes that another site makes a browser send. `Sec-Fetch-Site` decides, `Origin` where a browser does not send it;
 * a write with neither is not from a page of ours.
 */
export async function refuseCrossSiteWrites(request: FastifyRequest): Promise<void> {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS' || request.routeOptions.config.foreign) return
  const site = request.headers['sec-fetch-site']
  if (site ? site === 'same-origin' : isOwnOrigin(request)) return
  throw new Refused('errors.crossSite')
}

function isOwnOrigin({ headers, host }: FastifyRequest): boolean {
  const origin = headers.origin ?? ''
  return URL.canParse(origin) && new URL(origin).host === host
}

/** The one style element Turbo adds, for its progress bar; the journeys fail when an upgrade changes it. */
const TURBO_STYLE = "'sha256-WAyOw4V+FqDc35lQPyRADLBWbuNK8ahvYEaQIYF1+Ps='"

function securityHeaders({ config, assets }: WebOptions) {
  const https = config.SITE_URL?.startsWith('https:') ?? false
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'", assets.importMapHash],
        styleSrc: ["'self'", TURBO_STYLE],
        imgSrc: ["'self'", 'data:', 'blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
        formAction: ["'self'"],
      },
    },
    strictTransportSecurity: https ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'strict-origin-when-cross-origin' as const },
    xFrameOptions: { action: 'deny' as const },
    // For browsers and plug-ins that are gone.
    xDnsPrefetchControl: false,
    xDownloadOptions: false,
    xPermittedCrossDomainPolicies: false,
    xXssProtection: false,
  }
}

/** Pages people read before they do anything else: they get by without `more.css`. */
const FOR_READERS = /^(?:home|error|topics\/|boards\/)/

function decorateReplies(app: App, { render, assets, frame }: WebOptions): void {
  const root = (request: FastifyRequest, model: Record<string, unknown>) => ({
    ...frame(request),
    assetUrl: assets.url,
    locale: request.preferences.locale,
    preferences: request.preferences,
    ...model,
  })
  app.decorateReply('kept')
  app.decorateReply('page', function (this: FastifyReply, view: string, model: PageModel) {
    const context = root(this.request, { ...model, importMap: assets.importMap, path: this.request.url, flash: takeFlash(this) })
    const bodyHtml = render(view, context)
    const hasMoreStyles = !FOR_READERS.test(view)
    if (!this.hasHeader('cache-control')) this.header('cache-control', 'private, no-cache')
    return this.type('text/html; charset=utf-8').send(render('layouts/page', { ...context, bodyHtml, hasMoreStyles }))
  })
  app.decorateReply('fragment', function (this: FastifyReply, view: string, model: Record<string, unknown>) {
    const type = view.endsWith('.stream') ? 'text/vnd.turbo-stream.html' : 'text/html'
    if (!this.hasHeader('content-type')) this.type(`${type}; charset=utf-8`)
    // A part of a page runs and loads nothing by itself; opened alone it may do even less than a page.
    for (const name of FOR_DOCUMENTS) this.raw.removeHeader(name)
    this.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'")
    return this.send(render(view, root(this.request, model)))
  })
  app.decorateReply('see', function (this: FastifyReply, path: string, stream?: { view: string; model: Record<string, unknown> }) {
    const wantsStream = this.request.headers.accept?.includes('text/vnd.turbo-stream.html')
    return stream && wantsStream ? this.fragment(stream.view, stream.model) : this.code(303).header('location', path).send()
  })
  app.decorateReply('flash', function (this: FastifyReply, key: string) {
    return this.setCookie('flash', key, { path: '/', maxAge: 60, httpOnly: true, sameSite: 'lax' })
  })
  app.decorateReply('keep', function (this: FastifyReply, tags: string[], subject?: string) {
    this.kept = { tags, subject }
    return this
  })
}

/** The sentence left by the write before this page; only keys of ours are said. */
function takeFlash(reply: FastifyReply): string | undefined {
  const key = reply.request.cookies?.flash
  if (!key) return undefined
  reply.clearCookie('flash', { path: '/' })
  const text = /^[a-zA-Z]{1,40}$/.test(key) ? reply.request.t(`flash.${key}`) : ''
  return text.startsWith('flash.') ? undefined : text || undefined
}

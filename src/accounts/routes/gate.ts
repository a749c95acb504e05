import { randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../../platform/config.ts'
import { Refused } from '../../platform/errors.ts'
import { guestPreferences, setPreferences } from '../../platform/preferences.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type Actor, guest, isGuest, isOperator } from '../actor.ts'
import { sameSitePath } from '../same_site_path.ts'
import { createSessions, type Sessions } from '../sessions.ts'
import { showLogin } from './login_page.ts'

const ACCESS = ['everyone', 'guests', 'members', 'companies', 'moderators', 'operators'] as const
/** Who may use a route at all; what he may do there, the verb decides. */
export type Access = (typeof ACCESS)[number]

declare module 'fastify' {
  interface FastifyInstance {
    sessions: Sessions
    /** Every door of the forum and for whom it is; the permission matrix is tested against this list. */
    doors: { method: string; url: string; access: Access }[]
  }
  interface FastifyRequest {
    actor: Actor
  }
  interface FastifyContextConfig {
    access?: Access
    /** Where the words of this form are kept when the session ended while writing, e.g. `answer:42`. */
    draftPlace?: (request: FastifyRequest) => string
  }
}

/** The name of the cookie that holds the session: with the `__Host-` promise (https, this host only) wherever the site has https. */
export const sessionCookieName = (config: Pick<Config, 'SITE_URL'>) => (config.SITE_URL?.startsWith('https:') ? '__Host-sid' : 'sid')

/** Gives every request its actor, and lets nobody through a route that is not for him. A route that does not say for whom it is stops the boot. */
export async function registerGate(app: App, { db, config }: Services): Promise<void> {
  const cookie = sessionCookieName(config)
  app.decorate('sessions', createSessions(db, { days: config.SESSION_DAYS }))
  app.decorateRequest('actor')
  app.decorate('doors', [])

  app.addHook('onRoute', ({ method, url, config }) => {
    if (!ACCESS.includes(config?.access as Access)) throw new Error(`${method} ${url} does not say who may use it (config.access)`)
    app.doors.push(...[method].flat().map(each => ({ method: each, url, access: config?.access as Access })))
  })
  app.addHook('onRequest', async (request, reply) => {
    const token = request.cookies[cookie]
    // Until the database has answered he is a guest, so that even «it is away» is said in a page and in his language.
    become(request, guest(guestPreferences(request)))
    const actor = token ? await app.sessions.validate(token) : undefined
    if (actor) become(request, actor)
    if (token && !actor) clearSessionCookie(reply, config)
    if (isReading(request)) return admit(request, reply)
  })
  // A write by somebody who is not logged in is turned away after its body was read: what was typed is kept.
  app.addHook('preValidation', async (request, reply) => {
    if (!isReading(request)) return admit(request, reply)
  })
}

function become(request: FastifyRequest, actor: Actor): void {
  setPreferences(request, actor.preferences)
  request.actor = actor
}

/** Hands the browser its session. The server decides when it ends; the cookie outlives no session. */
export function setSessionCookie(reply: FastifyReply, config: Config, { token, endsAt }: { token: string; endsAt: Date }): void {
  reply.setCookie(sessionCookieName(config), token, { ...cookieOptions(config), expires: endsAt })
}

export function clearSessionCookie(reply: FastifyReply, config: Config): void {
  reply.clearCookie(sessionCookieName(config), cookieOptions(config))
}

/** The mark that tells this browser from others at log-in and sign-up, a new one where it has none. It says nothing about a person. */
export function deviceOf(request: FastifyRequest, reply: FastifyReply, config: Config): string {
  const known = request.cookies.device ?? ''
  const device = /^[\w-]{22}$/.test(known) ? known : randomBytes(16).toString('base64url')
  reply.setCookie('device', device, { ...cookieOptions(config), maxAge: 365 * 86_400 })
  return device
}

const cookieOptions = (config: Config) =>
  ({ path: '/', httpOnly: true, sameSite: 'lax', secure: config.SITE_URL?.startsWith('https:') ?? false }) as const

const isReading = ({ method }: FastifyRequest) => method === 'GET' || method === 'HEAD'

async function admit(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const { actor } = request
  const access = request.routeOptions.config.access ?? 'everyone' // only the page for addresses that do not exist has none
  if (access === 'everyone') return
  if (access === 'guests') return isGuest(actor) ? undefined : reply.redirect('/', 303)
  if (isGuest(actor)) return askToLogIn(request, reply)
  if (access === 'companies' && actor.companies.length === 0) throw new Refused('errors.refused')
  // A company's deeds want a second step at log-in: who has none yet is led there.
  if (access === 'companies' && !actor.twoStep) {
    if (isReading(request)) return reply.redirect('/me/two-step?needed=yes', 303)
    throw new Refused('companies.errors.twoStep')
  }
  if (access === 'operators' && !isOperator(actor)) throw new Refused('errors.refused')
  if (access === 'moderators' && !isOperator(actor) && actor.moderates.length === 0) throw new Refused('errors.refused')
}

function askToLogIn(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  reply.header('cache-control', 'no-store')
  if (request.headers.accept?.startsWith('application/json'))
    return reply.code(401).send({ error: 'errors.loginNeeded', message: request.t('errors.loginNeeded') })
  if (isReading(request)) return reply.redirect(`/login?next=${encodeURIComponent(request.url)}`, 303)
  const draft = textFields(request.body)
  const draftPlace = draft && request.routeOptions.config.draftPlace?.(request)
  return showLogin(request, reply.code(401), {
    needed: true,
    next: pageBefore(request),
    ...(draftPlace && { draftPlace, draft: JSON.stringify(draft) }),
  })
}

/** The page the form stood on, to go back to. */
function pageBefore({ headers, host }: FastifyRequest): string {
  const before = URL.canParse(headers.referer ?? '') ? new URL(headers.referer ?? '') : undefined
  return before?.host === host ? sameSitePath(before.pathname + before.search) : '/'
}

function textFields(body: unknown): Record<string, string> | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const texts = Object.entries(body).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && !/password|token/i.test(entry[0]),
  )
  return texts.some(([, text]) => text.trim()) ? Object.fromEntries(texts) : undefined
}

import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import type { Db } from '../../platform/db.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { showAgain } from '../../platform/web_errors.ts'
import { noteSighting } from '../../reputation/abuse/sightings.ts'
import type { Actor } from '../actor.ts'
import { logIn } from '../login.ts'
import { sameSitePath } from '../same_site_path.ts'
import { clearSessionCookie, deviceOf, setSessionCookie } from './gate.ts'
import { showLogin } from './login_page.ts'

/** Keeps words somebody was writing when his session ended, as the draft of their place; resolves to the page where he goes on. */
export type KeepDraft = (db: Db, actor: Actor, place: string, content: Record<string, string>) => Promise<string>

const LoginForm = Type.Object({
  login: Type.String({ minLength: 1, maxLength: 254 }),
  password: Type.String({ minLength: 1, maxLength: 200 }),
  next: Type.Optional(Type.String()),
  draftPlace: Type.Optional(Type.String({ pattern: '^[a-z]{1,20}(:[0-9]{1,18})?$' })),
  draft: Type.Optional(Type.String({ maxLength: 200_000 })),
})
type Login = Static<typeof LoginForm>

/** Logging in and out. */
export async function sessionRoutes(app: App, services: Services, keepDraft: KeepDraft): Promise<void> {
  const { db, config } = services

  app.get('/login', { config: { access: 'guests' } }, (request, reply) => {
    const { next } = request.query as { next?: string }
    return showLogin(request, reply, { next: sameSitePath(next), needed: next !== undefined })
  })

  app.post<{ Body: Login }>(
    '/login',
    { config: { access: 'everyone' }, schema: { body: LoginForm }, errorHandler: showAgain(again) },
    async (request, reply) => {
      const { body, actor } = request
      const account = await logIn(db, { ...body, address: request.ip })
      if (actor.id) await app.sessions.revoke(actor.id, actor.sessionId)
      const session = await app.sessions.create(account, { device: request.headers['user-agent'] ?? '', address: request.ip })
      const draft = draftOf(body)
      const person = draft && (await app.sessions.validate(session.token))
      const goOn = person && (await keepDraft(db, person, draft.place, draft.content))
      setSessionCookie(reply, config, session)
      await noteSighting(db, account.id, { device: deviceOf(request, reply, config), address: request.ip })
      return reply.flash(draft ? 'loggedInWithDraft' : 'loggedIn').see(goOn ?? sameSitePath(body.next))
    },
  )

  app.post('/logout', { config: { access: 'everyone' } }, async ({ actor }, reply) => {
    if (actor.id) await app.sessions.revoke(actor.id, actor.sessionId)
    clearSessionCookie(reply, config)
    return reply.header('clear-site-data', '"cache"').flash('loggedOut').see('/')
  })

  app.post('/logout/everywhere', { config: { access: 'members' } }, async ({ actor }, reply) => {
    await app.sessions.revokeAll(actor.id)
    clearSessionCookie(reply, config)
    return reply.flash('loggedOutEverywhere').see('/')
  })

  function again(request: FastifyRequest, reply: Parameters<typeof showLogin>[1], form: Parameters<typeof showLogin>[2]) {
    const { next, draftPlace, draft } = (request.body ?? {}) as Partial<Login>
    return showLogin(request, reply, { ...form, next: sameSitePath(next), draftPlace, draft })
  }
}

/** The words carried through the log-in page; anything that is not a flat set of texts is dropped. */
function draftOf({ draftPlace, draft }: Login): { place: string; content: Record<string, string> } | undefined {
  if (!draftPlace || !draft) return undefined
  try {
    const content: unknown = JSON.parse(draft)
    if (typeof content !== 'object' || content === null || Array.isArray(content)) return undefined
    const texts = Object.entries(content).filter((entry): entry is [string, string] => typeof entry[1] === 'string')
    return { place: draftPlace, content: Object.fromEntries(texts) }
  } catch {
    return undefined
  }
}

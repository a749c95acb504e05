import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import type { Db } from '../../platform/db.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { noteSighting } from '../../reputation/abuse/sightings.ts'
import type { Actor } from '../actor.ts'
import { logIn } from '../login.ts'
import { optionsToUse, placeOf } from '../passkeys.ts'
import { sameSitePath } from '../same_site_path.ts'
import type { AccountRow } from '../schema.ts'
import { findStep, openStep, setChallenge } from '../steps.ts'
import { takeSecondStep } from '../two_step.ts'
import { clearSessionCookie, deviceOf, setSessionCookie } from './gate.ts'
import { showLogin } from './login_page.ts'

/** Keeps words somebody was writing when his session ended, as the draft of their place; resolves to the page where he goes on. */
export type KeepDraft = (db: Db, actor: Actor, place: string, content: Record<string, string>) => Promise<string>

const carried = {
  next: Type.Optional(Type.String()),
  draftPlace: Type.Optional(Type.String({ pattern: '^[a-z]{1,20}(:[0-9]{1,18})?$' })),
  draft: Type.Optional(Type.String({ maxLength: 200_000 })),
}
const LoginForm = Type.Object({
  login: Type.String({ minLength: 1, maxLength: 254 }),
  password: Type.String({ minLength: 1, maxLength: 200 }),
  ...carried,
})
const SecondForm = Type.Object({
  step: Type.String({ minLength: 1, maxLength: 100 }),
  code: Type.Optional(Type.String({ maxLength: 60 })),
  passkey: Type.Optional(Type.String({ maxLength: 20_000 })),
  ...carried,
})
type Login = Static<typeof LoginForm>
type Second = Static<typeof SecondForm>
type CarriedBody = Pick<Login, 'next' | 'draftPlace' | 'draft'>

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
      if (account.twoStepAt) return showStep(request, reply, await openStep(db, account.id))
      return enter(request, reply, account)
    },
  )

  app.post<{ Body: Second }>(
    '/login/second',
    { config: { access: 'everyone' }, schema: { body: SecondForm }, errorHandler: showAgain(stepAgain) },
    async (request, reply) => {
      const { step, code, passkey } = request.body
      const account = await takeSecondStep(db, { step, code, passkey: passkey && readJson(passkey), place: placeNow(request) })
      return enter(request, reply, account)
    },
  )

  /** Logs somebody in who has shown all he has to: his session, the words he was writing, the page he came from. */
  async function enter(request: FastifyRequest, reply: FastifyReply, account: AccountRow): Promise<FastifyReply> {
    const body = request.body as CarriedBody
    const session = await app.sessions.create(account, { device: request.headers['user-agent'] ?? '', address: request.ip })
    const draft = draftOf(body)
    const person = draft && (await app.sessions.validate(session.token))
    const goOn = person && (await keepDraft(db, person, draft.place, draft.content))
    setSessionCookie(reply, config, session)
    await noteSighting(db, account.id, { device: deviceOf(request, reply, config), address: request.ip })
    return reply.flash(draft ? 'loggedInWithDraft' : 'loggedIn').see(goOn ?? sameSitePath(body.next))
  }

  /** The page of the second step. A step that is over leads back to the beginning. */
  async function showStep(request: FastifyRequest, reply: FastifyReply, step: string, form?: FormAgain): Promise<FastifyReply> {
    const { next, draftPlace, draft } = request.body as CarriedBody
    const place = placeNow(request)
    const { accountId } = await findStep(db, step)
    const options = place && (await optionsToUse(db, accountId, place))
    if (options) await setChallenge(db, step, options.challenge)
    return reply
      .code(form ? reply.statusCode : 401)
      .header('cache-control', 'no-store')
      .page('accounts/second_step', {
        title: request.t('accounts.step.title'),
        noIndex: true,
        step,
        next: sameSitePath(next),
        draftPlace,
        draft,
        passkeyOptions: options && JSON.stringify(options),
        ...form,
      })
  }

  async function stepAgain(request: FastifyRequest, reply: FastifyReply, form: FormAgain): Promise<FastifyReply> {
    const { step, ...carried } = (request.body ?? {}) as Partial<Second>
    const known = step && (await findStep(db, step).catch(() => undefined))
    if (known) return showStep(request, reply, step, form)
    return showLogin(request, reply, { ...form, next: sameSitePath(carried.next), draftPlace: carried.draftPlace, draft: carried.draft })
  }

  const placeNow = ({ t }: FastifyRequest) => placeOf(services.siteUrl, t('site.name'))

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
function draftOf({ draftPlace, draft }: CarriedBody): { place: string; content: Record<string, string> } | undefined {
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

/** What a script put into a field; nothing where it is none. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

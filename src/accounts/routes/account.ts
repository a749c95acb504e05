import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, type TSchema, Type } from 'typebox'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { worksHere } from '../../topics/policy.ts'
import { exportAccount } from '../../transfer/account_export.ts'
import { closeAccount } from '../closing.ts'
import { askEmailChange, changePassword, confirmEmailChange } from '../credentials.ts'
import { presentSession } from '../present_member.ts'
import { findAccount } from '../queries.ts'
import { findToken } from '../tokens.ts'
import { clearSessionCookie } from './gate.ts'
import { showLinkOver } from './signup.ts'

const secret = Type.String({ minLength: 1, maxLength: 1000 })
const PasswordForm = Type.Object({ current: secret, password: secret })
const EmailForm = Type.Object({ current: secret, email: Type.String({ minLength: 1, maxLength: 254 }) })
const CloseForm = Type.Object({ current: secret })
type Body<Form extends TSchema> = { Body: Static<Form> }

/** One's own account: address, password, devices, data, and leaving. */
export async function accountRoutes(app: App, { db, config }: Services): Promise<void> {
  const members = { config: { access: 'members' } as const }

  app.get('/me', members, (request, reply) =>
    reply.page('me/index', { title: request.t('me.title'), at: 'me', noIndex: true, worksHere: worksHere(request.actor) }),
  )

  app.get('/me/account', members, async (request, reply) => {
    const { email, handle, confirmedAt } = await findAccount(db, request.actor.id)
    return show(request, reply, 'account', { email, handle, isConfirmed: confirmedAt !== null })
  })

  app.get('/me/password', members, (request, reply) => show(request, reply, 'password'))
  app.post<Body<typeof PasswordForm>>(
    '/me/password',
    { ...members, schema: { body: PasswordForm }, errorHandler: again('password') },
    async ({ actor, body }, reply) => {
      await changePassword(db, actor, body)
      return reply.flash('passwordChanged').see('/me/account')
    },
  )

  app.get('/me/email', members, (request, reply) => show(request, reply, 'email'))
  app.post<Body<typeof EmailForm>>(
    '/me/email',
    { ...members, schema: { body: EmailForm }, errorHandler: again('email') },
    async ({ actor, body }, reply) => {
      await askEmailChange(db, actor, body)
      return reply.flash('emailChangeAsked').see('/me/account')
    },
  )

  app.get<{ Params: { token: string } }>(
    '/email/:token',
    { config: { access: 'everyone' }, errorHandler: showAgain(showLinkOver) },
    async ({ t, params }, reply) => {
      const { email } = await findToken(db, 'change', params.token)
      return reply.header('cache-control', 'no-store').page('accounts/link', {
        title: t('accounts.change.title'),
        text: t('accounts.change.text', { email }),
        button: t('accounts.change.submit'),
        noIndex: true,
      })
    },
  )
  app.post<{ Params: { token: string } }>(
    '/email/:token',
    { config: { access: 'everyone' }, errorHandler: showAgain(showLinkOver) },
    async ({ actor, params }, reply) => {
      await confirmEmailChange(db, params.token)
      return reply.flash('emailChanged').see(actor.id ? '/me/account' : '/login')
    },
  )

  app.get('/me/devices', members, async (request, reply) => {
    const { actor, t } = request
    const sessions = await app.sessions.list(actor.id)
    return show(request, reply, 'devices', { sessions: sessions.map(session => presentSession(session, actor.sessionId, t)) })
  })
  app.delete<{ Params: { id: string } }>('/me/devices/:id', members, async ({ actor, params }, reply) => {
    await app.sessions.revoke(actor.id, params.id)
    return reply.flash('deviceLoggedOut').see('/me/devices')
  })

  app.get('/me/export', members, async ({ actor }, reply) =>
    reply
      .headers({
        'content-type': 'application/json; charset=utf-8',
        'content-disposition': `attachment; filename="${actor.handle}.json"`,
        'cache-control': 'no-store',
      })
      .send(exportAccount(db, actor)),
  )

  app.get('/me/close', members, (request, reply) => show(request, reply, 'close'))
  app.post<Body<typeof CloseForm>>(
    '/me/close',
    { ...members, schema: { body: CloseForm }, errorHandler: again('close') },
    async ({ actor, body }, reply) => {
      await closeAccount(db, actor, body)
      clearSessionCookie(reply, config)
      return reply.flash('accountClosed').see('/')
    },
  )

  function again(page: string) {
    return showAgain((request, reply, form) => show(request, reply, page, form))
  }
}

function show(
  request: FastifyRequest,
  reply: FastifyReply,
  page: string,
  model: Partial<FormAgain> & Record<string, unknown> = {},
): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .page(`me/${page}`, { title: request.t(`me.${page}.title`), at: 'me', place: page, noIndex: true, ...model })
}

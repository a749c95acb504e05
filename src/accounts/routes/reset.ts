import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { askReset, resetPassword } from '../resetting.ts'
import { findToken } from '../tokens.ts'
import { clearSessionCookie } from './gate.ts'
import { showLinkOver } from './signup.ts'

const AskForm = Type.Object({ email: Type.String({ minLength: 1, maxLength: 254 }) })
const NewForm = Type.Object({ password: Type.String({ minLength: 1, maxLength: 1000 }) })
type Linked = { Params: { token: string }; Body: Static<typeof NewForm> }

/** A forgotten password: asking for the link, and choosing a new one with it. */
export async function resetRoutes(app: App, { db, config }: Services): Promise<void> {
  app.get('/reset', { config: { access: 'everyone' } }, (request, reply) => showAsk(request, reply))

  app.post<{ Body: Static<typeof AskForm> }>(
    '/reset',
    { config: { access: 'everyone' }, schema: { body: AskForm }, errorHandler: showAgain(showAsk) },
    async ({ body, ip }, reply) => {
      await askReset(db, { email: body.email, address: ip })
      return reply.see('/reset/sent')
    },
  )

  app.get('/reset/sent', { config: { access: 'everyone' } }, ({ t }, reply) =>
    reply.page('accounts/sent', { title: t('accounts.reset.sentTitle'), text: t('accounts.reset.sentText'), noIndex: true }),
  )

  app.get<Linked>('/reset/:token', { config: { access: 'everyone' }, errorHandler: showAgain(showLinkOver) }, async (request, reply) => {
    await findToken(db, 'reset', request.params.token)
    return showNew(request, reply)
  })

  app.post<Linked>(
    '/reset/:token',
    {
      config: { access: 'everyone' },
      schema: { body: NewForm },
      errorHandler: showAgain((request, reply, form) =>
        form.errors.form ? showLinkOver(request, reply, form) : showNew(request, reply, form),
      ),
    },
    async ({ params, body }, reply) => {
      await resetPassword(db, params.token, body.password)
      clearSessionCookie(reply, config)
      return reply.flash('passwordChanged').see('/login')
    },
  )
}

function showAsk(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): FastifyReply {
  return reply.page('accounts/reset', { title: request.t('accounts.reset.title'), noIndex: true, ...form })
}

function showNew(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .page('accounts/new_password', { title: request.t('accounts.reset.newTitle'), noIndex: true, ...form })
}

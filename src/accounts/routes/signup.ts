import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { Invalid } from '../../platform/errors.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { askConfirmationAgain, confirmAddress } from '../confirming.ts'
import { signUp } from '../signup.ts'
import { findToken } from '../tokens.ts'
import { deviceOf } from './gate.ts'

const SignUpForm = Type.Object({
  email: Type.String({ maxLength: 254, minLength: 1 }),
  handle: Type.String({ maxLength: 40, minLength: 1 }),
  name: Type.String({ maxLength: 100, minLength: 1 }),
  password: Type.String({ maxLength: 1000, minLength: 1 }),
  terms: Type.Optional(Type.String()),
})
type Linked = { Params: { token: string } }

/** Becoming a member: the form, and the link from the mail. */
export async function signupRoutes(app: App, { db, config }: Services): Promise<void> {
  app.get('/signup', { config: { access: 'guests' } }, (request, reply) => showSignup(request, reply))

  app.post<{ Body: Static<typeof SignUpForm> }>(
    '/signup',
    { config: { access: 'guests' }, schema: { body: SignUpForm }, errorHandler: showAgain(showSignup) },
    async (request, reply) => {
      const { body } = request
      if (body.terms !== 'yes') throw new Invalid({ terms: 'accounts.signup.termsNeeded' })
      await signUp(db, { ...body, locale: request.preferences.locale, address: request.ip })
      deviceOf(request, reply, config)
      return reply.see('/signup/sent')
    },
  )

  app.get('/signup/sent', { config: { access: 'everyone' } }, ({ t }, reply) =>
    reply.page('accounts/sent', { title: t('accounts.signup.sentTitle'), text: t('accounts.signup.sentText'), noIndex: true }),
  )

  // A link is opened by mail scanners too: only the button on its page confirms.
  app.get<Linked>(
    '/confirm/:token',
    { config: { access: 'everyone' }, errorHandler: showAgain(showLinkOver) },
    async ({ t, params }, reply) => {
      await findToken(db, 'confirm', params.token)
      return reply.header('cache-control', 'no-store').page('accounts/link', {
        title: t('accounts.confirm.title'),
        text: t('accounts.confirm.text'),
        button: t('accounts.confirm.submit'),
        noIndex: true,
      })
    },
  )
  app.post<Linked>(
    '/confirm/:token',
    { config: { access: 'everyone' }, errorHandler: showAgain(showLinkOver) },
    async ({ actor, params }, reply) => {
      await confirmAddress(db, params.token)
      return reply.flash('confirmed').see(actor.id ? '/' : '/login')
    },
  )

  app.post('/me/confirmation', { config: { access: 'members' } }, async ({ actor }, reply) => {
    await askConfirmationAgain(db, actor)
    return reply.flash('confirmationSent').see('/me/account')
  })
}

function showSignup(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): FastifyReply {
  return reply.page('accounts/signup', {
    title: request.t('accounts.signup.title'),
    description: request.t('accounts.signup.description'),
    ...form,
  })
}

/** In place of the page a link led to, when it was used before or is too old. */
export function showLinkOver(request: FastifyRequest, reply: FastifyReply, { errors }: FormAgain): FastifyReply {
  return reply.page('accounts/link_over', { title: request.t('accounts.link.title'), text: errors.form, noIndex: true })
}

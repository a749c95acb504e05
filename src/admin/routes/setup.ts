import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { setSessionCookie } from '../../accounts/routes/gate.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { openWelcomeBoard } from '../guides.ts'
import { ensureNotSetUp, setUp } from '../setup.ts'

const text = (maxLength: number) => Type.String({ minLength: 1, maxLength })
const SetUpForm = Type.Object({
  code: text(60),
  site: text(40),
  email: text(254),
  handle: text(40),
  name: text(100),
  password: text(1000),
  guides: Type.Optional(Type.String()),
})

/** The first visit: whoever knows the code the server printed becomes its operator. */
export async function setupRoutes(app: App, { db, config }: Services): Promise<void> {
  app.get('/setup', { config: { access: 'everyone' } }, async (request, reply) => {
    await ensureNotSetUp(db)
    return show(request, reply)
  })

  app.post<{ Body: Static<typeof SetUpForm> }>(
    '/setup',
    { config: { access: 'everyone' }, schema: { body: SetUpForm }, errorHandler: showAgain(show) },
    async (request, reply) => {
      const operator = await setUp(db, { ...request.body, locale: request.preferences.locale, address: request.ip })
      const session = await app.sessions.create(operator, { device: request.headers['user-agent'] ?? '', address: request.ip })
      const actor = request.body.guides === 'yes' ? await app.sessions.validate(session.token) : undefined
      if (actor) await openWelcomeBoard(db, actor)
      setSessionCookie(reply, config, session)
      return reply.flash('setUp').see('/admin')
    },
  )

  function show(request: FastifyRequest, reply: FastifyReply, form?: FormAgain): FastifyReply {
    return reply.header('cache-control', 'no-store').page('admin/setup', {
      title: request.t('setup.title'),
      noIndex: true,
      wantsGuides: !form || form.values.guides === 'yes',
      ...form,
    })
  }
}

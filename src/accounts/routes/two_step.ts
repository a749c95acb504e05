import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { type FormAgain, showAgain } from '../../platform/web_errors.ts'
import { appAddress, offerSecret } from '../authenticator_app.ts'
import { listPasskeys, optionsToMake, placeOf } from '../passkeys.ts'
import { presentPasskey } from '../present_member.ts'
import { openStep } from '../steps.ts'
import { addApp, addPasskey, findTwoStep, removeStep, renewRecoveryCodes } from '../two_step.ts'
import { readJson } from './session.ts'

const secret = Type.String({ minLength: 1, maxLength: 1000 })
const AppForm = Type.Object({ current: secret, digits: Type.String({ minLength: 1, maxLength: 20 }) })
const PasskeyForm = Type.Object({
  current: secret,
  step: Type.String({ maxLength: 100, default: '' }),
  passkey: Type.String({ maxLength: 20_000, default: '' }),
  name: Type.String({ maxLength: 40, default: '' }),
})
const ProofForm = Type.Object({ current: secret })
const RemoveForm = Type.Object({ current: secret, passkey: Type.Optional(Type.String({ maxLength: 2000 })) })
const Query = Type.Object({ needed: Type.Optional(Type.String({ maxLength: 5 })) })
type Body<Form extends Parameters<typeof Type.Array>[0]> = { Body: Static<Form> }

/** The second step at log-in: an app, passkeys, and codes on paper. */
export async function twoStepRoutes(app: App, services: Services): Promise<void> {
  const { db } = services
  const members = { config: { access: 'members' } as const }
  const page = (name: string) => showAgain((request, reply, form) => show(request, reply, name, form))

  app.get<{ Querystring: Static<typeof Query> }>('/me/two-step', { ...members, schema: { querystring: Query } }, (request, reply) =>
    show(request, reply, 'index'),
  )
  app.get('/me/two-step/app', members, (request, reply) => show(request, reply, 'app'))
  app.post<Body<typeof AppForm>>(
    '/me/two-step/app',
    { ...members, schema: { body: AppForm }, errorHandler: page('app') },
    async (request, reply) => shown(request, reply, await addApp(db, request.actor, request.body)),
  )
  app.get('/me/two-step/passkey', members, (request, reply) => show(request, reply, 'passkey'))
  app.post<Body<typeof PasskeyForm>>(
    '/me/two-step/passkey',
    { ...members, schema: { body: PasskeyForm }, errorHandler: page('passkey') },
    async (request, reply) => {
      const { actor, body, t } = request
      const place = placeNow(request)
      if (!place) return reply.see('/me/two-step')
      const name = body.name.normalize('NFC').replace(/\p{C}/gu, '').trim() || t('accounts.step.passkey')
      const codes = await addPasskey(db, actor, place, { current: body.current, step: body.step, answer: readJson(body.passkey), name })
      return shown(request, reply, codes)
    },
  )
  app.post<Body<typeof ProofForm>>(
    '/me/two-step/codes',
    { ...members, schema: { body: ProofForm }, errorHandler: page('index') },
    async (request, reply) => shown(request, reply, await renewRecoveryCodes(db, request.actor, request.body)),
  )
  app.post<Body<typeof RemoveForm>>(
    '/me/two-step/removal',
    { ...members, schema: { body: RemoveForm }, errorHandler: page('index') },
    async ({ actor, body }, reply) => {
      await removeStep(db, actor, body)
      return reply.flash('saved').see('/me/two-step')
    },
  )

  /** New recovery codes are shown once, on the page that answers; they are nowhere else. */
  function shown({ t }: FastifyRequest, reply: FastifyReply, codes: string[] | undefined): FastifyReply {
    if (!codes) return reply.flash('saved').see('/me/two-step')
    return reply
      .header('cache-control', 'no-store')
      .page('me/two_step/codes', { title: t('accounts.step.codesTitle'), at: 'me', place: 'two-step', noIndex: true, codes })
  }

  async function show(request: FastifyRequest, reply: FastifyReply, name: string, form?: FormAgain): Promise<FastifyReply> {
    const { actor, t, query } = request
    return reply.header('cache-control', 'no-store').page(`me/two_step/${name}`, {
      title: t(`accounts.step.${name}Title`),
      at: 'me',
      place: 'two-step',
      noIndex: true,
      isOn: actor.twoStep,
      isNeeded: actor.companies.length > 0 && !actor.twoStep,
      cameHere: (query as Static<typeof Query>).needed === 'yes',
      values: {},
      errors: {},
      ...(await modelOf(request, name)),
      ...form,
    })
  }

  async function modelOf(request: FastifyRequest, name: string): Promise<Record<string, unknown>> {
    const { actor, t } = request
    const place = placeNow(request)
    if (name === 'app') {
      const secret = await offerSecret(db, actor.id)
      const address = appAddress(secret, { site: t('site.name'), handle: actor.handle })
      const svg = await (await import('qrcode')).default.toString(address, { type: 'svg', margin: 0 })
      return { qrHtml: svg, secretText: secret.base32.replace(/(.{4})(?=.)/g, '$1 ') }
    }
    if (name === 'passkey') {
      const options = place && (await optionsToMake(db, actor, place))
      const step = options && (await openStep(db, actor.id, options.challenge))
      return { options: options && JSON.stringify(options), step }
    }
    const [standing, passkeys] = await Promise.all([findTwoStep(db, actor.id), listPasskeys(db, actor.id)])
    return { ...standing, mayHavePasskeys: place !== undefined, passkeys: passkeys.map(presentPasskey) }
  }

  const placeNow = ({ t }: FastifyRequest) => placeOf(services.siteUrl, t('site.name'))
}

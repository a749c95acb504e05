import type { FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { pushKeys } from '../../platform/push.ts'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { ZONES } from '../hours.ts'
import { LISTS, type List } from '../kinds.ts'
import { presentSettings } from '../present_settings.ts'
import { RHYTHMS, WAYS, type Way } from '../schema.ts'
import { saveSettings } from '../settings.ts'
import { findSettings, hasBeenAnswered } from '../settings_queries.ts'

const oneOf = <const T extends string>(values: readonly T[]) => Type.Union(values.map(value => Type.Literal(value)))
const Hour = Type.Integer({ minimum: 0, maximum: 23 })
const MaybeHour = Type.Union([Type.Literal(''), Hour])
const ways = Object.fromEntries(LISTS.map(list => [`way_${list}`, Type.Optional(oneOf(WAYS))])) as Record<
  `way_${List}`,
  ReturnType<typeof Type.Optional<ReturnType<typeof oneOf<Way>>>>
>
const SettingsForm = Type.Object({
  ...ways,
  rhythm: oneOf(RHYTHMS),
  hour: Hour,
  weekday: Type.Integer({ minimum: 0, maximum: 6 }),
  zone: oneOf(ZONES),
  quietFrom: MaybeHour,
  quietTo: MaybeHour,
})

/** How somebody wants to be told: what, by which way, when. */
export async function settingsRoutes(app: App, { db }: Services): Promise<void> {
  app.get('/me/notices', { config: { access: 'members' } }, (request, reply) => show(request, reply))

  app.post<{ Body: Static<typeof SettingsForm> }>(
    '/me/notices',
    { config: { access: 'members' }, schema: { body: SettingsForm } },
    async ({ actor, body }, reply) => {
      const { rhythm, hour, weekday, zone } = body
      const chosen = LISTS.map(list => [list, body[`way_${list}`] ?? 'usual'])
      const isQuiet = body.quietFrom !== '' && body.quietTo !== ''
      await saveSettings(db, actor, {
        ways: Object.fromEntries(chosen),
        rhythm,
        hour,
        weekday,
        zone,
        quietFrom: isQuiet ? Number(body.quietFrom) : null,
        quietTo: isQuiet ? Number(body.quietTo) : null,
      })
      return reply.flash('saved').see('/me/notices')
    },
  )

  async function show({ actor, t }: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const settings = await findSettings(db, actor)
    return reply.page('me/notices', {
      title: t('noticeSettings.title'),
      at: 'me',
      place: 'notices',
      noIndex: true,
      form: presentSettings(settings, t),
      pushKey: (await hasBeenAnswered(db, actor)) && (await pushKeys(db)).publicKey,
    })
  }
}

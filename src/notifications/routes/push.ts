import { type Static, Type } from 'typebox'
import type { Services } from '../../platform/services.ts'
import type { App } from '../../platform/web.ts'
import { addPushDevice, removePushDevice } from '../push_devices.ts'

const Endpoint = Type.String({ minLength: 10, maxLength: 1000 })
const Key = Type.String({ pattern: '^[A-Za-z0-9_-]{10,120}=*$' })
const DeviceForm = Type.Object({ endpoint: Endpoint, p256dh: Key, auth: Key })

/** Browsers that ask to be rung, or no more. */
export async function pushRoutes(app: App, { db, config }: Services): Promise<void> {
  app.post<{ Body: Static<typeof DeviceForm> }>(
    '/me/push-devices',
    { config: { access: 'members' }, schema: { body: DeviceForm } },
    async ({ actor, body }, reply) => {
      await addPushDevice(db, actor, body, config.PUSH_SERVICES)
      return reply.flash('saved').see('/me/notices')
    },
  )

  app.delete<{ Body: { endpoint: string } }>(
    '/me/push-devices',
    { config: { access: 'members' }, schema: { body: Type.Object({ endpoint: Endpoint }) } },
    async ({ actor, body }, reply) => {
      await removePushDevice(db, actor, body)
      return reply.flash('saved').see('/me/notices')
    },
  )
}

import { and, eq } from 'drizzle-orm'
import { type Actor, isGuest } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid } from '../platform/errors.ts'
import { isPushService, type PushDevice } from '../platform/push.ts'
import { pushDevices } from './schema.ts'

/** A browser asks to be rung for its member; it belongs to whoever asked last. Throws Invalid for addresses of no push service. */
export async function addPushDevice(db: Db, actor: Actor, device: PushDevice, services: string[]): Promise<void> {
  ensure(!isGuest(actor), 'errors.refused')
  if (!isPushService(device.endpoint, services)) throw new Invalid({ endpoint: 'form.wrong' })
  const values = { ...device, accountId: actor.id }
  await db.insert(pushDevices).values(values).onConflictDoUpdate({ target: pushDevices.endpoint, set: values })
}

/** A browser is rung no more. */
export async function removePushDevice(db: Db, actor: Actor, { endpoint }: Pick<PushDevice, 'endpoint'>): Promise<void> {
  await db.delete(pushDevices).where(and(eq(pushDevices.endpoint, endpoint), eq(pushDevices.accountId, actor.id)))
}

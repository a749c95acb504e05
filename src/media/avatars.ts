import { randomBytes } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { type Actor, isGuest } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { ensure } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import type { Storage } from '../platform/storage.ts'
import { throttle } from '../platform/throttle.ts'
import { keepFiles } from './keeping.ts'
import { placeOf, storedAt } from './paths.ts'
import { inTurn, UPLOADS } from './pictures.ts'

type Stores = { db: Db; storage: Storage }

/** Takes a picture as the member's own, cut to a square. Throws Invalid at `picture`, NoRoom, TooMany. */
export async function changeAvatar({ db, storage }: Stores, actor: Actor, file: Buffer): Promise<void> {
  ensure(!isGuest(actor) && !actor.suspended, 'errors.refused')
  await throttle(db, `pictures:${actor.id}`, UPLOADS)
  const { encodeAvatar } = await import('./encoding.ts')
  const { data } = await inTurn(() => encodeAvatar(file))
  const name = `avatar-${actor.id}-${randomBytes(12).toString('base64url')}.webp`
  await keepFiles(storage, [{ place: placeOf(name), data }], () => setAvatar(db, actor, name))
  await forget(storage, actor.avatarKey)
}

/** Goes back to the first letter of the name. */
export async function removeAvatar({ db, storage }: Stores, actor: Actor): Promise<void> {
  ensure(!isGuest(actor), 'errors.refused')
  await setAvatar(db, actor, null)
  await forget(storage, actor.avatarKey)
}

async function setAvatar(db: Db, { id }: Actor, avatarKey: string | null): Promise<void> {
  await db.transaction(async tx => {
    await tx.update(accounts).set({ avatarKey }).where(eq(accounts.id, id))
    await record(tx, 'account.changed', { accountId: id })
  })
}

/** The former picture goes after the new one stands; a file that stays behind for a fault of the store harms nobody. */
async function forget(storage: Storage, name: string | null): Promise<void> {
  const place = name && storedAt(name)
  if (place) await storage.delete(place).catch(() => {})
}

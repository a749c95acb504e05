import { randomBytes } from 'node:crypto'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import type { Storage } from '../platform/storage.ts'
import { throttle } from '../platform/throttle.ts'

import { keepFiles } from './keeping.ts'
import { inTurn, UPLOADS } from './pictures.ts'

/**
 * Keeps a picture of a document re-encoded, where no public address leads, and does `then` with its place; should that fail, nothing
 * of the picture stays. Throws Invalid at `picture`, NoRoom, TooMany.
 */
export async function keepProof<T>(
  { db, storage }: { db: Db; storage: Storage },
  actor: Pick<Actor, 'id'>,
  file: Buffer,
  then: (place: string) => Promise<T>,
): Promise<T> {
  await throttle(db, `pictures:${actor.id}`, UPLOADS)
  const { encodeDocument } = await import('./encoding.ts')
  const { data } = await inTurn(() => encodeDocument(file))
  const place = `proofs/${randomBytes(16).toString('base64url')}.webp`
  return keepFiles(storage, [{ place, data }], () => then(place))
}

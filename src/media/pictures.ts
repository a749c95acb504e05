import { randomBytes } from 'node:crypto'
import { type Actor, canWrite } from '../accounts/actor.ts'
import { hasPrivilege } from '../accounts/policy.ts'
import type { Db } from '../platform/db.ts'
import { ensure } from '../platform/errors.ts'
import type { Storage } from '../platform/storage.ts'
import { takingTurns } from '../platform/taking_turns.ts'
import { throttle } from '../platform/throttle.ts'
import { keepFiles } from './keeping.ts'
import { placeOf } from './paths.ts'
import { type PictureRow, pictures } from './schema.ts'

/** Decoding needs memory: two at a time. Avatars share the line. */
export const inTurn = takingTurns(2)
export const UPLOADS = { tries: 40, seconds: 600 }
/** Enough to show what is wrong, too few to fill the store: for who has not reached the first level. */
const FIRST_UPLOADS = { tries: 10, seconds: 86_400 }

type Stores = { db: Db; storage: Storage }

/**
 * Keeps a picture for posts, re-encoded. It goes to the store first and into the database last, so that no row ever names a file
 * that is not there. Throws Invalid at `picture`, NoRoom (nothing kept), TooMany after 40 in ten minutes, for newcomers after 10 on a day.
 */
export async function keepPicture({ db, storage }: Stores, actor: Actor, file: Buffer, alt = ''): Promise<PictureRow> {
  ensure(canWrite(actor), 'errors.cannotWrite')
  await throttle(db, `pictures:${actor.id}`, UPLOADS)
  const { encodePicture } = await import('./encoding.ts') // the library behind it is large, and many processes never see a picture
  const sized = await inTurn(() => encodePicture(file))
  if (!hasPrivilege(actor, 'upload_pictures')) await throttle(db, `pictures:first:${actor.id}`, FIRST_UPLOADS)
  const key = randomBytes(16).toString('base64url')
  const largest = sized.at(-1)
  if (!largest) throw new Error('a picture has no size')
  const files = sized.map(({ width, data }) => ({ place: placeOf(`${key}-${width}.webp`), data }))
  const row = {
    key,
    accountId: actor.id,
    alt: alt.slice(0, 200),
    width: largest.width,
    height: largest.height,
    bytes: sized.reduce((sum, { data }) => sum + data.length, 0),
    widths: sized.map(({ width }) => width),
  }
  return keepFiles(storage, files, async () => {
    const [picture] = await db.insert(pictures).values(row).returning()
    if (!picture) throw new Error('a picture was not inserted')
    return picture
  })
}

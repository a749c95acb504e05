import { and, eq } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { Missing } from '../platform/errors.ts'
import { type PictureRow, pictures } from './schema.ts'

/** A picture of one's own by its key. Throws Missing. */
export async function findOwnPicture(db: Db, actor: Actor, key: string): Promise<PictureRow> {
  const [picture] = await db
    .select()
    .from(pictures)
    .where(and(eq(pictures.key, key), eq(pictures.accountId, actor.id)))
  if (!picture) throw new Missing()
  return picture
}

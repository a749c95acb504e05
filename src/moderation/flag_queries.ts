import { and, eq } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { flags } from './schema.ts'

export type Flag = typeof flags.$inferSelect

/** This member's flag on a post, with what became of it. */
export async function findOwnFlag(db: Db, actor: Actor, postId: number): Promise<Flag | undefined> {
  const [flag] = await db
    .select()
    .from(flags)
    .where(and(eq(flags.postId, postId), eq(flags.accountId, actor.id)))
  return flag
}

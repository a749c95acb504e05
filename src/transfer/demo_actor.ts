import { eq, sql } from 'drizzle-orm'
import { type Actor, guest } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'

/** Somebody of the demo who is about to do something, with the boards he moderates. */
export async function demoActor(db: Db, handle: string): Promise<Actor> {
  const moderates = sql<number[]>`(select coalesce(json_agg(b.id), '[]')
    from boards b join board_moderators m on m.board_id in (b.id, b.parent_id) where m.account_id = accounts.id)`
  const { id, role, name, level } = accounts
  const [row] = await db.select({ id, role, name, level, moderates }).from(accounts).where(eq(accounts.handle, handle))
  if (!row) throw new Error(`nobody in the demo is called ${handle}`)
  return { ...guest({ locale: 'ja', size: 'normal', theme: 'auto' }), ...row, handle, confirmed: true }
}

import { sql } from 'drizzle-orm'
import type { Db } from './db.ts'
import { TooMany } from './errors.ts'

/** At most `tries` in each window of `seconds`. */
export type Limit = { tries: number; seconds: number }

/**
 * Counts one try of `key` and throws `TooMany` past the limit. Counted in PostgreSQL, so all processes share it;
 * call it outside a transaction, or a refusal would undo its own count.
 */
export async function throttle(db: Db, key: string, limit: Limit): Promise<void> {
  const start = new Date(Math.floor(Date.now() / 1000 / limit.seconds) * limit.seconds * 1000)
  const [row] = await db.execute<{ tries: number }>(sql`
    insert into throttles (key, window_start) values (${key}, ${start.toISOString()})
    on conflict (key, window_start) do update set tries = throttles.tries + 1 returning tries`)
  if ((row?.tries ?? 0) > limit.tries) throw new TooMany(Math.ceil((start.getTime() + limit.seconds * 1000 - Date.now()) / 1000))
}

/** Forgets windows that ended more than a day ago. */
export async function sweepThrottles(db: Db): Promise<void> {
  await db.execute(sql`delete from throttles where window_start < now() - interval '1 day'`)
}

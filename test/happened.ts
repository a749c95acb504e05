import { sql } from 'drizzle-orm'
import type { Db } from '../src/platform/db.ts'

/** Names of the events recorded since event `after`, oldest first. */
export async function happened(db: Db, after = 0): Promise<string[]> {
  const rows = await db.execute<{ name: string }>(sql`select name from events where id > ${after} order by id`)
  return rows.map(row => row.name)
}

/** The newest event's id, to see later what happened since. */
export async function lastEvent(db: Db): Promise<number> {
  const [row] = await db.execute<{ id: string }>(sql`select coalesce(max(id), 0) as id from events`)
  return Number(row?.id)
}

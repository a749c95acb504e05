import { sql } from 'drizzle-orm'
import type { Sql } from 'postgres'
import type { Db } from '../../db.ts'
import { Conflict } from '../../errors.ts'

/** How far a rebuild of an engine has come. `reached` is 0 at its beginning. */
export type RebuildState = { reached: number; startedAt: Date }

/** Advisory-lock class of rebuilds. */
const REBUILDING = 0x72656275

/**
 * Works on an engine's rebuild alone: throws Conflict while another process does. The lock ends with the process, so that one that was
 * killed can be gone on with at once.
 */
export async function rebuildAlone<T>(sql: Sql, engine: string, work: () => Promise<T>): Promise<T> {
  const held = await sql.reserve()
  try {
    const [row] = await held`select pg_try_advisory_lock(${REBUILDING}, hashtext(${engine})) as mine`
    if (!row?.mine) throw new Conflict('errors.rebuilding')
    return await work().finally(() => held`select pg_advisory_unlock(${REBUILDING}, hashtext(${engine}))`.catch(() => {}))
  } finally {
    held.release()
  }
}

/** The state of what was left off within a day, or a new one; a new one in any case unless `goOn`. */
export async function openRebuild(db: Db, engine: string, { goOn }: { goOn: boolean }): Promise<RebuildState> {
  const rows = await db.execute<{ reached: number; startedAt: string }>(sql`
    insert into search_rebuilds as r (engine) values (${engine})
    on conflict (engine) do update set
      reached = case when ${goOn} and r.started_at > now() - interval '1 day' then r.reached else 0 end,
      started_at = case when ${goOn} and r.started_at > now() - interval '1 day' and r.reached > 0 then r.started_at else now() end
    returning reached, started_at as "startedAt"`)
  return { reached: Number(rows[0]?.reached ?? 0), startedAt: new Date(rows[0]?.startedAt ?? Date.now()) }
}

/** Notes how far it has come. */
export async function reach(db: Db, engine: string, reached: number): Promise<void> {
  await db.execute(sql`update search_rebuilds set reached = ${reached} where engine = ${engine}`)
}

/** It is done, and there is nothing to go on with. */
export async function closeRebuild(db: Db, engine: string): Promise<void> {
  await db.execute(sql`delete from search_rebuilds where engine = ${engine}`)
}

import { sql } from 'drizzle-orm'
import type { Db } from '../../db.ts'

/** The job that brings the second engine up to date. */
export const MIRROR = 'mirror.outdated'

/** Stands among the ids for what means the same; no document is called so. */
export const SYNONYMS = '*synonyms'

export type Outdated = { id: string; version: number }

/** Seconds after which a mirror that failed is tried again: never longer, so that it has caught up soon after it is back. */
const AGAIN_AFTER = 5

/** Marks documents as changed and wakes the job that mirrors them, in one statement. */
export async function markOutdated(db: Db, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  // In one order: two that mark the same documents wait for each other instead of deadlocking.
  await db.execute(sql`
    with marked as (
      insert into search_outdated (id) select distinct unnest(${sql.param([...ids])}::text[]) order by 1
      on conflict (id) do update set version = search_outdated.version + 1, marked_at = clock_timestamp(), mirrored_at = null
      returning 1
    )
    select ${wake(0)} from (select count(*) from marked) counted`)
}

/** Wakes the job again in a moment; one that waits already stays as it is. */
export async function mirrorAgainSoon(db: Db): Promise<void> {
  await db.execute(sql`select ${wake(AGAIN_AFTER)}`)
}

const wake = (seconds: number) => sql`graphile_worker.add_job(${MIRROR}::text, queue_name := ${MIRROR}::text, job_key := ${MIRROR}::text,
  job_key_mode := 'preserve_run_at', run_at := now() + make_interval(secs => ${seconds}::float8))`

/** The documents that have waited longest. */
export async function listOutdated(db: Db, limit: number): Promise<Outdated[]> {
  const rows = await db.execute<Outdated>(
    sql`select id, version from search_outdated where mirrored_at is null order by marked_at, id limit ${limit}`,
  )
  return rows.map(({ id, version }) => ({ id, version: Number(version) }))
}

/** What was mirrored is done, unless it has changed once more since. */
export async function settleOutdated(db: Db, mirrored: readonly Outdated[]): Promise<void> {
  await db.execute(sql`
    update search_outdated o set mirrored_at = clock_timestamp()
    from jsonb_to_recordset(${JSON.stringify(mirrored)}::text::jsonb) as done(id text, version bigint)
    where o.id = done.id and o.version = done.version`)
}

/** Ids marked since then, whether mirrored or not: what an index that was filled meanwhile may have missed. */
export async function listMarkedSince(db: Db, since: Date, after: string, limit: number): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select id from search_outdated where marked_at >= ${since.toISOString()}::timestamptz and id > ${after} order by id limit ${limit}`)
  return rows.map(({ id }) => id)
}

/** Everything marked since then is to be mirrored once more. */
export async function markAgainSince(db: Db, since: Date): Promise<void> {
  await db.execute(sql`
    update search_outdated set version = version + 1, mirrored_at = null
    where marked_at >= ${since.toISOString()}::timestamptz and mirrored_at is not null`)
  await db.execute(sql`select ${wake(0)}`)
}

/** Forgets what was mirrored more than a day ago, while nothing is being built anew. */
export async function sweepOutdated(db: Db): Promise<void> {
  await db.execute(sql`
    delete from search_outdated where mirrored_at < now() - interval '1 day' 
      and not exists (select from search_rebuilds where started_at > now() - interval '1 day')`)
}

/** How many documents wait to be mirrored, and for how many seconds the oldest has. */
export async function findLag(db: Db): Promise<{ waiting: number; seconds: number }> {
  const [row] = await db.execute<{ waiting: number; seconds: number }>(sql`
    select count(*)::int as waiting, coalesce(extract(epoch from clock_timestamp() - min(marked_at)), 0)::float8 as seconds
    from search_outdated where mirrored_at is null`)
  return { waiting: row?.waiting ?? 0, seconds: row?.seconds ?? 0 }
}

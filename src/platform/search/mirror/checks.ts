import { sql } from 'drizzle-orm'
import type { Db } from '../../db.ts'

/** Documents an engine should have and has; of a sample, how many were not what they should be; and how many had to be mended. */
export type Check = { expected: number; counted: number; sampled: number; differing: number; mended: number }
export type KeptCheck = Check & { engine: string; at: Date }

/** Keeps what a check found, and those of the last 90 days. */
export async function keepCheck(db: Db, engine: string, { expected, counted, sampled, differing, mended }: Check): Promise<void> {
  await db.execute(sql`
    with old as (delete from search_checks where at < now() - interval '90 days')
    insert into search_checks (engine, expected, counted, sampled, differing, mended)
    values (${engine}, ${expected}, ${counted}, ${sampled}, ${differing}, ${mended})`)
}

/** The newest check of each engine. */
export async function listLatestChecks(db: Db): Promise<KeptCheck[]> {
  const rows = await db.execute<Omit<KeptCheck, 'at'> & { at: string }>(sql`
    select distinct on (engine) engine, at, expected, counted, sampled, differing, mended from search_checks order by engine, at desc`)
  return rows.map(row => ({ ...row, at: new Date(row.at) }))
}

import { sql } from 'drizzle-orm'
import type { Db } from './db.ts'

/** Jobs of one task: those due or running, seconds the oldest has waited, those that failed and will be tried again. */
export type JobFigures = { task: string; due: number; seconds: number; failing: number }

/** How the queue of jobs stands, by task. */
export async function listJobFigures(db: Db): Promise<JobFigures[]> {
  const rows = await db.execute<JobFigures>(sql`
    select t.identifier as task, (count(*) filter (where j.run_at <= now()))::int as due,
      coalesce(extract(epoch from now() - min(j.run_at) filter (where j.run_at <= now())), 0)::float8 as seconds,
      (count(*) filter (where j.attempts > 0 and j.locked_at is null))::int as failing
    from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    group by t.identifier order by t.identifier`)
  return [...rows]
}

import { EventEmitter } from 'node:events'
import { sql } from 'drizzle-orm'
import { type CronItem, parseCronItems, type Runner, run, type TaskList, type WorkerEvents, Logger as WorkerLogger } from 'graphile-worker'
import pg from 'pg'
import type { Db } from './db.ts'
import type { Log } from './log.ts'

/** Advisory-lock class under which a living worker pool holds its name. */
const ALIVE = 0x776f726b

/** A job worker of this process. `stop` lets running jobs end (up to 20 s) and hands the rest back. */
export type Worker = { stop(): Promise<void> }

/**
 * Runs jobs from the database at `url` until stopped. Jobs of a worker that was killed are handed back
 * within seconds, because a living worker holds an advisory lock on its name and a dead one cannot.
 */
export async function startWorker(options: {
  url: string
  db: Db
  tasks: TaskList
  clock: CronItem[]
  log: Log
  concurrency?: number
}): Promise<Worker> {
  const { url, db, log, concurrency = 4 } = options
  const pool = new pg.Pool({ connectionString: url, max: concurrency + 3, application_name: 'hiroba-worker' })
  pool.on('error', error => log.warn({ err: error }, 'a worker connection was lost'))
  // A connection that breaks while it is lent out says so on itself; unheard, that would end the process.
  pool.on('connect', client => client.on('error', error => log.warn({ err: error }, 'a worker connection broke')))
  let runner: Runner | undefined
  let stopping = false
  const stopped = keepRunning()

  async function keepRunning(): Promise<void> {
    while (!stopping) {
      try {
        const events: WorkerEvents = new EventEmitter()
        events.on(
          'pool:create',
          ({ workerPool }) =>
            void holdName(pool, workerPool.id, workerPool.promise).catch(error =>
              log.warn({ err: error }, 'a worker could not hold its name'),
            ),
        )
        runner = await run({
          pgPool: pool,
          events,
          taskList: { ...options.tasks, 'jobs.hand_back': () => handBackJobsOfTheDead(db) },
          parsedCronItems: parseCronItems([...options.clock, { task: 'jobs.hand_back', match: '* * * * *', identifier: 'jobs.hand_back' }]),
          noHandleSignals: true,
          logger: workerLogger(log),
          preset: {
            worker: {
              concurrentJobs: concurrency,
              pollInterval: 2000,
              maxPoolSize: concurrency + 3,
              localQueue: { size: concurrency * 4, ttl: 30_000 },
              completeJobBatchDelay: 0,
              failJobBatchDelay: 0,
            },
          },
        })
        await handBackJobsOfTheDead(db)
        await runner.promise
      } catch (error) {
        if (!stopping) log.warn({ err: error }, 'the job worker stopped; it starts again in a second')
      }
      if (!stopping) await new Promise(resolve => setTimeout(resolve, 1000))
    }
  }

  return {
    async stop() {
      stopping = true
      await runner?.stop().catch(() => {})
      await stopped
      await pool.end()
    },
  }
}

/** Holds the advisory lock on a pool's name for as long as the pool works; the lock dies with the process. */
async function holdName(pool: pg.Pool, name: string, done: Promise<unknown>): Promise<void> {
  const client = await pool.connect()
  await client.query('select pg_advisory_lock($1, hashtext($2))', [ALIVE, name])
  await done.catch(() => {})
  client.release(true)
}

/** Unlocks the jobs whose worker no longer holds its name: it was killed, and what it did is safe to repeat. */
async function handBackJobsOfTheDead(db: Db): Promise<void> {
  await db.execute(sql`
    select graphile_worker.force_unlock_workers(array_agg(dead.name)) from (
      select distinct locked_by as name from graphile_worker._private_jobs jobs
      where locked_by is not null and not exists (
        select from pg_locks where locktype = 'advisory' and classid = ${ALIVE}::bigint::oid and objsubid = 2
          and objid = (hashtext(jobs.locked_by)::bigint & 4294967295)::oid)
    ) dead having count(*) > 0`)
}

/** graphile-worker speaks of every job it finishes; only what went wrong is worth a line. */
function workerLogger(log: Log): WorkerLogger {
  return new WorkerLogger(() => (level, message) => {
    if (level === 'error') log.error(message)
    if (level === 'warning') log.warn(message)
  })
}

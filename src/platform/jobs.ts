import { EventEmitter } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import {
  type CronItem,
  parseCronItems,
  type Runner,
  run,
  type Task,
  type TaskList,
  type WorkerEvents,
  Logger as WorkerLogger,
} from 'graphile-worker'
import pg from 'pg'
import type { Db } from './db.ts'
import { type Log, withoutWords } from './log.ts'
import { takingTurns } from './taking_turns.ts'

/** Advisory-lock class under which a living worker pool holds its name. */
const ALIVE = 0x776f726b
const START_AGAIN_AFTER = 500
const HAND_BACK_EVERY = 5_000
const JOBS_MAY_TAKE = 15_000

/** A job worker of this process. `stop` lets running jobs end (up to 15 s) and hands the rest back. */
export type Worker = { stop(): Promise<void> }

/** Jobs a worker has in hand: events of one name are followed up together, and so many can come together. */
const IN_HAND = 16
/** Connections for fetching, ending and hearing of jobs, not for what they do. */
const CONNECTIONS = 5
/** Milliseconds a worker waits for more jobs after it found few: what follows may be that late. */
const GATHERED_FOR = 40
/** Jobs that are no events run so many at once. */
const AT_ONCE = 4

type Options = { url: string; db: Db; tasks: TaskList; clock: CronItem[]; log: Log }

/**
 * Runs jobs from the database at `url` until stopped. A worker works only while it holds an advisory lock on its name: a dead one
 * cannot, so its jobs are handed back within seconds; one that lost its connection begins again under a new name.
 * See docs/decisions/004-events.md.
 */
export async function startWorker(options: Options): Promise<Worker> {
  const { db, log } = options
  const { promise: told, resolve: tell } = Promise.withResolvers<void>()
  let stopping = false
  const working = (async () => {
    while (!stopping) {
      await workUntilLost(options, told).catch(error => log.warn({ err: error }, 'the job worker begins again'))
      if (!stopping) await Promise.race([pause(START_AGAIN_AFTER, undefined, { ref: false }), told])
    }
  })()
  let looking = false
  const timer = setInterval(async () => {
    if (looking) return
    looking = true
    await handBackJobsOfTheDead(db).catch(error => log.debug({ err: error }, 'jobs of dead workers could not be looked for'))
    looking = false
  }, HAND_BACK_EVERY).unref()

  return {
    async stop() {
      stopping = true
      clearInterval(timer)
      tell()
      await working
    },
  }
}

/** One worker from its first breath to its last: until it is told to stop, fails, or loses the connection that holds its name. */
async function workUntilLost(options: Options, told: Promise<void>): Promise<void> {
  const { url, db, log } = options
  const name = await openName(url)
  const pool = new pg.Pool({
    connectionString: url,
    max: CONNECTIONS,
    connectionTimeoutMillis: 5_000,
    application_name: 'hiroba-worker',
  })
  // A connection that breaks says so on itself and on the pool; unheard, that would end the process.
  pool.on('error', error => log.debug({ err: error }, 'a worker connection was lost'))
  pool.on('connect', client => client.on('error', error => log.debug({ err: error }, 'a worker connection broke')))
  let runner: Runner | undefined
  try {
    const events: WorkerEvents = new EventEmitter()
    // Sent on an open connection before the worker can have fetched anything.
    events.on('pool:create', ({ workerPool }) => name.hold(workerPool.id))
    runner = await startRunner(options, pool, events)
    await handBackJobsOfTheDead(db)
    await Promise.race([runner.promise, name.lost, told])
  } finally {
    const ending = end(runner, pool, log)
    // Without its name it has nothing left to wait for: what it ran is handed back, what it still ends is safe to repeat.
    if (!name.isLost()) await ending
    await name.end()
  }
}

function startRunner({ tasks, clock, log }: Options, pgPool: pg.Pool, events: WorkerEvents): Promise<Runner> {
  return run({
    pgPool,
    events,
    taskList: Object.fromEntries(Object.entries(tasks).map(([name, task]) => [name, task && silently(task)])),
    parsedCronItems: parseCronItems(clock),
    noHandleSignals: true,
    logger: workerLogger(log),
    preset: {
      worker: {
        concurrentJobs: IN_HAND,
        pollInterval: 2000,
        maxPoolSize: IN_HAND + 3,
        localQueue: {
          size: IN_HAND,
          ttl: 30_000,
          refetchDelay: { durationMs: GATHERED_FOR, threshold: IN_HAND - 1, maxAbortThreshold: IN_HAND },
        },
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  })
}

/** The connection that holds a worker's name. The lock dies with it, and it with the process. */
async function openName(url: string) {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    application_name: 'hiroba-worker-name',
  })
  const { promise: lost, resolve } = Promise.withResolvers<void>()
  let gone = false
  const lose = () => {
    gone = true
    resolve()
  }
  client.on('error', lose).on('end', lose)
  await client.connect()
  return {
    lost,
    isLost: () => gone,
    hold: (name: string) => void client.query('select pg_advisory_lock($1, hashtext($2))', [ALIVE, name]).catch(lose),
    end: () => client.end().catch(() => {}),
  }
}

/** Lets running jobs end, up to a limit; those that do not are failed, which hands them back for another try. */
async function end(runner: Runner | undefined, pool: pg.Pool, log: Log): Promise<void> {
  const stopped = runner?.stop().catch(() => {})
  const late = await Promise.race([stopped, pause(JOBS_MAY_TAKE, 'late', { ref: false })])
  if (late) await runner?.kill('it took too long').catch(error => log.warn({ err: error }, 'a job would not end'))
  await Promise.race([pool.end().catch(() => {}), pause(1_000, undefined, { ref: false })])
}

/** Unlocks the jobs whose worker no longer holds its name: it was killed, and what it did is safe to repeat. */
async function handBackJobsOfTheDead(db: Db): Promise<void> {
  await db.execute(sql`
    select graphile_worker.force_unlock_workers(array_agg(dead.name)) from (
      select distinct locked_by as name from graphile_worker._private_jobs jobs
      where locked_by is not null and not exists (
        select from pg_locks where locktype = 'advisory' and classid = ${ALIVE}::bigint::oid and objsubid = 2
          and database = (select oid from pg_database where datname = current_database())
          and objid = (hashtext(jobs.locked_by)::bigint & 4294967295)::oid)
    ) dead having count(*) > 0`)
}

/** These tasks, but few of their jobs at once. */
export function fewAtOnce(tasks: TaskList): TaskList {
  const inTurn = takingTurns(AT_ONCE)
  return Object.fromEntries(
    Object.entries(tasks).map(([name, task]) => [name, task && ((payload, helpers) => inTurn(async () => task(payload, helpers)))]),
  )
}

/** A failed job's message goes into a table and the log: it must not repeat what people wrote. */
function silently(task: Task): Task {
  return async (payload, helpers) => {
    try {
      return await task(payload, helpers)
    } catch (error) {
      throw withoutWords(error)
    }
  }
}

/** graphile-worker speaks of every job it finishes; only what went wrong is worth a line. */
function workerLogger(log: Log): WorkerLogger {
  return new WorkerLogger(() => (level, message) => {
    if (level === 'error') log.error(message)
    // Its connections only fetch and end jobs, a whole batch at once: there are fewer than jobs in hand.
    if (level === 'warning' && !message.includes('maxPoolSize')) log.warn(message)
  })
}

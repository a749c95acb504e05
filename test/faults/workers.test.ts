import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Effect, effects, together } from '../../src/effects.ts'
import { eventTasks } from '../../src/event_jobs.ts'
import { readConfig } from '../../src/platform/config.ts'
import { startWorker } from '../../src/platform/jobs.ts'
import { openLog } from '../../src/platform/log.ts'
import { record } from '../../src/platform/outbox.ts'
import { openServices } from '../../src/services.ts'
import { type TestDatabase, testDatabase } from '../database.ts'
import { makeAnswer, makeBoard, makeTopic } from '../making.ts'
import { makeMember } from '../people.ts'
import { type Forum, seeded, startForum, temporaryFolder, until } from './forum.ts'
import { everythingFollowed, expectSearchTrue, jobsLeft } from './standing.ts'

vi.setConfig({ testTimeout: 60_000 })

const EVENTS = 500
const LETTERS = 60
const KILLS = 5
let database: TestDatabase
let folder: ReturnType<typeof temporaryFolder>
const workers: Forum[] = []

beforeAll(async () => {
  database = await testDatabase()
  folder = temporaryFolder()
})
afterAll(async () => {
  for (const worker of workers) await worker.kill()
  await database.drop()
  folder.remove()
})

test('three workers, killed at five points while five hundred events wait: each effect is there once', async () => {
  const { db } = database
  const random = seeded(923)
  const [asker, helper] = await Promise.all([makeMember(db), makeMember(db, { confirmedAt: null })])
  const topic = await makeTopic(db, asker, await makeBoard(db))
  for (let n = 0; n < EVENTS - LETTERS; n += 20)
    await Promise.all(Array.from({ length: 20 }, (_, i) => makeAnswer(db, asker, topic, `answer number ${n + i} about lamps`)))
  for (let n = 0; n < LETTERS; n += 1) await record(db, 'account.confirmation_asked', { accountId: helper.id })
  expect(await jobsLeft(db)).toBeGreaterThanOrEqual(EVENTS)

  const start = () => {
    const worker = startForum({ DATABASE_URL: database.url, DATA_DIR: folder.path, PORT: '0' }, 'serve', '--only', 'worker')
    workers.push(worker)
    return worker
  }
  const living = [start(), start(), start()]
  const killedAmid: number[] = []
  for (let kills = 0; kills < KILLS; kills += 1) {
    const victim = Math.floor(random() * living.length)
    const target = Math.floor(EVENTS * (1 - (kills + random()) / (KILLS + 1)))
    await until('jobs are being done', async () => (await jobsLeft(db)) <= target)
    await living[victim]?.kill()
    killedAmid.push(await jobsLeft(db))
    living[victim] = start()
  }
  expect(killedAmid.filter(left => left > 0).length).toBeGreaterThan(2)
  await everythingFollowed(db)
  await expectSearchTrue(db)
  const [mail] = await database.sql`select count(*)::int as letters, count(distinct once_key)::int as different from mails`
  expect(mail).toEqual({ letters: LETTERS, different: LETTERS })
  await Promise.all(living.map(worker => worker.ready()))
  for (const worker of living) worker.signal('SIGTERM')
  expect(await Promise.all(living.map(worker => worker.ended))).toEqual([0, 0, 0])
})

test('the jobs of a killed worker are taken over within seconds by one that lives on', async () => {
  const { db } = database
  const author = await makeMember(db)
  const topic = await makeTopic(db, author, await makeBoard(db))
  await everythingOffTheTable()
  await database.sql`update graphile_worker._private_jobs set locked_by = 'pool-of-the-dead', locked_at = now() where locked_by is null`
  expect(await jobsLeft(db)).toBeGreaterThan(0)
  const worker = startForum({ DATABASE_URL: database.url, DATA_DIR: folder.path, PORT: '0' }, 'serve', '--only', 'worker')
  workers.push(worker)
  await everythingFollowed(db)
  // Now that it lives and has looked once, another one dies.
  await makeAnswer(db, author, topic, 'left by a worker that died')
  await database.sql`update graphile_worker._private_jobs set locked_by = 'another-pool-of-the-dead', locked_at = now()`
  await everythingFollowed(db, 9_000)
  await expectSearchTrue(db)
  await worker.kill()
})

test('an effect that fails is tried again alone: the others are done once, and no later event waits', async () => {
  const config = readConfig({ DATA_DIR: folder.path, LOG_LEVEL: 'silent' })
  const log = openLog('silent')
  const { services, close } = await openServices(config, database.url, log, 'http://localhost')
  const runs = { stubborn: 0, before: 0, after: 0 }
  const later: number[] = []
  const stubborn: Effect<'board.changed'> = async (_, { data }) => {
    if (data.boardId === 1 && ++runs.stubborn < 3) throw new Error('not yet')
  }
  const before: Effect<'board.changed'> = async (_, { data }) => {
    if (data.boardId === 1) runs.before += 1
  }
  const after: Effect<'board.changed'> = async (_, { data }) => {
    if (data.boardId === 1) runs.after += 1
    else later.push(data.boardId)
  }
  const usual = effects['board.changed']
  effects['board.changed'] = [before, stubborn, after]
  const worker = await startWorker({ url: database.url, db: services.db, tasks: eventTasks(services), clock: [], log })
  try {
    for (const boardId of [1, 2, 3, 4, 5]) await record(services.db, 'board.changed', { boardId })
    await until('the later events are through', () => later.length === 4, 3_000)
    expect(runs.stubborn).toBeLessThan(3)
    await until('the stubborn one gives in', () => runs.stubborn === 3)
    await everythingFollowed(database.db)
    await pause(100)
    expect(runs).toEqual({ stubborn: 3, before: 1, after: 1 })
  } finally {
    effects['board.changed'] = usual
    await worker.stop()
    await close()
  }
})

test('events of one name are followed up together; one of them that fails is tried alone, and the others are done once', async () => {
  const config = readConfig({ DATA_DIR: folder.path, LOG_LEVEL: 'silent' })
  const log = openLog('silent')
  const { services, close } = await openServices(config, database.url, log, 'http://localhost')
  const groups: number[][] = []
  const done: number[] = []
  let failures = 0
  const settle: NonNullable<Effect<'board.changed'>['together']> = async (_, events) => {
    const ids = events.map(({ data }) => data.boardId)
    groups.push(ids)
    await pause(20)
    if (ids.includes(5) && ++failures < 3) throw new Error('not yet')
    done.push(...ids)
  }
  const usual = effects['board.changed']
  effects['board.changed'] = [together(settle)]
  for (const boardId of [1, 2, 3, 4, 5, 6, 7, 8]) await record(services.db, 'board.changed', { boardId })
  const worker = await startWorker({ url: database.url, db: services.db, tasks: eventTasks(services), clock: [], log })
  try {
    await until('all are done', () => done.length === 8)
    await everythingFollowed(database.db)
    expect(groups.some(ids => ids.length > 2)).toBe(true)
    expect(groups.filter(ids => ids.includes(5)).map(ids => ids.length)).toEqual([expect.any(Number), 1, 1])
    expect(done.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  } finally {
    effects['board.changed'] = usual
    await worker.stop()
    await close()
  }
})

const everythingOffTheTable = () =>
  until('no worker is left', async () => {
    const rows = await database.db.execute(
      sql`select from pg_stat_activity where application_name like 'hiroba-worker%' and datname = current_database()`,
    )
    return rows.length === 0
  })

import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFailed, test, vi } from 'vitest'
import type { Actor } from '../../src/accounts/actor.ts'
import { type Database, openDatabase } from '../../src/platform/db.ts'
import { addressOf, findPlace, readAccess } from '../../src/platform/embedded_postgres/cluster.ts'
import { findServer } from '../../src/platform/embedded_postgres/server.ts'
import { migrate } from '../../src/platform/migrate.ts'
import { postAnswer } from '../../src/topics/answers.ts'
import type { Topic } from '../../src/topics/queries.ts'
import { makeBoard, makeTopic } from '../making.ts'
import { makeMember } from '../people.ts'
import { call, cookieOf, type Forum, freePort, startForum, temporaryFolder, until, type Writing, writeUntil } from './forum.ts'
import { type OwnPostgres, startPostgres } from './own_postgres.ts'
import { everythingFollowed, expectAllThereOnce, expectSearchTrue } from './standing.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const folder = temporaryFolder()
let forum: Forum | undefined
afterAll(async () => {
  await forum?.kill()
  folder.remove()
})

beforeEach(() =>
  onTestFailed(() =>
    console.error(
      forum
        ?.output()
        .match(/^.*(nobody caught|Error: | {4}at ).*$/gm)
        ?.slice(-30)
        .join('\n'),
    ),
  ),
)

/** A topic with a reader, a writer and somebody elsewhere who writes past the forum's process. */
async function makePlace({ db }: Database): Promise<{ topic: Topic; writer: string; elsewhere: Actor }> {
  const [writer, elsewhere, asker] = await Promise.all([makeMember(db), makeMember(db), makeMember(db)])
  const topic = await makeTopic(db, asker, await makeBoard(db))
  return { topic, writer: await cookieOf(db, writer), elsewhere }
}

const isReady = (port: number) =>
  call({ port, path: '/readyz' }).then(
    ({ status }) => status === 200,
    () => false,
  )

describe('a PostgreSQL of its own machine', () => {
  let postgres: OwnPostgres
  let database: Database
  let place: Awaited<ReturnType<typeof makePlace>>
  let port = 0

  beforeAll(async () => {
    postgres = await startPostgres(folder.path)
    await migrate(postgres.url)
    database = openDatabase(postgres.url, { max: 3 })
    place = await makePlace(database)
    port = await freePort()
    forum = startForum({ DATABASE_URL: postgres.url, DATA_DIR: folder.path, PORT: String(port) }, 'serve')
    await forum.ready()
  })
  afterAll(async () => {
    await forum?.kill()
    forum = undefined
    await database.close()
    await postgres.end()
  })

  for (const [how, goAway] of [
    ['killed', () => postgres.kill()],
    ['stopped', () => postgres.stop()],
  ] as const)
    test(`${how}: not now is all that is said, kept pages are still read, and everything comes back by itself`, async () => {
      const { topic, writer } = place
      const hot = `/t/${topic.id}/-`
      let over = false
      const writing = [1, 2].map(n => writeUntil(() => over, { port, cookie: writer, topicId: topic.id, name: `${how} ${n}` }))
      await until('somebody writes', async () => (await answersOf(database, topic)) > 10)
      expect((await call({ port, path: hot })).status).toBe(200)

      await goAway()
      const asked: { path: string; headers?: Record<string, string>; form?: Record<string, string> }[] = [
        { path: '/' },
        { path: '/boards' },
        { path: '/search?q=wifi' },
        { path: `/t/${topic.id}/-?order=new` },
        { path: hot, headers: { cookie: writer } },
        { path: '/login', form: { login: 'somebody', password: 'a long password' } },
        { path: '/reset', form: { email: 'somebody@example.com' } },
        { path: '/readyz' },
      ]
      for (let round = 0; round < 8; round += 1) {
        const answers = await Promise.all(asked.map(one => call({ port, ...one, within: 4_000 })))
        for (const [index, { status, headers, text }] of answers.entries()) {
          const { path } = asked[index] ?? { path: '' }
          // A page that was made before may still be read; no page is made now, and no write is taken.
          if (status !== 200 || 'form' in (asked[index] ?? {})) expect(`${path} ${status}`).toBe(`${path} 503`)
          if (status === 503) expect(Number(headers['retry-after'])).toBeGreaterThan(0)
          if (status === 503 && path !== '/readyz') expect(text).toContain('</html>')
        }
        expect(answers.at(-1)?.status).toBe(503)
        expect((await call({ port, path: '/healthz' })).status).toBe(200)
        await pause(300)
      }

      await postgres.start()
      const begin = performance.now()
      await until('the forum serves again', () => isReady(port))
      const served = performance.now() - begin
      await until('the writers go on', async () => (await call({ port, path: hot, headers: { cookie: writer } })).status === 200)
      await pause(200)
      over = true
      const writings: Writing[] = await Promise.all(writing)
      await expectAllThereOnce(database.db, topic.id, writings)
      await everythingFollowed(database.db, 10_000)
      console.info(`${how}: served again after ${Math.round(served)} ms, all jobs done after ${Math.round(performance.now() - begin)} ms`)
      expect(served).toBeLessThan(5_000)
    })

  test('after it was away, what happens elsewhere is heard again: no page is older than the answer', async () => {
    const { topic, elsewhere } = place
    const path = `/t/${topic.id}/-?order=new`
    for (const words of ['first words from elsewhere', 'second words from elsewhere']) {
      expect((await call({ port, path })).text).not.toContain(words)
      expect((await call({ port, path })).status).toBe(200)
      await postAnswer(database.db, elsewhere, topic, { body: words, draftKey: words })
      await until('the page tells', async () => (await call({ port, path })).text.includes(words), 5_000)
    }
    await everythingFollowed(database.db)
    await expectSearchTrue(database.db)
  })
})

describe('the PostgreSQL inside', () => {
  test('killed under writers, it is started again and nothing acknowledged is lost', async () => {
    const inside = temporaryFolder()
    const port = await freePort()
    forum = startForum({ DATA_DIR: inside.path, PORT: String(port) }, 'serve')
    await forum.ready()
    const files = findPlace(inside.path)
    const access = readAccess(files)
    if (!access) throw new Error('the embedded PostgreSQL has no address')
    const database = openDatabase(addressOf(access), { max: 3 })
    const { topic, writer } = await makePlace(database)
    let over = false
    const writing = writeUntil(() => over, { port, cookie: writer, topicId: topic.id, name: 'inside' })
    for (let kills = 0; kills < 2; kills += 1) {
      const before = await until('somebody writes', () => answersOf(database, topic).catch(() => 0))
      await until('and writes on', async () => (await answersOf(database, topic)) > before + 10)
      process.kill(findServer(files)?.pid ?? 0, 'SIGKILL')
      await until('PostgreSQL is noticed to be away', async () => !(await isReady(port)))
      expect((await call({ port, path: '/healthz' })).status).toBe(200)
      await until('the forum serves again', () => isReady(port))
    }
    over = true
    await expectAllThereOnce(database.db, topic.id, [await writing])
    await everythingFollowed(database.db, 10_000)
    await database.close()
    forum.signal('SIGTERM')
    expect(await forum.ended).toBe(0)
    inside.remove()
  })
})

async function answersOf({ db }: Database, topic: Topic): Promise<number> {
  const [row] = await db.execute<{ answers: number }>(sql`select answer_count as answers from topics where id = ${topic.id}`)
  return row?.answers ?? 0
}

import type { Agent } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '../database.ts'
import { makeBoard, makeTopic } from '../making.ts'
import { makeMember } from '../people.ts'
import { call, cookieOf, type Forum, freePort, keptAlive, startForum, temporaryFolder, until } from './forum.ts'
import { everythingFollowed, expectSearchTrue } from './standing.ts'

vi.setConfig({ testTimeout: 60_000 })

let database: TestDatabase
let folder: ReturnType<typeof temporaryFolder>
const forums: Forum[] = []

beforeAll(async () => {
  database = await testDatabase()
  folder = temporaryFolder()
})
afterAll(async () => {
  for (const forum of forums) await forum.kill()
  await database.drop()
  folder.remove()
})

test('one of two processes is told to stop under load: no request fails, what was begun is ended, and it leaves in time', async () => {
  const { db } = database
  const topic = await makeTopic(db, await makeMember(db), await makeBoard(db))
  const cookies = await Promise.all(Array.from({ length: 5 }, async () => cookieOf(db, await makeMember(db))))
  const [leaving, staying] = await Promise.all([start(), start()])
  const balancer = balance(leaving.port, staying.port)
  let over = false
  const failures: string[] = []
  const done = { here: 0, there: 0, answers: 0 }

  /** Uses one connection as long as it is kept, behind a load balancer that sends him elsewhere once this process says that it leaves. */
  async function reader(number: number, every: number): Promise<void> {
    const cookie = cookies[number % cookies.length] ?? ''
    let port = balancer.port()
    let agent: Agent = keptAlive()
    for (let turn = 0; !over; turn += 1) {
      if (port !== balancer.port()) {
        agent.destroy()
        agent = keptAlive()
        port = balancer.port()
      }
      const writes = turn % 3 === 0
      const form = writes ? { body: `answer ${number} ${turn}`, draftKey: `${number}-${turn}-of-the-load` } : undefined
      const path = writes ? `/t/${topic.id}/answers` : `/t/${topic.id}/-`
      const outcome = await call({ port, path, form, headers: { cookie }, agent }).catch((error: NodeJS.ErrnoException) => error)
      if (outcome instanceof Error) failures.push(`${path}: ${outcome.message}`)
      else if (outcome.status !== (writes ? 303 : 200)) failures.push(`${path}: ${outcome.status}`)
      else {
        done[port === leaving.port ? 'here' : 'there'] += 1
        if (writes) done.answers += 1
      }
      await pause(every)
    }
    agent.destroy()
  }

  const readers = [0, 1, 2, 3, 4, 5, 6, 7].map(number => reader(number, number < 6 ? 5 : 700))
  await until('the load runs', () => done.here > 50)
  const begun = beginAnswer(leaving.port, topic.id, cookies[0] ?? '')
  const stuck = connect(leaving.port, '127.0.0.1', () => stuck.write('POST /login HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf'))
  stuck.on('error', () => {})
  await begun.underWay
  const begin = performance.now()
  leaving.signal('SIGTERM')
  await until('it says that it leaves', () => call({ port: leaving.port, path: '/readyz' }).then(isLeavingAnswer, isRefused), 2_000)
  expect(await begun.finish()).toMatch(/^HTTP\/1\.1 303/)

  expect(await leaving.ended).toBe(0)
  const took = performance.now() - begin
  await until('the load goes on elsewhere', () => done.there > 50)
  over = true
  balancer.stop()
  await Promise.all(readers)
  expect(failures).toEqual([])
  expect(took).toBeLessThan(25_000)
  console.info(`left after ${Math.round(took)} ms; ${done.here} requests here, ${done.there} there, ${done.answers} answers`)
  await everythingFollowed(db)
  const [row] = await database.sql`select count(*)::int as answers from posts where kind = 'answer' and topic_id = ${topic.id}`
  expect(row?.answers).toBe(done.answers + 1)
  await expectSearchTrue(db)
})

test('asked to stop with nobody there, it is gone at once', async () => {
  const forum = await start()
  const begin = performance.now()
  forum.signal('SIGTERM')
  expect(await forum.ended).toBe(0)
  expect(performance.now() - begin).toBeLessThan(5_000)
})

test('asked to stop while it is still starting, it ends in order', async () => {
  const migrating = 0x4869726f
  const holder = await database.sql.reserve()
  await holder`select pg_advisory_lock(${migrating})`
  const forum = startForum({ DATABASE_URL: database.url, DATA_DIR: folder.path, PORT: '0' }, 'serve')
  forums.push(forum)
  const waiting = () => database.sql`select from pg_locks where locktype = 'advisory' and objid = ${migrating} and not granted`
  await until('it waits for its turn to migrate', async () => (await waiting()).length > 0)
  forum.signal('SIGTERM')
  await holder`select pg_advisory_unlock(${migrating})`
  holder.release()
  expect(await forum.ended).toBe(0)
})

async function start(): Promise<Forum> {
  const port = await freePort()
  const forum = startForum({ DATABASE_URL: database.url, DATA_DIR: folder.path, PORT: String(port) }, 'serve')
  forums.push(forum)
  await forum.ready()
  return forum
}

/** Sends readers to the first process while it says that it is ready, looked at as rarely as load balancers do. */
function balance(first: number, second: number) {
  let port = first
  const timer = setInterval(async () => {
    const { status } = await call({ port: first, path: '/readyz' }).catch(() => ({ status: 0 }))
    port = status === 200 ? first : second
  }, 2_000)
  return { port: () => port, stop: () => clearInterval(timer) }
}

const isLeavingAnswer = ({ status, headers }: Awaited<ReturnType<typeof call>>) => status === 503 && headers.connection === 'close'
const isRefused = () => true

/** An answer whose last words are still on their way when the process is told to stop. */
function beginAnswer(port: number, topicId: number, cookie: string) {
  const body = new URLSearchParams({ body: 'an answer sent slowly', draftKey: 'sent-slowly-once' }).toString()
  const head = [
    `POST /t/${topicId}/answers HTTP/1.1`,
    'host: 127.0.0.1',
    `cookie: ${cookie}`,
    'sec-fetch-site: same-origin',
    'content-type: application/x-www-form-urlencoded',
    `content-length: ${body.length}`,
  ]
  const socket = connect(port, '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8').on('data', part => {
    text += part
  })
  socket.on('error', () => {})
  const underWay = new Promise<void>(resolve =>
    socket.write(`${head.join('\r\n')}\r\n\r\n${body.slice(0, 10)}`, () => setTimeout(resolve, 100)),
  )
  return {
    underWay,
    async finish() {
      socket.write(body.slice(10))
      await until('the slow answer is answered', () => text.includes('\r\n\r\n'), 10_000)
      socket.destroy()
      return text
    },
  }
}

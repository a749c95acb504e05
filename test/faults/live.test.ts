import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { Actor } from '../../src/accounts/actor.ts'
import type { Topic } from '../../src/topics/queries.ts'
import { type TestDatabase, testDatabase } from '../database.ts'
import { makeBoard, makeTopic } from '../making.ts'
import { makeMember } from '../people.ts'
import { call, cookieOf, type Forum, freePort, startForum, temporaryFolder, until } from './forum.ts'

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

const hasRedis = isThere('redis-server')
if (!hasRedis) console.warn('\n  NO REDIS: open pages over a Redis-compatible server were not tried. Install redis-server.\n')

function isThere(command: string): boolean {
  try {
    execFileSync(command, ['--version'])
    return true
  } catch {
    return false
  }
}

type Message = { subject?: string; name?: string; who?: string }

describe.each([
  ['PostgreSQL', false],
  ['Redis', true],
] as const)('two web processes and a worker, over %s', (_, overRedis) => {
  let database: TestDatabase
  let folder: ReturnType<typeof temporaryFolder>
  let redis: { port: number; process: ChildProcess } | undefined
  let here: Forum
  let there: Forum
  let worker: Forum
  let asker: Actor
  let helper: Actor
  let topic: Topic

  beforeAll(async () => {
    if (overRedis && !hasRedis) return
    database = await testDatabase()
    folder = temporaryFolder()
    ;[asker, helper] = [await makeMember(database.db), await makeMember(database.db)]
    topic = await makeTopic(database.db, asker, await makeBoard(database.db))
    redis = overRedis ? await startRedis(await freePort()) : undefined
    ;[here, there, worker] = await Promise.all([start('web'), start('web'), start('worker')])
    await Promise.all([here, there, worker].map(forum => forum.ready()))
  })
  afterAll(async () => {
    for (const forum of [here, there, worker]) await forum?.kill()
    redis?.process.kill('SIGKILL')
    await database?.drop()
    folder?.remove()
  })

  async function start(only: 'web' | 'worker'): Promise<Forum> {
    const PORT = String(only === 'web' ? await freePort() : 0)
    const REDIS_URL = redis ? `redis://127.0.0.1:${redis.port}` : ''
    return startForum({ DATABASE_URL: database.url, DATA_DIR: folder.path, PORT, REDIS_URL }, 'serve', '--only', only)
  }

  async function openLine(forum: Forum, person?: Actor) {
    const origin = `http://127.0.0.1:${forum.port}`
    const cookie = person ? await cookieOf(database.db, person) : ''
    const line = new WebSocket(`${origin.replace('http', 'ws')}/live`, { headers: { origin, cookie } })
    const heard: Message[] = []
    line.on('message', data => heard.push(JSON.parse(data.toString())))
    const closed = new Promise<number>(resolve => line.once('close', resolve))
    await new Promise((resolve, reject) => line.once('open', resolve).once('error', reject))
    return { heard, closed, say: (message: unknown) => line.send(JSON.stringify(message)) }
  }

  const hears = (line: { heard: Message[] }, wanted: Message) =>
    until(`it hears ${JSON.stringify(wanted)}`, () =>
      line.heard.some(each => Object.entries(wanted).every(([name, value]) => each[name as keyof Message] === value)),
    )
  const answer = async (forum: Forum, body: string) =>
    call({
      port: forum.port,
      path: `/t/${topic.id}/answers`,
      form: { body, draftKey: randomUUID() },
      headers: { cookie: await cookieOf(database.db, helper) },
    })

  test.skipIf(overRedis && !hasRedis)('what is written in one is heard in the other, with what follows from it', async () => {
    const [reader, his, writer] = [await openLine(here), await openLine(here, asker), await openLine(there, helper)]
    const subject = `topic:${topic.id}`
    reader.say({ follow: [subject] })
    his.say({ follow: ['bell'] })
    writer.say({ follow: [subject] })
    await pause(500)
    writer.say({ writing: subject })
    await hears(reader, { subject, name: 'writing' })
    expect((await answer(there, 'ルーターを高い所へ置いてください。')).status).toBe(303)
    await hears(reader, { subject, name: 'changed' })
    await hears(his, { subject: 'bell', name: 'changed' })
    const page = await call({ port: here.port, path: `/t/${topic.id}/-` })
    expect(page.text).toContain('高い所')
  })

  test.runIf(overRedis && hasRedis)('while Redis is away nothing old is shown; once it is back, pages ask anew', async () => {
    const reader = await openLine(here)
    reader.say({ follow: [`topic:${topic.id}`] })
    await pause(300)
    const port = redis?.port ?? 0
    redis?.process.kill('SIGKILL')
    await call({ port: here.port, path: `/t/${topic.id}/-` })
    expect((await answer(there, '再起動もお試しください。')).status).toBe(303)
    await until('the new answer is shown', async () =>
      (await call({ port: here.port, path: `/t/${topic.id}/-` })).text.includes('再起動も'),
    )
    reader.heard.length = 0
    redis = await startRedis(port)
    await hears(reader, { name: 'missed' })
    await until('events come again', async () => {
      reader.heard.length = 0
      await answer(there, `まだ直りませんか ${Math.floor(performance.now())}`)
      await pause(300)
      return reader.heard.some(({ name }) => name === 'changed')
    })
  })

  test.skipIf(overRedis && !hasRedis)('a process that leaves sends its open pages elsewhere first', async () => {
    const line = await openLine(here)
    here.signal('SIGTERM')
    expect(await line.closed).toBe(1012)
    expect(await here.ended).toBe(0)
  })
})

/** A server of our own on this port, with nothing on disk. */
async function startRedis(port: number) {
  const process = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
    stdio: 'pipe',
  })
  let said = ''
  process.stdout.on('data', text => {
    said += text
  })
  await until('Redis is there', () => said.includes('Ready to accept connections'))
  return { port, process }
}

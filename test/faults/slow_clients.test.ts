import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '../database.ts'
import { call, type Forum, freePort, startForum, temporaryFolder } from './forum.ts'

vi.setConfig({ testTimeout: 60_000 })

let database: TestDatabase
let folder: ReturnType<typeof temporaryFolder>
let forum: Forum
const sockets: Socket[] = []

beforeAll(async () => {
  database = await testDatabase()
  folder = temporaryFolder()
  forum = startForum({ DATABASE_URL: database.url, DATA_DIR: folder.path, PORT: String(await freePort()) }, 'serve', '--only', 'web')
  await forum.ready()
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  await forum.kill()
  await database.drop()
  folder.remove()
})

/** Opens a connection, sends this, then (where asked) one more letter every half second, and says how long it was kept. */
function hold(text: string, drip?: string): Promise<number> {
  const begin = performance.now()
  const socket = connect(forum.port, '127.0.0.1', () => socket.write(text))
  sockets.push(socket)
  const timer = drip && setInterval(() => socket.write(drip), 500)
  socket.on('error', () => {}).resume()
  return new Promise(resolve =>
    socket.on('close', () => {
      clearInterval(timer || undefined)
      resolve(performance.now() - begin)
    }),
  )
}

test('two hundred clients that send half a request hold up nobody, and are shown out', async () => {
  const half = 'GET / HTTP/1.1\r\nhost: 127.0.0.1\r\n'
  const body = (headers: string) =>
    `POST /login HTTP/1.1\r\nhost: 127.0.0.1\r\n${headers}content-type: application/x-www-form-urlencoded\r\ncontent-length: 5000\r\n\r\nlogin=`
  const held = [
    ...Array.from({ length: 100 }, () => hold(half)),
    ...Array.from({ length: 50 }, () => hold(half, 'x')),
    ...Array.from({ length: 25 }, () => hold(body('sec-fetch-site: same-origin\r\n'))),
    // Answered at once (no page of ours sent it), though its rest never comes.
    ...Array.from({ length: 25 }, () => hold(body(''))),
  ]
  const times: number[] = []
  const over = Promise.all(held)
  let gone = false
  void over.then(() => {
    gone = true
  })
  for (const deadline = Date.now() + 40_000; !gone && Date.now() < deadline; await pause(250)) {
    const begin = performance.now()
    expect((await call({ port: forum.port, path: '/' })).status).toBe(200)
    times.push(performance.now() - begin)
  }
  const kept = await over
  // Headers get ten seconds, a silent line twenty; looked at every two.
  expect(Math.max(...kept.slice(0, 150))).toBeLessThan(18_000)
  expect(Math.max(...kept)).toBeLessThan(30_000)
  expect(times.length).toBeGreaterThan(20)
  expect(times.toSorted((a, b) => a - b)[Math.floor(times.length * 0.9)]).toBeLessThan(1_000)
})

test('headers and bodies without measure are refused with a word, not a broken line', async () => {
  const { port } = forum
  expect((await call({ port, path: '/', headers: { 'x-long': 'x'.repeat(200_000) } })).status).toBe(431)
  expect((await call({ port, path: '/login', form: { login: 'x'.repeat(300_000), password: 'y' } })).status).toBe(413)
  expect((await call({ port, path: '/healthz' })).status).toBe(200)
})

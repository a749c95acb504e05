import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Answer, call, freePort, startForum, temporaryFolder, until } from '../test/faults/forum.ts'
import { KEY, startMeiliDouble } from '../test/meilisearch/server.ts'

/*
 * What readers and writers feel when Meilisearch goes away: `node bench/search_away.ts`. The demo runs in a process of its own, with a
 * server that answers as Meilisearch would. Posting is timed in turns, with it and without, so that a busy machine is equally bad to both.
 */
const ROUNDS = 6
const POSTS = 50
const SEARCHES = 40
const AWAY_FOR = 30_000

const server = await startMeiliDouble()
const folder = temporaryFolder()
const port = await freePort()
const forum = startForum({ PORT: String(port), DATA_DIR: folder.path, MEILI_URL: server.url, MEILI_KEY: KEY }, 'demo')
await forum.ready(120_000)
const cookie = await logIn()
const topic = /\/t\/(\d+)\//.exec((await call({ port, path: '/' })).text)?.[1] ?? ''
await until('the index is built', answersWith('meilisearch'), 60_000)
await until('everything is mirrored', async () => (await waiting()) === 0, 60_000)

const posting: Record<string, number[]> = { 'with Meilisearch': [], 'without it': [] }
for (let round = 0; round < ROUNDS; round++) {
  server.mood(round % 2 === 0 ? 'well' : 'silent')
  const times = posting[round % 2 === 0 ? 'with Meilisearch' : 'without it']
  for (let n = 0; n < POSTS; n++) times?.push(await timed(() => post(`計測 ${round} ${n}`)))
}
for (const [name, times] of Object.entries(posting)) print(`posting ${name}`, times)

server.mood('well')
await until('Meilisearch answers', answersWith('meilisearch'), 60_000)
const searches: number[] = []
for (const mood of ['silent', 'failing'] as const) {
  server.mood(mood)
  for (let n = 0; n < SEARCHES; n++) searches.push(await timed(() => call({ port, path: '/api/v1/search?q=%E5%8D%B0%E5%88%B7' })))
  server.mood('well')
  await until('Meilisearch answers', answersWith('meilisearch'), 60_000)
}
print('searches from the moment it falls silent, or fails', searches)

await server.down()
const leftAt = Date.now()
for (let n = 0; Date.now() - leftAt < AWAY_FOR; n++) {
  await post(`不在 ${n}`)
  await pause(100)
}
const left = await waiting()
await server.up()
const cameAt = Date.now()
await until('caught up', async () => (await waiting()) === 0, 120_000)
const caughtUp = Date.now() - cameAt
await until('Meilisearch answers', answersWith('meilisearch'), 60_000)
console.log(
  `away for ${AWAY_FOR / 1000} s, ${left} documents waiting: caught up ${caughtUp} ms after, answers again ${Date.now() - cameAt} ms after it was back`,
)

forum.signal('SIGTERM')
await forum.ended
await server.down()
folder.remove()

async function logIn(): Promise<string> {
  const { headers } = await call({ port, path: '/login', form: { login: 'advisor', password: 'hiroba-demo-2026' } })
  return String(headers['set-cookie']).split(';')[0] ?? ''
}

async function post(body: string): Promise<Answer> {
  const answer = await call({ port, path: `/t/${topic}/answers`, form: { body, draftKey: randomUUID() }, headers: { cookie } })
  if (answer.status !== 303) throw new Error(`posting: ${answer.status} ${answer.text.slice(0, 200)}`)
  return answer
}

function answersWith(engine: string): () => Promise<boolean> {
  return async () => JSON.parse((await call({ port, path: '/readyz' })).text).search === engine
}

async function waiting(): Promise<number> {
  return Number(/^hiroba_search_mirror_waiting (\d+)/m.exec((await call({ port, path: '/metrics' })).text)?.[1])
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function print(what: string, times: number[]): void {
  times.sort((a, b) => a - b)
  const at = (share: number) => `${times[Math.min(times.length - 1, Math.floor(times.length * share))]?.toFixed(1)} ms`
  console.log(`${what}: p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, worst ${at(1)}`)
}

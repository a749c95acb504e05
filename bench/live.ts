import { randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { startEmbeddedPostgres } from '../src/platform/embedded_postgres.ts'
import { migrate } from '../src/platform/migrate.ts'
import { type Forum, startForum, startHelper, stopForum, tell } from './forum.ts'
import { memoryOf, pinSelf, stop } from './processes.ts'
import { printFigures } from './report.ts'
import { seed, sessionToken } from './seed.ts'
import type { Answered, Order } from './watchers.ts'

// Ten thousand open pages on one process, half of them at the same topic: their memory, and how soon each hears of an answer.
const IDLE = 5_000
const WATCHING = 5_000
const ANSWERS = 10
const PATIENCE = 10_000

const dataDir = mkdtempSync(join(tmpdir(), 'hiroba-live-'))
const quiet = { info: () => {}, warn: console.error }
let forum: Forum | undefined
let watchers: Awaited<ReturnType<typeof startHelper>>['child'] | undefined
try {
  await prepare()
  pinSelf()
  forum = await startForum(dataDir)
  const helper = await startHelper('watchers.ts', 'load')
  watchers = helper.child
  const ask = <Answer extends Answered>(order: Order) => tell<Answer>(helper.child, order)
  const empty = memoryOf(forum.server)
  await ask<{ lines: number }>({ open: IDLE, url: forum.url })
  const { lines } = await ask<{ lines: number }>({ open: WATCHING, url: forum.url, subject: 'topic:1' })
  // One round of beats, so that what each line holds is there.
  await pause(30_000)
  const full = memoryOf(forum.server)
  const delays: number[] = []
  for (let turn = 0; turn < ANSWERS; turn += 1) {
    const since = await answer(forum.url, turn)
    delays.push(...(await ask<{ delays: number[] }>({ heardSince: since, within: PATIENCE })).delays)
  }
  delays.sort((a, b) => a - b)
  const at = (share: number) => delays[Math.floor((delays.length - 1) * share)] ?? Number.NaN
  const missed = printFigures([
    { name: 'open lines', value: lines, unit: '' },
    { name: 'server resident, nobody there', value: empty, unit: 'MB' },
    { name: `server resident, ${lines} idle lines`, value: full, unit: 'MB', atMost: 600 },
    { name: `changes heard of ${ANSWERS * WATCHING}`, value: delays.length, unit: '' },
    { name: 'an answer is heard of, median', value: at(0.5), unit: 'ms', atMost: 1_000 },
    { name: 'an answer is heard of, 99th', value: at(0.99), unit: 'ms' },
  ])
  console.log(missed === 0 ? '  Every goal is met.' : `  ${missed} goals are missed.`)
} finally {
  if (watchers) await stop(watchers)
  if (forum) await stopForum(forum)
  rmSync(dataDir, { recursive: true, force: true })
}

async function prepare(): Promise<void> {
  mkdirSync(dataDir, { recursive: true })
  const server = await startEmbeddedPostgres({ dataDir, log: quiet, settings: { fsync: 'off' } })
  await migrate(server.url)
  const sql = postgres(server.url, { max: 1, onnotice: () => {} })
  await seed(sql, { topics: 50, answers: 3, members: 50, sessions: 20 })
  await sql.end()
  await server.stop()
}

/** Posts an answer; resolves to when it was sent. */
async function answer(url: string, turn: number): Promise<number> {
  const since = Date.now()
  const response = await fetch(`${url}/t/1/answers`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: `sid=${sessionToken(turn + 1)}`, 'sec-fetch-site': 'same-origin' },
    body: new URLSearchParams({ body: `Try the other cable, number ${turn}.`, draftKey: randomUUID() }),
  })
  if (response.status !== 303) throw new Error(`an answer was not taken: ${response.status}`)
  return since
}

import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import postgres from 'postgres'
import { openDatabase } from '../src/platform/db.ts'
import { startEmbeddedPostgres } from '../src/platform/embedded_postgres.ts'
import { migrate } from '../src/platform/migrate.ts'
import { createPostgresSearch } from '../src/platform/search/postgres.ts'
import { databaseOf, type Forum, startForum, startHelper, stopForum } from './forum.ts'
import { answerTo, followed, type Ground, measure } from './measure.ts'
import { cores, isPinned, memoryOf, pinSelf, postgresMemory, stop } from './processes.ts'
import { type Line, printFigures, printScenarios } from './report.ts'
import { type Scenario, scenarios } from './scenarios.ts'
import { seed } from './seed.ts'
import { openCounter } from './statements.ts'

const { values } = parseArgs({
  options: {
    topics: { type: 'string' },
    quick: { type: 'boolean', default: false },
    /** Keeps the seeded forum in this folder, and takes it from there the next time. */
    data: { type: 'string' },
    /** Only scenarios with these words in their names. */
    only: { type: 'string', default: '' },
    /** Options for the server's node, e.g. `--cpu-prof --cpu-prof-dir=/tmp/profile`. */
    node: { type: 'string', default: '' },
  },
})
const scale = { topics: Number(values.topics ?? (values.quick ? 500 : 5000)), answers: 10, members: 2000, sessions: 500 }
const seconds = values.quick ? 1 : 4
const dataDir = values.data ?? mkdtempSync(join(tmpdir(), 'hiroba-bench-'))
const asked = scenarios(scale, values.quick ? 300 : 800).filter(({ name }) => name.includes(values.only))
/** Requests of one round in which statements are counted. */
const TURNS = 6
/** The server gives memory back once it has had nothing to do for some seconds. */
const QUIET = 6_000
const quiet = { info: () => {}, warn: say }
const children: Parameters<typeof stop>[0][] = []

process.once('SIGINT', () => void end().then(() => process.exit(130)))
try {
  say(
    `${scale.topics} topics, ${scale.answers} answers each; ${isPinned ? `server and PostgreSQL on core ${cores[0]}, load on core ${cores[1]}` : 'not pinned: no taskset, or one core'}`,
  )
  if (!existsSync(join(dataDir, 'seeded'))) await prepare()
  pinSelf()
  const load = await helper<{ ready: true }>('load.ts', 'load')
  const statements = await countStatements()
  const missed = await measureAll(load.child, statements)
  say(missed === 0 ? 'Every goal is met.' : `${missed} goals are missed.`)
} finally {
  await end()
}

/** Makes the forum that is measured. */
async function prepare(): Promise<void> {
  const began = performance.now()
  mkdirSync(dataDir, { recursive: true })
  const server = await startEmbeddedPostgres({ dataDir, log: quiet, settings: { fsync: 'off', maintenance_work_mem: '512MB' } })
  await migrate(server.url)
  const sql = postgres(server.url, { max: 1, onnotice: () => {} })
  await seed(sql, scale)
  await sql.end()
  const { db, close } = openDatabase(server.url, { max: 2 })
  await createPostgresSearch(db).refresh()
  await close()
  await server.stop()
  mkdirSync(join(dataDir, 'seeded'))
  say(`seeded in ${((performance.now() - began) / 1000).toFixed(0)} s`)
}

/** Statements for one request, counted on the wire beside the timed runs; the least of three rounds, since the clock's jobs are in it too. */
async function countStatements(): Promise<Map<string, number>> {
  const server = await startEmbeddedPostgres({ dataDir, log: quiet })
  const counter = await openCounter(server.url)
  const forum = await remember(startForum(dataDir, { databaseUrl: counter.url }))
  const sql = postgres(server.url, { max: 1, onnotice: () => {} })
  const counted = new Map<string, number>()
  for (const scenario of asked) counted.set(scenario.name, await countOne(scenario, forum, sql, counter.count))
  await stopForum(forum)
  await sql.end()
  counter.close()
  await server.stop()
  return counted
}

async function countOne({ load, writes }: Scenario, { url }: Forum, sql: postgres.Sql, count: () => number): Promise<number> {
  const rounds: number[] = []
  for (let round = 0; round < 4; round++) {
    const before = count()
    for (let turn = 0; turn < TURNS; turn++) await answerTo(url, load, 1000 + round * TURNS + turn)
    if (writes) await followed(sql)
    rounds.push((count() - before) / TURNS)
  }
  // The first one finds no page in the cache.
  return Math.min(...rounds.slice(1))
}

async function measureAll(load: Ground['load'], statements: Map<string, number>): Promise<number> {
  const forum = await remember(startForum(dataDir, { nodeArgs: values.node.split(' ').filter(Boolean) }))
  const ceiling = await helper<{ address: string }>('ceiling.ts', 'server')
  const sql = postgres(databaseOf(dataDir), { max: 1, onnotice: () => {} })
  await pause(1000)
  const idle = memoryOf(forum.server)
  const ground = { forum, ceiling: ceiling.child, ceilingUrl: ceiling.hello.address, load, sql }
  const lines: Line[] = []
  for (const scenario of asked) lines.push(await lineOf(scenario, ground, statements))
  const busy = memoryOf(forum.server)
  await pause(QUIET)
  process.stdout.write('\n')
  const missed = printScenarios(lines)
  process.stdout.write('\n')
  const missedMore = printFigures([
    { name: 'from start to the first page', value: forum.startedIn, unit: 'ms', atMost: 5000 },
    { name: 'server resident, idle', value: idle, unit: 'MB' },
    { name: 'server resident, as the load ends', value: busy, unit: 'MB' },
    { name: 'server resident, after the load', value: memoryOf(forum.server), unit: 'MB', atMost: 180 },
    { name: 'PostgreSQL, shared memory once', value: postgresMemory(forum.postgres ?? 0), unit: 'MB' },
  ])
  await sql.end()
  await stopForum(forum)
  const failed = lines.reduce((sum, { figures }) => sum + figures.failed, 0)
  if (failed > 0) process.exitCode = 1
  if (failed > 0) say(`${failed} requests failed.`)
  return missed + missedMore
}

async function lineOf(scenario: Scenario, ground: Ground, statements: Map<string, number>): Promise<Line> {
  const { name, goals } = scenario
  return { name, goals, figures: { ...(await measure(ground, scenario, seconds)), sql: statements.get(name) } }
}

async function helper<Hello>(program: string, core: 'server' | 'load') {
  const started = await startHelper<Hello>(program, core)
  children.push(started.child)
  return started
}

async function remember(starting: Promise<Forum>): Promise<Forum> {
  const forum = await starting
  children.push(forum.child)
  return forum
}

/** Ends what this run started, and forgets its forum unless it was to be kept. */
async function end(): Promise<void> {
  await Promise.all(children.splice(0).map(child => stop(child)))
  if (!values.data) rmSync(dataDir, { recursive: true, force: true })
}

function say(text: string): void {
  process.stdout.write(`  ${text}\n`)
}

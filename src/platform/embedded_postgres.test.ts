import { type ChildProcess, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import postgres from 'postgres'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { processLives } from './embedded_postgres/owner.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded_postgres.ts'

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const MODULE = new URL('embedded_postgres.ts', import.meta.url).href
let folder: string
let dataDir: string
let messages: string[]
let running: EmbeddedPostgres[]
let children: ChildProcess[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hiroba postgres '))
  dataDir = folder
  chmodSync(folder, 0o755)
  messages = []
  running = []
  children = []
})

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  for (const server of running) await server.stop()
  const left = postmaster()
  if (left && processLives(left)) process.kill(left, 'SIGINT')
  await gone(left)
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

test('a database starts in an empty folder, keeps what it was given, and starts again at once', async () => {
  const first = await start()
  await query(first.url, sql => sql`create table kept (word text)`)
  await query(first.url, sql => sql`insert into kept values ('ひろば')`)
  await first.stop()
  expect(postmaster()).toBeUndefined()

  const begin = performance.now()
  const second = await start()
  expect(performance.now() - begin).toBeLessThan(2_000)
  expect(await query(second.url, sql => sql`select word from kept`)).toEqual([{ word: 'ひろば' }])
  expect(second.url).toBe(first.url)
})

test('text is UTF-8 in code point order, case is Unicode’s, and commits wait for the disk', async () => {
  const { url } = await start()
  const [row] = await query(
    url,
    sql => sql`select upper('é') as upper, (select string_agg(w, '' order by w) from unnest(array['b', 'あ', 'a', 'B', 'ア']) w) as sorted,
      getdatabaseencoding() as encoding, current_setting('synchronous_commit') as commit, current_setting('fsync') as fsync`,
  )
  expect(row).toEqual({ upper: 'É', sorted: 'Babあア', encoding: 'UTF8', commit: 'on', fsync: 'on' })
})

test('only 127.0.0.1 with the password gets in, and not as superuser', async () => {
  const { url } = await start()
  const [role] = await query(
    url,
    sql => sql`select rolsuper, current_setting('listen_addresses') as addresses from pg_roles where rolname = current_user`,
  )
  expect(role).toEqual({ rolsuper: false, addresses: '127.0.0.1' })
  const wrong = new URL(url)
  wrong.password = 'wrong'
  await expect(query(wrong.href, sql => sql`select 1`)).rejects.toThrow(/password authentication failed/)
  wrong.username = 'postgres'
  await expect(query(wrong.href, sql => sql`select 1`)).rejects.toThrow(/no pg_hba.conf entry/)
})

test('the password is told to nobody and no file is open to others', async () => {
  const { url } = await start()
  const { password } = new URL(url)
  expect(messages.join()).not.toContain(password)
  expect(readFileSync(join(dataDir, 'postgres.log'), 'utf8')).not.toContain(password)
  expect(readFileSync(`/proc/${postmaster()}/cmdline`, 'utf8')).not.toContain(password)
  expect(statSync(join(dataDir, 'postgres.json')).mode & 0o077).toBe(0)
  expect(statSync(join(dataDir, 'postgres')).mode & 0o077).toBe(0)
  for (const name of readdirSync(dataDir)) expect(statSync(join(dataDir, name)).mode & 0o002).toBe(0)
})

test('a forum that was killed loses nothing, and the next takes its warm server over', async () => {
  const child = await startElsewhere()
  await query(child.url, sql => sql`create table kept (n int)`)
  await query(child.url, sql => sql`insert into kept values (1)`)
  const before = postmaster()
  await kill(child.process)

  const next = await start()
  expect(postmaster()).toBe(before)
  expect(await query(next.url, sql => sql`select n from kept`)).toEqual([{ n: 1 }])
  await next.stop()
  expect(processLives(Number(before))).toBe(false)
})

test('a server taken over stays; one that nobody takes over ends by itself', async () => {
  const first = await startElsewhere({ orphanSeconds: 1 })
  await kill(first.process)
  const second = await startElsewhere({ orphanSeconds: 1 })
  const server = postmaster()
  await pause(3_500)
  expect(await query(second.url, sql => sql`select 1 as one`)).toEqual([{ one: 1 }])
  await kill(second.process)
  await gone(server)
  expect(postmaster()).toBeUndefined()
})

test('forum and server killed together: committed rows are there again', async () => {
  const child = await startElsewhere()
  await query(child.url, sql => sql`create table kept (n int)`)
  for (let n = 0; n < 20; n += 1) await query(child.url, sql => sql`insert into kept values (${n})`)
  const server = Number(postmaster())
  child.process.kill('SIGKILL')
  process.kill(server, 'SIGKILL')
  const next = await start()
  expect(await query(next.url, sql => sql`select count(*)::int as rows from kept`)).toEqual([{ rows: 20 }])
})

test('a server that dies under a living forum comes back on the same address', async () => {
  const { url } = await start()
  await query(url, sql => sql`create table kept (n int)`)
  const server = Number(postmaster())
  process.kill(server, 'SIGKILL')
  await expect
    .poll(() => query(url, sql => sql`select count(*)::int as rows from kept`).catch(() => 'away'), { timeout: 10_000 })
    .toEqual([{ rows: 0 }])
  expect(postmaster()).not.toBe(server)
})

test('a lock file naming a process that is something else now does not block the start', async () => {
  const first = await start()
  await first.stop()
  const other = spawn('sleep', ['60'])
  children.push(other)
  writeFileSync(
    join(dataDir, 'postgres', 'postmaster.pid'),
    `${other.pid}\n${join(dataDir, 'postgres')}\n1\n5432\n\n127.0.0.1\n  1 1\nready\n`,
  )
  writeFileSync(join(dataDir, 'postgres.owner'), `${other.pid} 1 another-boot\n`)
  const next = await start()
  expect(await query(next.url, sql => sql`select 1 as one`)).toEqual([{ one: 1 }])
})

test('a first start that was interrupted is made again from nothing', async () => {
  const child = spawnForum({})
  await expect.poll(() => readdirSync(dataDir).some(name => name.startsWith('postgres.new-')), { interval: 5, timeout: 10_000 }).toBe(true)
  await pause(150)
  await kill(child)
  expect(existsSync(join(dataDir, 'postgres'))).toBe(false)
  const { url } = await start()
  expect(await query(url, sql => sql`select 1 as one`)).toEqual([{ one: 1 }])
  expect(readdirSync(dataDir).filter(name => name.includes('.new'))).toEqual([])
})

test('a second forum in the same folder is told so, and may join when it asks', async () => {
  const first = await startElsewhere()
  await expect(start()).rejects.toThrow(`Another hiroba (process ${first.process.pid}) is running on ${dataDir}: stop it, or set DATA_DIR`)
  const guest = await start({ join: true })
  await guest.stop()
  expect(await query(first.url, sql => sql`select 1 as one`)).toEqual([{ one: 1 }])
})

test('of two starts at the same moment one wins and the other is told so', async () => {
  const outcomes = await Promise.allSettled([startElsewhere(), startElsewhere(), startElsewhere()])
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(String(outcome.reason)).toMatch(/Another hiroba \(process \d+\)/)
})

test('a port that was taken meanwhile is replaced by a free one', async () => {
  const first = await start()
  await first.stop()
  const squatter = createServer().listen(Number(new URL(first.url).port), '127.0.0.1')
  const second = await start()
  expect(new URL(second.url).port).not.toBe(new URL(first.url).port)
  squatter.close()
})

test('a lost password file is replaced, and the data stays', async () => {
  const first = await start()
  await query(first.url, sql => sql`create table kept (n int)`)
  await first.stop()
  rmSync(join(dataDir, 'postgres.json'))
  const second = await start()
  expect(await query(second.url, sql => sql`select count(*)::int as rows from kept`)).toEqual([{ rows: 0 }])
})

test.runIf(process.getuid?.() === 0)('as root it runs as another user, even below folders closed to that user', async () => {
  chmodSync(folder, 0o700)
  dataDir = join(folder, 'private', 'data')
  mkdirSync(dataDir, { recursive: true })
  const { url } = await start()
  expect(await query(url, sql => sql`select 1 as one`)).toEqual([{ one: 1 }])
  expect(statSync(`/proc/${postmaster()}`).uid).not.toBe(0)
  expect(statSync(join(dataDir, 'postgres', 'base')).uid).not.toBe(0)
})

test.runIf(process.getuid?.() === 0)('a normal user needs no root', async () => {
  chmodSync(dataDir, 0o777)
  const child = await startElsewhere({}, { uid: 65534, gid: 65534 })
  expect(await query(child.url, sql => sql`select 1 as one`)).toEqual([{ one: 1 }])
  expect(statSync(`/proc/${postmaster()}`).uid).toBe(65534)
  expect(statSync(join(dataDir, 'postgres')).uid).toBe(65534)
  chmodSync(dataDir, 0o755)
})

async function start(options: { join?: boolean } = {}): Promise<EmbeddedPostgres> {
  const log = { info: (message: string) => messages.push(message), warn: (message: string) => messages.push(message) }
  const server = await startEmbeddedPostgres({ dataDir, log, orphanSeconds: 2, ...options })
  running.push(server)
  return server
}

/** A forum in a process of its own, which can be killed. Rejects with what it said when it does not start. */
async function startElsewhere(options = {}, user = {}): Promise<{ process: ChildProcess; url: string }> {
  const child = spawnForum(options, user)
  let said = ''
  let complaint = ''
  child.stderr?.on('data', chunk => {
    complaint += chunk
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.on('data', chunk => {
      said += chunk
      if (said.endsWith('\n')) resolve(said.trim())
    })
    child.once('close', () => reject(new Error(complaint)))
  })
  return { process: child, url }
}

function spawnForum(options: object, user = {}): ChildProcess {
  const code = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(MODULE)})
    const log = { info() {}, warn() {} }
    const { url } = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(dataDir)}, log, orphanSeconds: 5, ...${JSON.stringify(options)} })
    console.log(url)
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { ...user, stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  return child
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
}

function postmaster(): number | undefined {
  const file = join(dataDir, 'postgres', 'postmaster.pid')
  return existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8'), 10) : undefined
}

async function gone(pid: number | undefined): Promise<void> {
  for (let wait = 0; pid && processLives(pid) && wait < 200; wait += 1) await pause(50)
}

async function query<T extends object[]>(url: string, ask: (sql: postgres.Sql) => Promise<T>): Promise<object[]> {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => {} })
  try {
    return [...(await ask(sql))]
  } finally {
    await sql.end({ timeout: 2 })
  }
}

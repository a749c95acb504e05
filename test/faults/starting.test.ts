import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import postgres from 'postgres'
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest'
import { type Database, openDatabase } from '../../src/platform/db.ts'
import { call, type Forum, freePort, seeded, startForum, temporaryFolder, until } from './forum.ts'
import { everythingFollowed, expectSearchTrue } from './standing.ts'

vi.setConfig({ testTimeout: 60_000 })

const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url))
let url: string
let database: Database
let admin: postgres.Sql
let folder: ReturnType<typeof temporaryFolder>
let forums: Forum[]

beforeEach(async () => {
  const name = `empty_${Math.random().toString(36).slice(2, 12)}`
  admin = postgres(inject('databaseServer'), { max: 1, onnotice: () => {} })
  await admin.unsafe(`create database ${name}`)
  const address = new URL(inject('databaseServer'))
  address.pathname = `/${name}`
  url = address.href
  database = openDatabase(url, { max: 2 })
  folder = temporaryFolder()
  forums = []
})
afterEach(async () => {
  for (const forum of forums) await forum.kill()
  await database.close()
  await admin.unsafe(`drop database ${new URL(url).pathname.slice(1)} with (force)`)
  await admin.end()
  folder.remove()
})

async function start(command: string): Promise<Forum> {
  const forum = startForum({ DATABASE_URL: url, DATA_DIR: folder.path, PORT: String(await freePort()), LOG_LEVEL: 'info' }, command)
  forums.push(forum)
  return forum
}

const tableIs = async (name: string) => (await database.sql`select to_regclass(${name}) as there`)[0]?.there !== null

test('two processes start at once on an empty database: it is prepared once, and both serve', async () => {
  const both = await Promise.all([start('serve'), start('serve')])
  await Promise.all(both.map(forum => forum.ready()))
  for (const { port } of both) expect((await call({ port, path: '/' })).status).toBe(200)
  const files = readdirSync(MIGRATIONS).filter(name => name.endsWith('.sql'))
  const [row] = await database.sql`select count(*)::int as done, count(distinct hash)::int as different from drizzle.__drizzle_migrations`
  expect(row).toEqual({ done: files.length, different: files.length })
  expect(both.map(forum => forum.output()).join('')).not.toMatch(/"level":(40|50|60)/)
})

test('a demo killed while it moves in, again and again, is whole in the end and nothing in it is double', async () => {
  const random = seeded(80_300)
  const counted = async () =>
    (await tableIs('topics'))
      ? (
          await database.sql`select (select count(*)::int from topics) as topics, (select count(*)::int from posts) as posts,
          (select count(*)::int from accounts) as accounts, (select count(*)::int from boards) as boards`
        )[0]
      : undefined
  const isMarked = async (name: string) =>
    (await tableIs('site_settings')) && (await database.sql`select from site_settings where name = ${name}`).length > 0
  // In the middle of its transaction, then a moment after it: each time as far as it has come.
  for (let kills = 0; kills < 3; kills += 1) {
    const forum = await start('demo')
    await until(
      'it moves in',
      async () =>
        (
          await database.sql`select from pg_locks where locktype = 'advisory' and not classid = ${0x776f726b} and objsubid = 1 and database = (select oid from pg_database where datname = current_database())`
        ).length > 0 && (await tableIs('posts')),
    )
    await new Promise(resolve => setTimeout(resolve, random() * 600))
    await forum.kill()
  }
  const forum = await start('demo')
  await until('the people have moved in', () => isMarked('demo'), 30_000)
  await forum.kill()

  const last = await start('demo')
  await last.ready()
  expect(await isMarked('demo.searchable')).toBe(true)
  const whole = await counted()
  expect(whole?.topics).toBeGreaterThanOrEqual(80)
  expect(whole?.posts).toBeGreaterThanOrEqual(300)
  expect(await database.sql`select title from topics group by title having count(*) > 1`).toHaveLength(0)
  await everythingFollowed(database.db)
  await last.kill()

  const again = await start('demo')
  await again.ready()
  expect(await counted()).toEqual(whole)
  await expectSearchTrue(database.db)
})

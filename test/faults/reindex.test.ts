import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { record } from '../../src/platform/outbox.ts'
import { createMeiliSearch } from '../../src/platform/search/meilisearch.ts'
import { createPostgresSearch } from '../../src/platform/search/postgres.ts'
import { refreshDocumentsBetween } from '../../src/search/documents.ts'
import { type TestDatabase, testDatabase } from '../database.ts'
import { makeBoard, makeTopic } from '../making.ts'
import { KEY, type MeiliDouble, startMeiliDouble } from '../meilisearch/server.ts'
import { makeMember } from '../people.ts'
import { type Forum, startForum, temporaryFolder, until } from './forum.ts'
import { expectSearchTrue } from './standing.ts'

vi.setConfig({ testTimeout: 90_000, hookTimeout: 60_000 })

/** Five batches. */
const TOPICS = 1_000
let database: TestDatabase
let folder: ReturnType<typeof temporaryFolder>
let server: MeiliDouble
const started: Forum[] = []

beforeAll(async () => {
  ;[database, server] = await Promise.all([testDatabase(), startMeiliDouble()])
  folder = temporaryFolder()
  const { db } = database
  const [asker, board] = [await makeMember(db), await makeBoard(db)]
  const topic = await makeTopic(db, asker, board, { title: 'nokogiri' })
  await db.execute(sql`
    insert into topics (board_id, root_board_id, visibility, kind, title, author_id)
    select board_id, root_board_id, visibility, kind, 'nokogiri ' || n, author_id from topics, generate_series(2, ${TOPICS}) n where id = ${topic.id}`)
  await db.execute(sql`
    insert into posts (topic_id, kind, author_id, body, body_html, body_text, renderer_version)
    select id, 'opening', author_id, 'x', 'x', 'x', 1 from topics where id <> ${topic.id}`)
})
afterEach(async () => {
  for (const forum of started.splice(0)) await forum.kill()
})
afterAll(async () => {
  await Promise.all([database.drop(), server.down()])
  folder.remove()
})

function reindex(...options: string[]): Forum {
  const forum = startForum(
    { DATABASE_URL: database.url, DATA_DIR: folder.path, MEILI_URL: server.url, MEILI_KEY: KEY },
    'reindex',
    ...options,
  )
  started.push(forum)
  return forum
}

/** How far the database says it has come, in topics. */
async function reached(engine: string): Promise<number> {
  const [row] = await database.db.execute<{ done: number }>(sql`
    select count(*)::int as done from topics where id <= (select reached from search_rebuilds where engine = ${engine})`)
  return row?.done ?? 0
}

const batches = () => server.asked.filter(({ method, path }) => method === 'POST' && path.endsWith('_next/documents')).length

test('Meilisearch’s index, killed in the middle of being built, goes on where it was; readers have the old one whole until the new one is', async () => {
  const { db } = database
  const meilisearch = createMeiliSearch({ url: server.url, key: KEY })
  await (await meilisearch.rebuild({ goOn: false })).finish()
  await meilisearch.put([
    { id: 'post-0', group: '0', title: 'the old one', body: '', visibility: 'public', filters: {}, createdAt: new Date(0) },
  ])
  server.mood(25)
  const first = reindex('--only', 'meilisearch')
  await until('some is done', async () => (await reached('meilisearch')) >= 400, 40_000)
  await first.kill()
  const done = await reached('meilisearch')
  expect(done).toBeLessThan(TOPICS)
  expect([...(server.indexes.get('hiroba')?.documents.keys() ?? [])]).toEqual(['post-0'])

  // What is done already, and changes before it goes on, is not lost.
  const [early] = await db.execute<{ id: number; boardId: number }>(
    sql`update topics set title = 'hasami' where title = 'nokogiri 2' returning id, board_id as "boardId"`,
  )
  await db.execute(sql`insert into search_outdated (id) select 'post-' || id from posts where topic_id = ${early?.id ?? 0}`)
  await record(db, 'topic.changed', { topicId: early?.id ?? 0, boardId: early?.boardId ?? 0, actorId: 1 })

  server.mood('well')
  server.asked.length = 0
  const second = reindex('--only', 'meilisearch')
  expect(await second.ended, second.output()).toBe(0)
  expect(second.output()).toContain(`Meilisearch: ${TOPICS} documents can be found`)
  // The batches that were left, and one of what changed.
  expect(batches()).toBe(Math.ceil((TOPICS - done) / 200) + 1)
  const titles = [...(server.indexes.get('hiroba')?.documents.values() ?? [])].map(({ title }) => title)
  expect([titles.length, titles.includes('the old one'), titles.includes('hasami'), titles.includes('nokogiri 2')]).toEqual([
    TOPICS,
    false,
    true,
    false,
  ])
  expect([...server.indexes.keys()]).toEqual(['hiroba'])
  expect(await database.sql`select from search_rebuilds`).toHaveLength(0)
})

test('PostgreSQL’s documents, killed in the middle of being made anew, are finished by the next run, and what is not there any more goes', async () => {
  const { db } = database
  const postgres = createPostgresSearch(db)
  await refreshDocumentsBetween(db, postgres, 1, Number.MAX_SAFE_INTEGER)
  await db.execute(sql`delete from search_documents where id in (select id from search_documents order by random() limit 300)`)
  await postgres.put([{ id: 'post-0', group: '0', title: 'gone', body: '', visibility: 'public', filters: {}, createdAt: new Date(0) }])
  const first = reindex('--only', 'postgres')
  await until('some is done', async () => (await reached('postgres')) >= 200, 40_000)
  await first.kill()
  const second = reindex('--only', 'postgres')
  expect(await second.ended, second.output()).toBe(0)
  expect(second.output()).toContain(`PostgreSQL: ${TOPICS} documents can be found`)
  await expectSearchTrue(db)
})

test('with --fresh it begins anew; without a Meilisearch it says so', async () => {
  await database.db.execute(sql`insert into search_rebuilds (engine, reached) values ('meilisearch', 900)`)
  server.asked.length = 0
  const fresh = reindex('--only', 'meilisearch', '--fresh')
  expect(await fresh.ended, fresh.output()).toBe(0)
  expect(batches()).toBeGreaterThanOrEqual(TOPICS / 200)
  const without = startForum({ DATABASE_URL: database.url, DATA_DIR: folder.path }, 'reindex', '--only', 'meilisearch')
  started.push(without)
  expect(await without.ended).toBe(1)
  expect(without.output()).toContain('MEILI_URL is empty')
})

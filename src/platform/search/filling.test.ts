import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import type { SearchDocument } from './engine.ts'
import { fillBeside } from './filling.ts'
import { createPostgresSearch } from './postgres.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())
beforeEach(() => database.sql`truncate search_documents, search_texts, search_openers, search_terms, search_figures`)

const made = (id: number, more: Partial<SearchDocument> = {}): SearchDocument => ({
  id: `doc-${id}`,
  group: `${id}`,
  title: `ルーターの設定\t${id}`,
  body: `再起動しました。\\N "番号" {a,b}\r\n顕微鏡${id}号`,
  visibility: 'public',
  filters: { board: ['1', 'a"b\\c'], solved: true },
  createdAt: new Date(0),
  helpful: id,
  boost: 0.5,
  ...more,
})
const documents = Array.from({ length: 700 }, (_, id) => made(id))

async function* inBatches(all: SearchDocument[], meanwhile?: () => Promise<unknown>) {
  for (let start = 0; start < all.length; start += 100) {
    yield all.slice(start, start + 100)
    if (start === 300) await meanwhile?.()
  }
}

test('what is filled is the same as what is put, to the last letter and index', async () => {
  const engine = createPostgresSearch(database.db)
  const indexes = () => database.sql`select tablename, indexname, indexdef from pg_indexes where tablename like 'search_%' order by 1, 2`
  const before = await indexes()
  expect(await fillBeside(database.sql, inBatches(documents))).toBe(700)
  expect(await engine.differing(documents)).toEqual([])
  expect(await engine.count()).toBe(700)
  expect((await engine.suggest('せってい', { visibility: ['public'], limit: 3 })).length).toBe(0)
  expect((await engine.suggest('るーたー', { visibility: ['public'], limit: 3 })).length).toBe(3)
  expect(await indexes()).toEqual(before)
  const [table] = await database.sql`
    select attstorage, reloptions from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relname = 'search_documents' and attname = 'tv'`
  expect(table).toMatchObject({ attstorage: 'e', reloptions: ['toast_tuple_target=8160'] })
})

test('what is put and removed meanwhile is carried over, and searches go on', async () => {
  const engine = createPostgresSearch(database.db)
  await engine.put(documents.slice(0, 50))
  const searched: number[] = []
  await fillBeside(
    database.sql,
    inBatches(documents, async () => {
      await engine.put([made(1, { title: '顕微鏡の掃除' }), made(9_000)])
      await engine.remove(['doc-2'])
      searched.push((await engine.search({ text: '再起動', visibility: ['public'], limit: 5 })).hits.length)
    }),
  )
  expect(searched).toEqual([5])
  expect(await engine.differing([made(1, { title: '顕微鏡の掃除' }), made(3), made(9_000)])).toEqual([])
  expect(await engine.differing([made(2)])).toEqual(['doc-2'])
  expect(await engine.suggest('顕微鏡', { visibility: ['public'], limit: 3 })).toEqual([{ group: '1', title: '顕微鏡の掃除' }])
})

test('a filling that fails leaves what was there, and nothing of its own', async () => {
  const engine = createPostgresSearch(database.db)
  await engine.put(documents.slice(0, 5))
  const failing = inBatches(documents, () => Promise.reject(new Error('away')))
  await expect(fillBeside(database.sql, failing)).rejects.toThrow('away')
  expect(await engine.differing(documents.slice(0, 5))).toEqual([])
  expect(await engine.count()).toBe(5)
  const left = await database.sql`select 1 from pg_class where relname like 'search%_new' or relname = 'search_changes'`
  expect(left).toHaveLength(0)
})

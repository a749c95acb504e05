import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { searchEngineContract } from '../../../test/search_engine_contract.ts'
import type { SearchDocument } from './engine.ts'
import { createPostgresSearch } from './postgres.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

async function emptied() {
  await database.sql`truncate search_documents, search_texts, search_openers, search_synonyms, search_readings, search_thesaurus, search_terms, search_figures`
  return createPostgresSearch(database.db)
}

describe('the engine in PostgreSQL', () => {
  searchEngineContract(emptied)
})

describe('a large collection', () => {
  const usual = (id: number): SearchDocument => ({
    id: `doc-${id}`,
    group: `${id}`,
    title: id % 100 === 0 ? 'スマホの設定' : '質問です',
    body: `スマホの設定を変更しました。番号${id}`,
    visibility: 'public',
    filters: { board: id === 1_234 ? 'quiet' : 'busy' },
    createdAt: new Date(id),
  })

  beforeEach(async () => {
    const engine = await emptied()
    for (let start = 0; start < 3_000; start += 500) await engine.put(Array.from({ length: 500 }, (_, index) => usual(start + index)))
    await engine.refresh()
  }, 60_000)

  test('looks only at a part of it for words that are everywhere, at titles first', async () => {
    const engine = createPostgresSearch(database.db, { budget: 100 })
    const found = await engine.search({ text: 'スマホ 設定', visibility: ['public'], limit: 10 })
    expect(found.exact).toBe(false)
    expect(found.hits).toHaveLength(10)
    for (const hit of found.hits) expect(Number(hit.group) % 100).toBe(0)
  })

  test('looks further where filters leave too little', async () => {
    const engine = createPostgresSearch(database.db, { budget: 100 })
    const found = await engine.search({ text: 'スマホ 設定', visibility: ['public'], filters: { board: 'quiet' }, limit: 10 })
    expect(found.hits.map(hit => hit.id)).toEqual(['doc-1234'])
  })

  test('finds what was put after the figures were counted', async () => {
    const engine = createPostgresSearch(database.db)
    await engine.put([{ ...usual(5_000), title: '顕微鏡の掃除' }])
    expect((await engine.search({ text: '顕微鏡', visibility: ['public'], limit: 5 })).hits.map(hit => hit.id)).toEqual(['doc-5000'])
  })

  test('refreshing forgets the terms that have gone', async () => {
    await database.sql`delete from search_documents`
    await createPostgresSearch(database.db).refresh()
    const [{ terms } = { terms: -1 }] = await database.db.execute<{ terms: number }>(sql`select count(*)::int as terms from search_terms`)
    expect(terms).toBe(0)
  })
})

test('rows stay whole on their page: stored uncompressed, indexed without a pending list', async () => {
  const [column] = await database.sql`
    select attstorage, reloptions from pg_attribute a join pg_class c on c.oid = a.attrelid
    where c.relname = 'search_documents' and attname = 'tv'`
  expect(column).toMatchObject({ attstorage: 'e', reloptions: ['toast_tuple_target=8160'] })
  const [index] = await database.sql`select reloptions from pg_class where relname = 'search_documents_tv'`
  expect(index?.reloptions).toEqual(['fastupdate=false'])
})

test('each row of a long post fits its page', async () => {
  const engine = await emptied()
  const kanji = (index: number) => String.fromCharCode(0x4e00 + ((index * 7919) % 20_000))
  const word = (index: number) => `${kanji(index)}${kanji(index + 1)}`
  const body = Array.from({ length: 2_000 }, (_, index) => `${word(index * 2)}を使った${index % 6 ? '' : '。'}`).join('')
  const title = Array.from({ length: 10 }, (_, index) => `${word(index * 31)}の`).join('')
  await engine.put([{ id: 'x', group: 'x', title, body, visibility: 'public', filters: {}, createdAt: new Date() }])
  const [row] = await database.sql`select max(pg_column_size(d)) as bytes, count(*) as rows from search_documents d`
  expect(Number(row?.bytes)).toBeLessThan(8_160)
  expect(Number(row?.rows)).toBeGreaterThan(5)
})

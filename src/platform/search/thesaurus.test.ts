import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { madeDocument as made } from '../../../test/search_documents.ts'
import { createPostgresSearch } from './postgres.ts'

let database: TestDatabase
let engine: ReturnType<typeof createPostgresSearch>

beforeAll(async () => {
  database = await testDatabase()
  engine = createPostgresSearch(database.db)
  await engine.put([
    made('book', '書籍の返却'),
    made('doctor', '医師の紹介'),
    made('order', '画面の文字を印刷の前に大きくする'),
    made('mixed', '前に印刷の文字、大きく画面をする'),
  ])
  await engine.refresh()
}, 60_000)
afterAll(() => database.drop())

const idsOf = async (text: string) => (await engine.search({ text, visibility: ['public'], limit: 5 })).hits.map(hit => hit.id)
const kept = async () => [...(await database.sql<{ word: string; other: string }[]>`select word, other from search_thesaurus`)]

test('words that nobody here has written find what a general dictionary calls the same', async () => {
  expect(await idsOf('ブック')).toEqual(['book'])
  expect(await idsOf('医者')).toEqual(['doctor'])
})

test('what the operator says goes before the dictionary', async () => {
  await engine.setSynonyms([{ words: ['医者', '紹介'] }])
  expect((await engine.search({ text: '医者', visibility: ['public'], limit: 5 })).also).toEqual(['紹介'])
  await engine.setSynonyms([])
})

test('only what leads to words of the collection is kept, and it goes with them', async () => {
  expect(await kept()).toContainEqual({ word: '医者', other: '医師' })
  expect(new Set((await kept()).map(({ other }) => other))).toEqual(new Set(['書籍', '医師', '印刷']))
  await engine.remove(['doctor'])
  await engine.refresh()
  expect(await kept()).not.toContainEqual({ word: '医者', other: '医師' })
})

test('nothing is done where the words are the same as before, and the dictionary is read once', async () => {
  await engine.put([made('doctor', '医師の紹介')])
  await engine.refresh()
  await database.sql`delete from search_dictionary where other <> '医師'`
  await database.sql`delete from search_thesaurus`
  await engine.refresh()
  expect(await kept()).toEqual([])
  await engine.put([made('book', '書籍の返却と返本')])
  await engine.refresh()
  expect(await kept()).toContainEqual({ word: '医者', other: '医師' })
  expect(await kept()).not.toContainEqual(expect.objectContaining({ other: '書籍' }))
})

test('of texts with the same words the one that says them in the same order comes first', async () => {
  expect((await idsOf('画面の文字を大きく'))[0]).toBe('order')
  expect((await idsOf('印刷の文字'))[0]).toBe('mixed')
})

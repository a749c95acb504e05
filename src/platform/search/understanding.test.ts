import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { madeDocument as made } from '../../../test/search_documents.ts'
import { excerptOf } from './excerpt.ts'
import { createPostgresSearch } from './postgres.ts'

let database: TestDatabase
let engine: ReturnType<typeof createPostgresSearch>

beforeAll(async () => {
  database = await testDatabase()
  engine = createPostgresSearch(database.db)
  await engine.put([
    made('print', '印刷の設定', 'インクを交換してください。印刷は再開します。'),
    made('printer', 'プリンターが動かない'),
    made('receive', 'Receiving mails takes long', 'The printer is not to blame.'),
    made('garbage', 'ゴミの出し方'),
    made('moving', '引越しの手続き'),
    made('model', 'AX 3200が切れる', 'エラーコード: 651 と出ます。'),
    made('violin', 'バイオリンの弦'),
  ])
  await engine.setSynonyms([{ words: ['つながらない', '切れる'] }, { words: ['無線LAN', 'Wi-Fi'] }])
  await engine.refresh()
}, 60_000)
afterAll(() => database.drop())

const search = (text: string) => engine.search({ text, visibility: ['public'], limit: 5 })

test.each([
  ['いんさつ', 'print'],
  ['insatsu', 'print'],
  ['ぷりんたー', 'printer'],
  ['purinta', 'printer'],
  ['ｐｕｒｉｎｔａ', 'printer'],
  ['プリソター', 'printer'],
  ['プンリター', 'printer'],
  ['ごみ', 'garbage'],
  ['引っ越し', 'moving'],
  ['ＡＸ－３２００', 'model'],
  ['エラー651', 'model'],
  ['error 651', 'model'],
  ['つながらない', 'model'],
  ['ヴァイオリン', 'violin'],
  ['recieving', 'receive'],
])('%s finds what is meant', async (typed, id) => {
  expect((await search(typed)).hits[0]?.id).toBe(id)
})

test('what was mended is told in words, what is right is left alone', async () => {
  expect((await search('recieving mails')).corrected).toEqual([{ from: 'recieving', to: 'receiving' }])
  expect((await search('insatsu')).corrected).toEqual([{ from: 'insatsu', to: '印刷' }])
  for (const right of ['receiving mails', '印刷', 'いんさつ', 'プリンター', 'router', 'ぷりんた'])
    expect((await search(right)).corrected, right).toBeUndefined()
})

test('synonyms, readings and mended words are marked in the excerpt', async () => {
  const marked = async (typed: string, text: string) => {
    const { also = [] } = await search(typed)
    return excerptOf(text, [typed, ...also]).flatMap(segment => (segment.marked ? segment.text : []))
  }
  expect(await marked('いんさつ', 'インクを交換します。印刷は再開します。')).toEqual(['印刷'])
  expect(await marked('recieving', 'They receive nothing.')).toEqual(['receive'])
  expect(await marked('Wi-Fi', '無線LANの親機です。')).toEqual(['無線LAN'])
})

test('a word that is there counts more than what stands for it', async () => {
  await engine.put([made('wifi', 'Wi-Fiの親機'), made('wlan', '無線LANの親機')])
  expect((await search('Wi-Fi')).hits.map(hit => hit.id)).toEqual(['wifi', 'wlan'])
  expect((await search('無線LAN')).hits.map(hit => hit.id)).toEqual(['wlan', 'wifi'])
  // The best of them counts, not their sum.
  await engine.put([made('both', 'Wi-Fiと無線LANの親機')])
  const [first, second] = (await search('Wi-Fiの親機')).hits
  expect(first?.id).toBe('wifi')
  expect((second?.score ?? 0) / (first?.score ?? 1)).toBeLessThan(1)
})

test.each(['せってい', 'settei', 'ｓｅｔｔｅ', '印', 'いんさつ'])('%s suggests the title with kanji', async typed => {
  const titles = await engine.suggest(typed, { visibility: ['public'], limit: 3 })
  expect(titles.map(({ group }) => group)).toContain('print')
})

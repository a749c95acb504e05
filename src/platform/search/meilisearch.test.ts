import { TaskCancelledError } from 'cockatiel'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { freePort } from '../../../test/faults/forum.ts'
import { readFilter } from '../../../test/meilisearch/filter.ts'
import type { Stored } from '../../../test/meilisearch/indexes.ts'
import { KEY, type MeiliDouble, startMeiliDouble } from '../../../test/meilisearch/server.ts'
import type { SearchDocument, SearchQuery } from './engine.ts'
import { filterOf } from './meilisearch/filters.ts'
import { textOf } from './meilisearch/query.ts'
import { indexSettings, synonymsOf } from './meilisearch/settings.ts'
import { wordsOf } from './meilisearch/words.ts'
import { createMeiliSearch, type MeiliSearch, whyOf } from './meilisearch.ts'

let server: MeiliDouble
let engine: MeiliSearch

beforeAll(async () => {
  server = await startMeiliDouble()
})
afterAll(() => server.down())
beforeEach(async () => {
  server.indexes.clear()
  engine = createMeiliSearch({ url: server.url, key: KEY })
  await (await engine.rebuild({ goOn: false })).finish()
  server.asked.length = 0
})

const made = (document: Partial<SearchDocument>): SearchDocument => ({
  id: 'one',
  group: document.id ?? 'one',
  title: '',
  body: '',
  visibility: 'public',
  filters: { board: ['1'], solved: false },
  createdAt: new Date('2026-02-01'),
  ...document,
})
const search = (text: string, query: Partial<SearchQuery> = {}) => engine.search({ text, visibility: ['public'], limit: 20, ...query })
const idsOf = async (text: string, query: Partial<SearchQuery> = {}) => (await search(text, query)).hits.map(({ id }) => id)
const queries = () =>
  server.asked.filter(({ path }) => path === '/multi-search').flatMap(({ body }) => (body as { queries: Stored[] }).queries)

describe('what is sent', () => {
  test('a search asks for ids alone, with who may see, in Japanese and English, and may lose its most frequent words', async () => {
    await search('ルーターが遅い', { distinct: true, filters: { board: ['1', '2'] }, since: new Date(5), until: new Date(9) })
    expect(queries()).toEqual([
      {
        indexUid: 'hiroba',
        q: 'ルーター 遅い',
        filter: ['visibility IN ["public"]', 'filters.board IN ["1", "2"]', 'createdAt >= 5', 'createdAt < 9'],
        matchingStrategy: 'frequency',
        locales: ['jpn', 'eng'],
        distinct: 'group',
        page: 1,
        hitsPerPage: 20,
        attributesToRetrieve: ['id', 'group'],
        showRankingScore: true,
      },
    ])
  })

  test('in order of time or helpfulness all words have to be there', async () => {
    for (const sort of ['new', 'helpful'] as const) await search('遅い', { sort })
    expect(queries()).toMatchObject([
      { sort: ['createdAt:desc'], matchingStrategy: 'all' },
      { sort: ['helpful:desc', 'createdAt:desc'], matchingStrategy: 'all' },
    ])
  })

  test.each(['', ' ', 'の', '!!!', '😀', 'the', '-"', '"'])('nothing is sent for %j: an empty query would be everything', async text => {
    expect(await search(text)).toMatchObject({ hits: [], total: 0, exact: true })
    expect(await engine.similar(text, { visibility: ['public'], limit: 3 })).toEqual([])
    expect(server.asked).toEqual([])
  })

  test('nothing is sent for somebody who may see nothing, or chose among nothing', async () => {
    await search('遅い', { visibility: [] })
    await search('遅い', { filters: { board: [] } })
    await engine.similar('遅い', { visibility: [], limit: 3 })
    await engine.suggest('遅い', { visibility: [], limit: 3 })
    expect(server.asked).toEqual([])
  })

  test('meaning is asked for only where an embedder is set', async () => {
    const hybrid = createMeiliSearch({ url: server.url, key: KEY, embedder: { source: 'userProvided', dimensions: 3 } })
    await hybrid.search({ text: '遅い', visibility: ['public'], limit: 5 })
    expect(queries()[0]).toMatchObject({ hybrid: { embedder: 'meaning', semanticRatio: 0.5 } })
    await hybrid.configure()
    expect(server.indexes.get('hiroba')?.settings.embedders).toEqual({ meaning: { source: 'userProvided', dimensions: 3 } })
    expect(indexSettings().embedders).toEqual({})
  })
})

describe('the text of a query', () => {
  test.each([
    [{ text: '' }, ''],
    [{ text: 'プリンターの調子' }, 'プリンター 調子'],
    [{ text: 'プリンタの調子' }, 'プリンタ 調子'],
    [{ text: 'ﾌﾟﾘﾝﾀｰ－－' }, 'プリンター'],
    [{ text: '"引用" -除く x"y' }, '引用 除く x y'],
    [{ text: 'AX-3200 遅い' }, 'ax3200 遅い'],
    [{ text: 'ＡＸ３２００' }, 'ax3200'],
    [{ text: '遅い', phrases: ['接続 できません', '"'] }, '"接続 できません" 遅い'],
    [{ text: '遅い', without: ['有線', 'AX-3200'] }, '-"有線" -"ax-3200" -"ax3200" 遅い'],
    [{ text: '', without: ['有線'] }, ''],
    [{ text: '', phrases: ['a" -b "c'] }, '"a -b c"'],
  ])('%j', (query, text) => expect(textOf(query)).toBe(text))

  test('what must not stand is read before the tenth word', () => {
    const text = textOf({ text: '電源 画面 音量 充電 設定 通信 故障 交換 修理 保証 返品 費用', without: ['中古'] })
    expect(text.split(' ')).toHaveLength(11)
    expect(text.startsWith('-"中古" ')).toBe(true)
  })

  test('no text can become syntax', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.string({ unit: fc.constantFrom('"', '-', '\\', 'a', ' ', '。'), maxLength: 20 }),
        (text, odd) => {
          const sent = textOf({ text: `${text} ${odd}`, phrases: [odd, text], without: [odd] })
          expect(sent.replace(/-?"[^"]*"( |$)/g, '')).not.toMatch(/"|(^|\s)-/)
        },
      ),
      { seed: 7, numRuns: 500 },
    )
  })
})

describe('words beside the text', () => {
  test.each([
    ['プリンターとプリンタ', ['プリンタ', 'プリンター'], []],
    ['スマホ', ['スマホ'], []],
    ['AX-3200、AX 3200、ａｘ３２００', ['ax3200', 'ax', '3200'], ['ax3200']],
    ['エラー 0x80070005 と E-203', ['エラー', 'error0x80070005', '0x80070005', 'e203', '203'], ['0x80070005', 'e203']],
    ['The routers were restarting', ['router', 'restart'], []],
  ])('%s', (text, words, codes) => {
    const found = wordsOf(text)
    expect(found.words).toEqual(expect.arrayContaining(words))
    expect(found.codes).toEqual(codes)
  })

  test('a run of kanji is cut as it would be cut alone', () => {
    const alone = wordsOf('国民年金免除申請').words
    expect(wordsOf('昨日、国民年金免除申請を出しました').words).toEqual(expect.arrayContaining(alone))
  })
})

describe('filters', () => {
  test('any value at all stays a value', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: fc.constantFrom('\\', '"', "'", ']', ',', ' ', 'a'), maxLength: 20 }),
    )
    fc.assert(
      fc.property(anything, anything, anything, (value, other, visible) => {
        const [may, tag] = filterOf({ visibility: [visible], filters: { tag: [value, other] } })
        const document = (tags: string[], visibility: string): Stored => ({
          visibility: visibility.toWellFormed(),
          filters: { tag: tags.map(each => each.toWellFormed()) },
        })
        for (const each of [value, other]) expect(readFilter(tag)(document([each], ''))).toBe(true)
        expect(readFilter(may)(document([], visible))).toBe(true)
        expect(readFilter(may)(document([], `${visible}x`))).toBe(false)
        expect(readFilter(tag)(document([`${value}x${other}`], ''))).toBe(
          [value, other].some(each => each.toWellFormed().toLowerCase() === `${value}x${other}`.toWellFormed().toLowerCase()),
        )
      }),
      { seed: 11, numRuns: 500 },
    )
  })

  test('a value cannot open what was closed', async () => {
    await engine.put([made({ id: 'secret', title: '社外秘', visibility: 'company:3', filters: { tag: 'x' } })])
    const tricks = [
      'x"] OR visibility IN ["company:3',
      'x\\" OR visibility = "company:3',
      "x' OR visibility EXISTS",
      '\\',
      '"',
      '] OR id EXISTS',
    ]
    for (const trick of tricks) {
      expect(await idsOf('社外秘', { filters: { tag: trick } }), trick).toEqual([])
      expect(await idsOf('社外秘', { visibility: [trick] }), trick).toEqual([])
      expect(await engine.suggest('社外秘', { visibility: [trick], limit: 5 }), trick).toEqual([])
      await engine.removeGroup(trick)
    }
    expect(await engine.count()).toBe(1)
    expect(() => filterOf({ visibility: ['public'], filters: { 'a OR b': '1' } })).toThrow('no name of a filter')
  })
})

describe('what is found', () => {
  test('facets count without the choice made for themselves, and with every other', async () => {
    await engine.put([
      made({ id: 'a', title: '遅い', filters: { board: ['1'], solved: true } }),
      made({ id: 'b', title: '遅い', filters: { board: ['1', '2'], solved: false } }),
      made({ id: 'c', title: '遅い', filters: { board: ['2'], solved: false } }),
      made({ id: 'd', title: '遅い', visibility: 'staff', filters: { board: ['2'], solved: false } }),
    ])
    server.asked.length = 0
    const found = await search('遅い', { filters: { board: '1', solved: false }, facets: ['board', 'solved', 'kind'] })
    expect(found.hits.map(({ id }) => id)).toEqual(['b'])
    expect(found.facets).toEqual({ board: { 1: 1, 2: 2 }, solved: { true: 1, false: 1 }, kind: {} })
    expect(queries().map(({ filter }) => filter)).toEqual([
      ['visibility IN ["public"]', 'filters.board IN ["1"]', 'filters.solved IN ["false"]'],
      ['visibility IN ["public"]', 'filters.solved IN ["false"]'],
      ['visibility IN ["public"]', 'filters.board IN ["1"]'],
    ])
  })

  test('pages follow each other to the end, and no cursor is an error', async () => {
    await engine.put(Array.from({ length: 23 }, (_, n) => made({ id: `d${n}`, group: `${n % 12}`, title: '遅い' })))
    const seen: string[] = []
    let after: string | undefined
    do {
      const page = await search('遅い', { distinct: true, limit: 5, after })
      expect(page).toMatchObject({ total: 12, exact: true })
      seen.push(...page.hits.map(({ group }) => group))
      after = page.next
    } while (after)
    expect(new Set(seen).size).toBe(12)
    expect(seen).toHaveLength(12)
    for (const cursor of ['0.5~d1', 'm', 'm-1', 'm99999', 'x', '\0'])
      expect((await search('遅い', { after: cursor })).hits).toHaveLength(20)
  })

  test('what is like a title leaves out its own topic; suggestions are titles, one for each topic', async () => {
    await engine.put([
      made({ id: 'a', group: '1', title: '印刷が遅い' }),
      made({ id: 'b', group: '1', title: '印刷が遅い', body: '答え' }),
      made({ id: 'c', group: '2', title: '印刷がずれる' }),
      made({ id: 'd', group: '3', title: '印刷の予定', visibility: 'staff' }),
    ])
    const like = await engine.similar('印刷が遅い', { visibility: ['public'], limit: 5, exceptGroup: '1' })
    expect(like.map(({ group }) => group)).toEqual(['2'])
    expect(await engine.suggest('印刷', { visibility: ['public'], limit: 5 })).toEqual([
      { group: '1', title: '印刷が遅い' },
      { group: '2', title: '印刷がずれる' },
    ])
  })

  test('titles and texts are not handed out beyond what a page needs', () => {
    expect(indexSettings().displayedAttributes).toEqual(['id', 'group', 'title', 'stamp'])
  })
})

describe('changes', () => {
  test('a write is over when it can be found, the last of a document counts, and a task that fails is an error without words', async () => {
    server.holdTasks(true)
    let over = false
    const writing = engine.put([made({ title: 'hajime' }), made({ title: 'owari' })]).then(() => {
      over = true
    })
    await new Promise(resolve => setTimeout(resolve, 80))
    expect(over).toBe(false)
    server.holdTasks(false)
    await writing
    expect([await idsOf('owari'), await idsOf('hajime'), await engine.count()]).toEqual([['one'], [], 1])
    server.failTasks('documentAdditionOrUpdate', 'invalid_document_fields')
    await expect(engine.put([made({ title: '秘密の言葉' })])).rejects.toThrow(
      /^Meilisearch: documentAdditionOrUpdate failed: invalid_document_fields$/,
    )
    server.failTasks('documentAdditionOrUpdate', undefined)
    await expect(engine.put([made({ id: 'not an id', title: '秘密の言葉' })])).rejects.toThrow(/^Meilisearch: invalid_document_id$/)
  })

  test('what is removed is gone, alone or with its group', async () => {
    await engine.put([made({ id: 'a', group: '1' }), made({ id: 'b', group: '1' }), made({ id: 'c', group: '2' })])
    await engine.remove(['c', 'never there', 'never-there'])
    expect((await engine.ids()).ids).toEqual(['a', 'b'])
    await engine.removeGroup('1')
    await engine.removeGroup('1')
    expect(await engine.count()).toBe(0)
  })

  test('halves of letters and control characters are no error', async () => {
    for (const odd of ['\ud800', '印刷\udfff設定', 'a\u0000b', '\u202e逆'])
      await engine.put([made({ id: 'odd', title: odd, body: odd, filters: { tag: odd } })])
    await search('\ud800 印刷', { filters: { tag: '\ud800' }, phrases: ['\udfff'], without: ['\ud800'] })
  })

  test('a document that is held otherwise, or not at all, is told apart by its stamp', async () => {
    const documents = Array.from({ length: 130 }, (_, n) => made({ id: `d${n}`, title: `${n}` }))
    await engine.put(documents.slice(0, 129))
    const changed = documents
      .with(7, made({ id: 'd7', title: '7', visibility: 'staff' }))
      .with(120, made({ id: 'd120', title: '120', helpful: 3 }))
    expect(await engine.differing(changed)).toEqual(['d7', 'd120', 'd129'])
    expect(await engine.differing(documents.slice(0, 129))).toEqual([])
  })
})

describe('building anew beside', () => {
  test('readers see the old one until the new one takes its place whole; synonyms stay', async () => {
    await engine.put([made({ id: 'old', title: '遅い' })])
    await engine.setSynonyms([{ words: ['スマホ', 'スマートフォン'] }])
    const rebuild = await engine.rebuild({ goOn: false })
    await rebuild.put([made({ id: 'new', title: '遅い' })])
    expect(await idsOf('遅い')).toEqual(['old'])
    await rebuild.finish()
    expect(await idsOf('遅い')).toEqual(['new'])
    expect([...server.indexes.keys()]).toEqual(['hiroba'])
    expect(server.indexes.get('hiroba')?.settings).toMatchObject({
      ...indexSettings(),
      synonyms: { スマホ: ['スマートフォン', 'スマートフォンー'] },
    })
  })

  test('one that was left off goes on, or begins again from nothing', async () => {
    await (await engine.rebuild({ goOn: false })).put([made({ id: 'first', title: '遅い' })])
    const later = createMeiliSearch({ url: server.url, key: KEY })
    const resumed = await later.rebuild({ goOn: true })
    expect(resumed.goesOn).toBe(true)
    await resumed.finish()
    expect(await idsOf('遅い')).toEqual(['first'])
    expect((await engine.rebuild({ goOn: true })).goesOn).toBe(false)
    await (await engine.rebuild({ goOn: false })).put([made({ id: 'second', title: '遅い' })])
    await (await engine.rebuild({ goOn: false })).finish()
    expect(await engine.count()).toBe(0)
  })

  test('the first one of all becomes the index without one to swap with', async () => {
    server.indexes.clear()
    expect([await engine.isBuilt(), await engine.count()]).toEqual([false, 0])
    const rebuild = await engine.rebuild({ goOn: false })
    await rebuild.put([made({ id: 'new', title: '遅い' })])
    await expect(search('遅い')).rejects.toThrow('not found')
    await rebuild.finish()
    expect(await idsOf('遅い')).toEqual(['new'])
    expect(server.asked.find(({ path }) => path === '/swap-indexes')?.body).toEqual([{ indexes: ['hiroba_next', 'hiroba'], rename: true }])
  })
})

test('synonyms of katakana hold with and without a long vowel mark at the end', () => {
  expect(synonymsOf([{ words: ['プリンタ', '印刷機'] }])).toEqual({
    プリンタ: ['プリンター', '印刷機', '印刷 機'],
    プリンター: ['プリンタ', '印刷機', '印刷 機'],
    印刷機: expect.arrayContaining(['プリンタ', 'プリンター']),
    '印刷 機': expect.arrayContaining(['プリンタ', 'プリンター']),
  })
})

test('synonyms go both ways, or one; as they are written and as we spell them', () => {
  expect(synonymsOf([{ words: ['Wi-Fi', '無線LAN'] }, { words: ['iPhone'], from: ['スマホ'] }])).toEqual({
    'wi-fi': ['wifi', '無線lan', '無線 lan'],
    wifi: ['wi-fi', '無線lan', '無線 lan'],
    無線lan: ['wi-fi', 'wifi', '無線 lan'],
    '無線 lan': ['wi-fi', 'wifi', '無線lan'],
    スマホ: ['iphone', 'iphon'],
  })
})

test('a server that is away, wrong or slow is an error, in the time that was given', async () => {
  server.mood('failing')
  await expect(search('遅い')).rejects.toThrow()
  server.mood('silent')
  await expect(engine.search({ text: '遅い', visibility: ['public'], limit: 5 }, AbortSignal.timeout(50))).rejects.toThrow()
  await expect(engine.probe(AbortSignal.timeout(50))).rejects.toThrow()
  server.mood('well')
  await engine.probe()
  const why = (probe: Promise<void>) => probe.then(() => '', whyOf)
  expect(await why(createMeiliSearch({ url: server.url, key: 'wrong' }).probe())).toBe('invalid_api_key')
  expect(await why(createMeiliSearch({ url: `http://127.0.0.1:${await freePort()}`, key: KEY }).probe())).toBe('ECONNREFUSED')
  expect(await why(createMeiliSearch({ url: server.url, key: KEY, index: 'none' }).probe())).toBe('index_not_found')
  expect(whyOf(new TaskCancelledError())).toBe('too slow')
})

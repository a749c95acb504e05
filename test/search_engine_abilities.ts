import { beforeEach, describe, expect, test } from 'vitest'
import type { SearchDocument, SearchEngine, SearchQuery } from '../src/platform/search/engine.ts'

/** What every search engine can do besides finding words. Part of `searchEngineContract`. */
export function searchAbilities(open: () => Promise<SearchEngine>, { triesSynonyms }: { triesSynonyms: boolean }): void {
  let engine: SearchEngine
  beforeEach(async () => {
    engine = await open()
    await engine.put(shop)
  })
  const search = (text: string, query: Partial<SearchQuery> = {}) => engine.search({ text, visibility: ['public'], limit: 20, ...query })
  const idsOf = async (text: string, query: Partial<SearchQuery> = {}) => (await search(text, query)).hits.map(hit => hit.id)
  const sorted = async (ids: Promise<string[]>) => (await ids).toSorted()

  describe('phrases and words to leave out', () => {
    test('a phrase stands as it is written, in any width', async () => {
      expect(await idsOf('', { phrases: ['印刷が薄い'] })).toEqual(['faint'])
      expect(await idsOf('', { phrases: ['ＡＸ－３２００'] })).toEqual(['router'])
      expect(await idsOf('印刷', { phrases: ['インクを交換'] })).toEqual(['faint'])
      expect(await idsOf('印刷', { phrases: ['薄い印刷'] })).toEqual([])
    })

    test('a word to leave out stands nowhere, and is not the beginning of another Latin word', async () => {
      expect(await sorted(idsOf('印刷', { without: ['インク'] }))).toEqual(['slow'])
      expect(await sorted(idsOf('印刷', { without: ['プリンター'] }))).toEqual(['faint'])
      expect(await idsOf('再起動', { without: ['AX3200'] })).toEqual([])
      expect(await idsOf('再起動', { without: ['A'] })).toEqual(['router'])
      expect(await idsOf('', { without: ['インク'] })).toEqual([])
    })
  })

  describe('order', () => {
    test.each([
      ['new', ['slow', 'faint']],
      ['helpful', ['faint', 'slow']],
    ] as const)('%s', async (sort, expected) => {
      expect(await idsOf('印刷', { sort })).toEqual(expected)
      const [first, second] = [await search('印刷', { sort, limit: 1 }), expected[1]]
      expect(await idsOf('印刷', { sort, limit: 1, after: first.next })).toEqual([second])
    })

    test('what use has shown moves a document among its like, and never past a clearly better one', async () => {
      const twin = (id: string, boost: number) => made({ id, title: '複合機の置き場所', body: '台の上です。', boost })
      await engine.put([twin('twin-a', 0), twin('twin-b', 0.9), made({ id: 'far', body: '複合機。台の話が長く続きます。', boost: 1 })])
      expect(await idsOf('複合機の置き場所')).toEqual(['twin-b', 'twin-a', 'far'])
      await engine.put([twin('twin-b', -0.9)])
      expect((await idsOf('複合機の置き場所')).slice(0, 2)).toEqual(['twin-a', 'twin-b'])
    })
  })

  test('facets count what was found, each without the choice made for itself', async () => {
    const facets = ['board', 'solved', 'nothing']
    const all = { board: { print: 2 }, solved: { true: 1, false: 1 }, nothing: {} }
    expect((await search('印刷', { facets })).facets).toEqual(all)
    const chosen = await search('印刷', { facets, filters: { solved: true } })
    expect(chosen.hits.map(hit => hit.id)).toEqual(['faint'])
    expect(chosen.facets).toEqual({ board: { print: 1 }, solved: { true: 1, false: 1 }, nothing: {} })
    expect((await search('印刷', { facets, filters: { board: 'net' } })).facets).toMatchObject({ board: { print: 2 } })
    expect((await search('印刷', { facets, visibility: ['company:3'] })).facets?.board ?? {}).toEqual({})
    expect((await search('印刷')).facets).toBeUndefined()
  })

  describe('synonyms', () => {
    beforeEach(async () => {
      await engine.setSynonyms?.([{ words: ['無線LAN', 'Wi-Fi', 'ワイファイ'] }, { from: ['パソコン'], words: ['ノートPC'] }])
    })

    test.each(['無線LAN', 'ワイファイ', 'ﾜｲﾌｧｲ', 'Ｗｉ－Ｆｉ'])('who asks for %s finds what calls it otherwise', async asked => {
      expect(await idsOf(asked)).toEqual(['router'])
    })

    test.runIf(triesSynonyms)('a query may bring others along, and nothing is kept of them', async () => {
      expect(await idsOf('再始動', { synonyms: [{ words: ['再起動', '再始動'] }] })).toEqual(['router'])
      expect(await idsOf('ワイファイ', { synonyms: [] })).toEqual([])
      expect(await idsOf('ワイファイ')).toEqual(['router'])
    })

    test('one way is one way, and what was said before is forgotten', async () => {
      await engine.put([made({ id: 'laptop', body: 'ノートPCの話です。' }), made({ id: 'desk', body: 'パソコンの話です。' })])
      expect(await idsOf('パソコン')).toEqual(['desk', 'laptop'])
      expect(await idsOf('ノートPC')).toEqual(['laptop'])
      await engine.setSynonyms?.([])
      expect(await idsOf('パソコン')).toEqual(['desk'])
      expect(await idsOf('ワイファイ')).toEqual([])
    })
  })

  test.each([
    ['プリソター', 'printer in katakana'],
    ['プンリター', 'letters exchanged'],
    ['ルータの再起働', 'part of it known'],
  ])('%s is mended (%s)', async typed => {
    await engine.refresh()
    expect(await idsOf(typed)).not.toEqual([])
  })

  describe('suggestions', () => {
    const suggest = async (typed: string, visibility = ['public']) =>
      (await engine.suggest?.(typed, { visibility, limit: 5 }))?.map(({ group }) => group)

    test.each(['プリ', 'プリンターの', 'ﾌﾟﾘﾝﾀ', '印刷', 'プリンタ 遅'])('%j leads to the title', async typed => {
      expect(await suggest(typed)).toContain('slow')
    })

    test('only what may be seen is suggested, once, with its title as it was written', async () => {
      await engine.put([made({ id: 'slow-answer', group: 'slow', title: 'プリンターの印刷が遅い', body: '回線です。' })])
      await engine.put([made({ id: 'secret', title: 'プリンターの社外秘', visibility: 'company:3' })])
      expect(await engine.suggest?.('プリンター', { visibility: ['public'], limit: 5 })).toEqual([
        { group: 'slow', title: 'プリンターの印刷が遅い' },
      ])
      expect(await suggest('プリンター', [])).toEqual([])
    })

    test('a title that changed or went is suggested no more', async () => {
      await engine.put([made({ id: 'slow', title: '複合機が遅い' })])
      expect(await suggest('プリンター')).toEqual([])
      expect(await suggest('複合')).toEqual(['slow'])
      await engine.removeGroup('slow')
      expect(await suggest('複合')).toEqual([])
    })

    test.each(['', ' ', '%', '_', "'", '\\', '\0', '\ud800', '「', 'ー', 'あ'.repeat(10_000)])('%j is no error', async typed => {
      expect(await suggest(typed)).toBeInstanceOf(Array)
    })
  })
}

function made(document: Partial<SearchDocument>): SearchDocument {
  return {
    id: 'one',
    group: document.id ?? 'one',
    title: '',
    body: '',
    visibility: 'public',
    filters: { board: 'print', solved: false },
    createdAt: new Date('2026-02-01'),
    ...document,
  }
}

const shop = [
  made({
    id: 'faint',
    title: '印刷が薄い',
    body: 'インクを交換しても同じです。',
    filters: { board: 'print', solved: true },
    helpful: 5,
  }),
  made({ id: 'slow', title: 'プリンターの印刷が遅い', body: '一枚に三分かかります。', createdAt: new Date('2026-03-01'), helpful: 2 }),
  made({
    id: 'router',
    title: 'ルーターの再起動',
    body: 'AX-3200で、Wi-Fiが切れます。',
    filters: { board: 'net', solved: false },
  }),
]

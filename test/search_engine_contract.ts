import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import type { SearchDocument, SearchEngine, SearchQuery } from '../src/platform/search/engine.ts'
import { searchAbilities } from './search_engine_abilities.ts'

/** What every search engine has to do. `open` gives an engine that is empty; `triesSynonyms` when it takes synonyms for one query. */
export function searchEngineContract(open: () => Promise<SearchEngine>, options = { triesSynonyms: true }): void {
  let engine: SearchEngine
  beforeEach(async () => {
    engine = await open()
  })
  const search = (text: string, query: Partial<SearchQuery> = {}) => engine.search({ text, visibility: ['public'], limit: 20, ...query })
  const idsOf = async (text: string, query: Partial<SearchQuery> = {}) => (await search(text, query)).hits.map(hit => hit.id)

  describe('abilities', () => searchAbilities(open, options))

  describe('finding', () => {
    beforeEach(() => engine.put(forum))

    test.each([
      ['プリンター 印刷', 'printer'],
      ['プリンタが印刷できません', 'printer'],
      ['ﾌﾟﾘﾝﾀｰ', 'printer'],
      ['ＷＩ－ＦＩ', 'wifi'],
      ['wifi つながりません', 'wifi'],
      ['ax3200', 'wifi'],
      ['パスワードを忘れてしまったのですが、どうすればいいか教えてください', 'password'],
      ['国民年金', 'pension'],
      ['restarting routers', 'english'],
    ])('%s finds the %s question first', async (text, id) => {
      expect((await idsOf(text))[0]).toBe(id)
    })

    test.each(['', ' ', 'の', '!!!', '😀', 'the', '該当しない語句'])('%j finds nothing, and says so exactly', async text => {
      expect(await search(text)).toMatchObject({ hits: [], total: 0, exact: true })
    })

    test('a document is found at once, before anything is refreshed, and as well after', async () => {
      const before = await idsOf('免除申請')
      await engine.refresh()
      expect(await idsOf('免除申請')).toEqual(before)
      expect(before[0]).toBe('pension')
    })

    test('the words looked for are told', async () => {
      expect((await search('ﾌﾟﾘﾝﾀｰの印刷')).terms).toEqual(expect.arrayContaining(['印刷']))
      expect((await search('あ'.repeat(10_000))).cut).toBe(true)
      expect((await search('印刷')).cut).toBe(false)
    })

    test('similar titles are found, the topic itself left out', async () => {
      const like = (exceptGroup?: string) => engine.similar('プリンターで印刷できない', { visibility: ['public'], limit: 3, exceptGroup })
      expect((await like())[0]?.group).toBe('1')
      expect((await like('1')).map(hit => hit.group)).not.toContain('1')
    })
  })

  describe('who may see', () => {
    const secret = made({ id: 'secret', group: '9', title: '社外秘の印刷手順', visibility: 'company:3' })

    test('what may not be seen never comes out, by no way of asking', async () => {
      await engine.put([...forum, secret])
      for (const text of ['社外秘', '印刷手順', '社外秘の印刷手順']) {
        expect(await idsOf(text)).not.toContain('secret')
        expect(await idsOf(text, { distinct: true, filters: { kind: 'question' } })).not.toContain('secret')
        expect((await engine.similar(text, { visibility: ['public'], limit: 20 })).map(hit => hit.id)).not.toContain('secret')
      }
      expect((await search('社外秘')).total).toBe(0)
      expect(await idsOf('社外秘', { visibility: [] })).toEqual([])
    })

    test('it is found by those who may, and by nobody once it is hidden', async () => {
      await engine.put([...forum, secret])
      expect(await idsOf('社外秘', { visibility: ['public', 'company:3'] })).toEqual(['secret'])
      await engine.put([{ ...secret, visibility: 'hidden' }])
      expect(await idsOf('社外秘', { visibility: ['public', 'company:3'] })).toEqual([])
    })
  })

  describe('filters', () => {
    beforeEach(() => engine.put(forum))

    test('narrow by value, by any of several, by path and by time, all together', async () => {
      expect(await idsOf('印刷 Wi-Fi パスワード', { filters: { solved: true } })).toEqual(['printer'])
      expect(new Set(await idsOf('印刷 Wi-Fi パスワード', { filters: { board: ['2', '3'] } }))).toEqual(new Set(['printer', 'wifi']))
      expect(await idsOf('Wi-Fi', { filters: { board: '1', solved: false } })).toContain('wifi')
      expect(await idsOf('Wi-Fi', { filters: { board: [] } })).toEqual([])
      expect(await idsOf('Wi-Fi', { since: new Date('2026-03-01') })).not.toContain('wifi')
      expect(await idsOf('Wi-Fi', { until: new Date('2026-03-01') })).toContain('wifi')
    })

    test('one value never passes for another', async () => {
      await engine.put([made({ id: 'odd', title: '奇妙な分類', filters: { board: 'a=b', kind: "x','solved=true" } })])
      expect(await idsOf('奇妙な分類', { filters: { board: 'a=b' } })).toEqual(['odd'])
      expect(await idsOf('奇妙な分類', { filters: { solved: true } })).toEqual([])
    })
  })

  describe('changes', () => {
    test('put twice is put once, and the later text counts', async () => {
      await engine.put(forum)
      await engine.put(forum)
      expect(await engine.count()).toBe(forum.length)
      await engine.put([made({ id: 'printer', group: '1', title: '洗濯機の異音' })])
      expect(await idsOf('印刷')).not.toContain('printer')
      expect(await idsOf('洗濯機')).toEqual(['printer'])
      await engine.put([made({ id: 'printer', title: '一回目' }), made({ id: 'printer', title: '二回目' })])
      expect(await idsOf('二回目')).toContain('printer')
    })

    test('a long post is found by its end, counts once, and shrinks again', async () => {
      const long = made({ id: 'long', group: '7', body: `${'長い文章が続きます。'.repeat(400)}最後に顕微鏡と書きました。` })
      await engine.put([long])
      expect(await idsOf('顕微鏡')).toEqual(['long'])
      expect(await idsOf('長い文章')).toEqual(['long'])
      expect(await engine.count()).toBe(1)
      await engine.put([{ ...long, body: '短くなりました。' }])
      expect(await idsOf('顕微鏡')).toEqual([])
    })

    test('what is removed is gone, alone or with its group, and removing again is no error', async () => {
      await engine.put([...forum, made({ id: 'answer', group: '1', body: '印刷の待ち行列を空にします。' })])
      await engine.remove(['answer', 'never there'])
      expect(await idsOf('待ち行列')).toEqual([])
      await engine.removeGroup('1')
      await engine.removeGroup('1')
      expect(await idsOf('印刷')).toEqual([])
      expect(await engine.count()).toBe(forum.length - 1)
    })

    test('what is in it can be listed and compared with what should be', async () => {
      await engine.put(forum)
      expect((await engine.ids()).ids.toSorted()).toEqual(forum.map(({ id }) => id).toSorted())
      expect(await engine.differing(forum)).toEqual([])
      const other = [made({ ...forum[0], body: '電源が入りません。' }), made({ ...forum[1], visibility: 'staff' }), made({ id: 'unknown' })]
      expect((await engine.differing([...other, ...forum.slice(2)])).toSorted()).toEqual(['printer', 'unknown', 'wifi'])
      expect(await engine.differing([])).toEqual([])
    })

    test('many at once, in any order, end well', async () => {
      await Promise.all([engine.put(forum), engine.put(forum.toReversed()), engine.put(forum), engine.put(forum.toReversed())])
      expect(await engine.count()).toBe(forum.length)
    })
  })

  describe('pages', () => {
    const many = Array.from({ length: 57 }, (_, index) =>
      made({ id: `doc-${index}`, group: `${index % 19}`, title: index % 3 ? 'ルーターの設定' : '設定', body: `ルーター ${index % 5} 番` }),
    )

    test.each([false, true])('follow each other without gaps or repeats (distinct: %s)', async distinct => {
      await engine.put(many)
      const seen: string[] = []
      let after: string | undefined
      do {
        const page = await search('ルーター 設定', { limit: 7, after, distinct })
        expect(page.total).toBe(distinct ? 19 : 57)
        seen.push(...page.hits.map(hit => (distinct ? hit.group : hit.id)))
        after = page.next
      } while (after)
      expect(seen).toHaveLength(distinct ? 19 : 57)
      expect(new Set(seen).size).toBe(seen.length)
    })

    test('are in one order, best first', async () => {
      await engine.put(many)
      const { hits } = await search('ルーター 設定', { limit: 57 })
      expect(hits.map(hit => hit.score)).toEqual(hits.map(hit => hit.score).toSorted((a, b) => b - a))
    })

    test.each(['', '~', 'x', '1~\u0000', "1~'; drop table", 'NaN~1', '1e999~1'])('a cursor like %j is no error', async after => {
      await engine.put(many)
      await expect(search('設定', { after })).resolves.toHaveProperty('hits')
    })
  })

  describe('anything may be written and asked', () => {
    test.each(naughty)('%j', async text => {
      await engine.put([made({ id: 'naughty', title: text, body: `${text} ${text}`, filters: { tag: text } })])
      await expect(search(text, { filters: { tag: text } })).resolves.toHaveProperty('hits')
      await expect(engine.similar(text, { visibility: ['public'], limit: 3 })).resolves.toBeInstanceOf(Array)
    })

    test('any string at all can be put and searched', async () => {
      const anything = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ unit: 'grapheme', maxLength: 200 }))
      await fc.assert(
        fc.asyncProperty(anything, anything, anything, async (title, body, text) => {
          await engine.put([made({ id: 'any', title, body })])
          await search(text)
          await search(`${title} ${body}`)
        }),
        { numRuns: 150 },
      )
    })

    test('a document is found by any of its own words of three kanji and more', async () => {
      const kanji = fc.constantFrom(...'国民年金免除申請手続証明書類印刷機械設定変更接続確認電源交換修理費用')
      const word = fc.array(kanji, { minLength: 3, maxLength: 6 }).map(letters => letters.join(''))
      await engine.put(forum)
      await fc.assert(
        fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 5 }), async words => {
          await engine.put([made({ id: 'own', group: 'own', title: '質問', body: words.join('を、') })])
          for (const own of words) expect(await idsOf(own)).toContain('own')
        }),
        { numRuns: 40 },
      )
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
    filters: { board: ['1'], kind: 'question', solved: false },
    createdAt: new Date('2026-02-01'),
    ...document,
  }
}

const forum = [
  made({
    id: 'printer',
    group: '1',
    title: 'プリンターが印刷しない',
    body: '電源は入っています。',
    filters: { board: ['1', '2'], solved: true },
  }),
  made({
    id: 'wifi',
    group: '2',
    title: 'Wi-Fiにつながらない',
    body: 'AX-3200を使っています。',
    filters: { board: ['1', '3'], solved: false },
  }),
  made({ id: 'password', group: '3', title: 'パスワードを忘れた', body: '再設定のメールが届きません。' }),
  made({ id: 'pension', group: '4', title: '国民年金の免除申請', body: '必要な持ち物を知りたい。', createdAt: new Date('2026-04-01') }),
  made({ id: 'english', group: '5', title: 'My router restarts every night', body: 'It drops the connection.', language: 'en' }),
]

const naughty = [
  "'; drop table search_documents; --",
  "a' | 'b",
  "'a':1A & !b <-> c:*",
  '\\',
  "\\' \\\\'",
  '((((',
  '"未完の引用',
  '\u0000',
  'a\u0000b 印\u0000刷',
  '\ud800',
  '印刷\udfff設定',
  '\u202e逆\u200b向き',
  '👩‍👩‍👧‍👦🏳️‍🌈',
  'Z̸̢̛a͝l͟g̵o 漢̈字',
  '%_%',
  '$1 $$ %s {{x}}',
  '<script>alert(1)</script>',
  '../../etc/passwd',
  'null undefined NaN __proto__ constructor',
  '가나다 ไทย العربية עברית русский ελληνικά हिन्दी',
  '㍿㌢㌧ｶﾞｷﾞ①Ⅳ',
  '漢'.repeat(10_000),
  'ー'.repeat(10_000),
  'a'.repeat(10_000),
  `${'a-'.repeat(5_000)}b`,
  '設定 '.repeat(3_000),
  '\n\t\r '.repeat(2_000),
]

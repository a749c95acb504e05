import { expect, test } from 'vitest'
import { readySynonyms, synonymsIn } from '../platform/search/synonyms.ts'
import { eachTerm, normalise } from '../platform/search/terms.ts'
import seed from './seed_synonyms.json' with { type: 'json' }

const groups: { words: string[]; from?: string[] }[] = seed
const ready = readySynonyms(groups)
const othersOf = (text: string) => synonymsIn(normalise(text), ready).flatMap(({ others }) => others)

test('the seed has at least 300 groups, each with something to add', () => {
  expect(groups.length).toBeGreaterThanOrEqual(300)
  for (const { words, from } of groups) {
    expect(new Set(from ?? words).size, words.join()).toBe((from ?? words).length)
    expect((from ?? []).length + words.length, words.join()).toBeGreaterThan(1)
  }
})

test('each of its words leaves something to look for', () => {
  for (const word of groups.flatMap(({ words, from = [] }) => [...words, ...from])) {
    const terms: string[] = []
    eachTerm(normalise(word), term => terms.push(term))
    expect(terms, word).not.toEqual([])
  }
})

test.each([
  ['ワイファイ', '無線lan'],
  ['Wi-Fiの設定', 'ワイファイ'],
  ['スマホが遅い', 'スマートフォン'],
  ['スマホが遅い', '重い'],
  ['暗証番号', 'パスワード'],
  ['プリントできない', '印刷できない'],
  ['ルータ', 'wi-fiルーター'],
  ['引越し', '引っ越し'],
  ['接続できない', 'つながらない'],
  ['請求が高い', '料金'],
])('%s is %s as well', (asked, other) => {
  expect(othersOf(asked)).toContain(other)
})

test.each(['ネットワーク', 'この場合', '方法を教えてください', '番号', 'コード', 'アドレス', '問題'])('%s stays what it is', asked => {
  expect(othersOf(asked)).toEqual([])
})

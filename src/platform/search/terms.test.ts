import { expect, test } from 'vitest'
import type { TermKind } from './term.ts'
import { eachTerm, normalise } from './terms.ts'

function termsOf(text: string, kind?: TermKind): string[] {
  const terms: string[] = []
  eachTerm(normalise(text), (term, found) => {
    if (!kind || found === kind) terms.push(term)
  })
  return terms
}

test.each([
  ['ＡＸ－３２００', 'ax-3200'],
  ['ﾌﾟﾘﾝﾀｰ', 'プリンター'],
  ['ルータ－', 'ルーター'],
  ['ル〜タ～', 'ルーター'],
  ['ルーーター', 'ルーター'],
  ['Wi‐Fi Wi–Fi', 'wi-fi wi-fi'],
  ['Café', 'cafe'],
  ['パス\u200bワード', 'パスワード'],
])('%s and %s are one spelling', (written, spelled) => {
  expect(normalise(written)).toBe(spelled)
})

test('a model number is the same with and without its hyphen', () => {
  expect(termsOf('AX-3200', 'latin')).toContain(termsOf('ＡＸ３２００', 'latin')[0])
  expect(termsOf('Wi-Fi', 'latin')).toContain('wifi')
})

test('katakana of four letters and more is the same with and without its last long mark', () => {
  expect(termsOf('サーバー', 'katakana')).toEqual(termsOf('サーバ', 'katakana').length ? ['サーバ'] : [])
  expect(termsOf('コピー', 'katakana')).toEqual(['コピー'])
  expect(termsOf('プリンター', 'word')).toEqual(termsOf('プリンタ', 'word'))
})

test.each([
  ['ヴァイオリン', 'バイオリン'],
  ['ウェブ', 'ウエブ'],
  ['ダイヤル', 'ダイアル'],
  ['ダイヂェスト', 'ダイジェスト'],
])('%s and %s are one katakana word', (written, other) => {
  expect(termsOf(written, 'katakana')).toEqual(termsOf(other, 'katakana'))
})

test('old kana are new ones', () => {
  expect(normalise('ゐなか ゑがほ かなづかひ ヱビス')).toBe('いなか えがほ かなずかひ エビス')
})

test.each([
  ['引っ越し', '引越'],
  ['引越し', '引越'],
  ['申し込み', '申込'],
  ['取り消し', '取消'],
  ['受け取り', '受取'],
])('%s is written %s too', (written, short) => {
  expect(termsOf(written, 'kanjiPair')).toContain(short)
})

test('particles between kanji join nothing', () => {
  expect(termsOf('山の川、駅で車、店に人', 'kanjiPair')).toEqual([])
})

test.each(['AX3200', 'AX-3200', 'ａｘ３２００', 'AX 3200', 'ax_3200'])('%s is one model', written => {
  expect(termsOf(`${written}の設定`, 'latin')).toContain('ax3200')
})

test.each(['エラー651', 'エラー 651', 'エラーコード：651', 'エラー番号651', 'Error 651', 'error code: 651'])('%s is one error', written => {
  expect(termsOf(`${written}が出る`, 'latin')).toContain('error651')
})

test.each([
  ['0x80070005', '0x80070005'],
  ['E-404', 'e404'],
  ['ERR_CONNECTION_RESET', 'errconnectionreset'],
])('the code %s is one word', (written, code) => {
  expect(termsOf(written, 'latin')).toContain(code)
})

test('a word in kana sounds the same in hiragana and katakana', () => {
  expect(termsOf('ごみの日', 'kana')).toEqual(termsOf('ゴミの日', 'kana').filter(term => term === '~ごみ'))
  expect(termsOf('サーバー', 'kana')).toEqual(['~さーば'])
})

test('kanji give singles and pairs, katakana runs and pairs, and the border of a verb', () => {
  expect(termsOf('印刷設定', 'kanji')).toEqual(['*印', '*刷', '*設', '*定'])
  expect(termsOf('印刷設定', 'kanjiPair')).toEqual(['印刷', '刷設', '設定'])
  expect(termsOf('スマホ', 'katakanaPair')).toEqual([])
  expect(termsOf('タブレット', 'katakanaPair')).toEqual(['タブ', 'ブレ', 'レッ', 'ット'])
  expect(termsOf('繋がらない', 'border')).toEqual(['繋が'])
  expect(termsOf('𠮷野の', 'kanjiPair')).toEqual(['𠮷野'])
})

test('words that only ask and words of grammar are kept apart', () => {
  expect(termsOf('どこで買えるか教えてください', 'asking')).toEqual(expect.arrayContaining(['どこ', '教え']))
  expect(termsOf('これについてですが', 'word')).toEqual([])
  expect(termsOf('これについてですが', 'hiragana')).toEqual([])
  expect(termsOf('ですから', 'hiraganaTriple')).toEqual([])
})

test('a verb written in hiragana shares letters with its other forms', () => {
  const forms = ['つながらない', 'つながりません', 'つながった'].map(form => new Set(termsOf(`ネットに${form}`, 'hiraganaTriple')))
  for (const form of forms) expect(form).toContain('*つなが')
})

test('English words are stemmed and its stop words left out', () => {
  expect(termsOf('The printers were connecting')).toEqual(termsOf('printer connected'))
})

test('four hundred letters take less than two milliseconds on any machine', () => {
  const text = 'スマホがWi-Fiにつながらない。パスワードは合っています。AX-3200を使っています。'.repeat(10).slice(0, 400)
  for (let run = 0; run < 200; run++) termsOf(text)
  const before = process.cpuUsage()
  for (let run = 0; run < 200; run++) termsOf(text)
  expect(process.cpuUsage(before).user / 1000 / 200).toBeLessThan(2)
})

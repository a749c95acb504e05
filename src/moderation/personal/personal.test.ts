import fc from 'fast-check'
import { expect, test } from 'vitest'
import { findPersonal, masked, type PersonalKind } from './finding.ts'

const kindsIn = (text: string) => findPersonal(text).map(({ kind, start, end }): [PersonalKind, string] => [kind, text.slice(start, end)])

test.each<[string, PersonalKind, string]>([
  ['電話は090-0000-1234までお願いします。', 'phone', '090-0000-1234'],
  ['０９０ー００００ー１２３４ です', 'phone', '０９０ー００００ー１２３４'],
  ['携帯は08010001234です', 'phone', '08010001234'],
  ['自宅 03-0000-1234 へ', 'phone', '03-0000-1234'],
  ['(045)000-1234', 'phone', '(045)000-1234'],
  ['+81 90-0000-1234', 'phone', '+81 90-0000-1234'],
  ['連絡先はtaro.yamada@mail.test.jpです', 'mail', 'taro.yamada@mail.test.jp'],
  ['ｔａｒｏ＠ｍａｉｌ．ｔｅｓｔ．ｊｐ まで', 'mail', 'ｔａｒｏ＠ｍａｉｌ．ｔｅｓｔ．ｊｐ'],
  ['カードは4111 1111 1111 1111です', 'card', '4111 1111 1111 1111'],
  ['4012888888881881', 'card', '4012888888881881'],
  ['お客様番号：CAF12345678 で登録', 'contract', 'CAF12345678'],
  ['契約番号は 1234-5678-90 です', 'contract', '1234-5678-90'],
  ['My customer number: AB-1234567', 'contract', 'AB-1234567'],
  ['〒100-0001', 'address', '〒100-0001'],
  ['東京都千代田区丸の内1-2-3に住んでいます', 'address', '東京都千代田区丸の内1-2-3'],
  ['住所は神奈川県横浜市中区本町２丁目３番地です', 'address', '神奈川県横浜市中区本町２丁目３番地'],
])('%s: found as %s', (text, kind, words) => {
  expect(kindsIn(text)).toEqual([[kind, words]])
})

test.each([
  '型番はKT-310とAX-3200です。',
  'バージョン10.0.19045.3803に更新しました',
  '192.168.0.1を開きます',
  '2026年11月24日 18時30分',
  'サポートは0120-000-123です',
  '0570-000-111 にかけました',
  '価格は12,800円、送料は1-2日で届きます',
  'https://example.test/t/0312345678?tel=090-0000-1234',
  '1234567890123456（でたらめな16けた）',
  '東京都に住んでいます。港区が好きです。',
  'ポート0000-1111-2222はだめでした',
  '@yuko さん、user@example.com の形で入力します',
])('%s: nothing of anybody’s', text => {
  expect(kindsIn(text)).toEqual([])
})

test('masked, nothing personal is left and everything else stays', () => {
  const text = '山田です。電話090-0000-1234、メールtaro@mail.test.jp。ルーターが赤く光ります。'
  const hidden = masked(text, kind => `［${kind}］`)
  expect(hidden).toBe('山田です。電話［phone］、メール［mail］。ルーターが赤く光ります。')
  expect(findPersonal(hidden)).toEqual([])
})

test('whatever is written, it takes no time worth speaking of and places are those of the text', () => {
  const letters = fc.string({ unit: fc.constantFrom(...'0123456789０９-ー（）()@.＠あ市東京都県〒 a'), maxLength: 400 })
  fc.assert(
    fc.property(letters, text => {
      const found = findPersonal(text)
      expect(found.every(({ start, end }) => start < end && end <= text.length)).toBe(true)
      expect(masked(text, () => '')).toHaveLength(text.length - found.reduce((sum, { start, end }) => sum + end - start, 0))
    }),
    { numRuns: 300, seed: 20261124 },
  )
  const started = process.cpuUsage()
  for (const long of ['0'.repeat(32_000), '0-'.repeat(16_000), 'a@'.repeat(16_000), '東京都'.repeat(10_000), '1 '.repeat(16_000)])
    findPersonal(long)
  expect(process.cpuUsage(started).user / 1e6, 'seconds for the worst').toBeLessThan(3)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { excerptOf, markMatches, quoteOf } from './excerpt.ts'

const post =
  '機種変更したら自宅のＷｉ－Ｆｉにつながりません。前のｽﾏｰﾄﾌｫﾝでは問題なく、機種変更後だけ「接続できません」と出ます。パスワードは合っています。\nルーターを再起動しても直りません。設定で「デバイスのMACを使用」に変えると、つながります。お試しください。'

const marked = (query: string, text = post) =>
  excerptOf(text, query)
    .filter(segment => segment.marked)
    .map(segment => segment.text)
const lengthOf = (text: string, query: string) => excerptOf(text, query).reduce((sum, segment) => sum + segment.text.length, 0)

test.each([
  ['wifi', ['Ｗｉ－Ｆｉ']],
  ['スマートフォン', ['ｽﾏｰﾄﾌｫﾝ']],
  ['ルータ', ['ルーター']],
  ['るーたー', ['ルーター']],
  ['設定を変える', ['設定', '変える']],
  ['つながらない', ['つなが']],
  ['教えてください 再起動', ['再起動']],
])('a search for %s marks %j as it was written', (query, expected) => {
  expect(marked(query)).toEqual(expect.arrayContaining(expected))
})

test('English marks the whole word, however it is inflected', () => {
  expect(marked('connect printers', 'My printer keeps connecting and then drops.')).toEqual(['printer', 'connecting'])
})

test('the excerpt is about 120 letters of Japanese and 240 of English, around what was found', () => {
  expect(lengthOf(post.repeat(5), 'MAC')).toBeLessThanOrEqual(122)
  const english = `${'Nothing to see here at all. '.repeat(40)}The router restarts every night. ${'And so it goes on. '.repeat(40)}`
  const excerpt = excerptOf(english, 'router restart')
    .map(segment => segment.text)
    .join('')
  expect(excerpt).toContain('The router restarts every night.')
  expect(excerpt.length).toBeLessThanOrEqual(242)
  expect(excerpt.length).toBeGreaterThan(120)
})

test('where nothing is found it is the beginning', () => {
  const [first] = excerptOf(post, '何もない話')
  expect(first?.text.startsWith('機種変更したら')).toBe(true)
})

test('a sentence too long is cut to its matches and does not cut a word', () => {
  const endless = `${'word '.repeat(200)}printer broken ${'word '.repeat(200)}`
  const text = excerptOf(endless, 'printer')
  expect(text.filter(segment => segment.marked)).toEqual([{ text: 'printer', marked: true }])
  expect(text.map(segment => segment.text).join('')).toMatch(/^… ?word .* word ?…$/)
})

test('a title is given whole', () => {
  expect(markMatches('ＡＸ－３２００の設定', 'ax3200')).toEqual([
    { text: 'ＡＸ－３２００', marked: true },
    { text: 'の設定', marked: false },
  ])
})

test('nothing that is written is lost or invented, whatever it is', () => {
  const anything = fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 300 }))
  fc.assert(
    fc.property(anything, anything, (text, query) => {
      const whole = markMatches(text, query)
        .map(segment => segment.text)
        .join('')
      expect(whole).toBe(text.toWellFormed().replace(/\s+/g, ' '))
      const excerpt = excerptOf(text, query)
        .map(segment => segment.text)
        .join('')
        .replace(/^…|…$/g, '')
      expect(text.toWellFormed().replace(/\s+/g, ' ')).toContain(excerpt.replace(/\s+/g, ' '))
    }),
    { numRuns: 300 },
  )
})

test('an endless post without an end of sentence takes no more than a moment', () => {
  const before = process.cpuUsage()
  excerptOf('あ漢'.repeat(16_000), '漢字 あ漢')
  excerptOf('a'.repeat(32_000), 'aaaa')
  excerptOf('。'.repeat(32_000), '。')
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(4_000)
})

test('an answer is quoted from the sentence that says most, without the greeting before it, within so many letters', () => {
  const plain = (segments: { text: string }[]) => segments.map(({ text }) => text).join('')
  const answer = `おはようございます。大丈夫ですよ。ランダム化を切ると、Wi-Fiにつながります。${'そのあと再起動します。'.repeat(30)}`
  const { sentence, rest } = quoteOf(answer, 'wifi つながらない', 60)
  expect(plain(sentence)).toBe('ランダム化を切ると、Wi-Fiにつながります。')
  expect(sentence.filter(({ marked }) => marked).map(({ text }) => text)).toEqual(['Wi-Fi', 'つなが'])
  expect(plain(rest)).toMatch(/^そのあと再起動します。.*…$/)
  expect(plain(sentence).length + plain(rest).length).toBeLessThanOrEqual(62)
  const long = quoteOf('あ'.repeat(300).concat('Wi-Fiです', 'い'.repeat(300)), 'Wi-Fi', 80)
  expect(plain(long.sentence)).toContain('Wi-Fi')
  expect(plain(long.sentence).length).toBeLessThanOrEqual(82)
  expect(plain(quoteOf('Hello. Since firmware 2.4 the AX-3200 speaks English. Bye.', 'AX-3200', 60).sentence).trim()).toBe(
    'Since firmware 2.4 the AX-3200 speaks English.',
  )
  expect(quoteOf(answer, 'zzz', 40)).toMatchObject({ sentence: [], rest: [{ marked: false }, { text: '…' }] })
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.integer({ min: 10, max: 200 }),
      (text, query, letters) => {
        const quoted = quoteOf(text, query, letters)
        const whole = text.toWellFormed().replace(/\s+/g, ' ')
        const body = [...quoted.sentence, ...quoted.rest].map(segment => segment.text).filter(part => part !== '…')
        for (const part of body) expect(whole).toContain(part)
      },
    ),
    { seed: 3, numRuns: 300 },
  )
})

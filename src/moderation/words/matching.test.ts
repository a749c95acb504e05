import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readyWords, type Word } from './matching.ts'
import { seedWords } from './seeding.ts'

const word = (text: string, rest: Partial<Word> = {}): Word => ({
  id: 1,
  word: text,
  exceptions: [],
  exact: false,
  aimed: false,
  language: 'any',
  boardId: null,
  kind: 'insult',
  weight: 2,
  action: 'nudge',
  ...rest,
})
const seeded = readyWords(seedWords.map((each, id) => ({ ...each, id })))
const foundIn = (text: string, words = seeded) => words.find(text).map(({ start, end }) => text.slice(start, end))

describe('a word is found however it is written', () => {
  test.each([
    ['ば か', 'ば か'],
    ['バ.カ', 'バ.カ'],
    ['ば・か！', 'ば・か'],
    ['ﾊﾞｶ', 'ﾊﾞｶ'],
    ['ばーーか', 'ばーーか'],
    ['ばぁか', 'ばぁか'],
    ['ば\u200bか', 'ば\u200bか'],
    ['お前ばかじゃないの', 'ばか'],
    ['いやバカじゃん', 'バカ'],
    ['死   ね', '死   ね'],
    ['シネ', 'シネ'],
    ['ｷﾓｲよ', 'ｷﾓｲ'],
    ['IDIOT!', 'IDIOT'],
    ['ｉｄｉｏｔ', 'ｉｄｉｏｔ'],
    ['f u c k this', 'f u c k'],
    ['fuuuuck', 'fuuuuck'],
    ['you 1d10t', '1d10t'],
    ['a$$hole', 'a$$hole'],
    ['sh!t', 'sh!t'],
    ['f*ck', 'f*ck'],
    ['shut   up', 'shut   up'],
  ])('%s', (text, marked) => {
    expect(foundIn(text)).toEqual([marked])
  })
})

test.each(
  (
    'しねま シネマ ばかり そればかり かばか、きりんか そばか うどん カバカバー バカンス やばかったです しばかり はばかる そばかす ' +
    '土人形 かたわら おかまいなく いいですしね 行ったしね ページをめくらない ガイジンさん 早くそれを よくそんな ブースター アスペクト ' +
    'カスタマー ゴミ箱 死ねば 殺せない デブリ チョンボ フェラーリ ホモサピエンス サセックス はげしい はげます サルサ らくだらない ' +
    'なければ、かなり し、ねばねば 糖質制限 Scunthorpe classic assess Dickens cockpit therapist shiitake grape'
  ).split(' '),
)('%s is a word of its own', text => {
  expect(foundIn(text)).toEqual([])
})

test.each(['push it', 'this hit', 'pass it on', 'a s sistant'])('%s is not put together to a word', text => {
  expect(foundIn(text)).toEqual([])
})

test('an exception holds only where the word is a part of it, in the kana it is written in', () => {
  const words = readyWords([word('ばか', { exceptions: ['ばかり'] })])
  expect(foundIn('そればかりか、お前はばか', words)).toEqual(['ばか'])
  expect(foundIn('バカリ', words)).toEqual([])
})

test('* lets a word be a part of a longer one at that end', () => {
  expect(foundIn('クソゲー', readyWords([word('クソ')]))).toEqual([])
  expect(foundIn('クソゲー', readyWords([word('クソ*')]))).toEqual(['クソ'])
  expect(foundIn('大馬鹿者', readyWords([word('*馬鹿*')]))).toEqual(['馬鹿'])
})

test('an exact word counts in its own letters, a word of a language in its texts, a word of a board there', () => {
  const exact = readyWords([word('カス', { exact: true })])
  expect([foundIn('カスだ', exact), foundIn('かすだ', exact), foundIn('カ ス', exact)]).toEqual([['カス'], [], []])
  const english = readyWords([word('die', { language: 'en' })])
  expect([foundIn('die', english), foundIn('die Katze と言う', english)]).toEqual([['die'], []])
  const board = readyWords([word('ばか', { boardId: 7 })])
  expect([board.find('ばか', [7, 3]).length, board.find('ばか', [3]).length, board.find('ばか').length]).toEqual([1, 0, 0])
})

test('of words that overlap the longest counts, once', () => {
  expect(foundIn('馬鹿野郎', readyWords([word('馬鹿*'), word('馬鹿野郎', { id: 2 })]))).toEqual(['馬鹿野郎'])
})

test('the first words of a forum are each found where they stand alone, and none twice', () => {
  expect(new Set(seedWords.map(each => each.word)).size).toBe(seedWords.length)
  for (const each of seedWords) {
    const text = each.word.replace(/^\*|\*$/g, '')
    const own = readyWords([{ ...each, id: 1 }])
    expect(own.find(text).length, text).toBe(1)
    for (const exception of each.exceptions) expect(foundIn(exception, own), `${each.word} in ${exception}`).toEqual([])
  }
})

test('whatever is written: a mark lies inside the text, is never empty, and marks do not overlap', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 6 }),
    fc.constantFrom('ばか', 'バ カ', ' ', 'ー', 'fuck', 'ゴミ', '\n', '死ね', 'ﾊﾞ', '゛'),
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), pieces => {
      const text = pieces.join('')
      let place = 0
      for (const { start, end } of seeded.find(text)) {
        expect(start).toBeGreaterThanOrEqual(place)
        expect(end).toBeGreaterThan(start)
        place = end
      }
      expect(place).toBeLessThanOrEqual(text.length)
    }),
    { seed: 7, numRuns: 300 },
  )
})

test('a word alone in its line is found whatever is put between its letters, and as often as it is written', () => {
  const between = fc.constantFrom('', ' ', '\u3000', '.', '・', '\u200b', '、', '-', '＊', '  ')
  fc.assert(
    fc.property(fc.constantFrom('ばか', 'バカ', '馬鹿', 'うざい', 'ﾊﾞｶ'), between, fc.integer({ min: 1, max: 4 }), (text, gap, times) => {
      const hidden = [...text.normalize('NFKC')].join(gap)
      expect(seeded.find(Array.from({ length: times }, () => hidden).join('\n'))).toHaveLength(times)
    }),
    { seed: 11, numRuns: 200 },
  )
})

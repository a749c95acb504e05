import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exchangesOf, halvesOf, isOneEdit, kanaWords, respell, romajiToKana, suspectsIn } from './spelling.ts'

const word = fc.stringMatching(/^[a-z]{5,12}$/)
const letter = fc.stringMatching(/^[a-z]$/)

test('whatever is one edit away is known as such, and is found by a half or an exchange', () => {
  const edited = fc
    .tuple(word, fc.nat(), letter, fc.constantFrom('add', 'drop', 'change', 'exchange'))
    .map(([right, place, other, kind]) => {
      const at = place % (right.length - 1)
      const [before, rest] = [right.slice(0, at), right.slice(at)]
      const wrong = {
        add: before + other + rest,
        drop: before + rest.slice(1),
        change: before + other + rest.slice(1),
        exchange: before + (rest[1] ?? '') + (rest[0] ?? '') + rest.slice(2),
      }[kind]
      return { right, wrong }
    })
  fc.assert(
    fc.property(edited, ({ right, wrong }) => {
      fc.pre(right !== wrong)
      expect(isOneEdit(wrong, right)).toBe(true)
      const { head, tail } = halvesOf(wrong)
      const backwards = [...right].reverse().join('')
      expect(right.startsWith(head) || backwards.startsWith(tail) || exchangesOf(wrong).includes(right)).toBe(true)
    }),
    { numRuns: 500, seed: 7 },
  )
})

test.each([
  ['printer', 'pinter'],
  ['router', 'ruoter'],
  ['プリンタ', 'プリソタ'],
])('%s and %s are one edit apart', (a, b) => {
  expect(isOneEdit(a, b)).toBe(true)
})

test.each([
  ['printer', 'printer'],
  ['printer', 'painters'],
  ['router', 'rotuer'.slice(1)],
  ['プリンタ', 'スキャナ'],
])('%s and %s are not', (a, b) => {
  expect(isOneEdit(a, b)).toBe(false)
})

test('short words, numbers and kanji are never taken for mistakes', () => {
  expect(suspectsIn('wifi スマホ ax3200 印刷設定 ひらがなのことば')).toEqual([])
  expect(suspectsIn('pritner サーバー').map(({ written }) => written)).toEqual(['pritner'])
  expect(suspectsIn('プリソター').map(({ written }) => written)).toEqual(['プリソター'])
})

test('a mended word keeps the ending it was typed with', () => {
  expect(respell({ written: 'pritners', term: 'pritner', isKana: false }, 'printer')).toBe('printers')
  expect(respell({ written: 'recieving', term: 'reciev', isKana: false }, 'receiv')).toBe('receiving')
})

test.each([
  ['insatsu', 'いんさつ', 'インサツ'],
  ['purinta', 'ぷりんた', 'プリンタ'],
])('%s is read %s or %s', (romaji, hiragana, katakana) => {
  expect(romajiToKana(romaji)).toEqual({ hiragana, katakana })
})

test.each(['printer', 'a', '', 'xyz', 'kaka3'])('%j is no romaji', typed => {
  expect(romajiToKana(typed)).toBeUndefined()
})

test('words in kana are read from where they begin, never out of a verb after kanji', () => {
  expect(kanaWords('いんさつできない')).toContain('いんさつ')
  expect(kanaWords('変わらないので')).toEqual([])
  expect(kanaWords('です')).toEqual([])
})

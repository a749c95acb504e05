import { expect, test } from 'vitest'
import { wordingOf } from './wording.ts'

test('the wording of a query is its letters in a row, each once and in the one spelling', () => {
  expect(wordingOf('ﾌﾟﾘﾝﾀｰ')).toEqual({ triples: ['プリン', 'リンタ', 'ンター'], pairs: ['プリ', 'リン', 'ンタ', 'ター'] })
  expect(wordingOf('ああああ')).toEqual({ triples: ['あああ'], pairs: ['ああ'] })
  expect(wordingOf('𠮷野家')).toEqual({ triples: ['𠮷野家'], pairs: ['𠮷野', '野家'] })
})

test('pairs end at a space, nothing holds what cannot be read, and a long query has no more than sixty of each', () => {
  expect(wordingOf('紙 印刷').pairs).toEqual(['印刷'])
  expect(wordingOf('a\0bc')).toEqual({ triples: [], pairs: ['bc'] })
  expect(wordingOf('字').pairs).toEqual([])
  const long = wordingOf(Array.from({ length: 300 }, (_, at) => String.fromCharCode(0x4e00 + at)).join(''))
  expect([long.triples.length, long.pairs.length]).toEqual([60, 60])
})

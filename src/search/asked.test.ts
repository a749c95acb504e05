import { expect, test } from 'vitest'
import { longestQuery } from '../platform/search/query.ts'
import { chosenOf, filtersOf, searchPath, toggled, wordsOf } from './asked.ts'

test('a search’s address says everything in one order, leaves out what is empty, and turns a value on and off', () => {
  const asked = { q: ' スマホ\tつながらない ', kind: ['tip', 'tip'], board: 'network', sort: 'fit', after: '' }
  expect(decodeURIComponent(searchPath(asked))).toBe('/search?q=スマホ+つながらない&board=network&kind=tip')
  expect(searchPath({})).toBe('/search')
  const more = toggled({ ...asked, after: 'x' }, 'kind', 'question')
  expect(more).toMatchObject({ kind: ['tip', 'question'], after: undefined })
  expect(chosenOf(toggled(more, 'kind', 'tip'), 'kind')).toEqual(['question'])
})

test('values that make no sense choose nothing', () => {
  const odd = { kind: ['song', ''], solved: ['yes', 'no'], guaranteed: 'maybe', year: ['20', "2020'--", '2026'], board: 'nowhere' }
  expect(filtersOf(odd, [])).toEqual({ year: ['2026'] })
  expect(chosenOf({ kind: Array.from({ length: 500 }, (_, n) => `kind ${n}`) }, 'kind')).toHaveLength(20)
})

test('a whole letter is cut, between its characters', () => {
  expect(wordsOf({ q: '👍'.repeat(longestQuery + 1) })).toEqual({ words: '👍'.repeat(longestQuery), cut: true })
  expect(wordsOf({ q: `  ${'あ'.repeat(longestQuery)}\u0007 ` })).toEqual({ words: 'あ'.repeat(longestQuery), cut: false })
})

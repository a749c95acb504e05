import { expect, test } from 'vitest'
import { grouped, termsOf } from './alike.ts'
import { risingIn, wordsIn } from './rising.ts'

const TITLES = [
  'IPアドレスを取得できません',
  '夜になると回線の速度が遅い',
  'IPアドレスが取得できず、インターネットにつながらない',
  '録画した番組が消えてしまった',
  'IPアドレスの取得に失敗しましたと出る',
  '夜だけ回線の速度がとても遅い',
  '録画したはずの番組が消えた',
]
const compared = TITLES.map((title, id) => ({ id, terms: termsOf(title, '') }))

test('questions about the same trouble come together, in whatever order they were asked', async () => {
  for (const questions of [compared, compared.toReversed()]) {
    const groups = (await grouped(questions)).map(({ ids }) => ids.toSorted().join(' '))
    expect(groups.toSorted()).toEqual(['0 2 4', '1 5', '3 6'])
  }
})

test('a group says what its questions have in common, and stands behind the largest', async () => {
  const [first] = await grouped(compared)
  expect(first?.ids).toHaveLength(3)
  expect(first?.terms).toContain('取得')
})

test('no questions are no groups, and a question nobody shares stands alone', async () => {
  expect(await grouped([])).toEqual([])
  expect(await grouped(compared.slice(3, 4))).toEqual([{ ids: [3], terms: expect.any(Array) }])
})

const said = (word: string, people: number, isNow: boolean) =>
  Array.from({ length: people }, (_, askerId) => ({ askerId, isNow, words: [word] }))

test('a word rises when three people or more ask with it, twice as many as in an average week before', () => {
  const questions = [
    ...said('ipoe', 3, true),
    ...said('ランプ', 8, true),
    ...said('ランプ', 4, false),
    ...said('速度', 6, true),
    ...said('速度', 16, false),
    ...said('録画', 2, true),
  ]
  expect(risingIn(questions)).toEqual([
    { word: 'ランプ', askers: 8, before: 1 },
    { word: 'ipoe', askers: 3, before: 0 },
  ])
})

test('one person who asks ten times is one person', () => {
  expect(risingIn(Array.from({ length: 10 }, () => ({ askerId: 1, isNow: true, words: ['広告'] })))).toEqual([])
})

test('words are whole as people write them, without those of grammar', () => {
  expect([...wordsIn('Wi-Fi 6のルーターを自動更新のあとに入れ直すと、AX-3200がつながりません')]).toEqual([
    'wi-fi',
    'ルーター',
    '自動更新',
    'ax-3200',
  ])
})

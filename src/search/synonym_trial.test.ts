import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { anOperator, makeBoard, makeTopic } from '../../test/making.ts'
import { makeMember, makeOperator, visitor } from '../../test/people.ts'
import { Refused } from '../platform/errors.ts'
import { createPostgresSearch } from '../platform/search/postgres.ts'
import { searchForum } from './queries.ts'
import { trySynonyms } from './synonym_trial.ts'
import { addSynonyms } from './synonyms.ts'

let forum: TestApp

beforeAll(async () => {
  forum = await startTestApp()
  const [member, board] = [await makeMember(forum.db), await makeBoard(forum.db)]
  await makeTopic(forum.db, member, board, { title: '携帯電話の画面が割れました', body: '修理に出したいです。' })
  await forum.runJobs()
})
afterAll(() => forum.close())

const found = async (q: string) =>
  (await searchForum(forum.db, forum.services.search, visitor, { q }, []))?.results.map(({ topic }) => topic.title) ?? []
const draft = { way: 'both' as const, words: 'けーたい、携帯電話', from: '' }

test('words are tried before they count: only the operator’s trial finds more, readers find it once it is saved', async () => {
  const { db } = forum
  const tried = await trySynonyms(db, createPostgresSearch(db), anOperator, { ...draft, words: 'モバ、携帯電話' }, { try: 'モバ' })
  expect(tried.before).toEqual([])
  expect(tried.after.map(({ title }) => title)).toEqual(['携帯電話の画面が割れました'])
  expect(await found('モバ')).toEqual([])
  await addSynonyms(db, anOperator, { ...draft, words: 'モバ、携帯電話' })
  await forum.runJobs()
  expect(await found('モバ')).toEqual(['携帯電話の画面が割れました'])
})

test('the page shows both columns and what only the new words find', async () => {
  const operator = await forum.as(await makeOperator(forum.db))
  const page = (await operator.post('/admin/search/synonyms/try', { way: 'both', words: 'ピッチ\n携帯電話', try: 'ピッチ' })).body
  expect(page).toMatch(/変える前[\s\S]*見つかりませんでした[\s\S]*変えた後[\s\S]*携帯電話の画面が割れました[\s\S]*こちらだけ/)
})

test('nobody else tries words', async () => {
  const member = await makeMember(forum.db)
  await expect(trySynonyms(forum.db, createPostgresSearch(forum.db), member, draft, { try: 'x' })).rejects.toThrow(Refused)
})

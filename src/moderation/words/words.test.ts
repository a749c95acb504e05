import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/app.ts'
import { makeBoard } from '../../../test/making.ts'
import { makeMember, makeOperator } from '../../../test/people.ts'
import type { Actor } from '../../accounts/actor.ts'
import { openDatabase } from '../../platform/db.ts'
import { type Invalid, Refused } from '../../platform/errors.ts'
import { listAudit } from '../audit_queries.ts'
import { forgetWords, wordsNow } from './keeping.ts'
import { listWords } from './queries.ts'
import { seedWords } from './seeding.ts'
import { addWords, dropWord, editWord, rowsFrom, seedWordLists, type WordDraft } from './words.ts'

let forum: TestApp
let operator: Actor

beforeAll(async () => {
  forum = await startTestApp()
  operator = await makeOperator(forum.db)
})
afterAll(() => forum.close())

const draft = (words: string, rest: Partial<WordDraft> = {}): WordDraft => ({
  words,
  exceptions: '',
  exact: false,
  aimed: false,
  language: 'any',
  boardId: null,
  kind: 'insult',
  weight: 2,
  action: 'nudge',
  ...rest,
})
const actionsIn = async (text: string, boardIds: number[] = []) =>
  (await wordsNow(forum.db)).find(text, boardIds).map(({ word }) => word.action)

test('words come one a line or with commas, each once; one letter, marks alone and too much are told at their fields', () => {
  expect(
    rowsFrom(draft('ぽんこつ、ぽんこつ\r\nへっぽこ,', { exceptions: 'ぽんこつ車' })).map(({ word, exceptions }) => [word, exceptions]),
  ).toEqual([
    ['ぽんこつ', ['ぽんこつ車']],
    ['へっぽこ', ['ぽんこつ車']],
  ])
  const wrong = (bad: WordDraft) => {
    try {
      rowsFrom(bad)
    } catch (error) {
      return Object.keys((error as Invalid).fields)
    }
  }
  expect(wrong(draft(' 、、'))).toEqual(['words'])
  expect(wrong(draft('あ'))).toEqual(['words'])
  expect(wrong(draft('!!!*'))).toEqual(['words'])
  expect(wrong(draft('長'.repeat(41)))).toEqual(['words'])
  expect(wrong(draft('ぽんこつ', { exceptions: Array.from({ length: 51 }, (_, n) => `語${n}`).join() }))).toEqual(['exceptions'])
})

test('what the operator changes counts at once, and nobody else changes anything', async () => {
  const { db } = forum
  const board = await makeBoard(db)
  expect(await actionsIn('ぽんこつだ')).toEqual([])
  expect(await addWords(db, operator, draft('ぽんこつ\nへっぽこ', { action: 'hold' }))).toBe(2)
  expect(await addWords(db, operator, draft('ぽんこつ'))).toBe(0)
  expect(await actionsIn('ぽんこつだ')).toEqual(['hold'])
  const [found] = (await listWords(db, { search: 'ぽんこつ' })).rows
  const id = found?.rule.id ?? 0
  await editWord(db, operator, { id }, draft('ぽんこつ', { action: 'block', boardId: board.id }))
  expect(await actionsIn('ぽんこつだ')).toEqual([])
  expect(await actionsIn('ぽんこつだ', [board.id])).toEqual(['block'])
  await expect(editWord(db, operator, { id }, draft('ぽんこつ', { boardId: 999_999_999 }))).rejects.toThrow('boardId')
  await addWords(db, operator, draft('へっぽこ', { boardId: board.id }))
  await expect(editWord(db, operator, { id }, draft('へっぽこ', { boardId: board.id }))).rejects.toThrow('words')
  await dropWord(db, operator, { id })
  expect(await actionsIn('ぽんこつだ', [board.id])).toEqual([])
  const written = (await listAudit(db, operator, { deed: 'words_changed' })).rows.map(({ entry }) => entry.details.did)
  expect(written).toEqual(['dropped', 'added', 'changed', 'added', 'added'])
  const member = await makeMember(db)
  for (const deed of [
    addWords(db, member, draft('ぽんこつ')),
    editWord(db, member, { id }, draft('ぽんこつ')),
    dropWord(db, member, { id }),
  ])
    await expect(deed).rejects.toBeInstanceOf(Refused)
})

test('another process hears of a change when it asks again', async () => {
  const other = openDatabase(forum.database.url, { max: 1 })
  try {
    expect((await wordsNow(other.db)).find('とんちんかん')).toEqual([])
    await addWords(forum.db, operator, draft('とんちんかん'))
    forgetWords(other.db)
    expect((await wordsNow(other.db)).find('とんちんかん')).toHaveLength(1)
  } finally {
    await other.close()
  }
})

test('a new forum gets its words once, whoever starts first; what is taken away does not come back', async () => {
  const { db } = forum
  await Promise.all([seedWordLists(db), seedWordLists(db), seedWordLists(db)])
  expect((await wordsNow(db)).size).toBeGreaterThanOrEqual(seedWords.length)
  expect(await actionsIn('お前は馬鹿だ')).toEqual(['nudge'])
  const [found] = (await listWords(db, { search: '馬鹿野郎' })).rows
  await dropWord(db, operator, { id: found?.rule.id ?? 0 })
  await seedWordLists(db)
  expect((await listWords(db, { search: '馬鹿野郎' })).rows).toEqual([])
  const slurs = await listWords(db, { kind: 'slur', action: 'hold' })
  expect(slurs.rows.length).toBe(50)
  expect((await listWords(db, { kind: 'slur', action: 'hold', after: slurs.next })).rows.length).toBeGreaterThan(0)
})

test('the operator tries a text before and after a change, without saving anything', async () => {
  const browser = await forum.as(operator)
  const form = { words: 'すっとこどっこい', exceptions: '', language: 'any', boardId: '', kind: 'insult', weight: '2', action: 'nudge' }
  const tried = await browser.post('/admin/words/try', { ...form, text: 'この<i>すっとこどっこい</i>！' })
  expect(tried.statusCode).toBe(200)
  expect(tried.body).toContain('<mark>すっとこどっこい</mark>')
  expect(tried.body).not.toContain('<i>すっとこ')
  expect(await actionsIn('すっとこどっこい')).toEqual([])
  const nothing = await browser.post('/admin/words/try', { ...form, text: '' })
  expect(nothing.statusCode).toBe(422)
  expect(nothing.body).toContain('すっとこどっこい')
  expect((await browser.post('/admin/words', form)).statusCode).toBe(303)
  expect((await browser.get('/admin/words?q=すっとこ')).body).toContain('すっとこどっこい')
  expect(await actionsIn('すっとこどっこい')).toEqual(['nudge'])
})

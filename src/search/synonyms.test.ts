import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { anOperator } from '../../test/making.ts'
import { makeMember, makeOperator } from '../../test/people.ts'
import { type Invalid, Refused } from '../platform/errors.ts'
import type { SynonymGroup } from '../platform/search/engine.ts'
import { tellSynonyms } from './effects.ts'
import { allSynonyms, listSynonyms } from './synonym_queries.ts'
import { addSynonyms, dropSynonyms, editSynonyms, groupFrom, seedSynonyms } from './synonyms.ts'

let forum: TestApp

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())

const draft = (words: string, from?: string) => ({
  way: from === undefined ? ('both' as const) : ('one' as const),
  words,
  from: from ?? '',
})

test('words come one a line or with commas, each once whatever its width; one way needs both sides', () => {
  expect(groupFrom(draft('スマホ、 ｽﾏﾎ\r\nスマートフォン,,'))).toEqual({ words: ['スマホ', 'スマートフォン'], fromWords: [] })
  expect(groupFrom(draft('iPhone', 'スマホ\nスマートフォン'))).toEqual({ words: ['iPhone'], fromWords: ['スマホ', 'スマートフォン'] })
  const wrong = (bad: ReturnType<typeof draft>) => {
    try {
      groupFrom(bad)
    } catch (error) {
      return Object.keys((error as Invalid).fields)
    }
  }
  expect(wrong(draft('ひとつだけ'))).toEqual(['words'])
  expect(wrong(draft(' 、、'))).toEqual(['words'])
  expect(wrong(draft('スマホ、'.repeat(2)))).toEqual(['words'])
  expect(wrong(draft('', ''))).toEqual(['words', 'from'])
  expect(wrong(draft(Array.from({ length: 31 }, (_, n) => `語${n}`).join()))).toEqual(['words'])
  expect(wrong(draft(`${'長'.repeat(41)},短い`))).toEqual(['words'])
})

test('a new forum gets its words once: what was edited stays, what was dropped does not come back', async () => {
  const { db } = forum
  const seed = [{ words: ['無線LAN', 'Wi-Fi'] }, { words: ['iPhone'], from: ['スマホ'] }]
  await Promise.all([seedSynonyms(db, []), seedSynonyms(db, seed), seedSynonyms(db, seed), seedSynonyms(db, seed)])
  expect(await allSynonyms(db)).toEqual(seed)
  const { rows } = await listSynonyms(db, { search: 'ｗｉ-ｆｉ' })
  expect(rows).toHaveLength(1)
  await editSynonyms(db, anOperator, { id: rows[0]?.id ?? 0 }, draft('無線LAN,Wi-Fi,ワイファイ'))
  const phone = (await listSynonyms(db, { search: 'スマホ' })).rows[0]
  await dropSynonyms(db, anOperator, { id: phone?.id ?? 0 })
  await seedSynonyms(db, seed)
  expect(await allSynonyms(db)).toEqual([{ words: ['無線LAN', 'Wi-Fi', 'ワイファイ'] }])
})

test('each change is told to the engine as a whole', async () => {
  const { db, services } = forum
  const told: (readonly SynonymGroup[])[] = []
  await addSynonyms(db, anOperator, draft('印刷,プリント'))
  await tellSynonyms({ db, search: { ...services.search, setSynonyms: async groups => void told.push(groups) } })
  expect(told[0]).toContainEqual({ words: ['印刷', 'プリント'] })
  await forum.runJobs()
})

test('only the operator keeps them', async () => {
  const member = await makeMember(forum.db)
  for (const deed of [
    addSynonyms(forum.db, member, draft('a,b')),
    editSynonyms(forum.db, member, { id: 1 }, draft('a,b')),
    dropSynonyms(forum.db, member, { id: 1 }),
  ])
    await expect(deed).rejects.toThrow(Refused)
})

test('the operator adds, looks for, tries out, changes and removes words on their page; mistakes are told at the field', async () => {
  const browser = await forum.as(await makeOperator(forum.db))
  const refused = await browser.post('/admin/search/synonyms', { way: 'both', words: 'ひとつ' })
  expect(refused.statusCode).toBe(422)
  expect(refused.body).toContain('2つ以上の言葉を入れてください')
  expect(refused.body).toContain('ひとつ</textarea>')
  expect((await browser.post('/admin/search/synonyms', { way: 'both', words: 'テレビ\nTV\nブラウン管' })).statusCode).toBe(303)
  const found = (await browser.get('/admin/search/synonyms?q=ブラウン')).body
  const path = /href="(\/admin\/search\/synonyms\/\d+)"/.exec(found)?.[1] ?? ''
  expect((await browser.get(path)).body).toContain('テレビ\nTV\nブラウン管</textarea>')
  const tried = await browser.post('/admin/search/synonyms/try', {
    way: 'both',
    words: 'テレビ,受像機',
    try: 'テレビ',
    id: path.split('/').at(-1) ?? '',
  })
  expect(tried.body).toContain('変える前')
  expect(tried.body).toContain(`action="${path}"`)
  expect((await browser.post(path, { way: 'one', words: 'テレビ', from: '受像機' })).statusCode).toBe(303)
  expect((await browser.get('/admin/search/synonyms?q=受像機')).body).toContain('片方から')
  expect((await browser.delete(path)).statusCode).toBe(303)
  expect((await browser.get(path)).statusCode).toBe(404)
})

test('many groups come in pages', async () => {
  for (let n = 0; n < 45; n++) await addSynonyms(forum.db, anOperator, draft(`多${n},沢山${n}`))
  const first = await listSynonyms(forum.db, { search: '沢山' })
  const second = await listSynonyms(forum.db, { search: '沢山', after: first.next })
  expect([first.rows.length, second.rows.length, second.next]).toEqual([40, 5, undefined])
})

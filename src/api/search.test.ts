import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeAnswer, makeBoard, makeTopic } from '../../test/making.ts'
import { makeMember } from '../../test/people.ts'
import { pickBest } from '../topics/best_answers.ts'
import { importFaq } from '../transfer/faq.ts'

type Found = {
  topicId: number
  sourceId: string | null
  title: string
  excerpt: string
  url: string
  answerId: number | null
  label: object | null
  guaranteed: boolean
  solved: boolean
}
let forum: TestApp

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())

async function search(
  query: Record<string, string>,
  from = '127.0.0.1',
): Promise<{ status: number; type: string; json: { results: Found[]; total: number; error?: string; fields?: object } }> {
  const browser = await forum.as()
  const reply = await browser.send({ method: 'GET', url: `/api/v1/search?${new URLSearchParams(query)}`, remoteAddress: from })
  return { status: reply.statusCode, type: String(reply.headers['content-type']), json: reply.json() }
}

test('machines find a topic with the answer that fits, its address and whether it is solved', async () => {
  const { db } = forum
  const [asker, helper] = [await makeMember(db), await makeMember(db)]
  const topic = await makeTopic(db, asker, await makeBoard(db), {
    title: '炊飯器の内ぶたが外れません',
    body: '掃除をしたいのですが固いです。',
  })
  const answer = await makeAnswer(db, helper, topic, '左右のつめを同時に押すと取れます。')
  await forum.runJobs()
  const before = await search({ q: 'つめを押す' })
  expect(before.status).toBe(200)
  expect(before.type).toContain('application/json')
  expect(before.json.total).toBe(1)
  expect(before.json.results).toEqual([
    {
      topicId: topic.id,
      sourceId: null,
      title: '炊飯器の内ぶたが外れません',
      excerpt: '左右のつめを同時に押すと取れます。',
      url: expect.stringMatching(new RegExp(`^http://localhost/t/${topic.id}/.+\\?at=${answer.id}#post-${answer.id}$`)),
      answerId: answer.id,
      label: null,
      guaranteed: false,
      solved: false,
    },
  ])
  await pickBest(db, asker, answer)
  await forum.runJobs()
  const { json } = await search({ q: '掃除をしたい' })
  expect(json.results).toMatchObject([{ topicId: topic.id, answerId: answer.id, solved: true }])
})

test('a topic that was imported says what its id was there; one without an id says nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hiroba-api-'))
  const rows = [{ id: 'a:42/x', question: '住民票の写しはどこで取れますか' }, { question: '印鑑登録はどこでできますか' }]
  writeFileSync(
    join(folder, 'faq'),
    rows.map(row => JSON.stringify({ ...row, board: '市役所/窓口', answer: '市民課の窓口です。' })).join('\n'),
  )
  await importFaq(forum.services, join(folder, 'faq'), {}, { refused() {}, moved() {} })
  rmSync(folder, { recursive: true })
  expect((await search({ q: '住民票の写し' })).json.results[0]).toMatchObject({
    sourceId: 'a:42/x',
    solved: true,
    excerpt: '市民課の窓口です。',
  })
  expect((await search({ q: '印鑑登録' })).json.results[0]).toMatchObject({ sourceId: null, solved: true })
})

test('members’ boards are not told to everybody', async () => {
  const { db } = forum
  const member = await makeMember(db)
  const board = await makeBoard(db, { visibility: 'members' })
  await makeTopic(db, member, board, { title: '会員だけの合言葉について', body: '合言葉はひみつです。' })
  await forum.runJobs()
  expect((await search({ q: '合言葉' })).json).toEqual({ results: [], total: 0 })
  const own = await (await forum.as(member)).get('/api/v1/search?q=合言葉')
  expect(own.json().total).toBe(1)
})

test('limit says how many results come, and the total how many there are', async () => {
  const { db } = forum
  const [member, board] = [await makeMember(db), await makeBoard(db)]
  for (const n of [1, 2, 3]) await makeTopic(db, member, board, { title: `ミシンの針が折れます その${n}`, body: '糸も切れます。' })
  await forum.runJobs()
  const { json } = await search({ q: 'ミシン', limit: '2' })
  expect(json.results).toHaveLength(2)
  expect(json.total).toBe(3)
})

test('what cannot be asked is told in a sentence, and an empty question finds nothing', async () => {
  expect((await search({})).json).toMatchObject({ error: 'errors.invalid', fields: { q: expect.any(String) } })
  for (const limit of ['0', '101', 'x', '-1', '1.5']) expect((await search({ q: 'a', limit })).status).toBe(422)
  expect((await search({ q: 'x'.repeat(10_000) })).json).toEqual({ results: [], total: 0 })
  expect((await search({ q: '  ' })).json).toEqual({ results: [], total: 0 })
  for (const q of ['\u0000', '%', "'", '\ud800', '"(&|!']) expect((await search({ q })).status).toBe(200)
})

test('one address may search six hundred times a minute; this machine itself is not counted', async () => {
  const statuses: number[] = []
  for (let asked = 0; asked < 605; asked++) statuses.push((await search({ q: '' }, '203.0.113.7')).status)
  expect(statuses.lastIndexOf(200)).toBe(599)
  expect(statuses.slice(600)).toEqual([429, 429, 429, 429, 429])
  expect((await search({ q: '' }, '203.0.113.8')).status).toBe(200)
  expect((await search({ q: '' })).status).toBe(200)
}, 30_000)

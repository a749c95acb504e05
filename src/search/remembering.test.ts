import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { happened, lastEvent } from '../../test/happened.ts'
import { makeAnswer, makeBoard, makeTopic, postNow } from '../../test/making.ts'
import { makeMember } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import { findDraft, keepDraft } from '../topics/drafts.ts'
import type { Post } from '../topics/page_queries.ts'
import type { Topic } from '../topics/queries.ts'
import { asCompared, sweepSearches } from './remembering.ts'
import { deflections, searchClicks, searches, searchVerdicts } from './schema.ts'

const SAFARI = { 'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148' }
let forum: TestApp
let topic: Topic
let answer: Post
let reader: Actor

beforeAll(async () => {
  forum = await startTestApp()
  const { db } = forum
  topic = await makeTopic(db, await makeMember(db), await makeBoard(db), { title: 'koshitsukiが湿ります' })
  answer = await makeAnswer(db, await makeMember(db), topic, 'hikariに当ててください。')
  reader = await makeMember(db)
  await forum.runJobs()
})
beforeEach(async () => {
  for (const table of [searches, searchClicks, searchVerdicts, deflections]) await forum.db.delete(table)
})
afterAll(() => forum.close())

const written = async () => {
  await forum.app.searches.flush()
  return forum.db.select().from(searches)
}

test('a search is remembered once a day for each visitor and words, whatever their width, and says nothing of who it was', async () => {
  const [guest, member] = [await forum.as(), await forum.as(reader)]
  await guest.get('/search?q=Koshitsuki', SAFARI)
  await guest.get('/search?q=ｋｏｓｈｉｔｓｕｋｉ+', SAFARI)
  await member.get('/search?q=koshitsuki', SAFARI)
  const rows = await written()
  expect(rows.map(({ words, reader, results, shown }) => ({ words, reader, results, shown }))).toEqual(
    expect.arrayContaining([
      { words: 'koshitsuki', reader: 'public', results: 1, shown: [topic.id] },
      { words: 'koshitsuki', reader: 'members', results: 1, shown: [topic.id] },
    ]),
  )
  expect(rows).toHaveLength(2)
  const all = JSON.stringify(rows)
  for (const trace of [reader.handle, 'iPhone', '127.0.0.1']) expect(all).not.toContain(trace)
  await forum.db.execute(`update site_settings set value = value || '{"day":"2020-01-01"}' where name = 'visits.salt'`)
  await member.get('/search?q=koshitsuki', SAFARI)
  expect(new Set((await written()).map(({ key }) => key.toString('hex'))).size, 'with the next day’s secret it is somebody else').toBe(3)
})

test('robots, further pages, filters, tags and pages that a browser opens ahead are no searches', async () => {
  const guest = await forum.as()
  await guest.get('/search?q=koshitsuki', { 'user-agent': 'Googlebot/2.1 (+http://www.google.com/bot.html)' })
  await guest.get('/search?q=koshitsuki&after=1~post-1', SAFARI)
  await guest.get('/search?q=koshitsuki&solved=yes', SAFARI)
  await guest.get('/search?tag=koshitsuki', SAFARI)
  await guest.get('/search?q=koshitsuki', { ...SAFARI, 'x-sec-purpose': 'prefetch' })
  await guest.get('/search?q=++', SAFARI)
  expect(await written()).toEqual([])
})

test('addresses and telephone numbers that people type are not kept', () => {
  expect(asCompared('Taro.Yamada@example.com メール 届かない')).toBe('… メール 届かない')
  expect(asCompared('090-1234-5678 から電話')).toBe('… から電話')
  expect(asCompared('０３１２３４５６７８')).toBe('…')
  for (const kept of ['エラー 0x80070005', 'ax-3200', '2026-03-10', '192.168.0.1']) expect(asCompared(kept)).toBe(kept)
})

test('an opened result and a word whether it was found count once, and the last word counts', async () => {
  const guest = await forum.as()
  for (let n = 0; n < 2; n++)
    expect((await guest.post('/search/clicks', { q: 'koshitsuki', topic: topic.id }, SAFARI)).statusCode).toBe(204)
  expect(await forum.db.$count(searchClicks)).toBe(1)
  const said = await guest.post('/search/found', { q: 'koshitsuki', found: 'no', next: '/search?q=koshitsuki' }, SAFARI)
  expect(said.headers.location).toBe('/search?q=koshitsuki')
  expect((await guest.get('/search?q=koshitsuki')).body).toContain('質問してみてください')
  await guest.post('/search/found', { q: 'koshitsuki', found: 'yes' }, SAFARI)
  const verdicts = await forum.db.select().from(searchVerdicts)
  expect(verdicts).toMatchObject([{ topicId: 0, found: true }])
  await guest.get('/search?q=koshitsuki', SAFARI)
  expect((await written())[0]?.key).toEqual(verdicts[0]?.key)
})

test('all of it is forgotten after ninety days', async () => {
  const guest = await forum.as()
  await guest.get('/search?q=koshitsuki', SAFARI)
  await guest.post('/search/clicks', { q: 'koshitsuki', topic: topic.id }, SAFARI)
  await guest.post('/search/found', { q: 'koshitsuki', found: 'yes' }, SAFARI)
  await written()
  const left = async () => [await forum.db.$count(searches), await forum.db.$count(searchClicks), await forum.db.$count(searchVerdicts)]
  await sweepSearches(forum.db)
  expect(await left()).toEqual([1, 1, 1])
  for (const table of ['searches', 'search_clicks', 'search_verdicts']) await forum.db.execute(`update ${table} set day = day - 91`)
  await sweepSearches(forum.db)
  expect(await left()).toEqual([0, 0, 0])
})

test('who finds the answer while asking ends the ask, thanks the answer, and counts once, without his name', async () => {
  const { db } = forum
  await keepDraft(db, reader, 'ask', { title: 'koshitsukiが湿る' })
  const { draftKey } = await findDraft(db, reader, 'ask')
  const browser = await forum.as(reader)
  const panel = (await browser.get('/ask/similar?title=koshitsukiが湿る')).body
  expect(panel).toContain(`formaction="/ask/solved?post&#x3D;${answer.id}"`)
  expect(panel).toContain('hikariに当ててください')
  const before = await lastEvent(db)
  for (let n = 0; n < 2; n++) {
    const ended = await browser.post(`/ask/solved?post=${answer.id}`, { draftKey, title: 'koshitsukiが湿る' })
    expect(ended.headers.location).toContain(`#post-${answer.id}`)
  }
  expect(await db.$count(deflections, eq(deflections.postId, answer.id))).toBe(1)
  expect(await happened(db, before)).toEqual(['ask.deflected', 'reaction.given'])
  const events = await db.execute<{ data: object }>(`select data from events where name = 'ask.deflected'`)
  expect(events.map(({ data }) => data)).toEqual([{ topicId: topic.id, boardId: topic.boardId, postId: answer.id }])
  expect((await postNow(db, answer)).thanksCount).toBe(1)
  expect((await findDraft(db, reader, 'ask')).content).toEqual({})
})

test('words from a search stand in the ask page, with what was asked before; a button does it without JavaScript', async () => {
  const browser = await forum.as(reader)
  const page = (await browser.get('/ask?title=koshitsuki')).body
  expect(page).toContain('value="koshitsuki"')
  expect(page).toContain('これで解決しました')
  const again = await browser.post('/ask/similar', { title: 'koshitsuki', body: '書きかけの本文', kind: 'tip', draftKey: 'a-draft-key' })
  expect(again.statusCode).toBe(200)
  for (const kept of ['これで解決しました', '書きかけの本文', 'a-draft-key']) expect(again.body).toContain(kept)
})

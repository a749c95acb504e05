import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Actor } from '../src/accounts/actor.ts'
import type { BoardRow } from '../src/boards/schema.ts'
import { record } from '../src/platform/outbox.ts'
import { openPageCache } from '../src/platform/page_cache.ts'
import { react } from '../src/reactions/reactions.ts'
import { pickBest } from '../src/topics/best_answers.ts'
import type { Topic } from '../src/topics/queries.ts'
import { startTestApp, type TestApp } from './app.ts'
import { makeAnswer, makeBoard, makeComment, makeTopic } from './making.ts'
import { makeMember } from './people.ts'

let forum: TestApp
let asker: Actor
let board: BoardRow
let child: BoardRow
let topic: Topic

beforeAll(async () => {
  forum = await startTestApp()
  const { db } = forum
  asker = await makeMember(db, { name: 'たずねびと' })
  board = await makeBoard(db)
  child = await makeBoard(db, { parentId: board.id })
})
afterAll(() => forum.close())
beforeEach(async () => {
  topic = await makeTopic(forum.db, asker, child)
  await settled()
})

/** What was written before has been heard by now. */
const settled = () => new Promise(resolve => setTimeout(resolve, 150))

/** How many statements the app sends meanwhile, without those that count readers by the clock. */
async function statementsOf(work: () => Promise<unknown>): Promise<number> {
  forum.statements.length = 0
  await work()
  return forum.statements.filter(statement => !statement.includes('visits')).length
}
const page = async (path: string, headers = {}) => (await (await forum.as()).get(path, headers)).body

test('a guest’s page is made once and served from memory after that', async () => {
  expect(await statementsOf(() => page(`/t/${topic.id}`))).toBeGreaterThan(0)
  expect(await statementsOf(() => page(`/t/${topic.id}`))).toBe(0)
})

test('a guest reads what was written a moment ago, on every page that shows it', async () => {
  const { db } = forum
  const helper = await makeMember(db)
  const shown = (path: string, words: string) => expect.poll(() => page(path), { timeout: 2000 }).toContain(words)
  const paths = ['/', '/boards', `/b/${board.slug}`, `/b/${child.slug}`, `/t/${topic.id}`]
  for (const path of paths) await page(path)
  const asked = await makeTopic(db, asker, child, { title: 'いま聞いたばかりの質問です' })
  for (const path of ['/', `/b/${child.slug}`, `/b/${board.slug}`]) await shown(path, asked.title)
  const answer = await makeAnswer(db, helper, topic, 'いま書いたばかりの回答です。')
  await shown(`/t/${topic.id}`, 'いま書いたばかりの回答です。')
  await makeComment(db, asker, answer, 'いま書いたばかりのコメントです。')
  await shown(`/t/${topic.id}`, 'いま書いたばかりのコメントです。')
  await pickBest(db, asker, answer)
  await shown(`/t/${topic.id}`, 'card post best')
  await react(db, asker, answer, 'helpful')
  await expect.poll(() => page(`/t/${topic.id}`), { timeout: 2000 }).toMatch(/参考になった[\s\S]{0,80}1/)
})

test('many guests who wait for one page cost one render', async () => {
  const one = await statementsOf(() => page(`/t/${topic.id}`))
  forum.app.cache.dropAll()
  const many = await statementsOf(() => Promise.all(Array.from({ length: 40 }, () => page(`/t/${topic.id}`))))
  expect(many).toBe(one)
})

test('many guests who wait for an address that is not there all hear so', async () => {
  const guest = await forum.as()
  const answers = await Promise.all(Array.from({ length: 20 }, () => guest.get('/t/999999')))
  expect(new Set(answers.map(answer => answer.statusCode))).toEqual(new Set([404]))
})

test('a page that changes while it is made is not kept; those who waited for it ask together once more', async () => {
  const { db, services } = forum
  await forum.runJobs()
  let release = () => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  // The fragment reads its topic first and searches then: here the topic is read and the search waits.
  const blocked = services.sql.begin(async tx => {
    await tx`lock table search_documents in access exclusive mode`
    await held
  })
  await settled()
  const readings = () => forum.statements.filter(statement => statement.includes('from "topics" inner join "boards"')).length
  forum.statements.length = 0
  const waiting = Promise.all(Array.from({ length: 8 }, () => page(`/t/${topic.id}/similar`)))
  await settled()
  expect(readings()).toBe(1)
  await record(db, 'topic.changed', { topicId: topic.id, boardId: child.id, actorId: asker.id })
  await settled()
  release()
  await Promise.all([blocked, waiting])
  expect(readings()).toBe(2)
  await page(`/t/${topic.id}/similar`)
  expect(readings()).toBe(2)
})

test('a member’s page is never served to a guest, nor a guest’s to a member', async () => {
  const member = await forum.as(asker)
  forum.app.cache.dropAll()
  expect((await member.get(`/t/${topic.id}`)).body).toContain(`/t/${topic.id}/answers`)
  const guest = await forum.as()
  for (let n = 0; n < 2; n++) {
    const response = await guest.get(`/t/${topic.id}`)
    expect(response.body).not.toContain(`/t/${topic.id}/answers`)
    expect(response.headers['set-cookie']).toBeUndefined()
    expect(response.headers['cache-control']).toContain('private')
    expect(response.headers.vary).toContain('Cookie')
  }
  expect((await member.get(`/t/${topic.id}`)).body).toContain(`/t/${topic.id}/answers`)
  const [mine, other] = await Promise.all([member.get('/'), guest.get('/')])
  expect(mine.body).not.toBe(other.body)
})

test('a sentence meant for one reader is not kept for others', async () => {
  const leaving = await forum.as(asker)
  await leaving.post('/logout')
  forum.app.cache.dropAll()
  expect((await leaving.get('/')).body).toContain('class="flash"')
  expect(await page('/')).not.toContain('class="flash"')
})

test('each language, type size and theme has its own page', async () => {
  const [ja, en] = [await page('/'), await page('/', { 'accept-language': 'en' })]
  expect(ja).toContain('lang="ja"')
  expect(en).toContain('lang="en"')
  expect(await page('/', { cookie: 'prefs=ja.largest.dark' })).toContain('data-size="largest"')
  expect(await page('/')).toContain('data-size="normal"')
})

test('a kept page comes compressed to those who take it, and whole to the others', async () => {
  const guest = await forum.as()
  const plain = (await guest.get('/')).body
  await settled()
  const brotli = await guest.get('/', { 'accept-encoding': 'gzip, br' })
  expect(brotli.headers['content-encoding']).toBe('br')
  expect(Number(brotli.headers['content-length'])).toBeLessThan(Buffer.byteLength(plain) / 2)
  expect((await guest.get('/')).body).toBe(plain)
})

test('pages that were pushed out or changed leave nothing behind', () => {
  const cache = openPageCache({ maxBytes: 20_000 })
  const keep = (key: string, tags: string[]) => {
    cache.join(key)
    cache.settle(key, { body: Buffer.alloc(1000), headers: {}, tags })
  }
  for (let n = 0; n < 1000; n++) keep(`/?x=${n}`, ['lists', `topic:${n}`])
  expect(cache.figures().pages).toBeLessThan(20)
  expect(cache.figures().keys).toBeLessThan(50)
  cache.drop(['lists'])
  expect(cache.figures()).toMatchObject({ pages: 0, keys: 0 })
})

test('who waited for a page that changed meanwhile does not get the old one', async () => {
  const cache = openPageCache()
  expect(cache.join('/')).toBeUndefined()
  const waiting = cache.join('/')
  cache.drop(['lists'])
  cache.settle('/', { body: Buffer.from('old'), headers: {}, tags: ['lists'] })
  expect(await waiting).toBeUndefined()
  expect(cache.find('/')).toBeUndefined()
})

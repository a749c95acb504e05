import { sql } from 'drizzle-orm'
import type { JobHelpers } from 'graphile-worker'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '../src/accounts/actor.ts'
import type { BoardRow } from '../src/boards/schema.ts'
import { nameProducts } from '../src/companies/naming.ts'
import type { Product } from '../src/companies/product_queries.ts'
import type { CompanyRow } from '../src/companies/schema.ts'
import { eventTasks } from '../src/event_jobs.ts'
import type { EventOf } from '../src/events.ts'
import { weigh } from '../src/moderation/holds/weighing.ts'
import { wordsNow } from '../src/moderation/words/keeping.ts'
import { react } from '../src/reactions/reactions.ts'
import { addAddendum } from '../src/topics/adding.ts'
import { pickBest } from '../src/topics/best_answers.ts'
import { keepDraft } from '../src/topics/drafts.ts'
import type { Post } from '../src/topics/page_queries.ts'
import { ANSWERS_A_PAGE } from '../src/topics/page_queries.ts'
import type { Topic } from '../src/topics/queries.ts'
import { type Browser, startTestApp, type TestApp } from './app.ts'
import { makeCompany, makeProduct } from './companies.ts'
import { makeGuarantee, makeOfficial } from './guarantees.ts'
import { makeAnswer, makeBoard, makeComment, makeTopic, openingOf, topicNow } from './making.ts'
import { makeAgent, makeMember, makeModerator, makeOperator } from './people.ts'

let forum: TestApp
let asker: Actor
let reader: Actor
let board: BoardRow
let topic: Topic
let answers: Post[]
let member: Browser
let guest: Browser
let company: CompanyRow
let product: Product
let rival: Product
let code: string

beforeAll(async () => {
  forum = await startTestApp()
  const { db } = forum
  const helper = await makeMember(db)
  asker = await makeMember(db)
  reader = await makeMember(db)
  const parent = await makeBoard(db)
  board = await makeBoard(db, { parentId: parent.id, rulesJa: '仲良く。' })
  topic = await makeTopic(db, asker, board, { title: 'ルーターの選び方を教えてください', tags: 'ルーター Wi-Fi' })
  for (let n = 0; n < 40; n++) await makeTopic(db, n % 2 ? asker : helper, n % 3 ? board : parent)
  answers = []
  for (let n = 0; n < 12; n++)
    answers.push(await makeAnswer(db, n % 2 ? helper : asker, topic, `ルーターの回答 ${n} です。@${reader.handle}`))
  for (const answer of answers) for (let n = 0; n < 3; n++) await makeComment(db, reader, answer)
  await addAddendum(db, asker, topic, { body: '補足です。', draftKey: 'one-draft-key' })
  await pickBest(db, asker, answers[1] ?? expect.fail())
  for (const answer of answers) await react(db, reader, answer, 'helpful')
  await keepDraft(db, reader, `answer:${topic.id}`, { body: '書きかけ' })
  company = await makeCompany(db)
  ;[product, rival] = [await makeProduct(db, company, {}, ['1', '2']), await makeProduct(db, company)]
  const about = await makeTopic(db, asker, board)
  await nameProducts(db, asker, about, `${product.nameJa}、${rival.nameJa}`)
  const agent = await makeAgent(db, company)
  code = (await makeGuarantee(db, agent, company, await makeOfficial(db, agent, company, await topicNow(db, about)), product)).code
  topic = await topicNow(db, topic)
  await forum.runJobs()
  await forum.services.search.refresh()
  await new Promise(resolve => setTimeout(resolve, 200))
  member = await forum.as(reader)
  guest = await forum.as()
})
afterAll(() => forum.close())

/**
 * The statements one request sends, cold: nothing kept from before. Left out are readers, searches and notices read, written by the clock, and the exact
 * count of a young collection, which a search asks only until PostgreSQL's own statistics have caught up.
 */
async function statementsOf(request: () => ReturnType<Browser['get']>, status = 200): Promise<string[]> {
  forum.app.cache.dropAll()
  forum.statements.length = 0
  const response = await request()
  expect(response.statusCode).toBe(status)
  return forum.statements.filter(statement => !/visits|update notices|insert into "searches"|select count.* avg\(words\)/.test(statement))
}

const PAGES: [name: string, path: () => string, forGuest: number, forMember: number][] = [
  ['a topic with answers, comments, an addendum, marks and a draft', () => `/t/${topic.id}`, 3, 5],
  ['a topic, newest answers first', () => `/t/${topic.id}?order=new`, 3, 5],
  ['a topic, at one answer', () => `/t/${topic.id}?at=${answers[5]?.id}`, 3, 5],
  ['whether an answer fixed it', () => `/posts/${answers[5]?.id}/fixed`, 3, 4],
  ['a company', () => `/c/${company.slug}`, 5, 6],
  ['a product', () => `/c/${company.slug}/p/${product.slug}`, 7, 8],
  ['products side by side', () => `/compare?products=${[product, rival].map(({ slug }) => `${company.slug}/${slug}`).join()}`, 7, 8],
  ['a certificate', () => `/guarantees/${code}`, 2, 3],
  ['home', () => '/', 2, 3],
  ['a list on home', () => '/?list=unanswered', 2, 3],
  ['all boards', () => '/boards', 1, 2],
  ['a board', () => `/b/${board.slug}`, 4, 5],
  ['a search', () => `/search?q=${encodeURIComponent('ルーターの選び方')}`, 6, 7],
  ['the topics of a tag', () => `/search?tag=${encodeURIComponent('ルーター')}`, 2, 3],
  ['similar topics beside a topic', () => `/t/${topic.id}/similar`, 4, 5],
  ['a member', () => `/u/${asker.handle}`, 6, 7],
  ['the masters of a month', () => '/people', 2, 3],
  ['a badge and who has it', () => '/badges/first_answer', 1, 2],
  ['a member’s own page, with the way to his next level', () => `/u/${reader.handle}`, 6, 8],
  ['what points are made of', () => `/u/${reader.handle}/points`, 2, 4],
  ['what a level is decided by', () => `/u/${reader.handle}/level`, 2, 5],
]

test.each(PAGES)('%s costs few statements, whoever reads', async (_, path, forGuest, forMember) => {
  const cold = await statementsOf(() => guest.get(path()))
  expect(cold.length, cold.join('\n')).toBeLessThanOrEqual(forGuest)
  const own = await statementsOf(() => member.get(path()))
  expect(own.length, own.join('\n')).toBeLessThanOrEqual(forMember)
})

test('what one was told costs two statements, the bell none of its own', async () => {
  expect(await statementsOf(() => member.get('/notifications'))).toHaveLength(2)
})

test('moderators and the operator cost no more than members', async () => {
  for (const person of [await makeModerator(forum.db, board), await makeOperator(forum.db)]) {
    const browser = await forum.as(person)
    expect(await statementsOf(() => browser.get(`/t/${topic.id}`))).toHaveLength(5)
  }
})

test('a full page of answers costs no more than one answer', async () => {
  const { db } = forum
  const rows = sql`insert into posts (topic_id, kind, author_id, body, body_html, body_text, renderer_version)
    select ${topic.id}, 'answer', ${reader.id}, 'x', 'x', 'x', 1 from generate_series(1, ${ANSWERS_A_PAGE + 5})`
  await db.execute(rows)
  expect(await statementsOf(() => member.get(`/t/${topic.id}`))).toHaveLength(5)
  const next = /href="([^"]+)#answers"[^>]*>/.exec((await member.get(`/t/${topic.id}`)).body.split('rel="next" ')[1] ?? '')?.[1]
  expect(await statementsOf(() => member.get((next ?? '').replaceAll('&#x3D;', '=').replaceAll('&amp;', '&')))).toHaveLength(5)
})

test('writing costs what it must: the row, its counts, the draft, the event, a question also a look for a product it names', async () => {
  // Whether the words of the lists have changed is asked once a second, whoever writes.
  await wordsNow(forum.db)
  // Of a newcomer one statement more asks how new he is.
  await forum.db.execute(sql`update accounts set created_at = now() - interval '2 days', came_back_at = now() where id = ${reader.id}`)
  await weigh(forum.db, reader, { body: '', boardIds: [] })
  const answer = await statementsOf(
    () => member.post(`/t/${topic.id}/answers`, { body: '短い回答です。', draftKey: 'answer-draft-1' }),
    303,
  )
  expect(answer.length, answer.join('\n')).toBeLessThanOrEqual(6)
  const asked = await statementsOf(
    () =>
      member.post('/ask', { kind: 'question', boardId: board.id, title: '新しい質問です', body: '本文です。', draftKey: 'asking-draft-1' }),
    303,
  )
  expect(asked.length, asked.join('\n')).toBeLessThanOrEqual(9)
  const opening = await openingOf(forum.db, topic)
  const pressed = await statementsOf(() => member.post(`/posts/${opening.id}/reactions/me_too`), 303)
  expect(pressed.length, pressed.join('\n')).toBeLessThanOrEqual(7)
})

test('what follows from answers that come together asks no more for eight than for two', async () => {
  const { db, services } = forum
  const { event: follow } = eventTasks(services)
  const topics = await Promise.all(Array.from({ length: 10 }, () => makeTopic(db, asker, board)))
  for (const each of topics) await makeAnswer(db, reader, each)
  await forum.runJobs()
  const statementsAfter = async (count: number) => {
    for (const each of topics.slice(0, count)) await makeAnswer(db, reader, each, `もう一つの回答です。${count}`)
    const events = await db.execute<EventOf>(
      sql`select id::int, name, data from events where name = 'answer.posted' order by id desc limit ${count}`,
    )
    forum.statements.length = 0
    const addJob = () => expect.fail('an effect failed')
    await Promise.all(events.map(event => follow?.(event, { addJob } as unknown as JobHelpers)))
    return [...forum.statements]
  }
  const two = await statementsAfter(2)
  const eight = await statementsAfter(8)
  expect(two.length, two.join('\n')).toBeLessThanOrEqual(2 * 24)
  expect(eight.length, eight.join('\n')).toBeLessThanOrEqual(two.length + 2)
})

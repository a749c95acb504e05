import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, startTestApp, type TestApp } from '../../test/app.ts'
import { makeCompany } from '../../test/companies.ts'
import { makeAnswer, makeBoard, makeComment, makeTopic, openingOf } from '../../test/making.ts'
import { closedAfterwards, knownAgain, makeAgent, makeMember, makeOperator } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import type { EventOf } from '../events.ts'
import { react, withdrawReaction } from '../reactions/reactions.ts'
import { postAnswer } from '../topics/answers.ts'
import { pickBest, unpickBest } from '../topics/best_answers.ts'
import { editPost } from '../topics/editing.ts'
import { withdrawPost } from '../topics/withdrawing.ts'
import { listNotices } from './queries.ts'
import { tell, tellAll } from './telling.ts'

let forum: TestApp
let asker: Actor
let helper: Actor

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())

async function asked(board = {}) {
  const { db } = forum
  asker = await makeMember(db, { name: 'たまき' })
  helper = await makeMember(db, { name: 'ゆうこ' })
  return makeTopic(db, asker, await makeBoard(db, board))
}

/** What somebody was told, newest first, as kinds. */
async function toldTo(person: Actor): Promise<string[]> {
  await forum.runJobs()
  const { rows } = await listNotices(forum.db, person, { which: 'all' })
  // What a first answer is honoured with is told in another file.
  return rows.map(({ notice }) => notice.kind as string).filter(kind => kind !== 'badge' && kind !== 'level')
}

const unreadOf = async (person: Actor) => (await knownAgain(forum.db, person.id)).unread
const textOf = (page: Awaited<ReturnType<Browser['get']>>) => page.body.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')

test('who asked hears of answers, who answered of comments, praise and the pick; nobody of his own', async () => {
  const { db } = forum
  const topic = await asked()
  const answer = await makeAnswer(db, helper, topic)
  await makeAnswer(db, asker, topic, '自分でも調べました。')
  await makeComment(db, asker, answer)
  for (const kind of ['helpful', 'thanks'] as const) await react(db, asker, answer, kind)
  await pickBest(db, asker, answer)
  await react(db, helper, await openingOf(db, topic), 'me_too')
  expect(await toldTo(asker)).toEqual(['me_too', 'answer'])
  expect(await toldTo(helper)).toEqual(['best', 'thanks', 'helpful', 'comment', 'followed_answer'])
})

test('of one post everybody hears once, by what concerns him most', async () => {
  const { db } = forum
  const topic = await asked()
  const named = await makeMember(db)
  await makeAnswer(db, helper, topic, `@${asker.handle} さん、@${named.handle} さん、@${helper.handle} です。`)
  expect(await toldTo(asker)).toEqual(['answer'])
  expect(await toldTo(named)).toEqual(['mention'])
  expect(await toldTo(helper)).toEqual([])
})

test('who is named in a question, or in an edit that names him first, is called once', async () => {
  const { db } = forum
  const topic = await asked()
  const named = await makeMember(db)
  const answer = await makeAnswer(db, helper, topic)
  for (const [revision, body] of [`@${named.handle} さんが詳しいです。`, `@${named.handle} さんが一番詳しいです。`].entries())
    await editPost(db, helper, { ...answer, revision: revision + 1 }, { body, revision: revision + 1, reason: '' })
  await makeTopic(db, asker, await makeBoard(db), { body: `教えてください、@${named.handle} さん。` })
  expect(await toldTo(named)).toEqual(['mention', 'mention'])
})

test('who is quoted hears of it: whoever wrote the words first', async () => {
  const { db } = forum
  const topic = await asked()
  const [second, third] = [await makeMember(db), await makeMember(db)]
  await makeAnswer(db, helper, topic, 'ルーターを一度再起動してください。\nそれから設定を見ます。')
  await makeAnswer(db, second, topic, '> それから設定を見ます。\n\nどの設定でしょう。')
  await makeAnswer(db, third, topic, '> それから設定を見ます。\n\n私も知りたいです。')
  expect(await toldTo(helper)).toEqual(['quote', 'quote'])
  expect(await toldTo(second)).not.toContain('quote')
})

test('a thanks taken back and given again, and a pick undone and done again, are told once', async () => {
  const { db } = forum
  const topic = await asked()
  const answer = await makeAnswer(db, helper, topic)
  for (let n = 0; n < 3; n++) {
    await react(db, asker, answer, 'thanks')
    await withdrawReaction(db, asker, answer, 'thanks')
    await pickBest(db, asker, answer)
    await unpickBest(db, asker, answer)
  }
  expect((await toldTo(helper)).sort()).toEqual(['best', 'thanks'])
})

test('an event repeated, also by many workers at once, tells once', async () => {
  const { db } = forum
  const topic = await asked()
  const { id } = await postAnswer(db, helper, topic, { body: '一度だけです。', draftKey: 'told-once' })
  const [event] = await db.execute<EventOf>(
    sql`select id, name, data from events where name = 'answer.posted' and data->>'postId' = ${String(id)}`,
  )
  await Promise.all(Array.from({ length: 20 }, () => tell(db, event ?? expect.fail())))
  expect(await toldTo(asker)).toEqual(['answer'])
})

test('nobody is told of a board he may not read, and nobody who has left', async () => {
  const { db } = forum
  const [operator, named] = [await makeOperator(db), await makeMember(db)]
  const staffs = await makeTopic(db, operator, await makeBoard(db, { visibility: 'staff' }))
  await makeAnswer(db, await makeOperator(db), staffs, `@${named.handle} さん`)
  expect(await toldTo(named)).toEqual([])
  expect(await toldTo(operator)).toEqual(['answer'])
  const open = await asked()
  const gone = await closedAfterwards(db, asker)
  await makeAnswer(db, helper, open)
  expect(await toldTo(gone)).toEqual([])
})

test('what was taken back or hidden before the job ran is not told; afterwards it leaves the page and the bell', async () => {
  const { db } = forum
  const topic = await asked()
  await withdrawPost(db, helper, await makeAnswer(db, helper, topic))
  expect(await toldTo(asker)).toEqual([])
  const answer = await makeAnswer(db, helper, topic)
  expect(await toldTo(asker)).toEqual(['answer'])
  expect(await unreadOf(asker)).toBe(1)
  await withdrawPost(db, helper, answer)
  expect(await toldTo(asker)).toEqual([])
  expect(await unreadOf(asker)).toBe(0)
})

test('answers told together reach whom each of them concerns, and nobody of another topic', async () => {
  const { db } = forum
  const [first, firstAsker] = [await asked(), asker]
  const [second, secondAsker] = [await asked(), asker]
  const follower = await makeMember(db)
  await db.execute(sql`insert into watches (subject, account_id, level) values (${`topic:${first.id}`}, ${follower.id}, 'answers')`)
  for (const topic of [first, second]) await makeAnswer(db, helper, topic)
  const events = await db.execute<EventOf<'answer.posted'>>(sql`select id::int, name, data from events order by id desc limit 2`)
  for (let times = 0; times < 2; times++) await tellAll(db, [...events])
  const topicsOf = async (person: Actor) => (await listNotices(db, person, { which: 'all' })).rows.map(({ notice }) => notice.topicId)
  expect(await Promise.all([firstAsker, secondAsker, follower].map(topicsOf))).toEqual([[first.id], [second.id], [first.id]])
})

test('the bell counts lines; four who found one answer helpful are one of them', async () => {
  const { db } = forum
  const topic = await asked()
  const answer = await makeAnswer(db, helper, topic)
  for (const name of ['あき', 'はな', 'けん', 'ゆうこ']) await react(db, await makeMember(db, { name }), answer, 'helpful')
  await react(db, asker, answer, 'thanks')
  await forum.runJobs()
  await db.execute(sql`delete from notices where kind in ('badge', 'level')`)
  expect(await unreadOf(helper)).toBe(2)
  const browser = await forum.as(helper)
  expect((await browser.get('/')).body).toContain('新しいものが2件')
  const page = await browser.get('/notifications')
  expect(textOf(page)).toContain(`ゆうこ さん ほか3人が「${topic.title}」で参考になったと言っています`)
  expect(textOf(page)).toContain(`たまき さんが「${topic.title}」であなたにありがとうを送りました`)
})

test('opening a line leads to what it is about and reads all of it, and nothing else', async () => {
  const { db } = forum
  const topic = await asked()
  const first = await makeAnswer(db, helper, topic)
  const second = await makeAnswer(db, await makeMember(db), topic)
  await react(db, helper, await openingOf(db, topic), 'me_too')
  await forum.runJobs()
  const browser = await forum.as(asker)
  const { rows } = await listNotices(db, asker, { which: 'talk' })
  expect(rows.map(({ post }) => post?.id)).toEqual([second.id, first.id])
  const opened = await browser.get(`/notifications/${rows[0]?.notice.id}`)
  expect(opened.headers.location).toBe(`/posts/${second.id}`)
  expect(await unreadOf(asker)).toBe(1)
  expect((await (await forum.as(helper)).get(`/notifications/${rows[0]?.notice.id}`)).statusCode).toBe(404)
})

test('opening a topic reads what was told of it', async () => {
  const { db } = forum
  const topic = await asked()
  await makeAnswer(db, helper, topic)
  await forum.runJobs()
  const browser = await forum.as(asker)
  await browser.get(`/t/${topic.id}`)
  await expect.poll(() => unreadOf(asker)).toBe(0)
})

test('everything is read at one press, except what came while he looked', async () => {
  const { db } = forum
  const topic = await asked()
  await makeAnswer(db, helper, topic)
  await forum.runJobs()
  const { rows } = await listNotices(db, asker, { which: 'unread' })
  await react(db, helper, await openingOf(db, topic), 'me_too')
  await forum.runJobs()
  const browser = await forum.as(asker)
  await browser.post('/notifications/read', { upTo: rows[0]?.notice.id ?? 0 })
  expect((await listNotices(db, asker, { which: 'unread' })).rows.map(({ notice }) => notice.kind)).toEqual(['me_too'])
  expect(textOf(await browser.get('/notifications?list=thanks'))).toContain('困っています')
  expect(textOf(await browser.get('/notifications?list=thanks'))).not.toContain('回答しました')
})

test('who answers for a company carries its label in the notice too', async () => {
  const { db } = forum
  const topic = await asked()
  const company = await makeCompany(db)
  const agent = await makeAgent(db, company, { name: 'さくら' })
  await postAnswer(db, agent, topic, { body: '公式の回答です。', draftKey: 'official-told', company: company.id })
  await forum.runJobs()
  const { rows } = await listNotices(db, asker, { which: 'all' })
  expect(rows[0]?.post?.capacity).not.toBeNull()
  expect(textOf(await (await forum.as(asker)).get('/notifications'))).toContain(`さくら さん（${company.nameJa}`)
})

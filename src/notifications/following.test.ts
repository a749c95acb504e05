import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeCompany, makeProduct } from '../../test/companies.ts'
import { makeAnswer, makeBoard, makeComment, makeTopic } from '../../test/making.ts'
import { makeMember, makeOperator } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import { Missing } from '../platform/errors.ts'
import { findSubject } from './follow_queries.ts'
import { CHUNK } from './following.ts'
import { follow, unfollow } from './follows.ts'
import { listNotices } from './queries.ts'
import type { Level } from './schema.ts'

let forum: TestApp
let asker: Actor
let helper: Actor

beforeAll(async () => {
  forum = await startTestApp()
  asker = await makeMember(forum.db)
  helper = await makeMember(forum.db)
})
afterAll(() => forum.close())

const following = async (subject: string, level: Level, person?: Actor) => {
  const follower = person ?? (await makeMember(forum.db))
  await follow(forum.db, follower, { subject }, level)
  return follower
}

async function toldTo(person: Actor): Promise<string[]> {
  await forum.runJobs()
  const { rows } = await listNotices(forum.db, person, { which: 'all' })
  return rows.map(({ notice }) => notice.kind as string).filter(kind => kind !== 'badge' && kind !== 'level')
}

test('a topic is followed in full, for its answers, or not at all', async () => {
  const { db } = forum
  const topic = await makeTopic(db, asker, await makeBoard(db))
  await forum.runJobs()
  const [all, answers, nothing] = await Promise.all(
    (['all', 'answers', 'nothing'] as const).map(level => following(`topic:${topic.id}`, level)),
  )
  await makeComment(db, helper, await makeAnswer(db, helper, topic))
  expect(await toldTo(all ?? expect.fail())).toEqual(['followed_comment', 'followed_answer'])
  expect(await toldTo(answers ?? expect.fail())).toEqual(['followed_answer'])
  expect(await toldTo(nothing ?? expect.fail())).toEqual([])
})

test('what one asks and answers is followed by itself, and can be silenced', async () => {
  const { db } = forum
  const own = await makeMember(db)
  const topic = await makeTopic(db, own, await makeBoard(db))
  const [first, second] = [await makeMember(db), await makeMember(db)]
  const answer = await makeAnswer(db, first, topic)
  await forum.runJobs()
  await makeAnswer(db, second, topic)
  await makeComment(db, second, answer)
  expect(await toldTo(first)).toEqual(['comment', 'followed_answer'])
  expect(await toldTo(own)).toEqual(['followed_comment', 'answer', 'answer'])
  await follow(db, own, { subject: `topic:${topic.id}` }, 'nothing')
  await makeAnswer(db, second, topic, `@${own.handle} さん`)
  expect(await toldTo(own)).toHaveLength(3)
})

test('boards, products, people and tags bring new topics and their answers, each of them once', async () => {
  const { db } = forum
  const company = await makeCompany(db)
  const product = await makeProduct(db, company)
  const parent = await makeBoard(db)
  const board = await makeBoard(db, { parentId: parent.id })
  const subjects = [`board:${board.id}`, `board:${parent.id}`, `product:${product.id}`, `person:${asker.id}`, 'tag:wi-fi']
  const followers = await Promise.all(subjects.map(subject => following(subject, 'all')))
  const everything = await makeMember(db)
  for (const subject of subjects) await following(subject, 'all', everything)
  const topic = await makeTopic(db, asker, board, { tags: 'Wi-Fi ルーター' })
  await db.execute(sql`update topics set product_ids = array[${product.id}]::bigint[] where id = ${topic.id}`)
  await makeAnswer(db, helper, topic)
  for (const follower of [...followers.slice(0, 3), followers[4], everything])
    expect(await toldTo(follower ?? expect.fail())).toEqual(['followed_answer', 'followed_topic'])
  // A person is followed for what he writes, not for what others answer him.
  expect(await toldTo(followers[3] ?? expect.fail())).toEqual(['followed_topic'])
})

test('what one said of a topic counts before what one said of its board; nothing of a board counts before its tags', async () => {
  const { db } = forum
  const board = await makeBoard(db)
  const topic = await makeTopic(db, asker, board, { tags: 'プリンター' })
  const [loud, quiet] = [await following(`board:${board.id}`, 'nothing'), await following(`board:${board.id}`, 'nothing')]
  await following(`topic:${topic.id}`, 'answers', loud)
  await following('tag:プリンター', 'all', quiet)
  await makeAnswer(db, helper, topic)
  expect(await toldTo(loud)).toEqual(['followed_answer'])
  expect(await toldTo(quiet)).toEqual([])
})

test('more followers than are told at once hear by jobs behind all others, each of them once', async () => {
  const { db } = forum
  const topic = await makeTopic(db, asker, await makeBoard(db))
  const crowd = 2 * CHUNK + 30
  await db.execute(sql`
    with crowd as (insert into accounts (handle, name) select 'crowd_' || n, 'c' from generate_series(1, ${crowd}::int) n returning id)
    insert into watches (subject, account_id, level) select ${`topic:${topic.id}`}, id, 'answers' from crowd`)
  const answer = await makeAnswer(db, helper, topic)
  await forum.runJobs()
  const [told] = await db.execute<{ all: number; people: number }>(sql`
    select count(*)::int as all, count(distinct account_id)::int as people from notices where post_id = ${answer.id}`)
  expect(told).toEqual({ all: crowd + 1, people: crowd + 1 })
})

test('what is hidden from somebody cannot be followed by him', async () => {
  const { db } = forum
  const board = await makeBoard(db, { visibility: 'staff' })
  for (const of of [`board:${board.id}`, 'board:999999', 'topic:0', 'planet:1', 'person:x', ''])
    await expect(findSubject(db, asker, of)).rejects.toThrow(Missing)
  expect(await findSubject(db, await makeOperator(db), `board:${board.id}`)).toMatchObject({ path: `/b/${board.slug}` })
})

test('the page says how one follows, changes it, and lists everything', async () => {
  const { db } = forum
  const board = await makeBoard(db)
  const topic = await makeTopic(db, asker, board)
  const reader = await makeMember(db)
  const browser = await forum.as(reader)
  expect((await browser.get(`/t/${topic.id}`)).body).toContain('通知を受け取る')
  const saved = await browser.post('/notifications/follow', { of: `topic:${topic.id}`, level: 'answers' })
  expect(saved.headers.location).toBe(`/t/${topic.id}`)
  await browser.post('/notifications/follow', { of: `board:${board.id}`, level: 'all' })
  await browser.post('/notifications/follow', { of: 'tag:スマホ', level: 'all' })
  expect((await browser.get(`/t/${topic.id}`)).body).toContain('通知：回答だけ')
  const list = (await browser.get('/notifications/follows')).body
  for (const name of [topic.title, board.nameJa, 'スマホ']) expect(list).toContain(name)
  await browser.post('/notifications/follow', { of: `board:${board.id}`, level: 'none' })
  expect((await browser.get('/notifications/follows')).body).not.toContain(board.nameJa)
  await unfollow(db, reader, { subject: `topic:${topic.id}` })
  expect((await browser.get(`/notifications/follow?of=topic:${topic.id}`)).body).toMatch(/value="none" checked/)
})

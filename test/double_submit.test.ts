import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { BoardRow } from '../src/boards/schema.ts'
import type { Post } from '../src/topics/page_queries.ts'
import type { Topic } from '../src/topics/queries.ts'
import { addenda, posts, topics } from '../src/topics/schema.ts'
import { type Browser, type Form, startTestApp, type TestApp } from './app.ts'
import { happened, lastEvent } from './happened.ts'
import { makeAnswer, makeBoard, makeTopic, postNow, topicNow } from './making.ts'
import { makeMember } from './people.ts'

let forum: TestApp
let writer: Browser
let board: BoardRow
let topic: Topic
let answer: Post

beforeAll(async () => {
  forum = await startTestApp()
  const { db } = forum
  const asker = await makeMember(db)
  board = await makeBoard(db)
  topic = await makeTopic(db, asker, board)
  answer = await makeAnswer(db, await makeMember(db), topic)
  writer = await forum.as(asker)
})
afterAll(() => forum.close())

const PRESSES = 50

/** Presses the same button many times at once; the one address all answers lead to. */
async function pressed(path: string, form: Form): Promise<string> {
  const answers = await Promise.all(Array.from({ length: PRESSES }, () => writer.post(path, form)))
  expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([303]))
  const places = new Set(answers.map(({ headers }) => headers.location))
  expect(places.size).toBe(1)
  return String([...places][0])
}

test('fifty presses of one button, a hundred times: one answer each time, and the same page for all', async () => {
  const { db } = forum
  const before = { rows: await db.$count(posts), event: await lastEvent(db), answers: (await topicNow(db, topic)).answerCount }
  const places = new Set<string>()
  for (let n = 0; n < 100; n++)
    places.add(await pressed(`/t/${topic.id}/answers`, { body: `同じ回答 ${n} です。`, draftKey: `answer-key-${n}` }))
  expect(places.size).toBe(100)
  expect(await db.$count(posts)).toBe(before.rows + 100)
  expect((await topicNow(db, topic)).answerCount).toBe(before.answers + 100)
  expect(await happened(db, before.event)).toEqual(Array(100).fill('answer.posted'))
}, 60_000)

test('fifty presses ask one question, in one place of the count', async () => {
  const { db } = forum
  const before = await db.$count(topics)
  const form = {
    kind: 'question',
    boardId: board.id,
    title: '一度だけ聞きたいこと',
    body: '本文です。',
    tags: 'a b',
    draftKey: 'asking-key-1',
  }
  for (let n = 0; n < 3; n++) await pressed('/ask', { ...form, draftKey: `asking-key-${n}` })
  expect(await db.$count(topics)).toBe(before + 3)
  const [counted] = await db.execute<{ count: number }>(sql`select topic_count as count from boards where id = ${board.id}`)
  expect(counted?.count).toBe(before + 3)
})

test('fifty presses comment once and add once', async () => {
  const { db } = forum
  await pressed(`/posts/${answer.id}/comments`, { body: 'ありがとうございます。', draftKey: 'comment-key' })
  await pressed(`/t/${topic.id}/addenda`, { body: '補足します。', draftKey: 'addendum-key' })
  expect((await postNow(db, answer)).commentCount).toBe(1)
  expect(await db.$count(addenda)).toBe(1)
})

test('fifty presses save an edit once', async () => {
  const { db } = forum
  const opening = topic.openingId ?? 0
  const form = { title: '直した題名です', body: '直した本文です。', tags: '', reason: '', revision: 1 }
  const answers = await Promise.all(Array.from({ length: PRESSES }, () => writer.put(`/posts/${opening}`, form)))
  expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([303]))
  expect((await postNow(db, { id: opening })).revision).toBe(2)
  const versions = await db.execute(sql`select 1 from revisions where post_id = ${opening}`)
  expect(versions).toHaveLength(2)
})

test('fifty presses of different edits: one is saved, every other hears of it and loses nothing', async () => {
  const { db } = forum
  const opening = topic.openingId ?? 0
  const { revision } = await postNow(db, { id: opening })
  const bodies = Array.from({ length: 20 }, (_, n) => `版 ${n} の本文です。`)
  const answers = await Promise.all(
    bodies.map(body => writer.put(`/posts/${opening}`, { title: '直した題名です', body, tags: '', reason: '', revision })),
  )
  expect(answers.filter(({ statusCode }) => statusCode === 303)).toHaveLength(1)
  const late = answers.flatMap((answer, n) => (answer.statusCode === 409 ? [{ body: answer.body, own: bodies[n] ?? '' }] : []))
  expect(late).toHaveLength(19)
  const standing = (await postNow(db, { id: opening })).body
  for (const { body, own } of late) {
    expect(body).toContain(own)
    expect(body.replace(/<[^>]*>/g, '')).toContain(standing.slice(-8))
  }
  expect((await postNow(db, { id: opening })).revision).toBe(revision + 1)
})

test('fifty presses of «helpful» are one, and of taking it back none', async () => {
  const { db } = forum
  const press = (method: 'post' | 'delete') =>
    Promise.all(Array.from({ length: PRESSES }, () => writer[method](`/posts/${answer.id}/reactions/helpful`)))
  await press('post')
  expect((await postNow(db, answer)).helpfulCount).toBe(1)
  await press('delete')
  expect((await postNow(db, answer)).helpfulCount).toBe(0)
})

test('fifty presses pick and close once', async () => {
  const { db } = forum
  const before = await lastEvent(db)
  await Promise.all(Array.from({ length: PRESSES }, () => writer.post(`/posts/${answer.id}/best`)))
  await Promise.all(Array.from({ length: PRESSES }, () => writer.post(`/t/${topic.id}/close`)))
  expect(await happened(db, before)).toEqual(['best_answer.picked', 'topic.closed'])
})

import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/app.ts'
import { makeCompany, makeProduct } from '../../../test/companies.ts'
import { makeAnswer, makeBoard, makeComment, makeTopic, openingOf, topicNow } from '../../../test/making.ts'
import { knownAgain, makeAgent, makeMember, makeModerator, makeOperator } from '../../../test/people.ts'
import type { BoardRow } from '../../boards/schema.ts'
import { nameProducts } from '../../companies/naming.ts'
import type { Db } from '../../platform/db.ts'
import { Invalid, Refused, TooMany } from '../../platform/errors.ts'
import { postAnswer } from '../answers.ts'
import type { Topic } from '../queries.ts'
import { endSlowing, slowTopic, unslowTopic } from './slowing.ts'

let forum: TestApp
let db: Db
let board: BoardRow
const slow = { minutes: 15, hours: 6, reason: '少し落ち着いて話しましょう' } as const

beforeAll(async () => {
  forum = await startTestApp()
  db = forum.db
  board = await makeBoard(db)
})
afterAll(() => forum.close())

const talk = async () => makeTopic(db, await makeMember(db), board)
const ofLevel = (level: number) => makeMember(db, { level })
const minutesPass = (topic: Topic, minutes: number) =>
  db.execute(sql`update posts set created_at = created_at - make_interval(mins => ${minutes}::int) where topic_id = ${topic.id}`)

test('a topic is slowed by its moderators and by members of the level, for a reason; by nobody else', async () => {
  const topic = await talk()
  await expect(slowTopic(db, await ofLevel(2), topic, slow)).rejects.toThrow(Refused)
  await expect(slowTopic(db, await ofLevel(3), topic, { ...slow, reason: ' \u200b ' })).rejects.toThrow(Invalid)
  const [friend, moderator] = [await ofLevel(3), await makeModerator(db, board)]
  await slowTopic(db, friend, topic, slow)
  await expect(unslowTopic(db, await ofLevel(4), await topicNow(db, topic)), 'what another has set').rejects.toThrow(Refused)
  await slowTopic(db, moderator, await topicNow(db, topic), { ...slow, minutes: 60 })
  expect(await topicNow(db, topic)).toMatchObject({ slowMinutes: 60, slowById: moderator.id, slowReason: slow.reason })
  await expect(slowTopic(db, friend, topic, slow), 'who has not seen that a moderator set it').rejects.toThrow(Refused)
  await unslowTopic(db, moderator, await topicNow(db, topic))
  expect(await topicNow(db, topic)).toMatchObject({ slowMinutes: null, slowUntil: null, slowById: null, slowReason: null })
})

test('a company’s people never slow a topic about its products, whatever else they are', async () => {
  const topic = await talk()
  const company = await makeCompany(db)
  const product = await makeProduct(db, company)
  await nameProducts(db, await makeOperator(db), topic, product.nameJa)
  const agent = await makeAgent(db, company, { level: 4 })
  await db.execute(sql`insert into board_moderators (account_id, board_id) values (${agent.id}, ${board.id})`)
  await expect(slowTopic(db, await knownAgain(db, agent.id), await topicNow(db, topic), slow)).rejects.toThrow(Refused)
})

test('in a slow topic a member’s answers and comments keep their distance; others and moderators are not held up by them', async () => {
  const topic = await talk()
  const [member, moderator] = [await makeMember(db), await makeModerator(db, board)]
  await slowTopic(db, moderator, topic, slow)
  const answer = await makeAnswer(db, member, topic)
  await expect(makeAnswer(db, member, topic, '続けてもう一つ。')).rejects.toMatchObject({
    name: 'TooMany',
    fields: { body: { values: { minutes: 15 } } },
  })
  await expect(makeComment(db, member, answer)).rejects.toThrow(TooMany)
  await makeComment(db, await makeMember(db), answer)
  await makeComment(db, moderator, answer)
  await makeComment(db, moderator, answer, '続けて、もう一言です。')
  await makeAnswer(db, member, await talk())
  await minutesPass(topic, 14)
  await expect(makeComment(db, member, answer)).rejects.toMatchObject({ fields: { body: { values: { pause: 15, minutes: 1 } } } })
  await minutesPass(topic, 1)
  await makeComment(db, member, answer)
  expect((await topicNow(db, topic)).postCount).toBe(6)
})

test('of ten posts sent at once one comes through, and the same draft sent again is the post it became', async () => {
  const topic = await talk()
  await slowTopic(db, await makeModerator(db, board), topic, slow)
  const member = await makeMember(db)
  const opening = await openingOf(db, topic)
  const sent = Array.from({ length: 10 }, (_, n) =>
    n % 2 ? makeAnswer(db, member, topic, `${n}つ目です。`) : makeComment(db, member, opening),
  )
  const outcomes = await Promise.allSettled(sent)
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  expect(await topicNow(db, topic)).toMatchObject({ postCount: 2 })
  const [other, draft] = [await makeMember(db), { body: '同じ下書きです。', draftKey: randomUUID() }]
  const first = await postAnswer(db, other, topic, draft)
  expect((await postAnswer(db, other, topic, draft)).id).toBe(first.id)
})

test('it ends by itself: posts go through at once, and kept pages say nothing of it any more', async () => {
  const topic = await talk()
  await slowTopic(db, await makeModerator(db, board), topic, slow)
  await forum.runJobs()
  const guest = await forum.as()
  const reads = async () => (await guest.get(`/t/${topic.id}`)).body.includes(slow.reason)
  expect(await reads()).toBe(true)
  await endSlowing(db)
  expect((await topicNow(db, topic)).slowMinutes, 'not before its time').toBe(15)
  await db.execute(sql`update topics set slow_until = now() where id = ${topic.id}`)
  const member = await makeMember(db)
  await makeAnswer(db, member, topic)
  await makeAnswer(db, member, topic, '続けてもう一つ。')
  await endSlowing(db)
  await forum.runJobs()
  expect(await reads()).toBe(false)
  expect(await topicNow(db, topic)).toMatchObject({ slowMinutes: null, slowReason: null })
})

test('the form says what is missing; a post that comes too early is told when, at the field, and its words stay', async () => {
  const topic = await talk()
  const moderator = await forum.as(await makeModerator(db, board))
  const form = { minutes: '30', hours: '1', reason: '話がそれてきました' }
  const wrong = await moderator.post(`/t/${topic.id}/slow`, { ...form, minutes: '7', reason: '話が' })
  expect(wrong.statusCode).toBe(422)
  expect(wrong.body).toContain('value="話が"')
  expect((await moderator.post(`/t/${topic.id}/slow`, form)).statusCode).toBe(303)
  const client = await forum.as(await makeMember(db))
  expect((await client.get(`/t/${topic.id}`)).body).toContain('次の投稿まで30分あけてください')
  expect((await client.get(`/t/${topic.id}/slow`)).statusCode).toBe(404)
  const send = (body: string) => client.post(`/t/${topic.id}/answers`, { body, draftKey: randomUUID() })
  await send('一つ目の回答です。')
  const early = await send('二つ目の回答です。')
  expect(early.statusCode).toBe(429)
  expect(Number(early.headers['retry-after'])).toBeGreaterThan(1700)
  expect(early.body).toContain('二つ目の回答です。')
  expect(early.body).toContain('id="answer-body-error"')
  const comment = await client.post(`/posts/${topic.openingId}/comments`, { body: '一言だけ。', draftKey: randomUUID() })
  expect(comment.statusCode).toBe(429)
  expect(comment.body).toContain('一言だけ。')
  expect((await moderator.delete(`/t/${topic.id}/slow`)).statusCode).toBe(303)
  expect((await send('三つ目の回答です。')).statusCode).toBe(303)
})

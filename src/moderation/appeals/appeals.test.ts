import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/app.ts'
import { makeAnswer, makeBoard, makeTopic, postNow, topicNow } from '../../../test/making.ts'
import { knownAgain, makeMember, makeModerator } from '../../../test/people.ts'
import type { Actor } from '../../accounts/actor.ts'
import { findAccount } from '../../accounts/queries.ts'
import type { BoardRow } from '../../boards/schema.ts'
import type { Db } from '../../platform/db.ts'
import { Conflict, Missing, Refused } from '../../platform/errors.ts'
import { react } from '../../reactions/reactions.ts'
import { pickBest } from '../../topics/best_answers.ts'
import { voteToHide } from '../../topics/helping/hiding.ts'
import { decideItem, undoDecision } from '../deciding.ts'
import { sanction } from '../sanctions/sanctioning.ts'
import { reviewItems } from '../schema.ts'
import { appeal } from './appealing.ts'

let forum: TestApp
let db: Db
let board: BoardRow
let first: Actor
let second: Actor

beforeAll(async () => {
  forum = await startTestApp()
  db = forum.db
  board = await makeBoard(db)
  first = await makeModerator(db, board)
  second = await makeModerator(db, board)
})
afterAll(() => forum.close())

async function bestAnswer() {
  const [asker, helper] = [await makeMember(db), await makeMember(db)]
  const topic = await makeTopic(db, asker, board)
  const answer = await makeAnswer(db, helper, topic)
  await pickBest(db, asker, answer)
  await react(db, asker, answer, 'thanks')
  await forum.runJobs()
  return { asker, helper, topic, answer }
}
const pointsOf = async ({ id }: { id: number }) =>
  Number((await db.execute<{ points: number }>(sql`select points from accounts where id = ${id}`))[0]?.points)
const itemAbout = async (id: number) =>
  (await db.select().from(reviewItems).where(sql`kind = 'appeal' and subject_id = ${id} and decided_at is null`))[0] ??
  expect.fail('no item')
const words = { words: '製品の説明書にある方法です。悪意はありません。' }
const upheld = { decision: 'uphold_appeal', reason: 'misread', words: 'おっしゃるとおりでした。' }

test('an appeal that is upheld by another moderator brings back the post, the best answer, the counts and the points', async () => {
  const { helper, topic, answer } = await bestAnswer()
  const before = { points: await pointsOf(helper), topic: await topicNow(db, topic) }
  await voteToHide(db, first, answer, 'dangerous')
  await forum.runJobs()
  expect(await pointsOf(helper)).toBe(0)
  const page = (await (await forum.as(helper)).get('/me/standing')).body
  expect(page).toContain(`/me/appeals/post/${answer.id}`)
  await appeal(db, helper, 'post', answer.id, words)
  const item = await itemAbout(answer.id)
  await expect(decideItem(db, first, item, upheld), 'who decided first').rejects.toThrow(Refused)
  const all = await Promise.allSettled(Array.from({ length: 5 }, () => decideItem(db, second, item, upheld)))
  expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const each of all) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(Conflict)
  await forum.runJobs()
  expect(await pointsOf(helper)).toBe(before.points)
  expect(await topicNow(db, topic)).toEqual({ ...before.topic, viewCount: (await topicNow(db, topic)).viewCount })
  const told = await db.execute(sql`select kind from notices where account_id = ${helper.id} and kind = 'appeal'`)
  expect(told).toHaveLength(1)
  expect((await (await forum.as(helper)).get('/me/standing')).body).toContain('おっしゃるとおりでした。')
})

test('taken back, the post is hidden again and the appeal waits anew', async () => {
  const { helper, answer } = await bestAnswer()
  await voteToHide(db, first, answer, 'dangerous')
  await appeal(db, helper, 'post', answer.id, words)
  const item = await itemAbout(answer.id)
  await decideItem(db, second, item, upheld)
  const [decided] = await db.select().from(reviewItems).where(sql`id = ${item.id}`)
  await undoDecision(db, second, decided ?? expect.fail())
  expect((await postNow(db, answer)).hiddenAt).not.toBeNull()
  expect((await itemAbout(answer.id)).facts.appealId).toBe(item.facts.appealId)
  await expect(appeal(db, helper, 'post', answer.id, words)).rejects.toThrow(Refused)
})

test('one appeals once, about oneself, in time, while it stands; ten sent at once are one', async () => {
  const { asker, helper, answer } = await bestAnswer()
  await expect(appeal(db, helper, 'post', answer.id, words), 'nothing was decided').rejects.toThrow(Missing)
  await voteToHide(db, first, answer, 'spam')
  await expect(appeal(db, asker, 'post', answer.id, words)).rejects.toThrow(Missing)
  const sent = await Promise.allSettled(Array.from({ length: 10 }, () => appeal(db, helper, 'post', answer.id, words)))
  expect(sent.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const late = await bestAnswer()
  await voteToHide(db, first, late.answer, 'spam')
  await db.execute(sql`update posts set hidden_at = now() - interval '91 days' where id = ${late.answer.id}`)
  await expect(appeal(db, late.helper, 'post', late.answer.id, words)).rejects.toThrow(Refused)
})

test('who may not write may appeal; upheld, he writes again at once; the form says what is missing', async () => {
  const { helper, answer } = await bestAnswer()
  const draft = {
    kind: 'suspension' as const,
    boardId: board.id,
    rule: 'respect' as const,
    words: '言葉が過ぎました。',
    days: 30,
    perDay: 1,
  }
  await sanction(db, first, await findAccount(db, helper.id), { ...draft, postIds: [answer.id], draftKey: randomUUID() })
  await forum.runJobs()
  const [given] = await db.execute<{ id: number }>(sql`select id::int as id from sanctions where account_id = ${helper.id}`)
  const path = `/me/appeals/sanction/${given?.id}`
  const browser = await forum.as(await knownAgain(db, helper.id))
  const wrong = await browser.post(path, { words: '' })
  expect(wrong.statusCode).toBe(422)
  expect(wrong.body).toContain('id="words-error"')
  expect((await browser.post(path, words)).statusCode).toBe(303)
  expect((await browser.post(path, words)).statusCode).toBe(403)
  await decideItem(db, second, await itemAbout(given?.id ?? 0), upheld)
  await makeTopic(db, await knownAgain(db, helper.id), board)
  await forum.runJobs()
  const mails = await db.execute<{ subject: string }>(
    sql`select subject from mails where recipient = ${`${helper.handle}@example.com`} order by id`,
  )
  expect(mails.map(({ subject }) => subject)).toEqual([
    expect.stringContaining('投稿の停止'),
    expect.stringContaining('異議の申し立てが認められました'),
  ])
  expect((await (await forum.as(first)).get(path)).statusCode, 'somebody else’s').toBe(404)
})

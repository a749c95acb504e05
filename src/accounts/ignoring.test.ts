import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeCompany } from '../../test/companies.ts'
import { makeAnswer, makeBoard, makeComment, makeTopic } from '../../test/making.ts'
import { knownAgain, makeAgent, makeMember, makeModerator, makeOperator } from '../../test/people.ts'
import type { BoardRow } from '../boards/schema.ts'
import type { Db } from '../platform/db.ts'
import { Refused } from '../platform/errors.ts'
import { postAnswer } from '../topics/answers.ts'
import type { Actor } from './actor.ts'
import { ignoreMember, stopIgnoring } from './ignoring.ts'
import { findAccount } from './queries.ts'

let forum: TestApp
let db: Db
let board: BoardRow

beforeAll(async () => {
  forum = await startTestApp()
  db = forum.db
  board = await makeBoard(db)
})
afterAll(() => forum.close())

const ignore = async (actor: Actor, other: Actor, way: 'ignore' | 'block' = 'ignore') =>
  ignoreMember(db, actor, await findAccount(db, other.id), way)
const FOLDED = '見ないようにした方の投稿です'

test('posts and comments of somebody ignored are folded for him who ignores, and for nobody else', async () => {
  const [reader, rude, asker] = [await makeMember(db), await makeMember(db), await makeMember(db)]
  const topic = await makeTopic(db, asker, board)
  const answer = await makeAnswer(db, rude, topic, 'そんなことも知らないのですか。')
  await makeComment(db, rude, answer, '調べれば分かります。')
  await ignore(reader, rude)
  const pageOf = async (actor?: Actor) => (await (await forum.as(actor)).get(`/t/${topic.id}`)).body
  expect((await pageOf(await knownAgain(db, reader.id))).split(FOLDED)).toHaveLength(3)
  for (const other of [asker, rude, undefined]) expect(await pageOf(other)).not.toContain(FOLDED)
  expect((await (await forum.as(reader)).get(`/u/${rude.handle}`)).body).toContain('たたんで表示しています')
  await stopIgnoring(db, reader, rude)
  expect(await pageOf(await knownAgain(db, reader.id))).not.toContain(FOLDED)
})

test('what a company says in its own name, and who looks after the boards, everybody sees', async () => {
  const company = await makeCompany(db)
  const [reader, agent] = [await makeMember(db), await makeAgent(db, company)]
  const topic = await makeTopic(db, await makeMember(db), board)
  await postAnswer(db, agent, topic, { body: '公式の回答です。', draftKey: randomUUID(), company: company.id })
  await ignore(reader, agent)
  expect((await (await forum.as(await knownAgain(db, reader.id))).get(`/t/${topic.id}`)).body).not.toContain(FOLDED)
  for (const person of [await makeOperator(db), await makeModerator(db, board), reader])
    await expect(ignore(reader, person)).rejects.toThrow(Refused)
})

test('nothing of somebody blocked is told: no answer, no comment, no mention; decisions and thanks are, and what others write', async () => {
  const [asker, rude, kind] = [await makeMember(db), await makeMember(db), await makeMember(db)]
  const topic = await makeTopic(db, asker, board)
  await ignore(asker, rude, 'block')
  const answer = await makeAnswer(db, rude, topic, `@${asker.handle} さん、答えてください。`)
  await makeComment(db, rude, answer)
  await makeAnswer(db, kind, topic)
  await forum.runJobs()
  const told = await db.execute<{ kind: string; actor: number }>(
    sql`select kind, actor_id::int as actor from notices where account_id = ${asker.id}`,
  )
  expect(told).toEqual([{ kind: 'answer', actor: kind.id }])
})

test('a list of them, each to be seen again; twenty presses at once are one', async () => {
  const [reader, rude] = [await makeMember(db), await makeMember(db, { name: '大声さん' })]
  const browser = await forum.as(reader)
  await Promise.all(Array.from({ length: 20 }, () => browser.post(`/u/${rude.handle}/ignoring`, { way: 'block' })))
  expect((await findAccount(db, reader.id)).ignoredIds).toEqual([rude.id])
  const list = (await browser.get('/me/ignored')).body
  expect(list).toContain('大声さん')
  expect((await browser.delete(`/u/${rude.handle}/ignoring`)).statusCode).toBe(303)
  expect((await browser.get('/me/ignored')).body).not.toContain('大声さん')
})

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/app.ts'
import { makeCompany, makeProduct } from '../../../test/companies.ts'
import { makeAnswer, makeBoard, makeTopic, postNow, topicNow } from '../../../test/making.ts'
import { makeAdvisor, makeAgent, makeMember, makeModerator, makeOperator } from '../../../test/people.ts'
import { nameProducts } from '../../companies/naming.ts'
import type { Db } from '../../platform/db.ts'
import { Refused } from '../../platform/errors.ts'
import { decideItem } from '../deciding.ts'
import { reviewItems } from '../schema.ts'
import { handOver } from './handing_over.ts'
import { countKept } from './queries.ts'

let forum: TestApp
let db: Db

beforeAll(async () => {
  forum = await startTestApp()
  db = forum.db
})
afterAll(() => forum.close())

test('an advisor and a company’s person leave a rude post to the moderators by one tap; decided, both hear of it and see it as a number', async () => {
  const board = await makeBoard(db)
  const [moderator, advisor, company] = [await makeModerator(db, board), await makeAdvisor(db), await makeCompany(db)]
  const agent = await makeAgent(db, company)
  const topic = await makeTopic(db, await makeMember(db), board)
  await nameProducts(db, await makeOperator(db), topic, (await makeProduct(db, company)).nameJa)
  const writer = await makeMember(db)
  const post = await makeAnswer(db, writer, await topicNow(db, topic), '役に立たない会社だ。責任者の名前を出せ。')
  const browser = await forum.as(agent)
  expect((await browser.get(`/t/${topic.id}`)).body).toContain(`action="/posts/${post.id}/care"`)
  expect((await browser.post(`/posts/${post.id}/care`)).statusCode).toBe(303)
  await Promise.all(Array.from({ length: 5 }, () => handOver(db, advisor, post)))
  const items = await db.select().from(reviewItems).where(sql`kind = 'care'`)
  expect(items).toHaveLength(1)
  const queue = (await (await forum.as(moderator)).get(`/moderation/${items[0]?.id}`)).body
  expect(queue).not.toContain(`${agent.handle}@example.com`)
  await decideItem(db, moderator, items[0] ?? expect.fail(), { decision: 'care_hide', reason: 'abuse', words: '' })
  expect((await postNow(db, post)).hiddenAt).not.toBeNull()
  await forum.runJobs()
  for (const person of [agent, advisor]) {
    expect(await countKept(db, person)).toMatchObject({ handed: 1, waiting: 0, hidden: 1, talked: 0 })
    expect(await db.execute(sql`select kind from notices where account_id = ${person.id} and kind = 'care'`)).toHaveLength(1)
  }
  expect((await countKept(db, agent)).spared, 'in a topic about his company’s product').toBe(1)
  expect((await browser.get('/me/care')).body).toContain('見えなくした投稿')
})

test('members answer for themselves, and nobody leaves his own words to others', async () => {
  const topic = await makeTopic(db, await makeMember(db), await makeBoard(db))
  const [member, advisor] = [await makeMember(db), await makeAdvisor(db)]
  const post = await makeAnswer(db, advisor, topic)
  await expect(handOver(db, member, post)).rejects.toThrow(Refused)
  await expect(handOver(db, advisor, post)).rejects.toThrow(Refused)
  expect((await (await forum.as(member)).get('/me/care')).statusCode).toBe(404)
})

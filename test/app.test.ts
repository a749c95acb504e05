import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from './app.ts'
import { makeAnswer, makeBoard, makeTopic } from './making.ts'
import { makeMember } from './people.ts'

let forum: TestApp

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())

test('a question is asked, answered, read by a guest and found', async () => {
  const { db } = forum
  const [asker, helper] = await Promise.all([makeMember(db), makeMember(db)])
  const board = await makeBoard(db)
  const topic = await makeTopic(db, asker, board, { title: '無線LANが寝室まで届きません' })
  const answer = await makeAnswer(db, helper, topic, '中継機を廊下に置くと届くようになります。')
  await forum.runJobs()
  const guest = await forum.as()
  const page = await guest.get(`/t/${topic.id}`)
  expect(page.statusCode).toBe(200)
  expect(page.body).toContain(`post-${answer.id}`)
  expect((await guest.get(`/search?q=${encodeURIComponent('中継機')}`)).body).toContain(`/t/${topic.id}/`)
  const reader = await forum.as(helper)
  expect((await reader.get('/')).body).toContain(helper.name)
})

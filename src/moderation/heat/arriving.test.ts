import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/app.ts'
import { makeBoard, makeTopic } from '../../../test/making.ts'
import { makeMember } from '../../../test/people.ts'
import { countArrivals } from './arriving.ts'
import { topicHeats } from './schema.ts'

const BROWSER =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'

let forum: TestApp

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())

test('whoever comes from another site counts once in a topic that moves; our own links, programs and quiet topics do not', async () => {
  const { db } = forum
  const [moving, quiet] = [await makeTopic(db, await makeMember(db), await makeBoard(db)), { id: 999_999 }]
  await forum.runJobs()
  const arrivals = countArrivals(db, () => 'https://hiroba.example')
  const from = (from: string | undefined, visitor: string, topicId = moving.id, userAgent = BROWSER) =>
    arrivals.add({ topicId, visitor, userAgent, from })
  for (const visitor of ['a', 'b', 'b']) from('https://t.co/x', visitor)
  from('https://hiroba.example/search', 'c')
  from(undefined, 'd')
  from('nonsense', 'e')
  from('https://t.co/x', 'f', moving.id, 'Googlebot/2.1 (+http://www.google.com/bot.html)')
  from('https://t.co/x', 'g', quiet.id)
  await arrivals.flush()
  const rows = await db.select().from(topicHeats)
  expect(rows.map(({ topicId }) => topicId)).toEqual([moving.id])
  expect(rows[0]?.sums.outside).toBeCloseTo(2, 1)
  await arrivals.stop()
  expect(await db.$count(topicHeats, eq(topicHeats.topicId, moving.id))).toBe(1)
})

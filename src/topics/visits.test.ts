import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { makeBoard, makeTopic, topicNow } from '../../test/making.ts'
import { makeMember } from '../../test/people.ts'
import type { Topic } from './queries.ts'
import { countVisits, sweepVisits } from './visits.ts'

let database: TestDatabase
let topic: Topic
let counter: ReturnType<typeof countVisits>

const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'

beforeAll(async () => {
  database = await testDatabase()
  topic = await makeTopic(database.db, await makeMember(database.db), await makeBoard(database.db))
  counter = countVisits(database.db, { everyMs: 3_600_000 })
})
afterAll(async () => {
  await counter.stop()
  await database.drop()
})

const views = async (of = topic) => (await topicNow(database.db, of)).viewCount
const visit = (visitor: string, userAgent = SAFARI, of = topic) => ({ topicId: of.id, visitor, userAgent })

test('readers count once a day each, however often they reload', async () => {
  const before = await views()
  for (const visitor of ['a', 'b', 'a', 'a']) counter.add(visit(visitor))
  await counter.flush()
  counter.add(visit('a'))
  await counter.flush()
  expect(await views()).toBe(before + 2)
})

test('robots, and programs that do not say what they are, do not count', async () => {
  const before = await views()
  for (const userAgent of ['Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)', 'curl/8.5.0', ''])
    counter.add(visit(`robot ${userAgent}`, userAgent))
  await counter.flush()
  expect(await views()).toBe(before)
})

test('two processes count one reader once', async () => {
  const before = await views()
  const other = countVisits(database.db, { everyMs: 3_600_000 })
  counter.add(visit('both'))
  other.add(visit('both'))
  await Promise.all([counter.flush(), other.flush()])
  await other.stop()
  expect(await views()).toBe(before + 1)
})

test('many processes counting many topics at once miss nobody', async () => {
  const { db } = database
  const asker = await makeMember(db)
  const board = await makeBoard(db)
  const topics = await Promise.all(Array.from({ length: 6 }, () => makeTopic(db, asker, board)))
  const counters = Array.from({ length: 4 }, () => countVisits(db, { everyMs: 3_600_000 }))
  for (let n = 0; n < 10; n++)
    for (const [index, each] of counters.entries())
      for (const of of n % 2 ? topics : topics.toReversed()) each.add(visit(`${index} ${n}`, SAFARI, of))
  await Promise.all(counters.map(each => each.stop()))
  for (const of of topics) expect(await views(of)).toBe(40)
})

test('a topic that does not exist is counted nowhere and breaks nothing', async () => {
  const before = await views()
  counter.add({ topicId: 999_999, visitor: 'z', userAgent: SAFARI })
  counter.add(visit('z'))
  await counter.flush()
  expect(await views()).toBe(before + 1)
})

test('what is written of a visitor does not tell who he was, and is forgotten when its day is over', async () => {
  const { db } = database
  counter.add(visit('member 42'))
  await counter.flush()
  const rows = await db.execute<{ visitor: Buffer }>(sql`select visitor from visits`)
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.every(row => !row.visitor.toString('latin1').includes('member'))).toBe(true)
  await sweepVisits(db)
  expect((await db.execute(sql`select 1 from visits`)).length).toBe(rows.length)
  await db.execute(sql`update visits set day = day - 2`)
  await sweepVisits(db)
  expect(await db.execute(sql`select 1 from visits`)).toHaveLength(0)
})

test('a reader of yesterday counts again today', async () => {
  const before = await views()
  counter.add(visit('faithful'))
  await counter.flush()
  await database.db.execute(sql`update visits set day = day - 1`)
  await database.db.execute(sql`update site_settings set value = jsonb_set(value, '{day}', '"2000-01-01"') where name = 'visits.salt'`)
  const tomorrow = countVisits(database.db, { everyMs: 3_600_000 })
  tomorrow.add(visit('faithful'))
  await tomorrow.stop()
  expect(await views()).toBe(before + 2)
})

test('visits that could not be written are reported, not thrown at the reader', async () => {
  const problems: unknown[] = []
  const broken = { execute: () => Promise.reject(new Error('away')) } as never
  const each = countVisits(broken, { everyMs: 5, onError: problem => problems.push(problem) })
  each.add(visit('unlucky'))
  await expect.poll(() => problems.length).toBe(1)
  await each.stop()
})

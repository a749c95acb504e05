import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeCompany } from '../../test/companies.ts'
import { makeAnswer, makeBoard, makeTopic, openingOf, postNow } from '../../test/making.ts'
import { makeAgent, makeMember, makeOperator } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { react, withdrawReaction } from '../reactions/reactions.ts'
import { pickBest, unpickBest } from '../topics/best_answers.ts'
import { withdrawPost } from '../topics/withdrawing.ts'
import { settle } from './ledger.ts'
import { RULES, type RuleName } from './rules.ts'

let forum: TestApp
let db: Db

beforeAll(async () => {
  forum = await startTestApp()
  db = forum.db
})
afterAll(() => forum.close())

const worth = (rule: RuleName) => RULES.find(each => each.rule === rule)?.points ?? 0
const pointsOf = async ({ id }: Actor) => {
  const [row] = await db.execute<{ points: number; sum: string }>(
    sql`select points, (select coalesce(sum(points), 0) from reputation_entries where account_id = ${id}) as sum from accounts where id = ${id}`,
  )
  expect(Number(row?.sum)).toBe(row?.points)
  return row?.points
}

async function answered() {
  const [asker, helper, reader] = [await makeMember(db), await makeMember(db), await makeMember(db)]
  const topic = await makeTopic(db, asker, await makeBoard(db))
  const answer = await makeAnswer(db, helper, topic)
  await forum.runJobs()
  return { asker, helper, reader, topic, answer, base: worth('answer_posted') }
}

test('who is thanked has points, and who thanks has some too; taken back, both lose them', async () => {
  const { helper, reader, answer, base } = await answered()
  await react(db, reader, answer, 'thanks')
  await forum.runJobs()
  expect(await pointsOf(helper)).toBe(base + worth('thanks_received'))
  expect(await pointsOf(reader)).toBe(worth('thanks_given'))
  await withdrawReaction(db, reader, answer, 'thanks')
  await forum.runJobs()
  expect(await pointsOf(helper)).toBe(base)
  expect(await pointsOf(reader)).toBe(0)
  const rows = await db.execute(
    sql`select e.kind, r.points as countered from reputation_entries e left join reputation_entries r on r.id = e.reverses_id where e.account_id = ${reader.id} order by e.id`,
  )
  expect([...rows]).toEqual([
    { kind: 'counted', countered: null },
    { kind: 'reversed', countered: worth('thanks_given') },
  ])
})

test('the best answer brings points to its writer and its picker, moved with the pick', async () => {
  const { asker, helper, reader, topic, answer, base } = await answered()
  const other = await makeAnswer(db, reader, topic)
  await pickBest(db, asker, answer)
  await forum.runJobs()
  expect(await pointsOf(helper)).toBe(base + worth('best_received'))
  expect(await pointsOf(asker)).toBe(worth('best_picked'))
  await pickBest(db, asker, other)
  await forum.runJobs()
  expect(await pointsOf(helper)).toBe(base)
  expect(await pointsOf(reader)).toBe(base + worth('best_received'))
  await unpickBest(db, asker, await postNow(db, other))
  await forum.runJobs()
  expect([await pointsOf(reader), await pointsOf(asker)]).toEqual([base, 0])
})

test('a post that is taken back takes along everything it brought', async () => {
  const { helper, reader, answer } = await answered()
  await react(db, reader, answer, 'thanks')
  await react(db, reader, answer, 'helpful')
  await forum.runJobs()
  await withdrawPost(db, helper, await postNow(db, answer))
  await forum.runJobs()
  expect([await pointsOf(helper), await pointsOf(reader)]).toEqual([0, 0])
})

test('company people and the operator thank without points', async () => {
  const { helper, answer, base } = await answered()
  await react(db, await makeAgent(db, await makeCompany(db)), answer, 'thanks')
  await react(db, await makeOperator(db), answer, 'helpful')
  await forum.runJobs()
  expect(await pointsOf(helper)).toBe(base)
})

test('one day brings no more than its limit, and gives room again when something is taken back', async () => {
  const { helper, answer, base } = await answered()
  const limit = RULES.find(({ rule }) => rule === 'helpful_received')?.dailyLimit ?? 0
  const readers = await Promise.all(Array.from({ length: limit / worth('helpful_received') + 2 }, () => makeMember(db)))
  for (const reader of readers) await react(db, reader, answer, 'helpful')
  await forum.runJobs()
  expect(await pointsOf(helper)).toBe(base + limit)
  for (const reader of readers.slice(0, 3)) await withdrawReaction(db, reader, answer, 'helpful')
  await forum.runJobs()
  expect(await pointsOf(helper)).toBe(base + limit - worth('helpful_received'))
})

test('settling again changes nothing, however often and from wherever at once', async () => {
  const { asker, helper, reader, topic, answer } = await answered()
  await react(db, reader, answer, 'thanks')
  await react(db, asker, answer, 'helpful')
  await pickBest(db, asker, answer)
  const opening = await openingOf(db, topic)
  await Promise.all(Array.from({ length: 12 }, (_, n) => settle(db, { posts: n % 2 ? [answer.id, opening.id] : [opening.id, answer.id] })))
  const before = [await pointsOf(helper), await pointsOf(reader), await db.execute(sql`select count(*) from reputation_entries`)]
  await forum.runJobs()
  await settle(db, { posts: [answer.id] })
  expect([await pointsOf(helper), await pointsOf(reader), await db.execute(sql`select count(*) from reputation_entries`)]).toEqual(before)
})

test('no row of the ledger is changed or deleted', async () => {
  await expect(db.execute(sql`update reputation_entries set points = 1`)).rejects.toThrow()
  await expect(db.execute(sql`delete from reputation_entries`)).rejects.toThrow()
})

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/app.ts'
import { makeAnswer, makeBoard, makeTopic } from '../../../test/making.ts'
import { makeMember, makeOperator } from '../../../test/people.ts'
import type { Actor } from '../../accounts/actor.ts'
import type { BoardRow } from '../../boards/schema.ts'
import type { Db } from '../../platform/db.ts'
import { Conflict, Refused } from '../../platform/errors.ts'
import { react } from '../../reactions/reactions.ts'
import type { Finding } from '../schema.ts'
import { findings } from '../schema.ts'
import { verify } from '../verifying.ts'
import { decideFinding, overturnFinding } from './deciding.ts'
import { lookForAbuse } from './looking.ts'
import { sweepSightings } from './sightings.ts'

let forum: TestApp
let db: Db
let operator: Actor
let board: BoardRow

beforeAll(async () => {
  forum = await startTestApp()
  db = forum.db
  operator = await makeOperator(db)
  board = await makeBoard(db)
})
afterAll(() => forum.close())

const PROVEN = { sums: 0, missing: 0, unfounded: 0, counters: 0, limits: 0 }
const pointsOf = async (people: Actor[]) => {
  const rows = await db.execute<{ points: number }>(
    sql`select points from accounts where id = any(${sql.param(people.map(({ id }) => id))}::bigint[]) order by id`,
  )
  return rows.map(({ points }) => points)
}
const newest = async (kind: Finding['kind']) =>
  (await db.select().from(findings).where(sql`${findings.kind} = ${kind}`).orderBy(sql`${findings.id} desc`))[0] ?? expect.fail()

/** Members who answer strangers' questions and find everything helpful that the others of them write. */
async function tradeVotes(size: number, answersEach: number): Promise<Actor[]> {
  const [asker, ...ring] = await Promise.all(Array.from({ length: size + 1 }, () => makeMember(db)))
  if (!asker) throw expect.fail()
  const topic = await makeTopic(db, asker, board)
  for (const member of ring)
    for (let n = 0; n < answersEach; n++) {
      const answer = await makeAnswer(db, member, topic)
      for (const other of ring) if (other !== member) await react(db, other, answer, 'helpful')
    }
  await forum.runJobs()
  return ring.toSorted((a, b) => a.id - b.id)
}

test('a ring is found with its figures; confirmed, its points go; overturned, they return', async () => {
  const ring = await tradeVotes(4, 5)
  const before = await pointsOf(ring)
  expect(before.every(points => points > 50)).toBe(true)
  expect(await lookForAbuse(db)).toBe(1)
  const finding = await newest('ring')
  expect(finding.memberIds).toEqual(ring.map(({ id }) => id))
  expect(finding.evidence).toMatchObject({ inside: 1, mutual: 1, coverage: 1, reactions: 60 })

  await decideFinding(db, operator, finding.id, { outcome: 'confirmed', reason: '4人だけで回しています。' })
  await forum.runJobs()
  expect(await pointsOf(ring)).toEqual([5, 5, 5, 5])
  expect(await verify(db)).toEqual(PROVEN)
  const [countered] = await db.execute<{ n: string }>(
    sql`select count(*) as n from reputation_entries where finding_id = ${finding.id} and kind = 'reversed'`,
  )
  expect(Number(countered?.n)).toBe(60)
  expect(await lookForAbuse(db), 'what does not count is not found again').toBe(0)

  await overturnFinding(db, operator, finding.id, { reason: '同じ教室の生徒さんでした。' })
  await forum.runJobs()
  expect(await pointsOf(ring)).toEqual(before)
  expect(await verify(db)).toEqual(PROVEN)
  expect(await lookForAbuse(db), 'it was dismissed').toBe(0)
})

test('what was dismissed is not found again, and its points stay', async () => {
  const pair = await tradeVotes(2, 11)
  expect(await lookForAbuse(db)).toBe(1)
  const finding = await newest('pair')
  expect(finding.memberIds).toEqual(pair.map(({ id }) => id))
  await decideFinding(db, operator, finding.id, { outcome: 'dismissed', reason: '夫婦でした。' })
  await forum.runJobs()
  expect(await lookForAbuse(db)).toBe(0)
  expect((await pointsOf(pair)).every(points => points > 50)).toBe(true)
})

test('two operators who decide at once decide once, and nobody else decides', async () => {
  await tradeVotes(3, 6)
  await lookForAbuse(db)
  const { id } = await newest('ring')
  const verdict = { outcome: 'dismissed' as const, reason: '常連どうしです。' }
  await expect(decideFinding(db, await makeMember(db), id, verdict)).rejects.toThrow(Refused)
  await expect(overturnFinding(db, await makeMember(db), id, verdict)).rejects.toThrow(Refused)
  const decided = await Promise.allSettled(Array.from({ length: 5 }, () => decideFinding(db, operator, id, verdict)))
  expect(decided.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const result of decided) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(Conflict)
})

test('a dozen reactions to one member within minutes are a burst', async () => {
  const [asker, admired, fan] = [await makeMember(db), await makeMember(db), await makeMember(db)]
  const topic = await makeTopic(db, asker, board)
  for (let n = 0; n < 11; n++) await react(db, fan, await makeAnswer(db, admired, topic), 'helpful')
  expect(await lookForAbuse(db)).toBe(0)
  await react(db, fan, await makeAnswer(db, admired, topic), 'helpful')
  expect(await lookForAbuse(db)).toBe(1)
  expect((await newest('burst')).evidence).toMatchObject({ from: fan.id, count: 12 })
})

test('two accounts on one device that vote for each other are a finding; a family that does not is none', async () => {
  const password = 'kumo-no-ue-sanpo-58'
  const [asker, first, second, sister] = await Promise.all(Array.from({ length: 4 }, () => makeMember(db, { password })))
  if (!asker || !first || !second || !sister) throw expect.fail()
  const shared = await forum.as()
  for (const { handle } of [first, second, sister]) {
    expect((await shared.post('/login', { login: handle, password })).statusCode).toBe(303)
    await shared.post('/logout')
  }
  const topic = await makeTopic(db, asker, board)
  for (let n = 0; n < 3; n++) await react(db, second, await makeAnswer(db, first, topic), 'helpful')
  await forum.runJobs()
  expect(await lookForAbuse(db)).toBe(1)
  const finding = await newest('second_account')
  expect(finding.memberIds).toEqual([first.id, second.id].toSorted((a, b) => a - b))
  expect(finding.evidence).toMatchObject({ reactions: 3, best: 0, days: 1 })
  expect(Number(finding.evidence.devices)).toBeGreaterThan(0)
})

test('neither device nor address is written down, and marks are gone after thirty days', async () => {
  const rows = await db.execute<{ text: string }>(sql`select s::text as text from sightings s`)
  expect(rows.length).toBeGreaterThan(0)
  expect(rows.map(({ text }) => text).join()).not.toContain('127.0.0.1')
  await db.execute(sql`update sightings set day = day - 31`)
  await sweepSightings(db)
  expect(await db.execute(sql`select from sightings`)).toHaveLength(0)
})

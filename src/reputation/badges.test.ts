import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { textOf } from '../../test/house/files.ts'
import { makeAnswer, makeBoard, makeTopic, postNow } from '../../test/making.ts'
import { makeMember } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import type { BoardRow } from '../boards/schema.ts'
import { record } from '../platform/outbox.ts'
import { react, withdrawReaction } from '../reactions/reactions.ts'
import { pickBest } from '../topics/best_answers.ts'
import { type MeasureName, measure } from './badge_measures.ts'
import { listBadgesOf, listHolders } from './badge_queries.ts'
import { BADGES } from './badge_rules.ts'
import { grantBadges, honourMasters, reevaluateBadges } from './badges.ts'
import { countAllHelp } from './helping.ts'

let forum: TestApp
let board: BoardRow
let asker: Actor
let helper: Actor

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())
beforeEach(async () => {
  const { db } = forum
  await db.execute(sql`truncate accounts, boards, events cascade`)
  board = await makeBoard(db)
  asker = await makeMember(db, { handle: 'asker' })
  helper = await makeMember(db, { handle: 'helper' })
})

const badges = async (who: Actor) => (await listBadgesOf(forum.db, who.id, { hidden: true })).map(({ badge }) => badge).toSorted()
const numbers = async (who: Actor, names: MeasureName[]) => (await measure(forum.db, [who.id], names)).get(who.id)

test('are data: at least fifteen, each with its words in both languages and a picture of its own', () => {
  expect(BADGES.length).toBeGreaterThanOrEqual(15)
  expect(new Set(BADGES.map(({ key }) => key)).size).toBe(BADGES.length)
  const pictures = textOf('public/badges.svg')
  for (const { key, tier, name, text } of BADGES) {
    expect(pictures, key).toContain(`id="${key}"`)
    expect(pictures).toContain(`id="frame-${tier}"`)
    expect([name.ja, name.en, text.ja, text.en].every(Boolean), key).toBe(true)
  }
})

describe('a badge', () => {
  test('follows from what happens, once, however often it is looked at', async () => {
    const { db } = forum
    const answer = await makeAnswer(db, helper, await makeTopic(db, asker, board))
    await react(db, asker, answer, 'thanks')
    await pickBest(db, asker, await postNow(db, answer))
    await forum.runJobs()
    expect([await badges(helper), await badges(asker)]).toEqual([['first_answer', 'first_solved'], ['first_thanks']])
    await Promise.all(Array.from({ length: 5 }, () => grantBadges(db, [helper.id], ['answers', 'solved'])))
    const [count] = await db.execute<{ n: string }>(sql`select count(*) as n from events where name = 'badge.granted'`)
    expect(Number(count?.n)).toBe(3)
  })

  test('stays when a thank-you is taken back, and goes when all are looked at again', async () => {
    const { db } = forum
    const answer = await makeAnswer(db, helper, await makeTopic(db, asker, board))
    await react(db, asker, answer, 'thanks')
    await forum.runJobs()
    await withdrawReaction(db, asker, answer, 'thanks')
    await forum.runJobs()
    expect(await badges(asker)).toEqual(['first_thanks'])
    expect(await reevaluateBadges(db)).toEqual({ granted: 0, taken: 1 })
    expect(await reevaluateBadges(db)).toEqual({ granted: 0, taken: 0 })
    expect([await badges(asker), await badges(helper)]).toEqual([[], ['first_answer']])
    await db.execute(sql`delete from badge_grants`)
    expect(await reevaluateBadges(db)).toEqual({ granted: 1, taken: 0 })
  })

  test('that came from votes found to be traded goes with them', async () => {
    const { db } = forum
    const answer = await makeAnswer(db, helper, await makeTopic(db, asker, board))
    await react(db, asker, answer, 'helpful')
    await pickBest(db, asker, await postNow(db, answer))
    await forum.runJobs()
    expect(await badges(helper)).toContain('first_solved')
    const pair = sql.param([asker.id, helper.id])
    const [finding] = await db.execute<{ id: string }>(
      sql`insert into findings (kind, member_ids, mark, evidence) values ('pair', ${pair}::bigint[], 'x', '{}') returning id`,
    )
    await db.execute(sql`insert into voided_pairs (from_id, to_id, finding_id) values (${asker.id}, ${helper.id}, ${Number(finding?.id)})`)
    await db.transaction(tx => record(tx, 'finding.confirmed', { findingId: Number(finding?.id) }))
    await forum.runJobs()
    expect(await badges(helper)).toEqual(['first_answer'])
    const [cell] = await db.execute(sql`select solved, helpful from helper_months where place = 'site'`)
    expect(cell).toEqual({ solved: 0, helpful: 0 })
    await countAllHelp(db)
    expect((await db.execute(sql`select solved from helper_months where place = 'site'`))[0]).toEqual({ solved: 0 })
  })

  test('is seen by others on the profile and among its holders, unless its owner hides it', async () => {
    const { db } = forum
    await makeAnswer(db, helper, await makeTopic(db, asker, board))
    await forum.runJobs()
    const [guest, own] = [await forum.as(), await forum.as(helper)]
    const seen = async () => [
      (await guest.get('/u/helper')).body.includes('/badges/first_answer'),
      (await guest.get('/badges/first_answer')).body.includes('/u/helper'),
    ]
    expect(await seen()).toEqual([true, true])
    expect((await own.post('/me/badges/first_answer', { shown: 'no' })).statusCode).toBe(303)
    await expect.poll(seen).toEqual([false, false])
    expect((await own.get('/me/badges')).body).toContain('隠しています')
    await own.post('/me/badges/first_answer', { shown: 'yes' })
    await own.post('/me/profile/parts', { parts: ['solved'] })
    await expect.poll(seen).toEqual([false, false])
    expect((await own.post('/me/badges/solved_200', { shown: 'no' })).statusCode).toBe(404)
    expect((await guest.get('/badges/nonsense')).statusCode).toBe(404)
  })

  test('counts what it says it counts', async () => {
    const { db } = forum
    const other = await makeMember(db)
    const topic = await makeTopic(db, asker, board)
    const waited = await makeTopic(db, asker, board)
    await db.execute(sql`update topics set created_at = now() - interval '4 days' where id = ${waited.id}`)
    const [first, late] = [await makeAnswer(db, helper, topic), await makeAnswer(db, helper, waited)]
    const second = await makeAnswer(db, other, topic)
    for (const answer of [first, late]) await react(db, asker, answer, 'thanks')
    await react(db, other, first, 'thanks')
    await pickBest(db, asker, await postNow(db, late))
    const tip = await makeTopic(db, helper, board, { kind: 'tip' })
    await react(db, asker, await postNow(db, { id: tip.openingId ?? 0 }), 'helpful')
    await makeTopic(db, helper, board, { kind: 'tip' })
    await countAllHelp(db)
    expect(await numbers(helper, ['answers', 'thankers', 'firstsAnswered', 'quick', 'rescued', 'tips', 'boardsSolved', 'months'])).toEqual({
      answers: 2,
      thankers: 2,
      firstsAnswered: 1,
      quick: 1,
      rescued: 1,
      tips: 1,
      boardsSolved: 1,
      months: 1,
    })
    expect(await numbers(asker, ['picked', 'thanksGiven', 'answers'])).toEqual({ picked: 1, thanksGiven: 2, answers: 0 })
    expect(await numbers(other, ['quick', 'rescued'])).toEqual({ quick: 0, rescued: 0 })
    expect(second.authorId).toBe(other.id)
  })

  test('of a month’s master goes to all who were equal, when the month is over', async () => {
    const { db } = forum
    const equal = await makeMember(db, { handle: 'equal' })
    const topic = await makeTopic(db, asker, board)
    for (const who of [helper, equal]) await react(db, asker, await makeAnswer(db, who, topic), 'helpful')
    await makeAnswer(db, await makeMember(db, { handle: 'less' }), topic)
    await forum.runJobs()
    await honourMasters(db)
    expect(await badges(helper)).not.toContain('master')
    await db.execute(sql`update posts set created_at = created_at - interval '1 month'`)
    await countAllHelp(db)
    await honourMasters(db)
    expect((await listHolders(db, 'master')).rows.map(({ author }) => author.handle).toSorted()).toEqual(['equal', 'helper'])
  })
})

import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeAnswer, makeBoard, makeTopic, postNow, topicNow } from '../../test/making.ts'
import { makeMember } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import type { BoardRow } from '../boards/schema.ts'
import { react, withdrawReaction } from '../reactions/reactions.ts'
import { pickBest, unpickBest } from '../topics/best_answers.ts'
import type { Post } from '../topics/page_queries.ts'
import { withdrawPost } from '../topics/withdrawing.ts'
import { listHelpers } from './helper_queries.ts'
import { countAllHelp, countHelpOf } from './helping.ts'
import { helperMonths } from './people/schema.ts'
import { monthBefore, monthFrom } from './present_helpers.ts'

let forum: TestApp
let board: BoardRow
let child: BoardRow
let asker: Actor
let helper: Actor

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())
beforeEach(async () => {
  const { db } = forum
  await db.execute(sql`truncate accounts, boards, events cascade`)
  board = await makeBoard(db, { slug: 'net' })
  child = await makeBoard(db, { slug: 'wifi', parentId: board.id })
  asker = await makeMember(db, { handle: 'asker' })
  helper = await makeMember(db, { handle: 'helper' })
})

const cells = async () =>
  (await forum.db.select().from(helperMonths).orderBy(helperMonths.place, helperMonths.accountId)).map(
    ({ accountId, month: _, points: __, ...rest }) => ({ who: accountId === helper.id ? 'helper' : 'other', ...rest }),
  )
const site = async () => (await cells()).filter(({ place }) => place === 'site')
const now = monthBefore(0)
const leaders = async (place: Parameters<typeof listHelpers>[1]['place']) =>
  (await listHelpers(forum.db, { place, months: [now] })).map(({ author, points }) => `${author.handle} ${points}`)

describe('what an answer did for others', () => {
  test('is counted for its board, the board above, the site and its tags, and goes when its cause goes', async () => {
    const { db } = forum
    const topic = await makeTopic(db, asker, child, { tags: 'Wi-Fi' })
    const answer = await makeAnswer(db, helper, topic)
    await react(db, asker, answer, 'thanks')
    await react(db, asker, answer, 'helpful')
    await pickBest(db, asker, await postNow(db, answer))
    await forum.runJobs()
    const counts = { who: 'helper', answers: 1, solved: 1, thanks: 1, helpful: 1 }
    expect(await cells()).toEqual([`board:${child.id}`, `root:${board.id}`, 'site', 'tag:Wi-Fi'].map(place => ({ ...counts, place })))
    expect(await leaders('site')).toEqual(['helper 31'])
    await withdrawReaction(db, asker, answer, 'thanks')
    await unpickBest(db, asker, await postNow(db, answer))
    await forum.runJobs()
    expect(await site()).toMatchObject([{ solved: 0, thanks: 0, helpful: 1 }])
    await withdrawPost(db, helper, await postNow(db, answer))
    await forum.runJobs()
    expect(await cells()).toEqual([])
  })

  test('to oneself is none, and what members alone may read is not told to all', async () => {
    const { db } = forum
    await makeAnswer(db, asker, await makeTopic(db, asker, board))
    const inner = await makeBoard(db, { visibility: 'members' })
    await makeAnswer(db, helper, await makeTopic(db, asker, inner))
    await forum.runJobs()
    expect((await cells()).map(({ place }) => place)).toEqual([`board:${inner.id}`])
  })

  test('moves along when its topic moves, and when another answer becomes the best', async () => {
    const { db } = forum
    const topic = await makeTopic(db, asker, board)
    const [first, second] = [await makeAnswer(db, helper, topic), await makeAnswer(db, await makeMember(db), topic)]
    await pickBest(db, asker, await postNow(db, first))
    await forum.runJobs()
    await pickBest(db, asker, await postNow(db, second))
    await forum.runJobs()
    expect((await site()).map(({ who, solved }) => [who, solved])).toEqual([
      ['helper', 0],
      ['other', 1],
    ])
    await db.execute(sql`update topics set board_id = ${child.id} where id = ${topic.id}`)
    await countHelpOf(db, [first.id])
    expect((await cells()).filter(({ who }) => who === 'helper').map(({ place }) => place)).toContain(`board:${child.id}`)
  })

  test('comes out the same however often and in whatever order it is counted, and from nothing', async () => {
    const { db } = forum
    const people = [helper, asker, await makeMember(db)]
    const topics = [await makeTopic(db, asker, board, { tags: 'x' }), await makeTopic(db, helper, child, { tags: 'x y' })]
    const answers: Post[] = []
    for (const topic of topics) for (const person of people) answers.push(await makeAnswer(db, person, topic))
    const act = fc.record({ who: fc.nat(2), what: fc.nat(5), kind: fc.constantFrom('thanks', 'helpful' as const), how: fc.nat(3) })
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 12 }), async acts => {
        for (const { who, what, kind, how } of acts) {
          const [person, answer] = [people[who], answers[what]]
          if (!person || !answer) continue
          const post = await postNow(db, answer)
          const topic = await topicNow(db, { id: post.topicId })
          const deed =
            how === 0
              ? withdrawReaction(db, person, post, kind)
              : how === 1
                ? pickBest(db, person, post)
                : how === 2
                  ? unpickBest(db, person, { ...post, topic })
                  : react(db, person, post, kind)
          await deed.catch(() => {})
        }
        await forum.runJobs()
        await Promise.all([
          countHelpOf(
            db,
            answers.map(({ id }) => id),
          ),
          countHelpOf(db, answers.map(({ id }) => id).toReversed()),
        ])
        const kept = await cells()
        await db.execute(sql`delete from helper_months`)
        await countAllHelp(db)
        expect(await cells()).toEqual(kept)
      }),
      { numRuns: 8, seed: 20261124 },
    )
  }, 60_000)
})

describe('the list of helpers', () => {
  test('equal points are an equal rank; who left, is suspended or does not want to be in it, is not', async () => {
    const { db } = forum
    const others = [
      await makeMember(db, { handle: 'equal' }),
      await makeMember(db, { handle: 'third' }),
      await makeMember(db, { handle: 'shy' }),
    ]
    const topic = await makeTopic(db, asker, board)
    const answers = [await makeAnswer(db, helper, topic)]
    for (const other of others) answers.push(await makeAnswer(db, other, topic))
    for (const answer of [answers[0], answers[1], answers[3]]) if (answer) await react(db, asker, answer, 'helpful')
    await db.execute(sql`update accounts set hidden_parts = '{ranking}' where handle = 'shy'`)
    await forum.runJobs()
    expect(await leaders(`root:${board.id}`)).toEqual(['helper 6', 'equal 6', 'third 1'])
    const { body } = await (await forum.as()).get('/b/net/people')
    expect([...body.matchAll(/class="rank">([^<]+)/g)].map(([, rank]) => rank)).toEqual(['1位', '1位', '3位'])
    expect(body).not.toMatch(/[0-9]+ ?%/)
    await db.execute(sql`update accounts set suspended_until = now() + interval '1 day' where handle = 'helper'`)
    await db.execute(sql`update accounts set closed_at = now() where handle = 'equal'`)
    expect(await leaders(`root:${board.id}`)).toEqual(['third 1'])
  })

  test('stands on the board’s page and is never stale there', async () => {
    const { db } = forum
    const guest = await forum.as()
    const answer = await makeAnswer(db, helper, await makeTopic(db, asker, board))
    await forum.runJobs()
    const page = async () => (await guest.get('/b/net')).body
    await expect.poll(async () => (await page()).includes('今月の達人')).toBe(true)
    expect(await page()).toContain('ありがとう 0')
    await react(db, asker, answer, 'thanks')
    await forum.runJobs()
    await expect.poll(async () => (await page()).includes('ありがとう 1')).toBe(true)
  })

  test('goes through the months, of which none is to come', async () => {
    expect([monthBefore(0, Date.UTC(2026, 11, 31, 15, 30)), monthBefore(1, Date.UTC(2026, 0, 31, 14, 59))]).toEqual([
      '2027-01-01',
      '2025-12-01',
    ])
    expect([monthFrom('2024-02'), monthFrom('2999-01'), monthFrom('x'), monthFrom('2026-13')]).toEqual(['2024-02-01', now, now, now])
    const body = (await (await forum.as()).get('/people?month=2024-02')).body.replaceAll('&#x3D;', '=')
    expect([body.includes('/people?month=2024-01'), body.includes('/people?month=2024-03'), body.includes('まだありません')]).toEqual([
      true,
      true,
      true,
    ])
  })
})

import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/app.ts'
import { makeAnswer, makeBoard, makeTopic, topicNow } from '../../../test/making.ts'
import { makeMember, makeModerator, makeOperator } from '../../../test/people.ts'
import type { Actor } from '../../accounts/actor.ts'
import type { BoardRow } from '../../boards/schema.ts'
import { hidePost } from '../../topics/helping/hiding.ts'
import type { Post } from '../../topics/page_queries.ts'
import { nudges } from '../words/schema.ts'
import { restHere } from './calming.ts'
import { mondayOf, weeksBeside } from './present.ts'
import { nudgesIn, unwarnedIn, warnedIn } from './queries.ts'
import { heatWarnings } from './schema.ts'

let forum: TestApp
let board: BoardRow
let moderator: Actor
let writer: Actor
const week = { monday: mondayOf(undefined) }

beforeAll(async () => {
  forum = await startTestApp()
  board = await makeBoard(forum.db)
  moderator = await makeModerator(forum.db, board)
  writer = await makeMember(forum.db)
})
afterAll(() => forum.close())

const warn = (topicId: number, rest = {}) =>
  forum.db
    .insert(heatWarnings)
    .values({ topicId, boardId: board.id, heat: 52, parts: [{ name: 'harsh', points: 21 }], postCount: 9, ...rest })
async function quarrel() {
  const { db } = forum
  const topic = await makeTopic(db, await makeMember(db), board)
  const answers: Post[] = []
  for (const n of [1, 2, 3]) answers.push(await makeAnswer(db, writer, topic, `きつい言葉の回答その${n}`))
  return {
    topic,
    hideAll: () =>
      db.transaction(async tx => {
        for (const answer of answers) await hidePost(tx, moderator, answer)
      }),
  }
}

test('a week begins on its Monday in Japan; no other day, and no week to come, is one', () => {
  const now = Date.UTC(2026, 10, 24, 3)
  expect([mondayOf(undefined, now), mondayOf('2026-11-22', now), mondayOf('nonsense', now), mondayOf('2031-01-01', now)]).toEqual([
    '2026-11-23',
    '2026-11-16',
    '2026-11-23',
    '2026-11-23',
  ])
  expect(mondayOf(undefined, Date.UTC(2026, 10, 22, 15))).toBe('2026-11-23')
  expect(weeksBeside('2026-11-16', now)).toMatchObject({
    earlierPath: '/admin/calm?week=2026-11-09',
    laterPath: '/admin/calm?week=2026-11-23',
  })
  expect(weeksBeside('2026-11-23', now).laterPath).toBeUndefined()
})

test('the operator sees what was warned of and what came of it', async () => {
  const { topic, hideAll } = await quarrel()
  await warn(topic.id, { slowedAt: new Date() })
  await hideAll()
  const [warned] = await warnedIn(forum.db, week)
  expect(warned).toMatchObject({ topicId: topic.id, heat: 52, isSlowed: true, isFalse: false, hidden: 3 })
  expect((await unwarnedIn(forum.db, week)).map(each => each.topicId)).not.toContain(topic.id)
})

test('what flared up though nobody was told stands there too: many posts hidden, or stopped by a moderator; two hidden posts are no quarrel', async () => {
  const { db } = forum
  const [loud, stopped, small] = [await quarrel(), await quarrel(), await quarrel()]
  await loud.hideAll()
  await restHere(db, moderator, await topicNow(db, stopped.topic), { length: '1', reason: 'check', words: '' })
  await db.execute(
    sql`update posts set hidden_at = now() where id in (select id from posts where topic_id = ${small.topic.id} and kind = 'answer' limit 2)`,
  )
  // A warning of last month is none.
  await warn(loud.topic.id, { at: sql`now() - interval '30 days'` })
  const found = await unwarnedIn(db, week)
  expect(found.map(({ topicId, hidden, isStopped }) => ({ topicId, hidden, isStopped }))).toEqual([
    { topicId: stopped.topic.id, hidden: 0, isStopped: true },
    { topicId: loud.topic.id, hidden: 3, isStopped: false },
  ])
  expect(await unwarnedIn(db, { monday: '2020-01-06' })).toEqual([])
})

test('how often asking writers helped is counted, and shown to operators alone', async () => {
  const { db } = forum
  const ids = { accountId: writer.id, topicId: 1, boardId: board.id, score: 50, words: Buffer.from('x') }
  const outcomes = ['changed', 'changed', 'withdrawn', 'as_is', null] as const
  await db.insert(nudges).values(outcomes.map((outcome, n) => ({ ...ids, draftKey: `week-nudge-${n}`, outcome })))
  expect(await nudgesIn(db, week)).toEqual({ asked: 5, changed: 2, withdrawn: 1, asIs: 1 })
  const page = await (await forum.as(await makeOperator(db))).get('/admin/calm')
  expect(page.body).toContain('75%の方が、直すかやめるかしました')
  expect(page.body).toContain('きつい言葉 21/30')
  expect((await (await forum.as(moderator)).get('/admin/calm')).statusCode).toBe(403)
  expect(await db.$count(heatWarnings, eq(heatWarnings.boardId, board.id))).toBeGreaterThan(0)
})

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeAnswer, makeBoard, makeTopic } from '../../test/making.ts'
import { makeMember, makeModerator, makeOperator } from '../../test/people.ts'
import { fillQueue } from '../../test/queues.ts'
import type { BoardRow } from '../boards/schema.ts'
import { flagPost } from './flags.ts'
import { countQueue, listQueue } from './queue_queries.ts'

let forum: TestApp
let board: BoardRow

beforeAll(async () => {
  forum = await startTestApp()
  board = await makeBoard(forum.db)
})
afterAll(() => forum.close())

test('fifty moderators who press every button of the same queue at once decide each item once: the others are told, and the log has one entry', async () => {
  const { db } = forum
  const topic = await makeTopic(db, await makeMember(db), board)
  const writer = await makeMember(db)
  for (let n = 0; n < 8; n++)
    await flagPost(db, await makeMember(db), await makeAnswer(db, writer, topic, `${n}つ目`), { reason: 'spam', words: '' })
  const items = (await db.execute<{ id: number }>(sql`select id::int as id from review_items order by id`)).map(({ id }) => id)
  const browsers = await Promise.all(Array.from({ length: 50 }, async () => forum.as(await makeModerator(db, board))))
  const pressed = await Promise.all(
    browsers.flatMap((browser, who) =>
      items.map(async id => {
        const verdict = who % 2 ? { decision: 'hide', reason: 'spam' } : { decision: 'keep', reason: 'opinion' }
        const answer = await browser.post(`/moderation/${id}/decision`, { ...verdict, words: '' })
        return { id, status: answer.statusCode, isTold: /さんが先に「.+」と判断しました/.test(answer.body) }
      }),
    ),
  )
  for (const id of items) {
    const tries = pressed.filter(each => each.id === id)
    expect(tries.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(tries.filter(({ status, isTold }) => status === 409 && isTold)).toHaveLength(49)
  }
  const logged = await db.execute(sql`select 1 from audit_entries where deed = 'review_decided'`)
  expect(logged).toHaveLength(items.length)
  const flags = await db.execute<{ outcome: string }>(sql`select outcome from flags`)
  expect(flags.every(({ outcome }) => outcome !== null)).toBe(true)
}, 60_000)

test('flags that come all at once are each taken, and each post waits once', async () => {
  const { db } = forum
  const topic = await makeTopic(db, await makeMember(db), board)
  const answers = await Promise.all(Array.from({ length: 10 }, async (_, n) => makeAnswer(db, await makeMember(db), topic, `${n}`)))
  const people = await Promise.all(Array.from({ length: 20 }, () => makeMember(db)))
  await Promise.all(people.flatMap(person => answers.map(answer => flagPost(db, person, answer, { reason: 'abuse', words: '' }))))
  const ids = sql.param(answers.map(({ id }) => id))
  const [kept] = await db.execute<{ flags: number; items: number; signals: number }>(sql`
    select (select count(*) from flags where post_id = any(${ids}::bigint[]))::int as flags, count(*)::int as items, sum(signals)::int as signals
    from review_items where subject_id = any(${ids}::bigint[])`)
  expect(kept).toEqual({ flags: 200, items: 10, signals: 200 })
}, 30_000)

test('a hundred thousand items that wait change nothing about how the first page is found: by its index, one range for each kind and board', async () => {
  const { db } = forum
  await fillQueue(db, board, 100_000)
  for (const actor of [await makeOperator(db), await makeModerator(db, board)]) {
    for (const [what, read] of [
      ['page', () => listQueue(db, actor, {})],
      ['counts', () => countQueue(db, actor)],
    ] as const) {
      const before = await rowsRead()
      await read()
      const after = await rowsRead()
      expect(after.scans - before.scans, `${what} of ${actor.role}`).toBe(0)
      expect(after.rows - before.rows, `${what} of ${actor.role}`).toBeLessThan(2_500)
    }
  }

  /** Whole tables read, and rows fetched of the queue, so far. */
  async function rowsRead() {
    await db.execute(sql`select pg_stat_force_next_flush()`)
    const [read] = await db.execute<{ scans: number; rows: number }>(sql`
      select seq_scan::int as scans, (seq_tup_read + idx_tup_fetch)::int as rows from pg_stat_all_tables where relname = 'review_items'`)
    return read ?? { scans: -1, rows: -1 }
  }
}, 60_000)

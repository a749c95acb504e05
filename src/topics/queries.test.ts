import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rolledBack, type TestDatabase, testDatabase } from '../../test/database.ts'
import { anOperator, makeBoard, makeTopic } from '../../test/making.ts'
import { makeMember, makeModerator, visitor } from '../../test/people.ts'
import { type Actor, visibleTo } from '../accounts/actor.ts'
import { VISIBILITIES } from '../accounts/visibility.ts'
import { type BoardRow, KINDS } from '../boards/schema.ts'
import type { Db } from '../platform/db.ts'
import { Missing } from '../platform/errors.ts'
import { findTopic, LISTS, type List, listTopics, listTopicsBy, topicsByIds } from './queries.ts'
import { topics } from './schema.ts'

let database: TestDatabase
let asker: Actor
let readers: Record<'guest' | 'member' | 'moderator' | 'operator', Actor>
let root: BoardRow
let child: BoardRow
let other: BoardRow

beforeAll(async () => {
  database = await testDatabase()
  const { db } = database
  asker = await makeMember(db)
  root = await makeBoard(db)
  child = await makeBoard(db, { parentId: root.id })
  other = await makeBoard(db)
  readers = { guest: visitor, member: await makeMember(db), moderator: await makeModerator(db, child), operator: anOperator }
})
afterAll(() => database.drop())

// Few moments, so that many topics share one: a page may end between them.
const anyMoment = fc.integer({ min: 0, max: 4 }).map(n => new Date(1_760_000_000_000 + n))
const anyTopic = fc.record({
  place: fc.constantFrom('root' as const, 'child' as const, 'other' as const),
  visibility: fc.constantFrom(...VISIBILITIES),
  kind: fc.constantFrom(...KINDS),
  tags: fc.subarray(['wi-fi', 'ルーター']),
  answerCount: fc.integer({ min: 0, max: 2 }),
  createdAt: anyMoment,
  activeAt: anyMoment,
  solvedAt: fc.option(anyMoment),
  closedAt: fc.option(anyMoment, { freq: 3 }),
  hiddenAt: fc.option(anyMoment, { freq: 1 }),
  withdrawnAt: fc.option(anyMoment, { freq: 1 }),
})
type AnyTopic = typeof anyTopic extends fc.Arbitrary<infer T> ? T : never

async function insertTopics(db: Db, some: AnyTopic[]) {
  if (some.length === 0) return []
  const boards = { root, child, other }
  const rows = some.map(({ place, ...topic }) => ({
    ...topic,
    boardId: boards[place].id,
    rootBoardId: boards[place].parentId ?? boards[place].id,
    title: 'どれかの質問です',
    authorId: asker.id,
  }))
  return db.insert(topics).values(rows).returning()
}
type Row = typeof topics.$inferSelect

const belongs: Record<List, (topic: Row) => boolean> = {
  new: () => true,
  active: () => true,
  unanswered: topic => topic.kind === 'question' && topic.answerCount === 0 && !topic.closedAt,
  solved: topic => topic.solvedAt !== null,
  tips: topic => topic.kind === 'tip',
}
const sortedBy = (list: List, topic: Row) =>
  (list === 'active' ? topic.activeAt : list === 'solved' ? (topic.solvedAt ?? topic.createdAt) : topic.createdAt).getTime()

async function readThrough(page: (after?: string) => Promise<{ rows: { id: number }[]; next?: string }>): Promise<number[]> {
  const ids: number[] = []
  let after: string | undefined
  do {
    const { rows, next } = await page(after)
    ids.push(...rows.map(row => row.id))
    after = next
  } while (after && ids.length < 500)
  return ids
}

test(
  'reading a list page by page shows each topic the reader may see once, in order, and no other',
  () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(anyTopic, { maxLength: 30 }),
        fc.constantFrom(...LISTS),
        fc.constantFrom('guest' as const, 'member' as const, 'moderator' as const, 'operator' as const),
        fc.constantFrom(undefined, 'root' as const, 'child' as const),
        fc.constantFrom(undefined, 'wi-fi'),
        fc.integer({ min: 1, max: 7 }),
        (some, list, role, place, tag, size) =>
          rolledBack(database.db, async db => {
            const rows = await insertTopics(db, some)
            const reader = readers[role]
            const board = place && { root, child }[place]
            const expected = rows
              .filter(topic => !topic.hiddenAt && !topic.withdrawnAt && visibleTo(reader).includes(topic.visibility))
              .filter(topic => belongs[list](topic) && (!tag || topic.tags.includes(tag)))
              .filter(topic => !board || (board.parentId === null ? topic.rootBoardId : topic.boardId) === board.id)
              .toSorted((a, b) => sortedBy(list, b) - sortedBy(list, a) || b.id - a.id)
            const shown = await readThrough(after => listTopics(db, reader, { list, board, tag, after, size }))
            expect(shown).toEqual(expected.map(topic => topic.id))
          }),
      ),
      { numRuns: 80, seed: 20261124 },
    ),
  30_000,
)

test('what a member asked is listed page by page for those who may see it', () =>
  fc.assert(
    fc.asyncProperty(fc.array(anyTopic, { maxLength: 20 }), fc.constantFrom('guest' as const, 'member' as const), (some, role) =>
      rolledBack(database.db, async db => {
        const rows = await insertTopics(db, some)
        const reader = readers[role]
        const expected = rows
          .filter(topic => !topic.hiddenAt && !topic.withdrawnAt && visibleTo(reader).includes(topic.visibility))
          .toSorted((a, b) => b.createdAt.getTime() - a.createdAt.getTime() || b.id - a.id)
        expect(await readThrough(after => listTopicsBy(db, reader, asker.id, after, 3))).toEqual(expected.map(topic => topic.id))
      }),
    ),
    { numRuns: 25, seed: 20261124 },
  ))

test('a topic and its rows by id are found by exactly those who may see them', () =>
  fc.assert(
    fc.asyncProperty(anyTopic, topic =>
      rolledBack(database.db, async db => {
        const [row] = await insertTopics(db, [topic])
        const gone = Boolean(topic.hiddenAt || topic.withdrawnAt)
        for (const [role, reader] of Object.entries(readers)) {
          const moderatesHere = role === 'operator' || (role === 'moderator' && topic.place === 'child')
          const may = gone ? moderatesHere : visibleTo(reader).includes(topic.visibility)
          const found = await findTopic(db, reader, row?.id ?? 0).then(
            () => true,
            error => (error instanceof Missing ? false : error),
          )
          expect(found, role).toBe(may)
          const listed = await topicsByIds(db, reader, [row?.id ?? 0])
          expect(listed.size, role).toBe(!gone && visibleTo(reader).includes(topic.visibility) ? 1 : 0)
        }
      }),
    ),
    { numRuns: 40, seed: 20261124 },
  ))

test.each([
  'x',
  '~',
  '2026-13-45T99:99:99.999Z~1',
  '2026-01-01T00:00:00.000Z',
  '2026-01-01T00:00:00.000Z~1;drop table topics',
  '0~0',
  '9'.repeat(80),
])('a cursor nobody gave out (%s) begins at the first page', after =>
  rolledBack(database.db, async db => {
    const topic = await makeTopic(db, asker, root)
    expect((await listTopics(db, visitor, { list: 'new', after })).rows[0]?.id).toBe(topic.id)
  }),
)

test('topics of one moment are all reached, however finely the database keeps time', () =>
  rolledBack(database.db, async db => {
    const made = []
    for (let n = 0; n < 5; n++) made.push((await makeTopic(db, asker, root)).id)
    await db.execute(sql`update topics set created_at = clock_timestamp() where id = any(${sql.param(made)}::bigint[])`)
    expect(await readThrough(after => listTopics(db, visitor, { list: 'new', board: root, after, size: 1 }))).toHaveLength(5)
  }))

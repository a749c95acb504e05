import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rolledBack, type TestDatabase, testDatabase } from '../../test/database.ts'
import { happened, lastEvent } from '../../test/happened.ts'
import { anOperator, boardDraft, makeBoard, makeTopic, topicNow } from '../../test/making.ts'
import { closedAfterwards, knownAgain, makeMember, makeModerator, makeOperator, visitor } from '../../test/people.ts'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { type Invalid, Missing, Refused } from '../platform/errors.ts'
import { addBoard, archiveBoard, editBoard } from './boards.ts'
import { inGroups } from './groups.ts'
import { findBoard, findOpenBoard, listBoards } from './queries.ts'
import { boards } from './schema.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

const slugs = async (db: Db, reader = visitor, options = {}) => (await listBoards(db, reader, options)).map(board => board.slug)
const problem = (work: Promise<unknown>) =>
  work.then(
    () => 'accepted',
    (error: Invalid) => error.fields,
  )

test('only the operator makes, changes and archives boards', () =>
  rolledBack(database.db, async db => {
    const board = await makeBoard(db)
    for (const person of [visitor, await makeMember(db), await makeModerator(db, board)]) {
      await expect(addBoard(db, person, boardDraft())).rejects.toThrow(Refused)
      await expect(editBoard(db, person, board, boardDraft())).rejects.toThrow(Refused)
      await expect(archiveBoard(db, person, board, true)).rejects.toThrow(Refused)
    }
    const before = await lastEvent(db)
    const added = await addBoard(db, await makeOperator(db), boardDraft({ slug: 'hikari' }))
    await editBoard(db, anOperator, added, boardDraft({ slug: 'hikari-kaisen', nameJa: '光回線' }))
    expect(await findBoard(db, visitor, 'hikari-kaisen')).toMatchObject({ id: added.id, nameJa: '光回線' })
    expect(await happened(db, before)).toEqual(['board.changed', 'board.changed'])
  }))

test('boards stand in two levels, in the operator’s order', () =>
  rolledBack(database.db, async db => {
    const second = await makeBoard(db, { slug: 'second', position: 2 })
    const first = await makeBoard(db, { slug: 'first', position: 1 })
    await makeBoard(db, { slug: 'inner-two', parentId: second.id, position: 9 })
    await makeBoard(db, { slug: 'inner-one', parentId: second.id, position: 3 })
    const groups = inGroups(await listBoards(db, visitor))
    expect(groups.map(({ board, children }) => [board.slug, ...children.map(child => child.slug)])).toEqual([
      ['first'],
      ['second', 'inner-one', 'inner-two'],
    ])
    expect(await problem(makeBoard(db, { parentId: (await findBoard(db, visitor, 'inner-one')).id }))).toEqual({
      parentId: 'boards.parent.wrong',
    })
    expect(await problem(makeBoard(db, { parentId: 999_999 }))).toEqual({ parentId: 'boards.parent.wrong' })
    expect(await problem(editBoard(db, anOperator, first, boardDraft({ slug: 'first', parentId: first.id })))).toEqual({
      parentId: 'boards.parent.wrong',
    })
    expect(await problem(editBoard(db, anOperator, second, boardDraft({ slug: 'second', parentId: first.id })))).toEqual({
      parentId: 'boards.parent.hasChildren',
    })
  }))

test('an address is small letters, digits and hyphens, and belongs to one board', () =>
  rolledBack(database.db, async db => {
    const board = await makeBoard(db, { slug: 'taken' })
    for (const slug of ['', 'Big', 'two words', '-edge', 'edge-', 'a--b', '広場', 'a/b', 'a\nb'])
      expect(await problem(makeBoard(db, { slug })), slug).toEqual({ slug: 'boards.slug.shape' })
    expect(await problem(makeBoard(db, { slug: 'taken' }))).toEqual({ slug: 'boards.slug.taken' })
    expect(await problem(editBoard(db, anOperator, await makeBoard(db), boardDraft({ slug: 'taken' })))).toEqual({
      slug: 'boards.slug.taken',
    })
    expect(await problem(editBoard(db, anOperator, board, boardDraft({ slug: 'taken', nameJa: '同じ番地' })))).toBe('accepted')
    expect(await problem(makeBoard(db, { kinds: [] }))).toEqual({ kinds: 'boards.kinds.none' })
  }))

test('two operators who take one address at once: one board, and a sentence for the other', async () => {
  const draft = boardDraft({ slug: 'at-once' })
  const results = await Promise.allSettled(Array.from({ length: 5 }, () => addBoard(database.db, anOperator, draft)))
  const refused = results.flatMap(result => (result.status === 'rejected' ? [result.reason] : []))
  expect(refused).toHaveLength(4)
  for (const reason of refused) expect(reason).toMatchObject({ fields: { slug: 'boards.slug.taken' } })
  expect(await database.db.$count(boards, eq(boards.slug, 'at-once'))).toBe(1)
})

test('boards for members and for staff are there for those alone', () =>
  rolledBack(database.db, async db => {
    for (const visibility of ['public', 'members', 'staff'] as const) await makeBoard(db, { slug: visibility, visibility })
    const moderator = await makeModerator(db, await findBoard(db, visitor, 'public'))
    const member = await makeMember(db)
    expect(await slugs(db)).toEqual(expect.not.arrayContaining(['members', 'staff']))
    expect(await slugs(db, member)).toEqual(expect.arrayContaining(['public', 'members']))
    expect(await slugs(db, member)).not.toContain('staff')
    for (const staff of [moderator, await makeOperator(db)]) expect(await slugs(db, staff)).toEqual(expect.arrayContaining(['staff']))
    await expect(findBoard(db, visitor, 'members')).rejects.toThrow(Missing)
    await expect(findBoard(db, member, 'staff')).rejects.toThrow(Missing)
    expect(await findBoard(db, member, 'members')).toMatchObject({ slug: 'members' })
  }))

test('a child whose parent a reader may not see stands on the first level', () =>
  rolledBack(database.db, async db => {
    const parent = await makeBoard(db, { visibility: 'staff' })
    const child = await makeBoard(db, { parentId: parent.id, slug: 'open-child' })
    const groups = inGroups(await listBoards(db, visitor))
    expect(groups.map(({ board }) => board.id)).toContain(child.id)
  }))

test('an archived board leaves the lists and takes no topics; it stays readable and can come back', () =>
  rolledBack(database.db, async db => {
    const board = await makeBoard(db, { slug: 'old' })
    await archiveBoard(db, anOperator, board, true)
    expect(await slugs(db)).not.toContain('old')
    expect(await slugs(db, visitor, { archived: true })).toContain('old')
    expect(await findBoard(db, visitor, 'old')).toMatchObject({ id: board.id })
    await expect(findOpenBoard(db, visitor, board.id)).rejects.toThrow(Missing)
    await archiveBoard(db, anOperator, board, false)
    expect(await slugs(db)).toContain('old')
  }))

test('the topics of a board follow when it is moved or shown to others', () =>
  rolledBack(database.db, async db => {
    const [one, two] = [await makeBoard(db), await makeBoard(db)]
    const board = await makeBoard(db, { parentId: one.id })
    const topic = await makeTopic(db, await makeMember(db), board)
    const draft = { slug: board.slug, parentId: two.id, visibility: 'members' as const }
    await editBoard(db, anOperator, board, boardDraft(draft))
    expect(await topicNow(db, topic)).toMatchObject({ rootBoardId: two.id, visibility: 'members' })
    const moved = await findBoard(db, anOperator, board.slug)
    await editBoard(db, anOperator, moved, boardDraft({ ...draft, parentId: null, visibility: 'public' }))
    expect(await topicNow(db, topic)).toMatchObject({ rootBoardId: board.id, visibility: 'public' })
  }))

test('moderators are named by handle; they moderate the board and its children, until they are no longer named', () =>
  rolledBack(database.db, async db => {
    const member = await makeMember(db, { handle: 'hanako' })
    const board = await makeBoard(db, { moderators: ['@Hanako', 'hanako'] })
    const child = await makeBoard(db, { parentId: board.id })
    const other = await makeBoard(db)
    const moderates = async () => (await knownAgain(db, member.id)).moderates.toSorted((a, b) => a - b)
    expect(await moderates()).toEqual([board.id, child.id])
    await editBoard(db, anOperator, board, boardDraft({ slug: board.slug }))
    expect(await moderates()).toEqual([])
    const [account] = await db.select().from(accounts).where(eq(accounts.id, member.id))
    expect(account?.moderates).toBe(false)
    await editBoard(db, anOperator, child, boardDraft({ slug: child.slug, parentId: board.id, moderators: ['hanako'] }))
    expect(await moderates()).toEqual([child.id])
    expect(await moderates()).not.toContain(other.id)
  }))

test('a handle nobody has, or whose owner left, cannot moderate', () =>
  rolledBack(database.db, async db => {
    const left = await closedAfterwards(db, await makeMember(db))
    for (const moderators of [['nobody_has_this'], [left.handle]])
      expect(await problem(makeBoard(db, { moderators }))).toEqual({ moderators: 'boards.moderators.unknown' })
  }))

import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rolledBack, type TestDatabase, testDatabase } from '../../test/database.ts'
import { happened, lastEvent } from '../../test/happened.ts'
import { anOperator, makeBoard, makeTopic, openingOf, topicDraft, topicNow } from '../../test/making.ts'
import { makeMember, makeModerator, makeSuspended, makeUnconfirmed, visitor } from '../../test/people.ts'
import { archiveBoard } from '../boards/boards.ts'
import { boards } from '../boards/schema.ts'
import { Invalid, Refused } from '../platform/errors.ts'
import { ask, readTitle } from './asking.ts'
import { findDraft, keepDraft } from './drafts.ts'
import { topics } from './schema.ts'
import { readTags } from './writing.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

test('a question stands in its board with its opening, its beginning and its tags', () =>
  rolledBack(database.db, async db => {
    const asker = await makeMember(db)
    const parent = await makeBoard(db)
    const board = await makeBoard(db, { parentId: parent.id })
    const before = await lastEvent(db)
    const topic = await makeTopic(db, asker, board, { title: '  無線LANが\n寝室まで  届きません ', tags: '#Wi-Fi、寝室' })
    const opening = await openingOf(db, topic)
    expect(topic).toMatchObject({
      title: '無線LANが 寝室まで 届きません',
      tags: ['Wi-Fi', '寝室'],
      boardId: board.id,
      rootBoardId: parent.id,
      answerCount: 0,
      postCount: 1,
    })
    expect(opening).toMatchObject({ kind: 'opening', topicId: topic.id, authorId: asker.id, revision: 1 })
    expect(opening.bodyText.startsWith(topic.excerpt.replace('…', ''))).toBe(true)
    expect(await happened(db, before)).toEqual(['topic.asked'])
    const [counted] = await db.select({ count: boards.topicCount }).from(boards).where(eq(boards.id, board.id))
    expect(counted?.count).toBe(1)
  }))

test('sending the same draft again returns the topic it became', () =>
  rolledBack(database.db, async db => {
    const asker = await makeMember(db)
    const board = await makeBoard(db)
    const draft = topicDraft(board)
    const first = await ask(db, asker, draft)
    const before = await lastEvent(db)
    const second = await ask(db, asker, draft)
    expect(second).toMatchObject({ id: first.id, openingId: first.openingId })
    expect(await db.$count(topics)).toBe(1)
    expect(await happened(db, before)).toEqual([])
  }))

test('two people may happen to have the same draft key', () =>
  rolledBack(database.db, async db => {
    const board = await makeBoard(db)
    const draft = topicDraft(board)
    const one = await ask(db, await makeMember(db), draft)
    const other = await ask(db, await makeMember(db), draft)
    expect(other.id).not.toBe(one.id)
  }))

test('guests, members without a confirmed address and suspended members do not ask', () =>
  rolledBack(database.db, async db => {
    const board = await makeBoard(db)
    for (const person of [visitor, await makeUnconfirmed(db), await makeSuspended(db)])
      await expect(ask(db, person, topicDraft(board))).rejects.toThrow(new Refused('errors.cannotWrite'))
    expect(await db.$count(topics)).toBe(0)
  }))

test('a board takes the kinds of topic it is for, and none once it is archived', () =>
  rolledBack(database.db, async db => {
    const member = await makeMember(db)
    const board = await makeBoard(db, { kinds: ['question'] })
    await expect(ask(db, member, topicDraft(board, { kind: 'tip' }))).rejects.toMatchObject({ fields: { kind: 'topics.kind.notHere' } })
    await archiveBoard(db, anOperator, board, true)
    await expect(ask(db, member, topicDraft(board))).rejects.toMatchObject({ fields: { boardId: 'topics.board.choose' } })
    await archiveBoard(db, anOperator, board, false)
    expect(await ask(db, member, topicDraft(board))).toMatchObject({ boardId: board.id })
  }))

test('a board for staff takes questions from its moderators, and does not exist for members', () =>
  rolledBack(database.db, async db => {
    const board = await makeBoard(db, { visibility: 'staff' })
    await expect(ask(db, await makeMember(db), topicDraft(board))).rejects.toMatchObject({ fields: { boardId: 'topics.board.choose' } })
    expect(await ask(db, await makeModerator(db, board), topicDraft(board))).toMatchObject({ visibility: 'staff' })
  }))

test('only the first question of a member is welcomed as the first; talk and tips are not counted', () =>
  rolledBack(database.db, async db => {
    const asker = await makeMember(db)
    const board = await makeBoard(db)
    const tip = await makeTopic(db, asker, board, { kind: 'tip' })
    const first = await makeTopic(db, asker, board)
    const second = await makeTopic(db, asker, board)
    expect([tip.isFirst, first.isFirst, second.isFirst]).toEqual([false, true, false])
  }))

test('what was being written is forgotten once it is asked', () =>
  rolledBack(database.db, async db => {
    const asker = await makeMember(db)
    const board = await makeBoard(db)
    const draft = topicDraft(board)
    await keepDraft(db, asker, 'ask', { title: draft.title, body: draft.body }, draft.draftKey)
    expect((await findDraft(db, asker, 'ask')).draftKey).toBe(draft.draftKey)
    await ask(db, asker, draft)
    expect(await findDraft(db, asker, 'ask')).toMatchObject({ content: {} })
  }))

test('an empty, too short, too long or unreadable question is refused at its field, and nothing is kept', () =>
  rolledBack(database.db, async db => {
    const asker = await makeMember(db)
    const board = await makeBoard(db)
    const problem = (draft: object) =>
      ask(db, asker, topicDraft(board, draft)).then(
        () => 'asked',
        (error: Invalid) => Object.keys(error.fields),
      )
    expect(await problem({ title: '   ' })).toEqual(['title'])
    expect(await problem({ title: '助けて' })).toEqual(['title'])
    expect(await problem({ title: 'あ'.repeat(101) })).toEqual(['title'])
    expect(await problem({ body: ' \n ' })).toEqual(['body'])
    expect(await problem({ body: 'あ'.repeat(20_000) })).toEqual(['body'])
    expect(await problem({ boardId: 999_999 })).toEqual(['boardId'])
    expect(await db.$count(topics)).toBe(0)
    expect(await problem({ title: '👨‍👩‍👧‍👦'.repeat(14) })).toBe('asked')
  }))

test('a title keeps no signs that hide or turn text', () => {
  expect(readTitle('届かない\u202Eメール\u0007です')).toBe('届かないメールです')
  expect(() => readTitle('\u200B\u200B\u200B\u200B\u200B\u200B\u200B')).toThrow(Invalid)
})

test('tags are parted by commas and spaces of both widths, at most five, each once', () => {
  expect(readTags('#Wi-Fi、光回線 wi-fi,ＤＮＳ　ルーター')).toEqual(['wi-fi', '光回線', 'DNS', 'ルーター'])
  expect(readTags('a b c d e f')).toHaveLength(5)
  expect(readTags(' ,、 ')).toEqual([])
  expect(readTags('x'.repeat(40))).toEqual(['x'.repeat(30)])
})

test('a topic of one board stays where it was asked', () =>
  rolledBack(database.db, async db => {
    const board = await makeBoard(db)
    const topic = await makeTopic(db, await makeMember(db), board)
    expect((await topicNow(db, topic)).rootBoardId).toBe(board.id)
  }))

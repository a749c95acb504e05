import { afterAll, beforeAll, expect, test } from 'vitest'
import { rolledBack, type TestDatabase, testDatabase } from '../../test/database.ts'
import { makeAnswer, makeBoard, makeTopic, topicDraft } from '../../test/making.ts'
import { makeMember, makeUnconfirmed, visitor } from '../../test/people.ts'
import { Refused } from '../platform/errors.ts'
import { postAnswer } from './answers.ts'
import { ask } from './asking.ts'
import { findDraft, forgetDraft, keepDraft, keyForOtherWords } from './drafts.ts'
import { drafts } from './schema.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

test('what somebody writes is kept at its place, for himself alone', () =>
  rolledBack(database.db, async db => {
    const [writer, other] = [await makeUnconfirmed(db), await makeMember(db)]
    await keepDraft(db, writer, 'ask', { title: '書きかけの題名', body: '途中' }, 'one-draft-key')
    await keepDraft(db, writer, 'answer:1', { body: '別の場所' })
    expect(await findDraft(db, writer, 'ask')).toEqual({ draftKey: 'one-draft-key', content: { title: '書きかけの題名', body: '途中' } })
    expect((await findDraft(db, other, 'ask')).content).toEqual({})
  }))

test('a later save replaces the words and keeps the key, so that the draft is still posted once', () =>
  rolledBack(database.db, async db => {
    const writer = await makeMember(db)
    await keepDraft(db, writer, 'ask', { body: '一' }, 'one-draft-key')
    await keepDraft(db, writer, 'ask', { body: '二' }, 'another-draft-key')
    expect(await findDraft(db, writer, 'ask')).toEqual({ draftKey: 'one-draft-key', content: { body: '二' } })
  }))

test('emptied words are forgotten', () =>
  rolledBack(database.db, async db => {
    const writer = await makeMember(db)
    await keepDraft(db, writer, 'ask', { title: '題名', body: '途中' })
    await keepDraft(db, writer, 'ask', { title: ' ', body: '\n' })
    expect(await db.$count(drafts)).toBe(0)
  }))

test('a writer throws his own draft away, nobody else’s', () =>
  rolledBack(database.db, async db => {
    const [writer, other] = [await makeMember(db), await makeMember(db)]
    await keepDraft(db, writer, 'ask', { body: '途中' })
    await forgetDraft(db, other, 'ask')
    expect(await db.$count(drafts)).toBe(1)
    await forgetDraft(db, writer, 'ask')
    expect(await db.$count(drafts)).toBe(0)
  }))

test('a guest has no drafts, and a fresh key every time', () =>
  rolledBack(database.db, async db => {
    await expect(keepDraft(db, visitor, 'ask', { body: '途中' })).rejects.toThrow(Refused)
    const [one, two] = [await findDraft(db, visitor, 'ask'), await findDraft(db, visitor, 'ask')]
    expect(one.content).toEqual({})
    expect(one.draftKey).not.toBe(two.draftKey)
  }))

test('a save that comes after its words were posted does not bring them back', () =>
  rolledBack(database.db, async db => {
    const writer = await makeMember(db)
    const board = await makeBoard(db)
    const asked = topicDraft(board)
    const topic = await makeTopic(db, await makeMember(db), board)
    await ask(db, writer, asked)
    await keepDraft(db, writer, 'ask', { title: asked.title, body: `${asked.body}\r\n` }, asked.draftKey)
    await postAnswer(db, writer, topic, { body: '回答です。', draftKey: 'one-draft-key' })
    await keepDraft(db, writer, `answer:${topic.id}`, { body: '回答です。' }, 'one-draft-key')
    expect(await db.$count(drafts)).toBe(0)
    await keepDraft(db, writer, `answer:${topic.id}`, { body: 'もう一つの回答です。' }, 'one-draft-key')
    expect(await db.$count(drafts)).toBe(1)
  }))

test('other words under a used key are asked and answered as something of their own, once', () =>
  rolledBack(database.db, async db => {
    const writer = await makeMember(db)
    const draft = topicDraft(await makeBoard(db))
    const first = await ask(db, writer, draft)
    const other = { ...draft, title: '別の質問になりました' }
    const second = await ask(db, writer, other)
    expect(second.id).not.toBe(first.id)
    expect((await ask(db, writer, other)).id).toBe(second.id)
    expect((await ask(db, writer, draft)).id).toBe(first.id)
  }))

test('a draft key of one topic answers another topic too', () =>
  rolledBack(database.db, async db => {
    const board = await makeBoard(db)
    const writer = await makeMember(db)
    const [one, two] = [await makeTopic(db, writer, board), await makeTopic(db, writer, board)]
    const draft = { body: '同じ回答です。', draftKey: 'one-draft-key' }
    const [first, second] = [await postAnswer(db, writer, one, draft), await postAnswer(db, writer, two, draft)]
    expect([first.topicId, second.topicId]).toEqual([one.id, two.id])
    expect((await makeAnswer(db, writer, one)).id).not.toBe(first.id)
  }))

test('the key for other words is the same for the same words, and stays short', () => {
  const key = 'x'.repeat(60)
  expect(keyForOtherWords(key, 'a')).toBe(keyForOtherWords(key, 'a'))
  expect(keyForOtherWords(key, 'a')).not.toBe(keyForOtherWords(key, 'b'))
  expect(keyForOtherWords(keyForOtherWords(key, 'a'), 'b').length).toBeLessThan(100)
})

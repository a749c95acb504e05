import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rolledBack, type TestDatabase, testDatabase } from '../../test/database.ts'
import { happened, lastEvent } from '../../test/happened.ts'
import { anOperator, makeAnswer, makeBoard, makeComment, makeTopic, openingOf, postNow, topicNow } from '../../test/making.ts'
import { makeMember, makeModerator, makeSuspended } from '../../test/people.ts'
import type { Db } from '../platform/db.ts'
import { Conflict, Refused } from '../platform/errors.ts'
import { findDraft, keepDraft } from './drafts.ts'
import { type Edit, editPost, listRevisions } from './editing.ts'
import { withdrawPost } from './withdrawing.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

async function answered(db: Db) {
  const [asker, helper] = [await makeMember(db), await makeMember(db)]
  const topic = await makeTopic(db, asker, await makeBoard(db), { title: '光回線が夜に遅い', tags: '光回線' })
  return { asker, helper, topic, opening: await openingOf(db, topic), answer: await makeAnswer(db, helper, topic, '最初の回答です。') }
}

const edit = (change: Partial<Edit> = {}): Edit => ({ body: '直した回答です。', reason: '', revision: 1, ...change })

test('an edit shows the new words and keeps every version with who wrote it, when and why', () =>
  rolledBack(database.db, async db => {
    const { helper, answer } = await answered(db)
    const before = await lastEvent(db)
    await editPost(db, helper, answer, edit({ body: '**二つ目**です。', reason: '言い直し' }))
    await editPost(db, helper, await postNow(db, answer), edit({ body: '三つ目です。', revision: 2 }))
    const now = await postNow(db, answer)
    expect(now).toMatchObject({ body: '三つ目です。', bodyText: '三つ目です。', revision: 3 })
    expect(now.editedAt).not.toBeNull()
    const versions = await listRevisions(db, answer.id)
    expect(versions.map(({ number, body, reason }) => ({ number, body, reason }))).toEqual([
      { number: 1, body: '最初の回答です。', reason: '' },
      { number: 2, body: '**二つ目**です。', reason: '言い直し' },
      { number: 3, body: '三つ目です。', reason: '' },
    ])
    expect(versions.every(version => version.editor.handle === helper.handle)).toBe(true)
    expect(versions[0]?.createdAt).toEqual(answer.createdAt)
    expect(await happened(db, before)).toEqual(['post.edited', 'post.edited'])
  }))

test('a post that was never edited has no versions', () =>
  rolledBack(database.db, async db => {
    const { answer } = await answered(db)
    expect(await listRevisions(db, answer.id)).toEqual([])
  }))

test('of two tabs the later is told of the words that stand, and neither loses his', () =>
  rolledBack(database.db, async db => {
    const { helper, answer } = await answered(db)
    await editPost(db, helper, answer, edit({ body: '一つ目のタブです。' }))
    const late = editPost(db, helper, answer, edit({ body: '二つ目のタブです。' }))
    await expect(late).rejects.toBeInstanceOf(Conflict)
    await expect(late).rejects.toMatchObject({ current: { body: '一つ目のタブです。', revision: 2 } })
    expect((await postNow(db, answer)).body).toBe('一つ目のタブです。')
    await editPost(db, helper, answer, edit({ body: '両方を合わせました。', revision: 2 }))
    expect((await listRevisions(db, answer.id)).map(version => version.body)).toEqual([
      '最初の回答です。',
      '一つ目のタブです。',
      '両方を合わせました。',
    ])
  }))

test('sending the same edit twice is no conflict: a second click changes nothing', () =>
  rolledBack(database.db, async db => {
    const { helper, answer } = await answered(db)
    await editPost(db, helper, answer, edit())
    await editPost(db, helper, answer, edit())
    expect((await postNow(db, answer)).revision).toBe(2)
  }))

test('saving without a change makes no version', () =>
  rolledBack(database.db, async db => {
    const { helper, answer } = await answered(db)
    await editPost(db, helper, answer, edit({ body: '最初の回答です。\r\n' }))
    expect(await postNow(db, answer)).toMatchObject({ revision: 1, editedAt: null })
  }))

test('an opening carries title and tags: their versions are kept too, and the lists show the new ones', () =>
  rolledBack(database.db, async db => {
    const { asker, topic, opening } = await answered(db)
    await editPost(db, asker, opening, edit({ title: '光回線が朝も遅い', tags: '光回線 朝', body: '朝も遅くなりました。' }))
    expect(await topicNow(db, topic)).toMatchObject({ title: '光回線が朝も遅い', tags: ['光回線', '朝'], excerpt: '朝も遅くなりました。' })
    expect((await listRevisions(db, opening.id)).map(version => version.title)).toEqual(['光回線が夜に遅い', '光回線が朝も遅い'])
  }))

test('a title alone can be changed', () =>
  rolledBack(database.db, async db => {
    const { asker, topic, opening } = await answered(db)
    await editPost(db, asker, opening, edit({ title: '光回線が朝も遅い', body: opening.body }))
    expect(await topicNow(db, topic)).toMatchObject({ title: '光回線が朝も遅い', tags: ['光回線'] })
  }))

test('an answer has no title: one that is sent along changes nothing', () =>
  rolledBack(database.db, async db => {
    const { helper, topic, answer } = await answered(db)
    await editPost(db, helper, answer, edit({ title: '乗っ取った題名です', tags: '乗っ取り' }))
    expect(await topicNow(db, topic)).toMatchObject({ title: '光回線が夜に遅い', tags: ['光回線'] })
  }))

test('only its author changes a post, and only while it stands', () =>
  rolledBack(database.db, async db => {
    const { asker, helper, topic, answer } = await answered(db)
    const moderator = await makeModerator(db, { id: topic.boardId })
    for (const person of [asker, moderator, anOperator, { ...helper, suspended: true }])
      await expect(editPost(db, person, answer, edit())).rejects.toThrow(Refused)
    await makeComment(db, asker, answer)
    await withdrawPost(db, helper, answer)
    await expect(editPost(db, helper, answer, edit())).rejects.toThrow()
    await expect(editPost(db, helper, await postNow(db, answer), edit())).rejects.toThrow(Refused)
    await db.execute(sql`update posts set withdrawn_at = null, hidden_at = now() where id = ${answer.id}`)
    await expect(editPost(db, helper, answer, edit())).rejects.toThrow()
    expect((await postNow(db, answer)).body).toBe('最初の回答です。')
    expect(await makeSuspended(db)).toMatchObject({ suspended: true })
  }))

test('an empty or too long edit is refused at its field', () =>
  rolledBack(database.db, async db => {
    const { asker, opening } = await answered(db)
    await expect(editPost(db, asker, opening, edit({ body: ' ' }))).rejects.toMatchObject({ fields: { body: expect.anything() } })
    await expect(editPost(db, asker, opening, edit({ title: '短い' }))).rejects.toMatchObject({ fields: { title: expect.anything() } })
    expect((await postNow(db, opening)).revision).toBe(1)
  }))

test('what was being edited is forgotten once it is saved', () =>
  rolledBack(database.db, async db => {
    const { helper, answer } = await answered(db)
    await keepDraft(db, helper, `edit:${answer.id}`, { body: '書きかけ' })
    await editPost(db, helper, answer, edit())
    expect((await findDraft(db, helper, `edit:${answer.id}`)).content).toEqual({})
  }))

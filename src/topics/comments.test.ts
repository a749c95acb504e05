import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rolledBack, type TestDatabase, testDatabase } from '../../test/database.ts'
import { happened, lastEvent } from '../../test/happened.ts'
import { makeAnswer, makeBoard, makeComment, makeTopic, openingOf, postNow, topicNow } from '../../test/making.ts'
import { makeMember, makeModerator, makeSuspended, makeUnconfirmed, visitor } from '../../test/people.ts'
import type { Db } from '../platform/db.ts'
import { Refused } from '../platform/errors.ts'
import { closeTopic } from './closing.ts'
import { COMMENT_LETTERS, postComment } from './comments.ts'
import { COMMENTS_SHOWN, commentsOf } from './page_queries.ts'
import { withdrawPost } from './withdrawing.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

async function answered(db: Db) {
  const [asker, helper] = [await makeMember(db), await makeMember(db)]
  const topic = await makeTopic(db, asker, await makeBoard(db))
  return { asker, helper, topic, opening: await openingOf(db, topic), answer: await makeAnswer(db, helper, topic) }
}

const draft = { body: '型番は何でしょうか。', draftKey: 'one-draft-key' }

test('a comment hangs below an answer or the opening, and counts as a post but not as an answer', () =>
  rolledBack(database.db, async db => {
    const { asker, helper, topic, opening, answer } = await answered(db)
    const before = await lastEvent(db)
    const below = await makeComment(db, asker, answer)
    await makeComment(db, helper, opening)
    expect(below).toMatchObject({ kind: 'comment', parentId: answer.id, topicId: topic.id })
    expect(await topicNow(db, topic)).toMatchObject({ answerCount: 1, postCount: 4 })
    expect((await postNow(db, answer)).commentCount).toBe(1)
    expect((await postNow(db, opening)).commentCount).toBe(1)
    expect(await happened(db, before)).toEqual(['comment.posted', 'comment.posted'])
  }))

test('a second click comments once', () =>
  rolledBack(database.db, async db => {
    const { asker, answer } = await answered(db)
    const first = await postComment(db, asker, answer, draft)
    expect((await postComment(db, asker, answer, draft)).id).toBe(first.id)
    expect((await postNow(db, answer)).commentCount).toBe(1)
  }))

test('comments stand one level below: none hangs below a comment', () =>
  rolledBack(database.db, async db => {
    const { asker, answer } = await answered(db)
    const comment = await makeComment(db, asker, answer)
    await expect(postComment(db, asker, comment, draft)).rejects.toThrow(Refused)
  }))

test('a closed topic takes no comments', () =>
  rolledBack(database.db, async db => {
    const { asker, helper, topic, answer } = await answered(db)
    await closeTopic(db, asker, topic)
    await expect(postComment(db, helper, answer, draft)).rejects.toThrow(new Refused('errors.closed'))
    await expect(postComment(db, helper, await postNow(db, answer), draft)).rejects.toThrow(new Refused('errors.closed'))
    expect((await postNow(db, answer)).commentCount).toBe(0)
  }))

test('who may not write does not comment', () =>
  rolledBack(database.db, async db => {
    const { answer } = await answered(db)
    for (const person of [visitor, await makeUnconfirmed(db), await makeSuspended(db)])
      await expect(postComment(db, person, answer, draft)).rejects.toThrow(new Refused('errors.cannotWrite'))
  }))

test('a comment is shorter than an answer, counted in letters', () =>
  rolledBack(database.db, async db => {
    const { asker, answer } = await answered(db)
    await expect(postComment(db, asker, answer, { ...draft, body: '🍙'.repeat(COMMENT_LETTERS + 1) })).rejects.toMatchObject({
      fields: { body: { key: 'form.tooLong' } },
    })
    expect(await postComment(db, asker, answer, { ...draft, body: '🍙'.repeat(COMMENT_LETTERS) })).toMatchObject({ kind: 'comment' })
  }))

test('nothing is written below an answer that was taken back or hidden in between', () =>
  rolledBack(database.db, async db => {
    const { asker, helper, answer } = await answered(db)
    await makeComment(db, asker, answer)
    await withdrawPost(db, helper, answer)
    await expect(postComment(db, asker, answer, draft)).rejects.toThrow(Refused)
    await expect(postComment(db, asker, await postNow(db, answer), draft)).rejects.toThrow(Refused)
    await db.execute(sql`update posts set withdrawn_at = null, hidden_at = now() where id = ${answer.id}`)
    await expect(postComment(db, asker, answer, draft)).rejects.toThrow(Refused)
    expect((await postNow(db, answer)).commentCount).toBe(1)
  }))

test('a page shows the oldest comments below each post, hidden ones to the moderators alone', () =>
  rolledBack(database.db, async db => {
    const { asker, topic, opening, answer } = await answered(db)
    const ids: number[] = []
    for (let n = 0; n < COMMENTS_SHOWN + 2; n++) ids.push((await makeComment(db, asker, answer)).id)
    const own = await makeComment(db, asker, opening)
    await db.execute(sql`update posts set hidden_at = now() where id = ${ids[0]}`)
    const shownTo = async (reader: Parameters<typeof commentsOf>[1]) => {
      const comments = await commentsOf(db, reader, topic.boardId, [opening.id, answer.id])
      expect(comments.get(opening.id)?.map(comment => comment.id)).toEqual([own.id])
      return comments.get(answer.id)?.map(comment => comment.id)
    }
    expect(await shownTo(visitor)).toEqual(ids.slice(1, COMMENTS_SHOWN + 1))
    expect(await shownTo(await makeModerator(db, { id: topic.boardId }))).toEqual(ids.slice(0, COMMENTS_SHOWN))
  }))

test('a comment that was taken back is gone from the page and the count', () =>
  rolledBack(database.db, async db => {
    const { asker, topic, answer } = await answered(db)
    const comment = await makeComment(db, asker, answer)
    await withdrawPost(db, asker, comment)
    expect((await commentsOf(db, visitor, topic.boardId, [answer.id])).get(answer.id)).toBeUndefined()
    expect((await postNow(db, answer)).commentCount).toBe(0)
    expect(await topicNow(db, topic)).toMatchObject({ answerCount: 1, postCount: 2 })
  }))

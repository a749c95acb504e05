import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rolledBack, type TestDatabase, testDatabase } from '../../test/database.ts'
import { happened, lastEvent } from '../../test/happened.ts'
import { makeAnswer, makeBoard, makeComment, makeTopic, openingOf, postNow, topicNow } from '../../test/making.ts'
import { makeMember, makeModerator, makeOperator, makeSuspended, visitor } from '../../test/people.ts'
import type { Db } from '../platform/db.ts'
import { Refused } from '../platform/errors.ts'
import { pickBest, unpickBest } from './best_answers.ts'
import { closeTopic } from './closing.ts'
import { withdrawPost } from './withdrawing.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

async function answered(db: Db, kind: 'question' | 'tip' = 'question') {
  const [asker, helper] = [await makeMember(db), await makeMember(db)]
  const board = await makeBoard(db)
  const topic = await makeTopic(db, asker, board, { kind })
  return { asker, helper, board, topic, answer: await makeAnswer(db, helper, topic) }
}

test('the asker picks the best answer, moves it, and takes the pick back', () =>
  rolledBack(database.db, async db => {
    const { asker, helper, topic, answer } = await answered(db)
    const other = await makeAnswer(db, helper, topic)
    const before = await lastEvent(db)
    await pickBest(db, asker, answer)
    const { solvedAt } = await topicNow(db, topic)
    expect(solvedAt).toBeInstanceOf(Date)
    await pickBest(db, asker, other)
    expect(await topicNow(db, topic)).toMatchObject({ bestAnswerId: other.id, solvedAt })
    await unpickBest(db, asker, answer)
    expect((await topicNow(db, topic)).bestAnswerId).toBe(other.id)
    await unpickBest(db, asker, other)
    expect(await topicNow(db, topic)).toMatchObject({ bestAnswerId: null, solvedAt: null })
    expect(await happened(db, before)).toEqual(['best_answer.picked', 'best_answer.picked', 'best_answer.unpicked'])
  }))

test('picking the same answer twice tells once', () =>
  rolledBack(database.db, async db => {
    const { asker, answer } = await answered(db)
    await pickBest(db, asker, answer)
    const before = await lastEvent(db)
    await pickBest(db, asker, answer)
    expect(await happened(db, before)).toEqual([])
  }))

test('nobody picks his own answer: not the asker who answered himself, not a moderator', () =>
  rolledBack(database.db, async db => {
    const { asker, board, topic } = await answered(db)
    const moderator = await makeModerator(db, board)
    for (const person of [asker, moderator]) {
      const own = await makeAnswer(db, person, topic)
      await expect(pickBest(db, person, own)).rejects.toThrow(Refused)
    }
  }))

test('moderators of the board and operators pick for the asker; others do not', () =>
  rolledBack(database.db, async db => {
    const { helper, board, answer } = await answered(db)
    const elsewhere = await makeModerator(db, await makeBoard(db))
    for (const person of [visitor, helper, elsewhere, await makeMember(db), await makeSuspended(db)]) {
      await expect(pickBest(db, person, answer)).rejects.toThrow(Refused)
      await expect(unpickBest(db, person, answer)).rejects.toThrow(Refused)
    }
    for (const person of [await makeModerator(db, board), await makeOperator(db)]) {
      await pickBest(db, person, answer)
      await unpickBest(db, person, await postNow(db, answer))
    }
  }))

test('only an answer to a question can be the best one', () =>
  rolledBack(database.db, async db => {
    const { asker, topic, answer } = await answered(db)
    const comment = await makeComment(db, await makeMember(db), answer)
    await expect(pickBest(db, asker, comment)).rejects.toThrow(Refused)
    await expect(pickBest(db, await makeOperator(db), await openingOf(db, topic))).rejects.toThrow(Refused)
    const tip = await answered(db, 'tip')
    await expect(pickBest(db, tip.asker, tip.answer)).rejects.toThrow(Refused)
  }))

test('an answer that was taken back or hidden is not picked, not even from a page opened before', () =>
  rolledBack(database.db, async db => {
    const { asker, helper, topic, answer } = await answered(db)
    await makeComment(db, asker, answer)
    await withdrawPost(db, helper, answer)
    await expect(pickBest(db, asker, await postNow(db, answer))).rejects.toThrow(Refused)
    await expect(pickBest(db, asker, answer)).rejects.toThrow(Refused)
    await db.execute(sql`update posts set withdrawn_at = null, hidden_at = now() where id = ${answer.id}`)
    await expect(pickBest(db, asker, answer)).rejects.toThrow(Refused)
    expect(await topicNow(db, topic)).toMatchObject({ bestAnswerId: null, solvedAt: null })
  }))

test('a closed question can still be given its best answer', () =>
  rolledBack(database.db, async db => {
    const { asker, topic, answer } = await answered(db)
    await closeTopic(db, asker, topic)
    await pickBest(db, asker, await postNow(db, answer))
    expect((await topicNow(db, topic)).bestAnswerId).toBe(answer.id)
  }))

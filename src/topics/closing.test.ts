import { afterAll, beforeAll, expect, test } from 'vitest'
import { rolledBack, type TestDatabase, testDatabase } from '../../test/database.ts'
import { happened, lastEvent } from '../../test/happened.ts'
import { makeAnswer, makeBoard, makeTopic, topicNow } from '../../test/making.ts'
import { makeMember, makeModerator, makeOperator, makeSuspended, visitor } from '../../test/people.ts'
import type { Db } from '../platform/db.ts'
import { Refused } from '../platform/errors.ts'
import { pickBest } from './best_answers.ts'
import { closeTopic, reopenTopic } from './closing.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

async function asked(db: Db, kind: 'question' | 'discussion' = 'question') {
  const asker = await makeMember(db)
  const board = await makeBoard(db)
  return { asker, board, topic: await makeTopic(db, asker, board, { kind }) }
}

test('the asker closes his question, solved or not, and opens it again', () =>
  rolledBack(database.db, async db => {
    const { asker, topic } = await asked(db)
    const before = await lastEvent(db)
    await closeTopic(db, asker, topic)
    expect(await topicNow(db, topic)).toMatchObject({ closedAt: expect.any(Date), closedById: asker.id, solvedAt: null })
    await reopenTopic(db, asker, await topicNow(db, topic))
    await closeTopic(db, asker, await topicNow(db, topic), { solved: true })
    expect(await topicNow(db, topic)).toMatchObject({ closedAt: expect.any(Date), solvedAt: expect.any(Date) })
    expect(await happened(db, before)).toEqual(['topic.closed', 'topic.reopened', 'topic.closed'])
  }))

test('closing does not unsolve a question, and talk is never solved', () =>
  rolledBack(database.db, async db => {
    const { asker, topic } = await asked(db)
    await pickBest(db, asker, await makeAnswer(db, await makeMember(db), topic))
    const { solvedAt } = await topicNow(db, topic)
    await closeTopic(db, asker, topic)
    expect((await topicNow(db, topic)).solvedAt).toEqual(solvedAt)
    const talk = await asked(db, 'discussion')
    await closeTopic(db, talk.asker, talk.topic, { solved: true })
    expect(await topicNow(db, talk.topic)).toMatchObject({ closedAt: expect.any(Date), solvedAt: null })
  }))

test('closing twice tells once', () =>
  rolledBack(database.db, async db => {
    const { asker, topic } = await asked(db)
    await closeTopic(db, asker, topic)
    const before = await lastEvent(db)
    await closeTopic(db, asker, topic)
    await reopenTopic(db, asker, await topicNow(db, topic))
    await reopenTopic(db, asker, { ...topic, closedById: asker.id })
    expect(await happened(db, before)).toEqual(['topic.reopened'])
  }))

test('moderators of the board and operators close and reopen; others do not', () =>
  rolledBack(database.db, async db => {
    const { board, topic } = await asked(db)
    const elsewhere = await makeModerator(db, await makeBoard(db))
    for (const person of [visitor, await makeMember(db), await makeSuspended(db), elsewhere]) {
      await expect(closeTopic(db, person, topic)).rejects.toThrow(Refused)
      await expect(reopenTopic(db, person, topic)).rejects.toThrow(Refused)
    }
    for (const person of [await makeModerator(db, board), await makeOperator(db)]) {
      await closeTopic(db, person, topic)
      expect((await topicNow(db, topic)).closedById).toBe(person.id)
      await reopenTopic(db, person, await topicNow(db, topic))
      expect((await topicNow(db, topic)).closedAt).toBeNull()
    }
  }))

test('what a moderator closed, the asker does not reopen', () =>
  rolledBack(database.db, async db => {
    const { asker, board, topic } = await asked(db)
    await closeTopic(db, await makeModerator(db, board), topic)
    await expect(reopenTopic(db, asker, await topicNow(db, topic))).rejects.toThrow(Refused)
  }))

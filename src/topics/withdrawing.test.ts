import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rolledBack, type TestDatabase, testDatabase } from '../../test/database.ts'
import { happened, lastEvent } from '../../test/happened.ts'
import { anOperator, makeAnswer, makeBoard, makeComment, makeTopic, openingOf, postNow, topicNow } from '../../test/making.ts'
import { makeMember, makeModerator, visitor } from '../../test/people.ts'
import { boards } from '../boards/schema.ts'
import type { Db } from '../platform/db.ts'
import { Missing, Refused } from '../platform/errors.ts'
import { addAddendum } from './adding.ts'
import { pickBest } from './best_answers.ts'
import { findPost, findTopicWithOpening, listAnswers } from './page_queries.ts'
import { findTopic, listTopics, type Topic } from './queries.ts'
import { withdrawPost } from './withdrawing.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

async function asked(db: Db) {
  const [asker, helper] = [await makeMember(db), await makeMember(db)]
  const board = await makeBoard(db)
  const topic = await makeTopic(db, asker, board)
  return { asker, helper, board, topic, opening: await openingOf(db, topic) }
}

const answersOn = async (db: Db, topic: Topic) =>
  (await listAnswers(db, visitor, await topicNow(db, topic), { order: 'helpful' })).rows.map(answer => answer.id)

test('a question nobody has answered goes altogether, and its board counts it no more', () =>
  rolledBack(database.db, async db => {
    const { asker, board, topic, opening } = await asked(db)
    const before = await lastEvent(db)
    expect(await withdrawPost(db, asker, opening)).toEqual({ topicGone: true })
    await expect(findTopic(db, asker, topic.id)).rejects.toThrow(Missing)
    expect((await listTopics(db, visitor, { list: 'new', board })).rows).toEqual([])
    const [counted] = await db.select({ count: boards.topicCount }).from(boards).where(eq(boards.id, board.id))
    expect(counted?.count).toBe(0)
    expect(await happened(db, before)).toEqual(['topic.withdrawn'])
  }))

test('a question others have answered leaves a stub: their words stay, its own are shown nowhere', () =>
  rolledBack(database.db, async db => {
    const { asker, helper, board, topic, opening } = await asked(db)
    const answer = await makeAnswer(db, helper, topic)
    expect(await withdrawPost(db, asker, opening)).toEqual({ topicGone: false })
    expect(await answersOn(db, topic)).toEqual([answer.id])
    const shown = await findTopicWithOpening(db, visitor, topic.id)
    expect(shown.opening.withdrawnAt).not.toBeNull()
    expect(shown.opening.bodyHtml).toBe('')
    const [line] = (await listTopics(db, visitor, { list: 'new', board })).rows
    expect(line).toMatchObject({ id: topic.id, excerpt: '' })
  }))

test('an answer without comments goes altogether, and counts no more', () =>
  rolledBack(database.db, async db => {
    const { helper, topic } = await asked(db)
    const answer = await makeAnswer(db, helper, topic)
    await withdrawPost(db, helper, answer)
    expect(await answersOn(db, topic)).toEqual([])
    expect(await topicNow(db, topic)).toMatchObject({ answerCount: 0, postCount: 1 })
    await expect(findPost(db, visitor, answer.id)).rejects.toThrow(Missing)
    expect(await findPost(db, anOperator, answer.id)).toMatchObject({ body: answer.body })
  }))

test('an answer with comments leaves a stub without its words; with its last comment the stub goes too', () =>
  rolledBack(database.db, async db => {
    const { asker, helper, topic } = await asked(db)
    const answer = await makeAnswer(db, helper, topic)
    const comment = await makeComment(db, asker, answer)
    await withdrawPost(db, helper, answer)
    const page = await listAnswers(db, visitor, await topicNow(db, topic), { order: 'helpful' })
    expect(page.rows).toMatchObject([{ id: answer.id, bodyHtml: '' }])
    expect(await topicNow(db, topic)).toMatchObject({ answerCount: 0, postCount: 2 })
    await withdrawPost(db, asker, comment)
    expect(await answersOn(db, topic)).toEqual([])
    expect(await topicNow(db, topic)).toMatchObject({ answerCount: 0, postCount: 1 })
  }))

test('the best answer that is taken back leaves its question unsolved again', () =>
  rolledBack(database.db, async db => {
    const { asker, helper, topic } = await asked(db)
    const [best, other] = [await makeAnswer(db, helper, topic), await makeAnswer(db, helper, topic)]
    await pickBest(db, asker, best)
    await withdrawPost(db, helper, other)
    expect(await topicNow(db, topic)).toMatchObject({ bestAnswerId: best.id, solvedAt: expect.any(Date) })
    await withdrawPost(db, helper, best)
    expect(await topicNow(db, topic)).toMatchObject({ bestAnswerId: null, solvedAt: null, answerCount: 0 })
  }))

test('taking back twice is taking back once', () =>
  rolledBack(database.db, async db => {
    const { asker, helper, topic } = await asked(db)
    const answer = await makeAnswer(db, helper, topic)
    await makeComment(db, asker, answer)
    await withdrawPost(db, helper, answer)
    const before = await lastEvent(db)
    await withdrawPost(db, helper, answer)
    await withdrawPost(db, helper, await postNow(db, answer))
    expect(await topicNow(db, topic)).toMatchObject({ answerCount: 0, postCount: 2 })
    expect(await happened(db, before)).toEqual([])
  }))

test('nobody takes back the words of somebody else: moderators hide, they do not withdraw', () =>
  rolledBack(database.db, async db => {
    const { asker, helper, board, topic } = await asked(db)
    const answer = await makeAnswer(db, helper, topic)
    for (const person of [visitor, asker, await makeModerator(db, board), anOperator])
      await expect(withdrawPost(db, person, answer)).rejects.toThrow(Refused)
    expect(await answersOn(db, topic)).toEqual([answer.id])
  }))

test('nothing is added to a question that was taken back', () =>
  rolledBack(database.db, async db => {
    const { asker, helper, topic, opening } = await asked(db)
    await makeAnswer(db, helper, topic)
    await withdrawPost(db, asker, opening)
    await expect(addAddendum(db, asker, await topicNow(db, topic), { body: '補足です。', draftKey: 'one-draft-key' })).rejects.toThrow(
      Refused,
    )
  }))

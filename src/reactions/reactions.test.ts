import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rolledBack, type TestDatabase, testDatabase } from '../../test/database.ts'
import { happened, lastEvent } from '../../test/happened.ts'
import { makeAnswer, makeBoard, makeComment, makeTopic, openingOf, postNow, topicNow } from '../../test/making.ts'
import { makeMember, makeSuspended, makeUnconfirmed, visitor } from '../../test/people.ts'
import type { Db } from '../platform/db.ts'
import { Refused } from '../platform/errors.ts'
import { postComment } from '../topics/comments.ts'
import { withdrawPost } from '../topics/withdrawing.ts'
import { react, withdrawReaction } from './reactions.ts'
import { REACTIONS, reactions } from './schema.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

async function answered(db: Db, kind: 'question' | 'tip' = 'question') {
  const [asker, helper] = [await makeMember(db), await makeMember(db)]
  const topic = await makeTopic(db, asker, await makeBoard(db), { kind })
  return { asker, helper, topic, opening: await openingOf(db, topic), answer: await makeAnswer(db, helper, topic) }
}

test('a reader says an answer was helpful, thanks for it, and takes both back', () =>
  rolledBack(database.db, async db => {
    const { asker, answer } = await answered(db)
    const before = await lastEvent(db)
    await react(db, asker, answer, 'helpful')
    await react(db, asker, answer, 'thanks')
    expect(await postNow(db, answer)).toMatchObject({ helpfulCount: 1, thanksCount: 1, meTooCount: 0 })
    await withdrawReaction(db, asker, answer, 'helpful')
    await withdrawReaction(db, asker, answer, 'helpful')
    expect(await postNow(db, answer)).toMatchObject({ helpfulCount: 0, thanksCount: 1 })
    expect(await happened(db, before)).toEqual(['reaction.given', 'reaction.given', 'reaction.withdrawn'])
  }))

test('saying it twice is saying it once', () =>
  rolledBack(database.db, async db => {
    const { asker, answer } = await answered(db)
    await react(db, asker, answer, 'helpful')
    await react(db, asker, answer, 'helpful')
    expect((await postNow(db, answer)).helpfulCount).toBe(1)
  }))

test('who has the same trouble says so at the question, and the topic counts him', () =>
  rolledBack(database.db, async db => {
    const { helper, topic, opening } = await answered(db)
    await react(db, helper, opening, 'me_too')
    expect((await topicNow(db, topic)).meTooCount).toBe(1)
    expect((await postNow(db, opening)).meTooCount).toBe(1)
    await withdrawReaction(db, helper, opening, 'me_too')
    expect((await topicNow(db, topic)).meTooCount).toBe(0)
  }))

test('nobody reacts to his own post', () =>
  rolledBack(database.db, async db => {
    const { asker, helper, opening, answer } = await answered(db)
    for (const kind of REACTIONS) {
      await expect(react(db, helper, answer, kind)).rejects.toThrow(Refused)
      await expect(react(db, asker, opening, kind)).rejects.toThrow(Refused)
    }
    expect(await db.$count(reactions)).toBe(0)
  }))

test('each post takes the reactions that make sense for it', () =>
  rolledBack(database.db, async db => {
    const { opening, answer } = await answered(db)
    const tip = (await answered(db, 'tip')).opening
    const comment = await makeComment(db, await makeMember(db), answer)
    const reader = await makeMember(db)
    const taken = async (post: typeof answer) => {
      const kinds: string[] = []
      for (const kind of REACTIONS)
        await react(db, reader, post, kind).then(
          () => kinds.push(kind),
          () => {},
        )
      return kinds
    }
    expect(await taken(answer)).toEqual(['helpful', 'thanks'])
    expect(await taken(opening)).toEqual(['me_too'])
    expect(await taken(tip)).toEqual(['helpful', 'thanks'])
    expect(await taken(comment)).toEqual([])
  }))

test('who may not write does not react', () =>
  rolledBack(database.db, async db => {
    const { answer } = await answered(db)
    for (const person of [visitor, await makeUnconfirmed(db), await makeSuspended(db)])
      await expect(react(db, person, answer, 'helpful')).rejects.toThrow(Refused)
  }))

test('nobody reacts to what was taken back or hidden, not even from a page opened before', () =>
  rolledBack(database.db, async db => {
    const { asker, helper, answer } = await answered(db)
    await makeComment(db, asker, answer)
    await withdrawPost(db, helper, answer)
    await expect(react(db, asker, answer, 'helpful')).rejects.toThrow(Refused)
    await expect(react(db, asker, await postNow(db, answer), 'helpful')).rejects.toThrow(Refused)
    await db.execute(sql`update posts set withdrawn_at = null, hidden_at = now() where id = ${answer.id}`)
    await expect(react(db, asker, answer, 'helpful')).rejects.toThrow(Refused)
    expect(await db.$count(reactions)).toBe(0)
  }))

test('fifty presses at once by fifty readers, some of them twice, are fifty', async () => {
  const { db } = database
  const { answer } = await answered(db)
  const readers = await Promise.all(Array.from({ length: 50 }, () => makeMember(db)))
  await Promise.all([...readers, ...readers.slice(0, 20)].map(reader => react(db, reader, answer, 'helpful')))
  expect((await postNow(db, answer)).helpfulCount).toBe(50)
  expect(await db.$count(reactions, eq(reactions.postId, answer.id))).toBe(50)
})

test('giving and taking back at once leaves the count of those who stand', async () => {
  const { db } = database
  const { opening, topic } = await answered(db)
  const readers = await Promise.all(Array.from({ length: 10 }, () => makeMember(db)))
  const presses = Array.from({ length: 60 }, (_, n) => readers[(n * 7) % 10] ?? expect.fail())
  await Promise.all(
    presses.map((reader, n) => (n % 3 === 2 ? withdrawReaction(db, reader, opening, 'me_too') : react(db, reader, opening, 'me_too'))),
  )
  const standing = await db.$count(reactions, eq(reactions.postId, opening.id))
  expect((await postNow(db, opening)).meTooCount).toBe(standing)
  expect((await topicNow(db, topic)).meTooCount).toBe(standing)
})

test('reacting, commenting and taking back at once never wait for each other in a circle', async () => {
  const { db } = database
  const { opening, answer, topic } = await answered(db)
  const readers = await Promise.all(Array.from({ length: 24 }, () => makeMember(db)))
  const results = await Promise.allSettled(
    readers.flatMap((reader, n) => [
      react(db, reader, opening, 'me_too'),
      postComment(db, reader, n % 2 ? opening : answer, { body: 'はい、私もです。', draftKey: `draft-key-${n}` }).then(async comment => {
        if (n % 3 === 0) await withdrawPost(db, reader, await postNow(db, comment))
      }),
    ]),
  )
  expect(results.filter(result => result.status === 'rejected')).toEqual([])
  expect((await topicNow(db, topic)).meTooCount).toBe(24)
  const comments = (await postNow(db, opening)).commentCount + (await postNow(db, answer)).commentCount
  expect(comments).toBe(16)
  expect((await topicNow(db, topic)).postCount).toBe(2 + 16)
})

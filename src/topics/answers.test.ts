import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rolledBack, type TestDatabase, testDatabase } from '../../test/database.ts'
import { happened, lastEvent } from '../../test/happened.ts'
import { anOperator, makeAnswer, makeBoard, makeComment, makeTopic, openingOf, topicNow } from '../../test/making.ts'
import { makeMember, makeModerator, makeSuspended, makeUnconfirmed, visitor } from '../../test/people.ts'
import type { Db } from '../platform/db.ts'
import { Refused } from '../platform/errors.ts'
import type { Order } from './answer_order.ts'
import { postAnswer } from './answers.ts'
import { pickBest } from './best_answers.ts'
import { closeTopic } from './closing.ts'
import { findDraft, keepDraft } from './drafts.ts'
import { ANSWERS_A_PAGE, findPost, findTopicWithOpening, listAnswers } from './page_queries.ts'
import type { Topic } from './queries.ts'
import { posts } from './schema.ts'
import { withdrawPost } from './withdrawing.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

/** A question with answers of these helpful counts, oldest first. */
async function question(db: Db, ...helpful: number[]) {
  const asker = await makeMember(db)
  const helper = await makeMember(db)
  const topic = await makeTopic(db, asker, await makeBoard(db))
  const answers = []
  for (const count of helpful) {
    const answer = await makeAnswer(db, helper, topic)
    await db.update(posts).set({ helpfulCount: count }).where(sql`id = ${answer.id}`)
    answers.push(answer)
  }
  return { asker, helper, topic, answers, ids: answers.map(answer => answer.id) }
}

/** Many answers at once, helpful counts by `helpful(n)`. */
async function manyAnswers(db: Db, count: number, helpful = (n: number) => n % 7) {
  const { topic, ...rest } = await question(db)
  const rows = Array.from({ length: count }, (_, n) => ({
    topicId: topic.id,
    kind: 'answer' as const,
    authorId: rest.helper.id,
    body: `回答 ${n}`,
    bodyHtml: '<p>…</p>',
    bodyText: '…',
    rendererVersion: 1,
    helpfulCount: helpful(n),
  }))
  const ids = (await db.insert(posts).values(rows).returning({ id: posts.id })).map(row => row.id)
  await db.execute(sql`update topics set answer_count = ${count}, post_count = ${count + 1} where id = ${topic.id}`)
  return { ...rest, topic: await topicNow(db, topic), ids }
}

const postById = (db: Db, id: number) => findPost(db, anOperator, id)

const idsOn = async (db: Db, topic: Topic, options: { order?: Order; after?: string; at?: number } = {}, reader = visitor) =>
  (await listAnswers(db, reader, await topicNow(db, topic), { order: 'helpful', ...options })).rows.map(answer => answer.id)

async function allPages(db: Db, topic: Topic, order: Order): Promise<number[]> {
  const ids: number[] = []
  let after: string | undefined
  do {
    const page = await listAnswers(db, visitor, await topicNow(db, topic), { order, after })
    ids.push(...page.rows.map(answer => answer.id))
    after = page.next
  } while (after && ids.length < 1000)
  return ids
}

test('an answer is counted, makes its topic active and tells what happened', () =>
  rolledBack(database.db, async db => {
    const { topic, helper } = await question(db)
    await db.execute(sql`update topics set active_at = now() - interval '1 day' where id = ${topic.id}`)
    const before = await lastEvent(db)
    const answer = await makeAnswer(db, helper, topic, '**再起動**を試してください。')
    expect(answer.bodyHtml).toContain('<strong>再起動</strong>')
    const now = await topicNow(db, topic)
    expect(now).toMatchObject({ answerCount: 1, postCount: 2 })
    expect(Date.now() - now.activeAt.getTime()).toBeLessThan(3_600_000)
    expect(await happened(db, before)).toEqual(['answer.posted'])
  }))

test('a second click posts once, and forgets the draft once', () =>
  rolledBack(database.db, async db => {
    const { topic, helper } = await question(db)
    const draft = { body: '再起動を試してください。', draftKey: 'one-draft-key' }
    await keepDraft(db, helper, `answer:${topic.id}`, { body: draft.body }, draft.draftKey)
    const first = await postAnswer(db, helper, topic, draft)
    const second = await postAnswer(db, helper, topic, draft)
    expect(second.id).toBe(first.id)
    expect(await topicNow(db, topic)).toMatchObject({ answerCount: 1, postCount: 2 })
    expect((await findDraft(db, helper, `answer:${topic.id}`)).content).toEqual({})
  }))

test('other words under a used key are another answer: nothing anybody wrote is dropped', () =>
  rolledBack(database.db, async db => {
    const { topic, helper } = await question(db)
    const first = await postAnswer(db, helper, topic, { body: '再起動を試してください。', draftKey: 'one-draft-key' })
    const other = { body: '配線も見てください。', draftKey: 'one-draft-key' }
    const second = await postAnswer(db, helper, topic, other)
    const again = await postAnswer(db, helper, topic, other)
    expect(second.id).not.toBe(first.id)
    expect(again.id).toBe(second.id)
    expect((await topicNow(db, topic)).answerCount).toBe(2)
  }))

test('a closed topic takes no answers, not even from one who opened the page before', () =>
  rolledBack(database.db, async db => {
    const { topic, asker, helper } = await question(db)
    await closeTopic(db, asker, topic)
    const draft = { body: '遅れてすみません。', draftKey: 'one-draft-key' }
    await expect(postAnswer(db, helper, topic, draft)).rejects.toThrow(new Refused('errors.closed'))
    await expect(postAnswer(db, helper, await topicNow(db, topic), draft)).rejects.toThrow(new Refused('errors.closed'))
    expect(await topicNow(db, topic)).toMatchObject({ answerCount: 0, postCount: 1 })
  }))

test('guests, members without a confirmed address and suspended members do not answer', () =>
  rolledBack(database.db, async db => {
    const { topic } = await question(db)
    for (const person of [visitor, await makeUnconfirmed(db), await makeSuspended(db)])
      await expect(postAnswer(db, person, topic, { body: 'こんにちは', draftKey: 'one-draft-key' })).rejects.toThrow(
        new Refused('errors.cannotWrite'),
      )
  }))

test('answers stand by helpful, then by age', () =>
  rolledBack(database.db, async db => {
    const { topic, ids } = await question(db, 1, 3, 3, 0)
    expect(await idsOn(db, topic)).toEqual([ids[1], ids[2], ids[0], ids[3]])
  }))

test.each([
  { best: 0, other: 4, leads: true },
  { best: 0, other: 5, leads: false },
  { best: 3, other: 7, leads: true },
  { best: 3, other: 8, leads: false },
  { best: 5, other: 10, leads: false },
  { best: 6, other: 11, leads: true },
  { best: 20, other: 39, leads: true },
  { best: 20, other: 40, leads: false },
])('with $best helpful marks the best answer stands before one with $other: $leads', ({ best, other, leads }) =>
  rolledBack(database.db, async db => {
    const { asker, topic, answers, ids } = await question(db, other, best)
    await pickBest(db, asker, answers[1] ?? expect.fail())
    expect((await idsOn(db, topic))[0]).toBe(leads ? ids[1] : ids[0])
  }),
)

test('an answer that was taken back outscores no best answer', () =>
  rolledBack(database.db, async db => {
    const { asker, helper, topic, answers, ids } = await question(db, 50, 1)
    const [outscoring, best] = answers
    if (!outscoring || !best) return expect.fail()
    await makeComment(db, asker, outscoring)
    await pickBest(db, asker, best)
    await withdrawPost(db, helper, outscoring)
    expect(await idsOn(db, topic)).toEqual([ids[1], ids[0]])
  }))

test('a guaranteed answer stands above all, the best one included', () =>
  rolledBack(database.db, async db => {
    const { asker, topic, answers, ids } = await question(db, 40, 9, 0)
    await pickBest(db, asker, answers[0] ?? expect.fail())
    await db.execute(sql`update posts set guaranteed_at = now() where id = ${ids[2]}`)
    expect(await idsOn(db, topic)).toEqual([ids[2], ids[0], ids[1]])
  }))

test('newest first, when the reader asks for it, below what is guaranteed', () =>
  rolledBack(database.db, async db => {
    const { topic, ids } = await question(db, 1, 3, 0)
    expect(await idsOn(db, topic, { order: 'new' })).toEqual(ids.toReversed())
    await db.execute(sql`update posts set guaranteed_at = now() where id = ${ids[0]}`)
    expect(await idsOn(db, topic, { order: 'new' })).toEqual([ids[0], ids[2], ids[1]])
  }))

test('pages past fifty show every answer once, in one order', () =>
  rolledBack(database.db, async db => {
    const { topic, ids } = await manyAnswers(db, 120)
    const shown = await allPages(db, topic, 'helpful')
    expect(shown.toSorted((a, b) => a - b)).toEqual(ids)
    const helpful = new Map(ids.map((id, n) => [id, n % 7]))
    expect(shown).toEqual(ids.toSorted((a, b) => (helpful.get(b) ?? 0) - (helpful.get(a) ?? 0) || a - b))
    expect(await allPages(db, topic, 'new')).toEqual(ids.toReversed())
  }))

test('the best answer is not repeated on the page where its helpful marks would have put it', () =>
  rolledBack(database.db, async db => {
    const { topic, asker, ids } = await manyAnswers(db, 120, n => (n === 119 ? 0 : 1))
    const last = ids[119] ?? 0
    await pickBest(db, asker, await postById(db, last))
    const shown = await allPages(db, topic, 'helpful')
    expect(shown[0]).toBe(last)
    expect(shown).toHaveLength(120)
    expect(new Set(shown).size).toBe(120)
  }))

test('more guaranteed answers than fit on a page go on on the next', () =>
  rolledBack(database.db, async db => {
    const { topic, ids } = await manyAnswers(db, 60)
    await db.execute(sql`update posts set guaranteed_at = now() where topic_id = ${topic.id} and kind = 'answer' and id <> ${ids[3]}`)
    const shown = await allPages(db, topic, 'helpful')
    expect(new Set(shown)).toEqual(new Set(ids))
    expect(shown).toHaveLength(60)
    expect(shown.at(-1)).toBe(ids[3])
  }))

test('a link to an answer opens the page it stands on, in both orders', () =>
  rolledBack(database.db, async db => {
    const { topic, ids } = await manyAnswers(db, 120, () => 0)
    for (const n of [0, 49, 50, 99, 100, 119])
      for (const order of ['helpful', 'new'] as const) {
        const page = await listAnswers(db, visitor, topic, { order, at: ids[n] })
        const place = order === 'new' ? 119 - n : n
        expect(page.rows.map(answer => answer.id)).toContain(ids[n])
        expect(page.isFirst).toBe(place < ANSWERS_A_PAGE)
      }
  }))

test('reading on from a linked page shows what follows, each once', () =>
  rolledBack(database.db, async db => {
    const { topic, asker, ids } = await manyAnswers(db, 170, () => 0)
    await pickBest(db, asker, await postById(db, ids[160] ?? 0))
    const now = await topicNow(db, topic)
    const linked = await listAnswers(db, visitor, now, { order: 'helpful', at: ids[60] })
    const next = await listAnswers(db, visitor, now, { order: 'helpful', after: linked.next })
    const all = await allPages(db, topic, 'helpful')
    expect([...linked.rows, ...next.rows].map(answer => answer.id)).toEqual(all.slice(50, 150))
  }))

test('a link to the best answer opens the first page, where it stands', () =>
  rolledBack(database.db, async db => {
    const { topic, asker, ids } = await manyAnswers(db, 120, n => (n === 119 ? 0 : 1))
    await pickBest(db, asker, await postById(db, ids[119] ?? 0))
    const page = await listAnswers(db, visitor, await topicNow(db, topic), { order: 'helpful', at: ids[119] })
    expect(page.rows[0]?.id).toBe(ids[119])
    expect(page.isFirst).toBe(true)
  }))

test('a link to something that is no answer here opens the first page', () =>
  rolledBack(database.db, async db => {
    const { topic, ids } = await manyAnswers(db, 60)
    const first = await idsOn(db, topic)
    const elsewhere = (await question(db, 3)).ids[0]
    expect(first).toHaveLength(ANSWERS_A_PAGE)
    for (const at of [999_999, elsewhere, topic.openingId ?? 0]) expect(await idsOn(db, topic, { at })).toEqual(first)
    expect(ids).toEqual(expect.arrayContaining(first))
  }))

test('a hidden answer is for the moderators of its board alone', () =>
  rolledBack(database.db, async db => {
    const { topic, ids } = await question(db, 1, 0)
    await db.execute(sql`update posts set hidden_at = now() where id = ${ids[0]}`)
    const here = await makeModerator(db, { id: topic.boardId })
    const elsewhere = await makeModerator(db, await makeBoard(db))
    expect(await idsOn(db, topic, {}, here)).toEqual(ids)
    expect(await idsOn(db, topic, {}, anOperator)).toEqual(ids)
    for (const reader of [visitor, elsewhere, await makeMember(db)]) expect(await idsOn(db, topic, {}, reader)).toEqual([ids[1]])
  }))

test('a page tells the answers of its own topic, with who wrote them', () =>
  rolledBack(database.db, async db => {
    const { topic, helper, answers } = await question(db, 0)
    await question(db, 5)
    const shown = await findTopicWithOpening(db, visitor, topic.id)
    const page = await listAnswers(db, visitor, shown, { order: 'helpful' })
    expect(page.rows).toHaveLength(1)
    expect(page.rows[0]).toMatchObject({ id: answers[0]?.id, author: { handle: helper.handle } })
    expect(shown.opening.id).toBe((await openingOf(db, topic)).id)
  }))

import { and, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/app.ts'
import { makeCompany, makeProduct } from '../../../test/companies.ts'
import { makeAnswer, makeBoard, makeTopic, openingOf, topicNow } from '../../../test/making.ts'
import { makeAgent, makeMember, makeModerator, makeOperator } from '../../../test/people.ts'
import type { Actor } from '../../accounts/actor.ts'
import type { BoardRow } from '../../boards/schema.ts'
import { nameProducts } from '../../companies/naming.ts'
import { listNotices } from '../../notifications/queries.ts'
import { Refused } from '../../platform/errors.ts'
import { editPost } from '../../topics/editing.ts'
import { restTopic, wakeRested, wakeTopic } from '../../topics/helping/resting.ts'
import { endSlowing } from '../../topics/helping/slowing.ts'
import { topics } from '../../topics/schema.ts'
import { listAudit } from '../audit_queries.ts'
import { decideItem, takeItem, undoDecision } from '../deciding.ts'
import { reviewItems } from '../schema.ts'
import { seedWordLists } from '../words/words.ts'
import { restHere } from './calming.ts'
import { measure } from './measuring.ts'
import { heatWarnings, topicHeats } from './schema.ts'
import { countPaces, followHeat, sweepHeat, takeSteps } from './stepping.ts'

let forum: TestApp
let board: BoardRow
let operator: Actor
let moderator: Actor
let two: [Actor, Actor]

beforeAll(async () => {
  forum = await startTestApp()
  await seedWordLists(forum.db)
  operator = await makeOperator(forum.db)
})
afterAll(() => forum.close())
beforeEach(async () => {
  const { db } = forum
  board = await makeBoard(db)
  moderator = await makeModerator(db, board)
  two = [await makeMember(db), await makeMember(db)]
})

const HARSH_WORDS = [
  'お前は馬鹿か。',
  'こいつ無能だな。',
  'うざい、消えろ。',
  '頭おかしいんじゃないか。',
  'お前こそ馬鹿だ！！',
  '話にならん、黙れ。',
  'ゴミみたいな意見だな。',
  'お前が消えろ。',
]
const friendly = Array.from({ length: 8 }, (_, n) => `ルーターの設定を${n + 1}つずつ試してみましょう。`)

async function talked(bodies: string[]) {
  const topic = await makeTopic(forum.db, two[0], board)
  for (const [turn, body] of bodies.entries()) await makeAnswer(forum.db, two[turn % 2 === 0 ? 1 : 0], topic, body)
  await forum.runJobs()
  return topicNow(forum.db, topic)
}
const heatOfTopic = async (id: number) => (await forum.db.select().from(topicHeats).where(eq(topicHeats.topicId, id)))[0]
const itemsOf = (id: number) =>
  forum.db
    .select()
    .from(reviewItems)
    .where(and(eq(reviewItems.kind, 'heat'), eq(reviewItems.subjectId, id)))

test('friendly talk stays calm, however the two take turns', async () => {
  const topic = await talked(friendly)
  expect(topic.heatedAt).toBeNull()
  expect((await heatOfTopic(topic.id))?.heat).toBeGreaterThan(0)
  expect(await itemsOf(topic.id)).toEqual([])
})

test('a quarrel is seen: readers see it, its moderators are told once, and it slows down by itself with its end and its reason', async () => {
  const topic = await talked(HARSH_WORDS)
  expect(topic.heatedAt).not.toBeNull()
  expect([topic.slowMinutes, topic.slowById]).toEqual([15, null])
  const [item, ...more] = await itemsOf(topic.id)
  expect(more).toEqual([])
  expect(item?.facts).toMatchObject({
    heat: expect.any(Number),
    parts: expect.arrayContaining([{ name: 'harsh', value: expect.any(Number) }]),
  })
  expect((await listNotices(forum.db, moderator, { which: 'all' })).rows.map(({ notice }) => notice.kind)).toEqual(['heated'])
  const [warning] = await forum.db.select().from(heatWarnings).where(eq(heatWarnings.topicId, topic.id))
  expect(warning?.heat).toBeGreaterThanOrEqual(40)
  expect(warning?.slowedAt).not.toBeNull()
  const written = (await listAudit(forum.db, operator, {})).rows.filter(
    ({ entry }) => entry.subjectId === topic.id && entry.actorId === null,
  )
  expect(written.map(({ entry }) => entry.deed)).toEqual(['topic_slowed', 'topic_heated'])

  const page = await (await forum.as()).get(`/t/${topic.id}`)
  expect(page.body).toContain('白熱しています')
  expect(page.body).toMatch(/次の投稿まで15分あけてください.*終わる時刻.*自動でお願いしています/s)
  const early = await (await forum.as(two[0])).post(`/t/${topic.id}/answers`, {
    body: 'もう一言だけ書きます。',
    draftKey: 'slowed-draft-1',
  })
  expect(early.statusCode).toBe(429)
})

test('guests’ kept pages say so at once, and no more once it has cooled', async () => {
  const { db } = forum
  const topic = await makeTopic(db, two[0], board)
  const guest = await forum.as()
  const read = async () => (await guest.get(`/t/${topic.id}`)).body
  expect(await read()).not.toContain('白熱しています')
  for (const [turn, body] of HARSH_WORDS.entries()) await makeAnswer(db, two[turn % 2 === 0 ? 1 : 0], topic, body)
  await forum.runJobs()
  await expect.poll(read).toContain('白熱しています')
  await followHeat(db)
  expect((await topicNow(db, topic)).heatedAt).not.toBeNull()
  await followHeat(db, Date.now() + 3 * 86_400_000)
  expect((await topicNow(db, topic)).heatedAt).toBeNull()
  await expect.poll(read).not.toContain('白熱しています')
  await db.update(topics).set({ slowUntil: sql`now() - interval '1 minute'` }).where(eq(topics.id, topic.id))
  await endSlowing(db)
  await expect.poll(read).not.toContain('次の投稿まで')
})

test('an event told twice counts once, and of many told at once none is lost', async () => {
  const { db } = forum
  const topic = await makeTopic(db, two[0], board)
  const weighs = { flags: 1 }
  const flagged = (...ids: number[]) =>
    measure(
      db,
      ids.map(eventId => ({ eventId, topicId: topic.id, weighs })),
    )
  const [first] = await flagged(1)
  expect(await flagged(1)).toEqual([])
  await Promise.all([flagged(2), flagged(3), flagged(4, 5, 1)])
  expect((await heatOfTopic(topic.id))?.sums.flags).toBeCloseTo(5, 2)
  expect(first?.parts.find(({ name }) => name === 'flags')?.points).toBeGreaterThan(5)
  const hot = { topicId: topic.id, boardId: board.id, heat: 70, parts: first?.parts ?? [], level: 'calm' as const }
  await Promise.all([1, 2, 3, 4].map(() => takeSteps(db, hot)))
  expect(await db.$count(heatWarnings, eq(heatWarnings.topicId, topic.id))).toBe(1)
})

test('a post that becomes harsh when it is edited warms its topic, and is no post more', async () => {
  const { db } = forum
  const topic = await makeTopic(db, two[0], board)
  const answer = await makeAnswer(db, two[1], topic)
  await forum.runJobs()
  const before = await heatOfTopic(topic.id)
  await editPost(db, two[1], answer, { body: 'お前は馬鹿か。', reason: '', revision: answer.revision })
  await forum.runJobs()
  const after = await heatOfTopic(topic.id)
  expect(before?.sums.harsh).toBe(0)
  expect(after?.sums.harsh).toBeGreaterThan(0.2)
  expect(after?.sums.posts).toBeLessThanOrEqual(before?.sums.posts ?? 0)
})

test('counting posts in their topics’ heat costs two statements, however many', async () => {
  const topic = await makeTopic(forum.db, two[0], board)
  await forum.runJobs()
  const opening = await openingOf(forum.db, topic)
  forum.statements.length = 0
  await measure(forum.db, [{ eventId: 999_999, topicId: topic.id, postId: opening.id }])
  expect(forum.statements.filter(each => !each.includes('word_versions'))).toHaveLength(2)
})

test('a moderator lets a heated topic rest until the morning; undone, it goes on', async () => {
  const { db } = forum
  const topic = await talked(HARSH_WORDS)
  const [item] = await itemsOf(topic.id)
  if (!item) throw new Error('nothing waits')
  await takeItem(db, moderator, item)
  await decideItem(db, moderator, item, { decision: 'rest', reason: 'attacks', words: '朝まで休みます。' })
  const resting = await topicNow(db, topic)
  expect(resting.restUntil?.toLocaleTimeString('ja', { timeZone: 'Asia/Tokyo', hour: '2-digit', minute: '2-digit' })).toBe('08:00')
  expect((resting.restUntil?.getTime() ?? 0) - Date.now()).toBeLessThanOrEqual(86_400_000)
  await expect(makeAnswer(db, two[0], resting, 'まだ書きます。')).rejects.toBeInstanceOf(Refused)
  // Whoever opened the page before writes no more either.
  await expect(makeAnswer(db, two[0], topic, 'まだ書きます。')).rejects.toBeInstanceOf(Refused)
  await makeAnswer(db, moderator, resting, '朝に再開します。')
  const page = await (await forum.as(two[0])).get(`/t/${topic.id}`)
  expect(page.body).toMatch(/お休み中です.*自動で再開します.*人を傷つける言葉が続いたため.*朝まで休みます。/s)
  expect(page.body).not.toContain('id="answer-body"')
  const [decided] = await itemsOf(topic.id)
  if (decided) await undoDecision(db, moderator, decided)
  expect((await topicNow(db, topic)).restUntil).toBeNull()
})

test('it wakes by itself when its time has come', async () => {
  const { db } = forum
  const topic = await makeTopic(db, two[0], board)
  await restHere(db, moderator, topic, { length: '1', reason: 'check', words: '' })
  await wakeRested(db)
  expect((await topicNow(db, topic)).restUntil).not.toBeNull()
  await db.update(topics).set({ restUntil: sql`now() - interval '1 second'` }).where(eq(topics.id, topic.id))
  await makeAnswer(db, two[1], topic, '時間になったので書きます。')
  await wakeRested(db)
  expect((await topicNow(db, topic)).restUntil).toBeNull()
})

test('whoever works for a company the topic is about lets nothing rest, moderator or operator though he is', async () => {
  const { db } = forum
  const company = await makeCompany(db)
  const product = await makeProduct(db, company)
  const topic = await makeTopic(db, two[0], board)
  await nameProducts(db, operator, topic, product.nameJa)
  const about = await topicNow(db, topic)
  const party = { ...(await makeAgent(db, company)), moderates: [board.id] }
  const rest = { length: '1', reason: 'heated', words: '' } as const
  for (const actor of [party, { ...party, role: 'operator' as const }, two[0]]) {
    await expect(restTopic(db, actor, about, rest)).rejects.toBeInstanceOf(Refused)
    await expect(wakeTopic(db, actor, about)).rejects.toBeInstanceOf(Refused)
  }
  await restTopic(db, moderator, about, rest)
})

test('how quick talk usually is, is counted for each board; what is long quiet is forgotten', async () => {
  const { db } = forum
  const topic = await talked(friendly)
  await countPaces(db)
  const [pace] = await db.execute<{ usual: number }>(sql`select usual from board_paces where board_id = ${board.id}`)
  expect(pace?.usual).toBeCloseTo(5, 0)
  await db.update(topicHeats).set({ measuredAt: sql`now() - interval '8 days'` }).where(eq(topicHeats.topicId, topic.id))
  await sweepHeat(db)
  expect(await heatOfTopic(topic.id)).toBeUndefined()
})

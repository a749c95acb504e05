import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeCompany } from '../../test/companies.ts'
import { happened } from '../../test/happened.ts'
import { makeAnswer, makeBoard, makeTopic, openingOf, postNow, topicNow } from '../../test/making.ts'
import { makeAgent, makeMember, makeModerator, makeOperator } from '../../test/people.ts'
import type { BoardRow } from '../boards/schema.ts'
import type { Db } from '../platform/db.ts'
import { Conflict, Invalid, Refused } from '../platform/errors.ts'
import { voteToHide } from '../topics/helping/hiding.ts'
import { verifyAudit } from './audit.ts'
import { decideItem, releaseItem, takeItem, undoDecision } from './deciding.ts'
import { flagPost } from './flags.ts'
import { flags, type ReviewItem, reviewItems } from './schema.ts'
import { openVoted } from './voted.ts'

let forum: TestApp
let db: Db
let board: BoardRow

beforeAll(async () => {
  forum = await startTestApp()
  db = forum.db
  board = await makeBoard(db)
})
afterAll(() => forum.close())

const spam = { reason: 'spam', words: '' } as const
const hiding = { decision: 'hide', reason: 'spam', words: '宣伝だけの投稿でした。' }

async function flagged(people = 1) {
  const [asker, writer] = [await makeMember(db), await makeMember(db)]
  const topic = await makeTopic(db, asker, board)
  const answer = await makeAnswer(db, writer, topic)
  const flaggers = await Promise.all(Array.from({ length: people }, () => makeMember(db)))
  for (const flagger of flaggers) await flagPost(db, flagger, answer, spam)
  return { asker, writer, topic, answer, flaggers, item: await itemOf(answer.id), moderator: await makeModerator(db, board) }
}

async function itemOf(postId: number): Promise<ReviewItem> {
  const [item] = await db.select().from(reviewItems).where(sql`subject_id = ${postId} and decided_at is null`)
  if (!item) throw new Error('nothing waits')
  return item
}
const itemNow = async ({ id }: ReviewItem) => (await db.select().from(reviewItems).where(eq(reviewItems.id, id)))[0]
const outcomesOf = async (postId: number) => (await db.select().from(flags).where(eq(flags.postId, postId))).map(({ outcome }) => outcome)

test('flags on one post are one item; the same person counts once, and nobody flags himself', async () => {
  const { answer, writer, flaggers, item } = await flagged(3)
  expect(item).toMatchObject({ kind: 'flag', boardId: board.id, tier: 2, aboutId: writer.id, signals: 3 })
  await flagPost(db, flaggers[0] ?? writer, answer, { reason: 'abuse', words: '' })
  expect((await itemNow(item))?.signals).toBe(3)
  await expect(flagPost(db, writer, answer, spam)).rejects.toThrow(Refused)
  await expect(flagPost(db, await makeMember(db), answer, { reason: 'other', words: ' ' })).rejects.toThrow(Invalid)
  await flagPost(db, await makeMember(db), answer, { reason: 'personal', words: '' })
  expect((await itemNow(item))?.tier, 'what may do harm rises to the first tier').toBe(1)
})

test('a decision hides the post, ends every flag on it and is in the audit log; undone, all is as before and it waits again', async () => {
  const { answer, topic, item, moderator } = await flagged(2)
  await decideItem(db, moderator, item, hiding)
  expect(await postNow(db, answer)).toMatchObject({ hiddenAt: expect.any(Date) })
  expect(await topicNow(db, topic)).toMatchObject({ answerCount: 0 })
  expect(await outcomesOf(answer.id)).toEqual(['upheld', 'upheld'])
  const [logged] = await db.execute<{ details: object; actor_id: number }>(sql`select * from audit_entries order by number desc limit 1`)
  expect(logged).toMatchObject({
    deed: 'review_decided',
    actor_id: moderator.id,
    subject_id: answer.id,
    details: { decision: 'hide', reason: 'spam' },
  })
  const decided = await itemNow(item)
  if (!decided) throw new Error('gone')
  await undoDecision(db, moderator, decided)
  expect(await postNow(db, answer)).toMatchObject({ hiddenAt: null })
  expect(await topicNow(db, topic)).toMatchObject({ answerCount: 1 })
  expect(await outcomesOf(answer.id)).toEqual([null, null])
  const again = await itemOf(answer.id)
  expect(again.id).not.toBe(item.id)
  await expect(undoDecision(db, moderator, decided)).rejects.toThrow(Conflict)
  await decideItem(db, moderator, again, { decision: 'keep', reason: 'opinion', words: '' })
  expect(await outcomesOf(answer.id)).toEqual(['declined', 'declined'])
  expect((await verifyAudit(db)).broken).toEqual([])
  await forum.runJobs()
})

test('a flagged question that is hidden takes its topic along, and brings it back', async () => {
  const { topic, moderator } = await flagged()
  const opening = await openingOf(db, topic)
  await flagPost(db, await makeMember(db), opening, spam)
  const before = (await db.execute<{ n: number }>(sql`select topic_count as n from boards where id = ${board.id}`))[0]?.n ?? 0
  await decideItem(db, moderator, await itemOf(opening.id), hiding)
  await forum.runJobs()
  expect((await (await forum.as()).get(`/t/${topic.id}`)).statusCode).toBe(404)
  expect((await db.execute<{ n: number }>(sql`select topic_count as n from boards where id = ${board.id}`))[0]?.n).toBe(before - 1)
  const [decided] = await db.select().from(reviewItems).where(sql`subject_id = ${opening.id}`)
  if (!decided) throw new Error('gone')
  await undoDecision(db, moderator, decided)
  await forum.runJobs()
  expect((await (await forum.as()).get(`/t/${topic.id}`)).statusCode).toBe(200)
})

test('an item has one moderator at a time, for five minutes; the other hears who has it, and what was decided', async () => {
  const { item, moderator } = await flagged()
  const other = await makeModerator(db, board)
  await takeItem(db, moderator, item)
  await takeItem(db, moderator, item)
  await expect(takeItem(db, other, item)).rejects.toMatchObject({
    reason: 'moderation.errors.takenByOther',
    current: { by: moderator.name },
  })
  await expect(decideItem(db, other, item, hiding)).rejects.toThrow(Conflict)
  const taken = await itemNow(item)
  expect(Math.round(((taken?.takenUntil?.getTime() ?? 0) - Date.now()) / 60_000)).toBe(5)
  await db.execute(sql`update review_items set taken_until = now() - interval '1 second' where id = ${item.id}`)
  await takeItem(db, other, item)
  await releaseItem(db, other, item)
  await decideItem(db, moderator, item, hiding)
  await expect(decideItem(db, other, item, { ...hiding, decision: 'keep', reason: 'opinion' })).rejects.toMatchObject({
    reason: 'moderation.errors.decidedMeanwhile',
    current: { by: moderator.name, decision: 'hide' },
  })
})

test('of fifty who decide at once one does: one decision, one entry in the log', async () => {
  const { item, answer } = await flagged()
  const moderators = await Promise.all(Array.from({ length: 50 }, () => makeModerator(db, board)))
  const outcomes = await Promise.allSettled(
    moderators.map((each, n) => decideItem(db, each, item, n % 2 ? hiding : { decision: 'keep', reason: 'opinion', words: '' })),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(Conflict)
  const entries = await db.execute(sql`select 1 from audit_entries where subject_id = ${answer.id} and deed = 'review_decided'`)
  expect(entries).toHaveLength(1)
})

test('others’ boards, one’s own words and one’s own company’s products are not one’s to decide', async () => {
  const { item, topic, answer } = await flagged()
  const elsewhere = await makeModerator(db, await makeBoard(db))
  await expect(decideItem(db, elsewhere, item, hiding)).rejects.toThrow(Refused)
  await expect(decideItem(db, await makeMember(db), item, hiding)).rejects.toThrow(Refused)
  const company = await makeCompany(db)
  const agent = await makeAgent(db, company, { role: 'operator' })
  await decideItem(db, agent, item, hiding)
  const decided = await itemNow(item)
  if (!decided) throw new Error('gone')
  await undoDecision(db, agent, decided)
  // Named after it was opened: what counts is what the topic is about now.
  await db.execute(sql`update topics set company_ids = array[${company.id}::bigint] where id = ${topic.id}`)
  await expect(decideItem(db, agent, await itemOf(answer.id), hiding)).rejects.toThrow(Refused)
  await decideItem(db, await makeOperator(db), await itemOf(answer.id), hiding)
  await expect(decideItem(db, agent, await itemOf(answer.id).catch(() => item), hiding)).rejects.toThrow()
})

test('a reason is chosen from those of the decision, and “other” wants words', async () => {
  const { item, moderator } = await flagged()
  for (const verdict of [
    { decision: 'burn', reason: 'spam', words: '' },
    { decision: 'keep', reason: 'spam', words: '' },
    { decision: 'hide', reason: 'other', words: '  ' },
    { decision: 'hide', reason: 'spam', words: 'あ'.repeat(1001) },
  ])
    await expect(decideItem(db, moderator, item, verdict)).rejects.toThrow(Invalid)
  expect(await happened(db)).toContain('review.opened')
})

test('what three members’ votes hid waits for a moderator, once, and is shown again by his decision', async () => {
  const { answer, topic, moderator } = await flagged()
  await db.execute(sql`update review_items set decided_at = now(), decision = 'dropped' where subject_id = ${answer.id}`)
  for (let n = 0; n < 3; n++) await voteToHide(db, await makeMember(db, { level: 3 }), answer, 'abuse')
  await forum.runJobs()
  await openVoted(db, answer.id)
  const item = await itemOf(answer.id)
  expect(item).toMatchObject({ kind: 'flag', tier: 2, signals: 1, facts: { reason: 'abuse' } })
  await decideItem(db, moderator, item, { decision: 'keep', reason: 'within_rules', words: '' })
  await forum.runJobs()
  expect(await postNow(db, answer)).toMatchObject({ hiddenAt: null })
  expect(await topicNow(db, topic)).toMatchObject({ answerCount: 1 })
  await openVoted(db, answer.id)
  await expect(itemOf(answer.id)).rejects.toThrow('nothing waits')
})

import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/app.ts'
import { makeAnswer, makeBoard, makeComment, makeTopic, openingOf, postNow } from '../../../test/making.ts'
import { knownAgain, makeMember, makeModerator, makeOperator } from '../../../test/people.ts'
import type { Actor } from '../../accounts/actor.ts'
import { findAccount } from '../../accounts/queries.ts'
import type { BoardRow } from '../../boards/schema.ts'
import type { Db } from '../../platform/db.ts'
import { Conflict, Invalid, Refused, TooMany } from '../../platform/errors.ts'
import { react } from '../../reactions/reactions.ts'
import { findings } from '../../reputation/schema.ts'
import { editPost } from '../../topics/editing.ts'
import type { Post } from '../../topics/page_queries.ts'
import { decideItem } from '../deciding.ts'
import { reviewItems } from '../schema.ts'
import { endSanctions, liftSanction, type SanctionDraft, sanction } from './sanctioning.ts'
import { sanctions } from './schema.ts'

let forum: TestApp
let db: Db
let board: BoardRow
let child: BoardRow
let elsewhere: BoardRow
let moderator: Actor
let operator: Actor

beforeAll(async () => {
  forum = await startTestApp()
  db = forum.db
  board = await makeBoard(db)
  child = await makeBoard(db, { parentId: board.id })
  elsewhere = await makeBoard(db)
  moderator = await makeModerator(db, board)
  operator = await makeOperator(db)
})
afterAll(() => forum.close())

async function rudeMember(): Promise<{ member: Actor; post: Post }> {
  const member = await makeMember(db)
  const topic = await makeTopic(db, await makeMember(db), board)
  return { member, post: await makeAnswer(db, member, topic, 'それくらい自分で調べてください。') }
}
const draft = (post: Post, more: Partial<SanctionDraft> = {}): SanctionDraft => ({
  ...{ kind: 'suspension', boardId: board.id, rule: 'respect', words: '相手を責める言葉が続いたためです。', days: 3, perDay: 1 },
  ...{ postIds: [post.id], draftKey: randomUUID(), ...more },
})
const give = async (by: Actor, member: Actor, given: SanctionDraft) => sanction(db, by, await findAccount(db, member.id), given)
const newest = async (member: Actor) =>
  (await db.select().from(sanctions).where(sql`account_id = ${member.id}`).orderBy(sql`id desc`))[0] ?? expect.fail('no sanction')
const askIn = (member: Actor, place: BoardRow) => makeTopic(db, member, place, { kind: 'tip' })
const timePasses = async (member: Actor) => {
  await db.execute(sql`update sanctions set ends_at = now() - interval '1 second' where account_id = ${member.id}`)
  await db.execute(
    sql`update accounts set suspended_until = now() - interval '1 second', standing = replace(standing::text, '20', '19')::jsonb where id = ${member.id} and standing is not null`,
  )
}

test('a suspension from a board holds in it and below it, in every way of writing, and nowhere else; it ends by itself', async () => {
  const { member, post } = await rudeMember()
  await give(moderator, member, draft(post))
  const barred = await knownAgain(db, member.id)
  const topic = await makeTopic(db, await makeMember(db), board)
  await expect(askIn(barred, board)).rejects.toThrow(Refused)
  await expect(askIn(barred, child)).rejects.toThrow(Refused)
  await expect(makeAnswer(db, barred, topic)).rejects.toThrow(Refused)
  await expect(makeComment(db, barred, await openingOf(db, topic))).rejects.toThrow(Refused)
  await expect(editPost(db, barred, await postNow(db, post), { body: '書き直します。', reason: '', revision: 1 })).rejects.toThrow(Refused)
  await expect(react(db, barred, await openingOf(db, topic), 'me_too')).rejects.toThrow(Refused)
  await askIn(barred, elsewhere)
  const page = (await (await forum.as(barred)).get(`/t/${topic.id}`)).body
  expect(page).toContain('この広場には投稿できません')
  expect(page).toContain('href="/me/standing"')
  await timePasses(member)
  await askIn(await knownAgain(db, member.id), board)
  await endSanctions(db)
  await endSanctions(db)
  await forum.runJobs()
  const told = await db.execute(sql`select kind from notices where account_id = ${member.id} and kind like 'sanction%' order by id`)
  expect(told.map(({ kind }) => kind)).toEqual(['sanction', 'sanction_over'])
  expect((await findAccount(db, member.id)).standing).toBeNull()
})

test('a suspension from the site ends his log-ins; he reads, logs in and sees why and until when', async () => {
  const { member, post } = await rudeMember()
  const before = await forum.as(member)
  await give(operator, member, draft(post, { boardId: null }))
  expect((await before.get('/me/standing')).statusCode).toBe(303)
  const barred = await knownAgain(db, member.id)
  expect(barred.suspended).toBe(true)
  const page = (await (await forum.as(barred)).get('/me/standing')).body
  for (const words of ['投稿を止めています', '相手を責める言葉が続いたためです。', post.topic.title, '/me/appeals/sanction/'])
    expect(page).toContain(words)
  await forum.runJobs()
  const mails = await db.execute<{ text: string }>(sql`select text from mails where recipient = ${`${member.handle}@example.com`}`)
  expect(mails).toHaveLength(1)
  expect(mails[0]?.text).toContain('相手を責める言葉が続いたためです。')
})

test('limits leave so many posts in 24 hours, also when they are sent at once', async () => {
  const { member, post } = await rudeMember()
  await give(moderator, member, draft(post, { kind: 'limits', perDay: 3 }))
  const limited = await knownAgain(db, member.id)
  const threads = await Promise.all(Array.from({ length: 6 }, async () => makeTopic(db, await makeMember(db), board)))
  const outcomes = await Promise.allSettled(threads.map(topic => makeAnswer(db, limited, topic)))
  expect(
    outcomes.filter(({ status }) => status === 'fulfilled'),
    'one was written before',
  ).toHaveLength(2)
  for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(TooMany)
  await expect(askIn(limited, board)).rejects.toThrow(TooMany)
  await askIn(limited, elsewhere)
  const early = await (await forum.as(limited)).post(`/t/${threads[0]?.id}/answers`, { body: '四つ目の回答です。', draftKey: randomUUID() })
  expect(early.statusCode).toBe(429)
  expect(early.body).toContain('四つ目の回答です。')
})

test('whom and where: a moderator in his boards, never himself, an operator or a colleague; removal and the site are the operator’s', async () => {
  const { member, post } = await rudeMember()
  await expect(give(moderator, member, draft(post, { boardId: null }))).rejects.toThrow(Invalid)
  await expect(give(moderator, member, draft(post, { boardId: elsewhere.id }))).rejects.toThrow(Refused)
  await expect(give(moderator, member, draft(post, { kind: 'removal' }))).rejects.toThrow(Refused)
  await expect(give(moderator, moderator, draft(post))).rejects.toThrow(Refused)
  await expect(give(moderator, operator, draft(post))).rejects.toThrow(Refused)
  await expect(give(moderator, await makeModerator(db, elsewhere), draft(post))).rejects.toThrow(Refused)
  await expect(give(member, member, draft(post))).rejects.toThrow(Refused)
  await expect(give(moderator, member, draft(post, { postIds: [] }))).rejects.toThrow(Invalid)
  await expect(give(moderator, member, draft(post, { words: ' ' }))).rejects.toThrow(Invalid)
  const foreign = await makeAnswer(db, await makeMember(db), await makeTopic(db, member, board))
  await expect(give(moderator, member, draft(foreign))).rejects.toThrow(Invalid)
  const there = await makeAnswer(db, member, await makeTopic(db, await makeMember(db), elsewhere))
  await expect(give(moderator, member, draft(there))).rejects.toThrow(Invalid)
  await give(operator, member, draft(post, { kind: 'removal' }))
  expect((await knownAgain(db, member.id)).suspended).toBe(true)
  expect((await newest(member)).endsAt).toBeNull()
})

test('a form sent ten times at once takes one step, and is in the audit once; lifted, he writes again, and it is lifted once', async () => {
  const { member, post } = await rudeMember()
  const given = draft(post)
  await Promise.all(Array.from({ length: 10 }, () => give(moderator, member, given)))
  const all = await db.select().from(sanctions).where(sql`account_id = ${member.id}`)
  expect(all).toHaveLength(1)
  const audited = await db.execute(sql`select deed from audit_entries where subject = 'account' and subject_id = ${member.id}`)
  expect(audited).toHaveLength(1)
  const lifts = await Promise.allSettled(
    Array.from({ length: 5 }, async () => liftSanction(db, moderator, await newest(member), { why: '話し合いで解決しました' })),
  )
  expect(lifts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const lift of lifts) if (lift.status === 'rejected') expect(lift.reason).toBeInstanceOf(Conflict)
  await askIn(await knownAgain(db, member.id), board)
})

test('what looks like a second account of somebody suspended is held until an operator has looked, also when it is found later', async () => {
  const { member, post } = await rudeMember()
  const [second, third, other] = [await makeMember(db), await makeMember(db), await makeMember(db)]
  const like = (id: number, outcome?: 'dismissed') => ({
    kind: 'second_account' as const,
    memberIds: [member.id, id],
    mark: `x:${id}`,
    evidence: {},
    outcome,
  })
  await db.insert(findings).values([like(second.id), like(other.id, 'dismissed')])
  await give(operator, member, draft(post, { boardId: null }))
  await expect(askIn(await knownAgain(db, second.id), elsewhere)).rejects.toThrow(Refused)
  await askIn(await knownAgain(db, other.id), elsewhere)
  const [late] = await db.insert(findings).values(like(third.id)).returning()
  await db.transaction(async tx => {
    const { record } = await import('../../platform/outbox.ts')
    await record(tx, 'finding.opened', { findingId: late?.id ?? 0 })
  })
  await forum.runJobs()
  await expect(askIn(await knownAgain(db, third.id), elsewhere)).rejects.toThrow(Refused)
  const [item] = await db.select().from(reviewItems).where(sql`kind = 'second_account' and about_id = ${second.id}`)
  await decideItem(db, operator, item ?? expect.fail(), { decision: 'release_account', reason: 'another_person', words: '' })
  await askIn(await knownAgain(db, second.id), elsewhere)
  await liftSanction(db, operator, await newest(member), { why: '誤りでした' })
  await askIn(await knownAgain(db, third.id), elsewhere)
})

test('the record: what he wrote and how it went, the form with its errors at the fields and the words kept; not for members', async () => {
  const { member, post } = await rudeMember()
  const browser = await forum.as(moderator)
  const path = `/moderation/members/${member.handle}`
  for (let n = 0; n < 13; n++) await askIn(member, board)
  const page = (await browser.get(`${path}?post=${post.id}`)).body
  expect(page).toContain(`value="${post.id}" checked`)
  expect(page).not.toContain(`${member.handle}@example.com`)
  const form = { kind: 'warning', boardId: String(board.id), rule: 'respect', days: '7', perDay: '3', words: '', draftKey: randomUUID() }
  const wrong = await browser.post(`${path}/sanctions`, form)
  expect(wrong.statusCode).toBe(422)
  expect(wrong.body).toContain('id="words-error"')
  expect((await browser.post(`${path}/sanctions`, { ...form, words: 'ご注意ください。', postIds: [String(post.id)] })).statusCode).toBe(303)
  expect((await browser.get(path)).body).toContain('ご注意ください。')
  expect((await (await forum.as(member)).get(path)).statusCode).toBe(403)
  await makeAnswer(db, await knownAgain(db, member.id), post.topic)
})

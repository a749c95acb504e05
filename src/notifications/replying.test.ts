import { createHash } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { headerOf, startMailServer } from '../../test/mail_server.ts'
import { makeAnswer, makeBoard, makeTopic, topicNow } from '../../test/making.ts'
import { closedAfterwards, makeMember } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import { hookSignature } from '../platform/hook_signature.ts'
import { posts } from '../topics/schema.ts'
import { mailNotices } from './effects.ts'
import { follow } from './follows.ts'
import { writeMails } from './mailing.ts'
import { noticeSettings, notices } from './schema.ts'

const SECRET = 'hook-secret-of-this-test'
let forum: TestApp
let server: Awaited<ReturnType<typeof startMailServer>>
let asker: Actor
let helper: Actor

beforeAll(async () => {
  server = await startMailServer()
  forum = await startTestApp({
    SMTP_URL: server.url,
    SITE_URL: 'https://hiroba.example.jp',
    MAIL_REPLY: 'reply@in.example.jp',
    MAIL_HOOK_SECRET: SECRET,
  })
  asker = await makeMember(forum.db, { name: 'たまき' })
  helper = await makeMember(forum.db, { name: 'ゆうこ' })
})
afterAll(async () => {
  await forum.close()
  await server.stop()
})

const addressOf = (person: Actor) => `${person.handle}@example.com`

/** Tells, writes and sends; the newest mail somebody got. */
async function mailTo(person: Actor) {
  await forum.runJobs()
  while ((await writeMails(forum.services, new Date(Date.now() + 11 * 60_000))) > 0);
  await mailNotices(forum.services)
  return server.received.filter(({ to_address }) => to_address === addressOf(person)).at(-1)
}

type Sent = { from: string; to: string; body: string; id?: string; more?: string }
const mime = ({ from, to, body, id = `<${createHash('sha256').update(body).digest('hex')}@phone.example>`, more = '' }: Sent) =>
  Buffer.from(
    `From: <${from}>\r\nTo: ${to}\r\nMessage-ID: ${id}\r\nSubject: Re:\r\n${more}Content-Type: text/plain; charset=utf-8\r\n\r\n${body}`,
  )

async function comesIn(raw: Buffer, { secret = SECRET, at = Date.now(), url = '/mail/inbound' } = {}) {
  const timestamp = String(Math.floor(at / 1000))
  return forum.app.inject({
    method: 'POST',
    url,
    payload: raw,
    headers: {
      'content-type': 'message/rfc822',
      'x-hiroba-timestamp': timestamp,
      'x-hiroba-signature': hookSignature(secret, timestamp, raw),
    },
  })
}

const QUOTED = '\r\n\r\n2026年3月10日(火) 9:12 みんなの広場 <reply@in.example.jp>:\r\n\r\n> 新しい質問です'

/** A question somebody follows by its board, and the mail that told him. */
async function followed() {
  const board = await makeBoard(forum.db)
  await follow(forum.db, helper, { subject: `board:${board.id}` }, 'all')
  const topic = await makeTopic(forum.db, asker, board, { title: 'プリンターが紙を吸いません' })
  const mail = await mailTo(helper)
  return { topic, to: headerOf(mail, 'reply-to') ?? expect.fail() }
}

test('a reply by mail to a new question appears as its answer, without what was quoted; the same mail again is the same answer', async () => {
  const { topic, to } = await followed()
  expect(to).toMatch(/^reply\+\d+-[0-9a-f]{24}@in\.example\.jp$/)
  const raw = mime({ from: addressOf(helper), to, body: `ローラーを**拭いて**みてください。${QUOTED}` })
  const taken = await comesIn(raw)
  expect(taken.statusCode).toBe(201)
  expect((await comesIn(raw)).json()).toEqual(taken.json())
  await Promise.all([comesIn(raw), comesIn(raw)])
  const page = (await (await forum.as()).get(`/t/${topic.id}`)).body
  expect(page).toContain('<strong>拭いて</strong>')
  expect(page).not.toContain('新しい質問です')
  expect(await topicNow(forum.db, topic)).toMatchObject({ answerCount: 1 })
})

test('a reply to an answer is a comment below it', async () => {
  const { db } = forum
  const own = await makeMember(db)
  const topic = await makeTopic(db, own, await makeBoard(db))
  const answer = await makeAnswer(db, helper, topic)
  const to = headerOf(await mailTo(own), 'reply-to') ?? expect.fail()
  expect(
    (await comesIn(mime({ from: addressOf(own).toUpperCase(), to: `"広場" <${to}>`, body: 'ありがとうございます。直りました。' })))
      .statusCode,
  ).toBe(201)
  const [comment] = await db.select().from(posts).where(eq(posts.parentId, answer.id))
  expect(comment).toMatchObject({ kind: 'comment', authorId: own.id, body: 'ありがとうございます。直りました。' })
})

test('wrong and old secrets, other senders and members who left are refused, and nothing is posted', async () => {
  const { db } = forum
  const { topic, to } = await followed()
  const good = { from: addressOf(helper), to, body: '届いてはいけません。' }
  const guessed = to.replace(/-[0-9a-f]{24}@/, `-${'0'.repeat(24)}@`)
  for (const mail of [
    { ...good, to: guessed },
    { ...good, to: 'reply@in.example.jp' },
    { ...good, from: addressOf(asker) },
  ])
    expect((await comesIn(mime(mail))).statusCode).toBe(403)
  await db.execute(sql`update notices set created_at = now() - interval '61 days' where account_id = ${helper.id}`)
  expect((await comesIn(mime(good))).statusCode).toBe(403)
  await db.execute(sql`update notices set created_at = now() where account_id = ${helper.id}`)
  const leaver = await makeMember(db)
  await follow(db, leaver, { subject: `board:${topic.boardId}` }, 'all')
  await makeTopic(db, asker, { id: topic.boardId })
  const lost = headerOf(await mailTo(leaver), 'reply-to') ?? expect.fail()
  await closedAfterwards(db, leaver)
  expect((await comesIn(mime({ ...good, from: addressOf(leaver), to: lost }))).statusCode).toBe(403)
  expect(await topicNow(db, topic)).toMatchObject({ answerCount: 0 })
})

test('only who knows the hook’s secret brings mail in, and not the same request later', async () => {
  const { to } = await followed()
  const raw = mime({ from: addressOf(helper), to, body: 'にせもの' })
  expect((await comesIn(raw, { secret: 'guessed' })).statusCode).toBe(403)
  expect((await comesIn(raw, { at: Date.now() - 10 * 60_000 })).statusCode).toBe(403)
  expect(
    (await forum.app.inject({ method: 'POST', url: '/mail/inbound', payload: raw, headers: { 'content-type': 'message/rfc822' } }))
      .statusCode,
  ).toBe(403)
})

test('a member may no more by mail than on the site, and hears by mail why', async () => {
  const { db } = forum
  const { topic, to } = await followed()
  await db.execute(sql`update topics set closed_at = now() where id = ${topic.id}`)
  const refused = await comesIn(mime({ from: addressOf(helper), to, body: '閉じたあとの返信です。' }))
  expect(refused.statusCode).toBe(422)
  const told = server.received.at(-1)
  expect(told?.to_address).toBe(addressOf(helper))
  expect(told?.text).toContain('このトピックは受付を終了しています')
  await db.execute(sql`update topics set closed_at = null where id = ${topic.id}`)
  await db
    .update(accounts)
    .set({ suspendedUntil: new Date(Date.now() + 86_400_000) })
    .where(eq(accounts.id, helper.id))
  expect((await comesIn(mime({ from: addressOf(helper), to, body: '停止中の返信です。' }))).statusCode).toBe(422)
  await db.update(accounts).set({ suspendedUntil: null }).where(eq(accounts.id, helper.id))
  expect((await comesIn(mime({ from: addressOf(helper), to, body: QUOTED }))).statusCode).toBe(422)
  expect(await topicNow(db, topic)).toMatchObject({ answerCount: 0 })
})

test('holiday notes and HTML mail: the one is let go, the other read as its words', async () => {
  const { topic, to } = await followed()
  const holiday = mime({ from: addressOf(helper), to, body: '休暇中です。', more: 'Auto-Submitted: auto-replied\r\n' })
  expect((await comesIn(holiday)).json()).toEqual({ ignored: true })
  const html = `From: <${addressOf(helper)}>\r\nTo: ${to}\r\nMessage-ID: <html@phone.example>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<div>給紙トレイを外して<br>入れ直します。</div><script>x</script><blockquote>引用</blockquote>`
  expect((await comesIn(Buffer.from(html))).statusCode).toBe(201)
  const [answer] = await forum.db.select().from(posts).where(sql`${posts.topicId} = ${topic.id} and ${posts.kind} = 'answer'`)
  expect(answer?.body).toBe('給紙トレイを外して\n入れ直します。')
})

const dsn = (address: string, action: string, status: string) =>
  Buffer.from(
    `From: MAILER-DAEMON@mx.example\r\nTo: hiroba@in.example.jp\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nIt came back.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; ${address}\r\nAction: ${action}\r\nStatus: ${status}\r\n\r\n--b--\r\n`,
  )
const stoppedBy = async (person: Actor) =>
  (await forum.db.select().from(noticeSettings).where(eq(noticeSettings.accountId, person.id)))[0]?.mailStoppedBy

test('mail that came back for good, by the server’s notice or the provider’s event, and complaints end the mail; delays do not', async () => {
  const { db } = forum
  const [back, late, told, angry] = await Promise.all(Array.from({ length: 4 }, () => makeMember(db)))
  if (!back || !late || !told || !angry) throw new Error('nobody')
  await comesIn(dsn(addressOf(late), 'delayed', '4.4.1'))
  await comesIn(dsn(addressOf(back), 'failed', '5.1.1'))
  expect(await stoppedBy(late)).toBeUndefined()
  expect(await stoppedBy(back)).toBe('bounce')
  await comesIn(Buffer.from(JSON.stringify({ type: 'bounce', recipient: addressOf(told).toUpperCase() })), { url: '/mail/events' })
  expect(await stoppedBy(told)).toBe('bounce')
  const complaint = `Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nOriginal-Rcpt-To: <${addressOf(angry)}>\r\n\r\n--b--\r\n`
  await comesIn(Buffer.from(complaint))
  expect(await stoppedBy(angry)).toBe('complaint')
  const topic = await makeTopic(db, back, await makeBoard(db))
  await makeAnswer(db, helper, topic)
  await forum.runJobs()
  const [notice] = await db.select().from(notices).where(eq(notices.accountId, back.id))
  expect(notice?.mailAt).toBeNull()
  for (const wrong of ['{}', 'no json', '{"type":"opened","recipient":"a@example.com"}'])
    expect((await comesIn(Buffer.from(wrong), { url: '/mail/events' })).statusCode).toBe(422)
})

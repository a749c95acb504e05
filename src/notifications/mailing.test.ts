import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { headerOf, startMailServer } from '../../test/mail_server.ts'
import { makeAnswer, makeBoard, makeTopic, openingOf } from '../../test/making.ts'
import { makeMember } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import { openMailer } from '../platform/mail.ts'
import { mails } from '../platform/schema.ts'
import { react } from '../reactions/reactions.ts'
import { withdrawPost } from '../topics/withdrawing.ts'
import { mailNotices } from './effects.ts'
import { writeMails } from './mailing.ts'
import { readAll } from './reading.ts'
import { noticeSettings, notices } from './schema.ts'
import { type SettingsDraft, saveSettings } from './settings.ts'

let forum: TestApp
let server: Awaited<ReturnType<typeof startMailServer>>
let asker: Actor
let helper: Actor
let topic: Awaited<ReturnType<typeof makeTopic>>
const refused = new Set<string>()

beforeAll(async () => {
  server = await startMailServer({ refuse: address => (refused.has(address) ? '550 no such mailbox' : undefined) })
  forum = await startTestApp({ SMTP_URL: server.url, SITE_URL: 'https://hiroba.example.jp', MAIL_FROM: 'hiroba@hiroba.example.jp' })
})
afterAll(async () => {
  await forum.close()
  await server.stop()
})
beforeEach(async () => {
  const { db } = forum
  server.received.length = 0
  asker = await makeMember(db, { name: 'たまき' })
  helper = await makeMember(db, { name: 'ゆうこ' })
  topic = await makeTopic(db, asker, await makeBoard(db), { title: 'ルーターの赤いランプが消えません' })
})

const after = (minutes: number) => new Date(Date.now() + minutes * 60_000)
const addressOf = (person: Actor) => `${person.handle}@example.com`
const mailTo = (person: Actor) => server.received.filter(({ to_address }) => to_address === addressOf(person))

/** Everything that happened is told; then the clock strikes `minutes` later. */
async function clockStrikes(minutes: number): Promise<void> {
  await forum.runJobs()
  while ((await writeMails(forum.services, after(minutes))) > 0);
  await mailNotices(forum.services)
}

const settings: SettingsDraft = { ways: {}, rhythm: 'at_once', hour: 8, weekday: 1, zone: 'Asia/Tokyo', quietFrom: null, quietTo: null }

test('five answers in ten minutes are one mail, in words of both kinds; none before, none after', async () => {
  for (let n = 1; n <= 5; n++) await makeAnswer(forum.db, helper, topic, `${n}番目の回答です。<b>注意</b>`)
  await clockStrikes(5)
  expect(mailTo(asker)).toEqual([])
  await clockStrikes(11)
  await clockStrikes(11)
  const [mail, ...more] = mailTo(asker)
  expect(more).toEqual([])
  expect(mail?.subject).toBe('「ルーターの赤いランプが消えません」に5件のお知らせがあります')
  for (const body of [mail?.text, mail?.html]) {
    expect(body).toContain('ゆうこ さんが「ルーターの赤いランプが消えません」に回答しました')
    for (let n = 1; n <= 5; n++) expect(body).toContain(`${n}番目の回答です。`)
    expect(body).toContain('https://hiroba.example.jp/posts/')
  }
  expect(mail?.html).not.toContain('<b>注意')
  expect(mail?.text).toContain(`@${asker.handle}`)
})

test('mails of one topic are one conversation for mail programs, in the language of who gets them', async () => {
  await forum.db.update(accounts).set({ locale: 'en' }).where(eq(accounts.id, asker.id))
  await makeAnswer(forum.db, helper, topic)
  await clockStrikes(11)
  await makeAnswer(forum.db, helper, topic, 'もう一つあります。')
  await clockStrikes(11)
  const [first, second] = mailTo(asker)
  expect(first?.subject).toBe('ゆうこ answered “ルーターの赤いランプが消えません”')
  expect(first?.messageId).not.toBe(second?.messageId)
  expect(headerOf(first, 'references')).toBe(headerOf(second, 'references'))
  expect(headerOf(first, 'references')).toBe(`<topic-${topic.id}.${asker.id}@hiroba.example.jp>`)
  expect(headerOf(first, 'auto-submitted')).toBe('auto-generated')
})

test('who has read it on the site gets no mail, and nobody hears by mail of what was hidden in between', async () => {
  const { db } = forum
  await makeAnswer(db, helper, topic)
  await forum.runJobs()
  await readAll(db, asker, { upTo: Number.MAX_SAFE_INTEGER })
  const gone = await makeAnswer(db, helper, topic, 'すぐに取り下げます。')
  await forum.runJobs()
  await withdrawPost(db, helper, gone)
  await clockStrikes(11)
  expect(mailTo(asker)).toEqual([])
  const hidden = await makeAnswer(db, helper, topic, '隠されます。')
  await forum.runJobs()
  await db.execute(sql`update posts set hidden_at = now() where id = ${hidden.id}`)
  await clockStrikes(11)
  expect(mailTo(asker)).toEqual([])
  expect(await db.$count(notices, sql`${notices.mailAt} is not null`)).toBe(0)
})

test('a digest holds what waited for it, once, at one’s hour; thanks are in no mail unless one wants them', async () => {
  const { db } = forum
  await saveSettings(db, asker, { ...settings, rhythm: 'daily', ways: { thanks: 'all' } })
  await makeAnswer(db, helper, topic)
  await react(db, helper, await openingOf(db, topic), 'me_too')
  await clockStrikes(11)
  expect(mailTo(asker)).toEqual([])
  await clockStrikes(24 * 60)
  const [digest, ...more] = mailTo(asker)
  expect(more).toEqual([])
  expect(digest?.text).toContain('に回答しました')
  expect(digest?.text).toContain('困っています')
  const [row] = await db.select().from(noticeSettings).where(eq(noticeSettings.accountId, asker.id))
  expect(row?.nextDigestAt?.getTime()).toBeGreaterThan(after(24 * 60).getTime())
  await clockStrikes(48 * 60)
  expect(mailTo(asker)).toHaveLength(1)
})

test('in quiet hours mail waits for their end; who wants none of a kind gets none of it', async () => {
  const { db } = forum
  const hour = Number(new Intl.DateTimeFormat('en', { hour: 'numeric', hourCycle: 'h23', timeZone: 'Asia/Tokyo' }).format(new Date()))
  await saveSettings(db, asker, { ...settings, quietFrom: hour, quietTo: (hour + 3) % 24 })
  await makeAnswer(db, helper, topic)
  await clockStrikes(11)
  expect(mailTo(asker)).toEqual([])
  await clockStrikes(4 * 60)
  expect(mailTo(asker)).toHaveLength(1)
  for (const ways of [{ talk: 'none' }, { talk: 'site' }] as const) {
    await saveSettings(db, asker, { ...settings, ways })
    await makeAnswer(db, helper, topic, `${ways.talk} に応じて`)
  }
  await saveSettings(db, asker, { ...settings, rhythm: 'never' })
  await makeAnswer(db, helper, topic, 'メールなしで')
  await clockStrikes(4 * 60)
  expect(mailTo(asker)).toHaveLength(1)
})

test('one press in the mail program ends all mail, without a log-in; opening the link alone does nothing', async () => {
  await makeAnswer(forum.db, helper, topic)
  await clockStrikes(11)
  const [mail] = mailTo(asker)
  expect(headerOf(mail, 'list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click')
  const path = new URL(headerOf(mail, 'list-unsubscribe')?.slice(1, -1) ?? '').pathname
  const guest = await forum.as()
  expect((await guest.get(path)).body).toContain('メールを止める')
  const rhythm = async () => (await forum.db.select().from(noticeSettings).where(eq(noticeSettings.accountId, asker.id)))[0]?.rhythm
  expect(await rhythm()).toBeUndefined()
  // As a mail provider's machine sends it: from nowhere, with nothing but this body.
  const pressed = await guest.send({
    method: 'POST',
    url: path,
    payload: 'List-Unsubscribe=One-Click',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': undefined },
  })
  expect(pressed.statusCode).toBe(200)
  expect(await rhythm()).toBe('never')
  await makeAnswer(forum.db, helper, topic, 'その後の回答です。')
  await clockStrikes(11)
  expect(mailTo(asker)).toHaveLength(1)
})

test('the link in a mail silences its topic without a log-in; a changed link does nothing', async () => {
  await makeAnswer(forum.db, helper, topic)
  await clockStrikes(11)
  const path = /https:\/\/hiroba\.example\.jp(\/mail\/mute-[^\s]+)/.exec(mailTo(asker)[0]?.text ?? '')?.[1] ?? expect.fail()
  const guest = await forum.as()
  const stranger = await makeMember(forum.db)
  const forged = path.replace(`mute-${asker.id}-`, `mute-${stranger.id}-`)
  expect((await guest.post(forged)).statusCode).toBe(404)
  expect((await guest.get(path)).body).toContain(topic.title)
  expect((await guest.post(path)).statusCode).toBe(200)
  await makeAnswer(forum.db, helper, topic, 'その後の回答です。')
  await clockStrikes(11)
  expect(mailTo(asker)).toHaveLength(1)
})

test('an address the server will never take gets no more mail until its owner asks for it again', async () => {
  refused.add(addressOf(asker))
  await makeAnswer(forum.db, helper, topic)
  await clockStrikes(11)
  await makeAnswer(forum.db, helper, topic, 'もう一つあります。')
  await clockStrikes(11)
  expect(await forum.db.$count(mails, eq(mails.recipient, addressOf(asker)))).toBe(1)
  const browser = await forum.as(asker)
  expect((await browser.get('/me/notices')).body).toContain('メールが戻ってきたため')
  refused.delete(addressOf(asker))
  await browser.post('/me/notices', { rhythm: 'at_once', hour: 8, weekday: 1, zone: 'Asia/Tokyo', quietFrom: '', quietTo: '' })
  await makeAnswer(forum.db, helper, topic, 'また届くはずです。')
  await clockStrikes(11)
  expect(mailTo(asker)).toHaveLength(1)
})

test('a mail server that is down delays mail and drops none', async () => {
  const { db } = forum
  const another = await startMailServer()
  await another.stop()
  const mailer = openMailer(db, { smtpUrl: another.url, from: 'hiroba@hiroba.example.jp' })
  await makeAnswer(db, helper, topic)
  await forum.runJobs()
  while ((await writeMails({ ...forum.services, mail: mailer }, after(11))) > 0);
  const bounced: string[] = []
  const deliver = () => mailer.deliver(async recipient => void bounced.push(recipient))
  const due = () =>
    db
      .update(mails)
      .set({ tryAt: new Date() })
      .where(eq(mails.recipient, addressOf(asker)))
  for (let tries = 0; tries < 4; tries++) {
    await deliver()
    await due()
  }
  const [waiting] = await db
    .select()
    .from(mails)
    .where(eq(mails.recipient, addressOf(asker)))
  expect(waiting).toMatchObject({ sentAt: null, tries: 4, failedAt: null })
  const back = await startMailServer({ port: another.port })
  await deliver()
  await deliver()
  expect(back.received.map(({ to_address }) => to_address)).toEqual([addressOf(asker)])
  expect(bounced).toEqual([])
  mailer.close()
  await back.stop()
})

test('three workers who write at once put each notice into one mail', async () => {
  const { db } = forum
  const askers = await Promise.all(Array.from({ length: 30 }, () => makeMember(db)))
  const board = await makeBoard(db)
  for (const person of askers) await makeAnswer(db, helper, await makeTopic(db, person, board))
  await forum.runJobs()
  const write = async () => {
    while ((await writeMails(forum.services, after(11))) > 0);
  }
  await Promise.all([write(), write(), write()])
  await Promise.all([mailNotices(forum.services), mailNotices(forum.services), mailNotices(forum.services)])
  for (const person of askers) expect(mailTo(person)).toHaveLength(1)
})

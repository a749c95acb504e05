import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, startTestApp, type TestApp } from '../../../test/app.ts'
import { makeCompany, makeProduct } from '../../../test/companies.ts'
import { makeAnswer, makeBoard, makeTopic, postNow, topicNow } from '../../../test/making.ts'
import { knownAgain, makeAgent, makeMember, makeModerator, makeOperator } from '../../../test/people.ts'
import type { Actor } from '../../accounts/actor.ts'
import type { BoardRow } from '../../boards/schema.ts'
import { nameProducts } from '../../companies/naming.ts'
import type { Db } from '../../platform/db.ts'
import { Conflict, Invalid, Refused } from '../../platform/errors.ts'
import { decideBy, endOfDays, isLate } from './clocks.ts'
import { askPoster, decideTakedown, forgetRequesters, sayView } from './deciding.ts'
import { fileTakedown } from './filing.ts'
import { findByKey, findTakedown } from './queries.ts'
import { takedowns } from './schema.ts'

const GREY_PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAADAAAAAgCAIAAADbtmxLAAAALElEQVR42u3OQREAAAwCIOMb2xa7PSAB6TMREhISEhISEhISEhISEhISEro0JlKQiMf62NsAAAAASUVORK5CYII=',
  'base64',
)

let forum: TestApp
let db: Db
let board: BoardRow
let operator: Actor
let guest: Browser

beforeAll(async () => {
  forum = await startTestApp()
  db = forum.db
  board = await makeBoard(db)
  operator = await makeOperator(db)
  guest = await forum.as()
})
afterAll(() => forum.close())

async function badPost() {
  const poster = await makeMember(db)
  const topic = await makeTopic(db, await makeMember(db), board)
  return { poster, topic, post: await makeAnswer(db, poster, topic, '田中一郎さんの電話番号は、いつでも教えます。') }
}
const form = (post: { id: number }, more: Record<string, string> = {}) => ({
  ...{ post: `http://localhost/posts/${post.id}`, right: 'privacy', relation: 'self', name: '田中一郎', email: 'tanaka@example.com' },
  ...{ words: '許しなく名前が書かれています。', draftKey: randomUUID(), ...more },
})
const file = async (post: { id: number }, more: object = {}) => {
  const key = await fileTakedown(db, operator, { ...form(post), right: 'privacy', relation: 'self', locale: 'ja', ...more })
  return { key, takedown: await findByKey(db, key) }
}
const again = ({ id }: { id: number }) => findTakedown(db, operator, id)
const removed = { outcome: 'removed' as const, answer: '個人情報と認めました。', urgent: false }
const daysPass = (id: number) => db.execute(sql`update takedowns set view_until = now() - interval '1 minute' where id = ${id}`)

test('the clocks: whole days in Japan, holidays too, the first not counted; the poster’s time may end later', () => {
  expect(endOfDays(7, new Date('2026-05-01T14:59:59Z')).toISOString()).toBe('2026-05-08T14:59:59.999Z')
  expect(endOfDays(7, new Date('2026-05-01T15:00:00Z')).toISOString()).toBe('2026-05-09T14:59:59.999Z')
  const dueAt = new Date('2026-05-08T15:00:00Z')
  const viewUntil = new Date('2026-05-10T15:00:00Z')
  expect(decideBy({ outcome: null, dueAt, viewUntil: null, view: null })).toEqual(dueAt)
  expect(decideBy({ outcome: null, dueAt, viewUntil, view: null }).toISOString()).toBe('2026-05-11T15:00:00.000Z')
  expect(isLate({ outcome: null, dueAt, viewUntil, view: null }, Date.parse('2026-05-12T00:00:00Z'))).toBe(true)
  expect(isLate({ outcome: 'kept', dueAt, viewUntil, view: null }, Date.parse('2026-05-12T00:00:00Z'))).toBe(false)
})

test('from start to finish: filed by a guest, receipt by page and mail, proof, the poster asked, silence, removal, both told, a receipt of it all', async () => {
  const { poster, topic, post } = await badPost()
  const sent = form(post)
  const wrong = await guest.post('/takedown', { ...sent, post: 'どこか', email: 'x' })
  expect(wrong.statusCode).toBe(422)
  for (const field of ['post', 'email']) expect(wrong.body).toContain(`id="${field}-error"`)
  expect(wrong.body).toContain('許しなく名前が書かれています。')
  const filed = await guest.post('/takedown', sent)
  const receipt = String(filed.headers.location)
  expect(receipt).toMatch(/^\/takedown\/receipts\/[\w-]{32}$/)
  await guest.post('/takedown', sent)
  expect(await db.$count(takedowns, sql`post_id = ${post.id}`), 'a second click').toBe(1)
  const takedown = await findByKey(db, receipt.split('/').at(-1) ?? '')
  expect((await guest.get(receipt)).body).toContain(`TD-${String(takedown.id).padStart(5, '0')}`)
  expect((await guest.get('/takedown/receipts/'.concat('x'.repeat(32)))).statusCode).toBe(404)
  const payload = Buffer.concat([
    Buffer.from('--x\r\ncontent-disposition: form-data; name="picture"; filename="a.png"\r\ncontent-type: image/png\r\n\r\n'),
    GREY_PNG,
    Buffer.from('\r\n--x--\r\n'),
  ])
  const headers = { 'content-type': 'multipart/form-data; boundary=x' }
  expect((await guest.send({ method: 'POST', url: `${receipt}/proofs`, headers, payload })).statusCode).toBe(303)
  const desk = await forum.as(operator)
  const path = `/moderation/takedowns/${takedown.id}`
  expect((await desk.get('/moderation/takedowns')).body).not.toContain('tanaka@example.com')
  expect((await desk.get(path)).body).not.toContain('tanaka@example.com')
  expect((await desk.post(`${path}/person`)).body).toContain('tanaka@example.com')
  expect((await desk.get(`${path}/proofs/1`)).headers['content-type']).toBe('image/webp')
  const looks = await db.execute(
    sql`select deed from audit_entries where subject = 'takedown' and subject_id = ${takedown.id} and deed = 'data_looked'`,
  )
  expect(looks).toHaveLength(2)
  const early = await desk.post(path, { outcome: 'removed', answer: '個人情報です。' })
  expect(early.body).toContain('先に、投稿した方に意見を聞いてください')
  expect((await desk.post(`${path}/asking`)).statusCode).toBe(303)
  expect((await desk.post(path, { outcome: 'removed', answer: '個人情報です。' })).statusCode).toBe(422)
  await forum.runJobs()
  const asked = (await (await forum.as(poster)).get(`/me/takedowns/${takedown.id}`)).body
  expect(asked).toContain('許しなく名前が書かれています。')
  expect(asked).not.toContain('tanaka@example.com')
  await daysPass(takedown.id)
  expect((await desk.post(path, { outcome: 'removed', answer: '個人情報と認めました。' })).statusCode).toBe(303)
  await forum.runJobs()
  expect((await guest.get(`/t/${topic.id}`)).body).not.toContain('田中一郎さんの電話番号')
  expect((await guest.get(receipt)).body).toContain('個人情報と認めました。')
  expect((await (await forum.as(poster)).get('/me/standing')).body).toContain(`/me/takedowns/${takedown.id}`)
  const mails = await db.execute<{ recipient: string; subject: string; text: string }>(
    sql`select recipient, subject, text from mails order by id`,
  )
  const to = (address: string) => mails.filter(({ recipient }) => recipient === address).map(({ subject }) => subject.replace(/（.*/, ''))
  expect(to('tanaka@example.com')).toEqual([
    '【みんなの広場】削除の申出を受け付けました',
    '【みんなの広場】削除の申出の途中経過',
    '【みんなの広場】削除の申出の結果',
  ])
  expect(to(`${poster.handle}@example.com`)).toEqual([
    '【みんなの広場】あなたの投稿に削除の申出があります',
    '【みんなの広場】投稿を見えなくしました',
  ])
  for (const { text } of mails.filter(({ recipient }) => recipient !== 'tanaka@example.com')) expect(text).not.toMatch(/tanaka|田中/)
  const mailed = /\/takedown\/receipts\/[\w-]{32}/.exec(mails[0]?.text ?? '')?.[0]
  expect((await guest.get(mailed ?? '')).statusCode).toBe(200)
})

test('the poster’s view counts: agreed, it goes at once; objected, it may stay; later than his time he says nothing', async () => {
  const { poster, post } = await badPost()
  const { takedown } = await file(post)
  await expect(sayView(db, poster, takedown, post, { view: 'agrees', words: '' }), 'not asked yet').rejects.toThrow(Refused)
  await askPoster(db, operator, takedown, post)
  await expect(sayView(db, poster, await again(takedown), post, { view: 'objects', words: '' })).rejects.toThrow(Invalid)
  await sayView(db, poster, await again(takedown), post, { view: 'agrees', words: '' })
  await decideTakedown(db, operator, await again(takedown), post, removed)
  expect((await postNow(db, post)).hiddenAt).not.toBeNull()
  const other = await badPost()
  const second = await file(other.post)
  await askPoster(db, operator, second.takedown, other.post)
  await daysPass(second.takedown.id)
  await expect(sayView(db, other.poster, await again(second.takedown), other.post, { view: 'objects', words: 'いいえ' })).rejects.toThrow(
    Refused,
  )
  await decideTakedown(db, operator, await again(second.takedown), other.post, { ...removed, outcome: 'kept' })
  expect((await postNow(db, other.post)).hiddenAt).toBeNull()
})

test('of ten who decide at once one does; what must not wait does not; nobody judges his own words or his company’s matter', async () => {
  const { post, topic } = await badPost()
  const { takedown } = await file(post)
  const outcomes = await Promise.allSettled(
    Array.from({ length: 10 }, () => decideTakedown(db, operator, takedown, post, { ...removed, urgent: true })),
  )
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const each of outcomes) if (each.status === 'rejected') expect(each.reason).toBeInstanceOf(Conflict)
  const audited = await db.execute(sql`select deed from audit_entries where deed = 'takedown_decided' and subject_id = ${takedown.id}`)
  expect(audited).toHaveLength(1)
  const own = await makeAnswer(db, operator, topic)
  await expect(decideTakedown(db, operator, (await file(own)).takedown, own, { ...removed, urgent: true })).rejects.toThrow(Refused)
  const company = await makeCompany(db)
  await nameProducts(db, operator, await topicNow(db, topic), (await makeProduct(db, company)).nameJa)
  const { id } = await makeAgent(db, company, { role: 'operator' })
  const criticism = await makeAnswer(db, await makeMember(db), await topicNow(db, topic))
  await expect(
    decideTakedown(db, await knownAgain(db, id), (await file(criticism)).takedown, criticism, { ...removed, urgent: true }),
  ).rejects.toThrow(Refused)
})

test('who asked is forgotten after the stated time, with his proofs and his link; what the figures count stays', async () => {
  const { post } = await badPost()
  const { takedown, key } = await file(post)
  await decideTakedown(db, operator, takedown, post, { ...removed, urgent: true })
  await forgetRequesters(forum.services)
  expect((await again(takedown)).email).toBe('tanaka@example.com')
  await db.execute(sql`update takedowns set decided_at = now() - interval '181 days' where id = ${takedown.id}`)
  await forgetRequesters(forum.services)
  expect(await again(takedown)).toMatchObject({ name: null, email: null, words: null, right: 'privacy', outcome: 'removed' })
  await expect(findByKey(db, key)).rejects.toThrow()
  expect((await (await forum.as(operator)).get(`/moderation/takedowns/${takedown.id}`)).body).toContain('お名前と連絡先は消しました')
})

test('the desk is the operator’s alone', async () => {
  const { post, poster } = await badPost()
  const { takedown } = await file(post)
  for (const person of [await makeModerator(db, board), poster]) {
    const browser = await forum.as(person)
    for (const path of ['/moderation/takedowns', `/moderation/takedowns/${takedown.id}`, `/moderation/takedowns/${takedown.id}/proofs/1`])
      expect((await browser.get(path)).statusCode).toBe(403)
  }
  expect((await (await forum.as(poster)).get(`/me/takedowns/${takedown.id}`)).statusCode, 'not asked yet').toBe(404)
})

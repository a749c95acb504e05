import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Browser, startTestApp, type TestApp } from '../../test/app.ts'
import { makeAnswer, makeBoard, makeTopic } from '../../test/making.ts'
import { makeAdvisor, makeMember, makeOperator, makeSuspended } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import { mails } from '../platform/schema.ts'
import { watchExpiry } from './certification.ts'
import { markOf, nameOf, SCHEMES } from './certification_schemes.ts'
import { certificationSteps, certifications } from './people/schema.ts'

let forum: TestApp
let member: Actor
let own: Browser
let operator: Browser
let second: Browser
let operators: Actor[]

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())
beforeEach(async () => {
  await forum.db.execute(sql`truncate accounts, throttles, mails cascade`)
  rmSync(proofFolder(), { recursive: true, force: true })
  member = await makeMember(forum.db, { handle: 'yuko', name: 'ゆうこ' })
  operators = [await makeOperator(forum.db, { handle: 'first_op' }), await makeOperator(forum.db, { handle: 'second_op' })]
  own = await forum.as(member)
  operator = await forum.as(operators[0])
  second = await forum.as(operators[1])
})

const FORM = { grade: 'dotcom_master_2001/star_2', edition: '2012', number: 'ab-1234 5678', issuedOn: '2012-08-01', expiresOn: '' }
// A grey dot, as PNG.
const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAADklEQVR4nGOYCQUMlDEAYZMmQW+Xo20AAAAASUVORK5CYII=', 'base64')
const LINE = '-----boundary'

/** Sends the form as a browser does: text fields first, then the picture; `null` sends none. */
async function apply(form: Record<string, string> = {}, browser = own, file: Buffer | null = PICTURE) {
  const fields = Object.entries({ ...FORM, ...form }).map(
    ([name, value]) => `--${LINE}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  )
  const head = `--${LINE}\r\ncontent-disposition: form-data; name="picture"; filename="${file ? 'p.jpg' : ''}"\r\ncontent-type: image/jpeg\r\n\r\n`
  const payload = Buffer.concat([Buffer.from(fields.join('') + head), file ?? Buffer.alloc(0), Buffer.from(`\r\n--${LINE}--\r\n`)])
  return browser.send({
    method: 'POST',
    url: '/me/certification',
    headers: { 'content-type': `multipart/form-data; boundary=${LINE}` },
    payload,
  })
}

const rows = () => forum.db.select().from(certifications).orderBy(certifications.id)
const only = async () => (await rows())[0] ?? expect.fail('there is no certification')
const steps = async () => (await forum.db.select().from(certificationSteps).orderBy(certificationSteps.id)).map(({ kind }) => kind)
const mark = async (who = member) => (await forum.db.select().from(accounts).where(eq(accounts.id, who.id)))[0]?.certification
const letters = async () =>
  (await forum.db.select().from(mails).orderBy(mails.id)).map(({ recipient, subject }) => `${recipient} ${subject}`)
const decide = async (form: Record<string, string>, who = operator) => who.post(`/admin/certifications/${(await only()).id}/decision`, form)
const proofFolder = () => join(forum.services.config.DATA_DIR, 'files', 'proofs')
const proofs = () => (existsSync(proofFolder()) ? readdirSync(proofFolder()) : [])

/** An approved certificate that ends on this day. */
async function certified(expiresOn: string, who = member): Promise<void> {
  await apply({ grade: 'dotcom_master_2013/advance_2', edition: '2024', issuedOn: '2024-04-01' }, await forum.as(who))
  await decide({ verdict: 'approved', reason: '' })
  await forum.db.execute(sql`update certifications set expires_on = ${expiresOn}`)
}
const day = (days: number) => new Date(Date.now() + 9 * 3_600_000 + days * 86_400_000).toISOString().slice(0, 10)

describe('who presents a certificate', () => {
  test('is told that it arrived, and the operators that it waits; the same one again is the same', async () => {
    for (let n = 0; n < 2; n++) expect((await apply()).statusCode).toBe(303)
    await forum.runJobs()
    expect(await rows()).toMatchObject([
      { scheme: 'dotcom_master_2001', grade: 'star_2', edition: 2012, number: 'AB12345678', state: 'waiting' },
    ])
    expect(proofs()).toHaveLength(1)
    expect((await letters()).map(line => line.split(' ')[0])).toEqual(['first_op@example.com', 'second_op@example.com'])
    expect((await own.get('/me/certification')).body).toContain('確認待ち')
  })

  test('presses ten times at once and has presented it once, with one picture', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => apply()))
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set([303]))
    expect([(await rows()).length, proofs().length >= 1]).toEqual([1, true])
    expect(proofs()).toEqual([(await only()).picture?.replace('proofs/', '')])
  })

  test.each([
    ['a certificate nobody knows', { grade: 'nonsense' }, 'grade'],
    ['a year that is none', { edition: '20x2' }, 'edition'],
    ['a number with other signs', { number: '番号' }, 'number'],
    ['a day there never was', { issuedOn: '2012-02-30' }, 'issuedOn'],
    ['a day to come', { issuedOn: day(3) }, 'issuedOn'],
    ['a scheme that did not exist then', { issuedOn: '2014-01-01' }, 'issuedOn'],
    ['an end before the beginning', { expiresOn: '2011-01-01' }, 'expiresOn'],
    ['one that has ended', { expiresOn: '2015-01-01' }, 'expiresOn'],
  ])('%s is said at its field, with the rest kept', async (_, form, field) => {
    const { statusCode, body } = await apply(form)
    expect([statusCode, body.includes(`id="${field}-error"`), body.includes('ab-1234 5678') || field === 'number']).toEqual([
      422,
      true,
      true,
    ])
    expect([await rows(), proofs()]).toEqual([[], []])
  })

  test('without a picture, or with something else than one, keeps what was typed', async () => {
    for (const file of [null, Buffer.from('not a picture')]) {
      const { statusCode, body } = await apply({}, own, file)
      expect([statusCode, body.includes('id="picture-error"'), body.includes('value="2012"')]).toEqual([422, true, true])
    }
    expect(proofs()).toEqual([])
  })

  test('cannot while he is suspended', async () => {
    const suspended = await forum.as(await makeSuspended(forum.db))
    expect((await apply({}, suspended)).statusCode).toBe(403)
  })
})

describe('the operator', () => {
  test('sees the picture and the number at the check, each look is written down, and both are gone afterwards', async () => {
    await apply()
    const { id } = await only()
    const path = `/admin/certifications/${id}`
    expect((await operator.get(path)).body).toContain('AB12345678')
    const picture = await operator.get(`${path}/picture`)
    expect([picture.statusCode, picture.headers['cache-control']]).toEqual([200, 'no-store'])
    expect(picture.rawPayload.toString('latin1', 8, 12)).toBe('WEBP')
    expect((await own.get(`${path}/picture`)).statusCode).toBe(403)
    expect((await own.get(`/media/${(await only()).picture?.replace('proofs/', '')}`)).statusCode).toBe(404)
    expect((await decide({ verdict: 'approved', reason: '' })).statusCode).toBe(303)
    await forum.runJobs()
    expect(await only()).toMatchObject({ state: 'approved', number: null, picture: null })
    expect(proofs()).toEqual([])
    expect(await steps()).toEqual(['waiting', 'looked', 'approved', 'picture_deleted'])
    expect((await operator.get(`${path}/picture`)).statusCode).toBe(404)
    expect((await letters()).at(-1)).toMatch(/^yuko@example.com .*資格を確認しました/)
  })

  test('declines with a reason, which the holder reads', async () => {
    await apply()
    expect((await decide({ verdict: 'declined', reason: ' ' })).statusCode).toBe(422)
    await decide({ verdict: 'declined', reason: '氏名が読めません' })
    await forum.runJobs()
    expect([await mark(), (await only()).state]).toEqual([null, 'declined'])
    expect((await own.get('/me/certification')).body).toContain('氏名が読めません')
    expect((await apply()).statusCode).toBe(303)
    expect((await rows()).map(({ state }) => state)).toEqual(['declined', 'waiting'])
  })

  test('in doubt leaves the decision to another, and cannot make it himself', async () => {
    await apply()
    const path = `/admin/certifications/${(await only()).id}`
    expect((await operator.post(`${path}/second-look`, { note: '' })).statusCode).toBe(422)
    expect((await operator.post(`${path}/second-look`, { note: '日付を見てください' })).statusCode).toBe(303)
    expect((await decide({ verdict: 'approved', reason: '' })).statusCode).toBe(403)
    expect((await second.post(`${path}/second-look`, { note: 'もう一度' })).statusCode).toBe(403)
    expect((await second.get(path)).body).toContain('日付を見てください')
    expect((await decide({ verdict: 'approved', reason: '' }, second)).statusCode).toBe(303)
    expect(await mark()).toMatchObject({ year: 2012 })
  })

  test('never decides about himself, nor sees his own number and picture there', async () => {
    await apply({}, operator)
    const path = `/admin/certifications/${(await only()).id}`
    expect((await operator.get(path)).body).not.toContain('AB12345678')
    expect((await operator.get(`${path}/picture`)).statusCode).toBe(403)
    expect((await decide({ verdict: 'approved', reason: '' })).statusCode).toBe(403)
    expect((await operator.post(`${path}/second-look`, { note: 'x' })).statusCode).toBe(403)
    expect((await decide({ verdict: 'approved', reason: '' }, second)).statusCode).toBe(303)
  })

  test('and another at the same moment: one decides, the other is told so', async () => {
    await apply()
    const answers = await Promise.all([
      decide({ verdict: 'approved', reason: '' }),
      decide({ verdict: 'declined', reason: '別人です' }, second),
    ])
    expect(answers.map(({ statusCode }) => statusCode).toSorted()).toEqual([303, 409])
    expect((await steps()).filter(kind => kind === 'approved' || kind === 'declined')).toHaveLength(1)
  })

  test('is told when another member presented the same number', async () => {
    await apply()
    await decide({ verdict: 'approved', reason: '' })
    await apply({ number: 'ＡＢ12345678' }, await forum.as(await makeMember(forum.db, { handle: 'copycat' })))
    const [, copy] = await rows()
    expect((await operator.get(`/admin/certifications/${copy?.id}`)).body).toContain('@yuko')
  })

  test('takes back a mark that should not have been given', async () => {
    await apply()
    await decide({ verdict: 'approved', reason: '' })
    const path = `/admin/certifications/${(await only()).id}/revocation`
    expect((await operator.post(path, { reason: '' })).statusCode).toBe(422)
    expect((await operator.post(path, { reason: '偽造でした' })).statusCode).toBe(303)
    expect([await mark(), (await only()).state]).toEqual([null, 'revoked'])
  })
})

describe('the mark', () => {
  test('stands beside the name wherever the name stands, with scheme and year, until its holder takes it off', async () => {
    const board = await makeBoard(forum.db, { slug: 'net' })
    const topic = await makeTopic(forum.db, member, board)
    await makeAnswer(forum.db, member, topic)
    await apply()
    const guest = await forum.as()
    const pages = ['/', '/b/net', `/t/${topic.id}`, '/u/yuko']
    for (const path of pages) expect((await guest.get(path)).body, path).not.toContain('資格を確認済み')
    await decide({ verdict: 'approved', reason: '' })
    await expect.poll(async () => (await guest.get('/')).body.includes('.com Master ★★（2012年度）の資格を確認済み')).toBe(true)
    for (const path of pages) expect((await guest.get(path)).body, path).toContain('.com Master ★★（2012年度）の資格を確認済み')
    await own.delete(`/me/certification/${(await only()).id}`)
    await expect.poll(async () => (await guest.get(`/t/${topic.id}`)).body.includes('資格を確認済み')).toBe(false)
  })

  test('is the highest certificate that stands, of equal ones the latest', () => {
    const held = (scheme: string, grade: string, edition: number) => ({ scheme, grade, edition })
    const old = [
      held('dotcom_master_2001', 'basic', 2013),
      held('dotcom_master_2001', 'star_3', 2009),
      held('dotcom_master_2001', 'star_3', 2011),
    ]
    expect(markOf(old)).toEqual({ name: { ja: '.com Master ★★★', en: '.com Master ★★★' }, year: 2011 })
    expect(markOf([...old.slice(0, 1), held('dotcom_master_2013', 'advance_2', 2020)])?.name.ja).toBe('.com Master ADVANCE ★★')
    expect(markOf([held('gone', 'x', 2000)])).toBeUndefined()
  })

  test('of another scheme is another entry of the data, not of the code', () => {
    const scheme = {
      key: 'pc_doctor',
      name: { ja: 'パソコン検定', en: 'PC Test' },
      issuer: { ja: '', en: '' },
      grades: [{ key: 'first', name: '1級', rank: 99 }],
    }
    expect(markOf([{ scheme: 'pc_doctor', grade: 'first', edition: 2020 }], [...SCHEMES, scheme])?.name.ja).toBe('パソコン検定 1級')
    expect(nameOf({ scheme: 'it_passport', grade: 'passed' })).toEqual({ ja: 'ITパスポート', en: 'IT Passport' })
    expect(SCHEMES.flatMap(({ key, grades }) => (key.startsWith('dotcom') ? [grades.map(({ name }) => name)] : []))).toEqual([
      ['BASIC', '★', '★★', '★★★'],
      ['BASIC', 'ADVANCE ★', 'ADVANCE ★★'],
    ])
  })

  test('its end is announced once, thirty days before, and it goes the day after', async () => {
    await certified(day(31))
    await watchExpiry(forum.db)
    expect(await steps()).not.toContain('reminded')
    await certified(day(30))
    for (let n = 0; n < 2; n++) await watchExpiry(forum.db)
    await forum.runJobs()
    expect((await letters()).filter(line => line.includes('有効期限が近づいて'))).toHaveLength(1)
    await forum.db.execute(sql`update certifications set expires_on = ${day(0)}`)
    await watchExpiry(forum.db)
    expect(await mark()).toMatchObject({ year: 2024 })
    await forum.db.execute(sql`update certifications set expires_on = ${day(-1)}`)
    await Promise.all([watchExpiry(forum.db), watchExpiry(forum.db)])
    expect([await mark(), (await only()).state]).toEqual([null, 'expired'])
    await forum.runJobs()
    expect((await letters()).filter(line => line.includes('有効期限が過ぎました'))).toHaveLength(1)
  })

  test('that was the last one of an advisor makes him a member again; another that stands keeps him', async () => {
    const advisor = await makeAdvisor(forum.db, { handle: 'miyako' })
    await certified(day(-1), advisor)
    await apply({}, await forum.as(advisor))
    await second.post(`/admin/certifications/${(await rows())[1]?.id}/decision`, { verdict: 'approved', reason: '' })
    await watchExpiry(forum.db)
    const role = async () => (await forum.db.select().from(accounts).where(eq(accounts.id, advisor.id)))[0]?.role
    expect([await role(), (await mark(advisor))?.year]).toEqual(['advisor', 2012])
    await forum.db.execute(sql`update certifications set expires_on = ${day(-1)} where state = 'approved'`)
    await watchExpiry(forum.db)
    expect([await role(), await mark(advisor)]).toEqual(['member', null])
  })

  test('goes with the account, and so do number and picture', async () => {
    await apply()
    await forum.db.execute(sql`update accounts set closed_at = now(), email = null where id = ${member.id}`)
    await forum.db.execute(
      sql`select graphile_worker.add_job('event', json_build_object('id', 1, 'name', 'account.closed', 'data', json_build_object('accountId', ${member.id}::bigint)))`,
    )
    await forum.runJobs()
    expect(await only()).toMatchObject({ state: 'withdrawn', number: null, picture: null })
    expect(proofs()).toEqual([])
  })
})

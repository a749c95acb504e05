import { desc, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Browser, startTestApp, type TestApp } from '../../../test/app.ts'
import { makeMember } from '../../../test/people.ts'
import { mails } from '../../platform/schema.ts'
import { accounts, accountTokens, sessions } from '../schema.ts'

const FORM = { email: 'hanako@example.jp', handle: 'hanako', name: 'はなこ', password: 'green tea at noon', terms: 'yes' }
let forum: TestApp
let browser: Browser

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())
beforeEach(async () => {
  await forum.db.execute(sql`truncate accounts, mails, throttles, events, graphile_worker._private_jobs cascade`)
  browser = await forum.as()
})

const account = async (handle = 'hanako') => (await forum.db.select().from(accounts).where(eq(accounts.handle, handle)))[0]
const mailsTo = (recipient: string) => forum.db.select().from(mails).where(eq(mails.recipient, recipient)).orderBy(desc(mails.id))

/** The path of the link in the newest mail to somebody, after all jobs ran. */
async function linkTo(recipient: string): Promise<string> {
  await forum.runJobs()
  const [mail] = await mailsTo(recipient)
  return /http:\/\/localhost(\/\w+\/[\w-]{43})/.exec(mail?.text ?? '')?.[1] ?? 'no link'
}

describe('signing up', () => {
  test('sign up, open the link, log in, and one may write', async () => {
    expect((await browser.post('/signup', FORM)).headers.location).toBe('/signup/sent')
    expect(await account()).toMatchObject({ email: 'hanako@example.jp', name: 'はなこ', role: 'member', confirmedAt: null })
    const link = await linkTo('hanako@example.jp')
    expect((await browser.get(link)).statusCode).toBe(200)
    expect((await account())?.confirmedAt, 'a mail scanner that opens the link confirms nothing').toBeNull()
    expect((await browser.post(link)).headers.location).toBe('/login')
    expect((await account())?.confirmedAt).toBeInstanceOf(Date)
    expect((await browser.post('/login', { login: 'hanako', password: FORM.password })).statusCode).toBe(303)
    expect((await browser.get('/me')).body).toContain('はなこ')
  })

  test('a link confirms once, and not after its day', async () => {
    await browser.post('/signup', FORM)
    const link = await linkTo('hanako@example.jp')
    await forum.db.update(accountTokens).set({ expiresAt: new Date(Date.now() - 1) })
    expect((await browser.post(link)).statusCode).toBe(422)
    await forum.db.update(accountTokens).set({ expiresAt: new Date(Date.now() + 1000) })
    expect((await browser.post(link)).statusCode).toBe(303)
    const again = await browser.post(link)
    expect([again.statusCode, again.body.includes('すでに使われたか')]).toEqual([422, true])
  })

  test('tokens lie nowhere but in the mail: not in events, not in jobs, and in their table as a hash', async () => {
    await browser.post('/signup', FORM)
    const token = (await linkTo('hanako@example.jp')).split('/')[2] ?? ''
    const [found] = await forum.db.execute<{ all: string }>(
      sql`select (select string_agg(data::text, '') from events) || coalesce((select string_agg(payload::text, '') from graphile_worker._private_jobs), '') || (select string_agg(t::text, '') from account_tokens t) as all`,
    )
    expect(token).toHaveLength(43)
    expect(found?.all).not.toContain(token)
    expect(found?.all).not.toContain(Buffer.from(token, 'base64url').toString('hex'))
  })

  test('an address that is known gets the same answer; its owner gets a mail that says so', async () => {
    await makeMember(forum.db, { handle: 'owner', email: 'hanako@example.jp' })
    const known = await browser.post('/signup', FORM)
    const unknown = await (await forum.as()).post('/signup', { ...FORM, handle: 'other', email: 'other@example.jp' })
    expect([known.statusCode, known.headers.location, known.body]).toEqual([unknown.statusCode, unknown.headers.location, unknown.body])
    await forum.runJobs()
    expect(await account()).toBeUndefined()
    expect((await mailsTo('hanako@example.jp')).map(({ subject }) => subject)).toEqual(['【みんなの広場】登録について'])
  })

  test('whoever keeps trying a known address fills nobody’s mailbox', async () => {
    await makeMember(forum.db, { handle: 'owner', email: 'hanako@example.jp' })
    for (let i = 0; i < 5; i += 1) await browser.post('/signup', { ...FORM, handle: `other${i}` })
    await forum.runJobs()
    expect(await mailsTo('hanako@example.jp')).toHaveLength(1)
  })

  test('a handle somebody has is said at its field, and what was typed is kept but the password', async () => {
    await makeMember(forum.db, { handle: 'hanako' })
    const page = await browser.post('/signup', { ...FORM, handle: '@Hanako' })
    expect(page.statusCode).toBe(422)
    expect(page.body).toContain('id="handle-error"')
    expect(page.body).toContain('aria-describedby="handle-hint handle-error"')
    expect(page.body).toContain('value="はなこ"')
    expect(page.body).not.toContain(FORM.password)
  })

  test('all fields that need another look say so at once', async () => {
    const page = await browser.post('/signup', { email: 'x', handle: 'あ', name: '運営', password: 'password123', terms: 'yes' })
    expect([...page.body.matchAll(/id="(\w+)-error"/g)].map(([, field]) => field)).toEqual(['email', 'handle', 'name', 'password'])
    expect((await browser.post('/signup', { ...FORM, terms: '' })).body).toContain('id="terms-error"')
    expect((await browser.post('/signup', {})).statusCode).toBe(422)
  })

  test('a second press of the button signs up once; ten at the same time too', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => browser.post('/signup', FORM)))
    expect(new Set(answers.map(({ headers }) => headers.location))).toEqual(new Set(['/signup/sent']))
    await forum.runJobs()
    expect(await forum.db.$count(accounts)).toBe(1)
    expect(await mailsTo('hanako@example.jp')).toHaveLength(1)
  })

  test('a handle and the address of its owner together give nothing away either', async () => {
    await makeMember(forum.db, { handle: 'hanako', email: 'hanako@example.jp', confirmedAt: null, password: 'another password' })
    const right = await browser.post('/signup', FORM)
    const wrong = await browser.post('/signup', { ...FORM, email: 'guess@example.jp' })
    expect([right.statusCode, right.body.includes('handle-error')]).toEqual([wrong.statusCode, wrong.body.includes('handle-error')])
  })

  test('nobody signs up as an operator, confirmed or with points, whatever he sends', async () => {
    await browser.post('/signup', { ...FORM, role: 'operator', confirmedAt: '2020-01-01', points: '100', moderates: 'true', id: '7' })
    expect(await account()).toMatchObject({ role: 'member', confirmedAt: null, points: 0, moderates: false })
  })

  test('one address signs up ten times an hour', async () => {
    for (let i = 0; i < 10; i += 1)
      expect((await browser.post('/signup', { ...FORM, handle: `person${i}`, email: `p${i}@example.jp` })).statusCode).toBe(303)
    const stopped = await browser.post('/signup', { ...FORM, handle: 'person10', email: 'p10@example.jp' })
    expect([stopped.statusCode, Number(stopped.headers['retry-after']) > 0, stopped.body.includes('value="person10"')]).toEqual([
      429,
      true,
      true,
    ])
  })

  test('the confirming mail comes again three times an hour, and its newest link works', async () => {
    const member = await makeMember(forum.db, { handle: 'hanako', email: 'hanako@example.jp', confirmedAt: null })
    const own = await forum.as(member)
    for (let i = 0; i < 3; i += 1) expect((await own.post('/me/confirmation')).statusCode).toBe(303)
    expect((await own.post('/me/confirmation')).statusCode).toBe(429)
    expect((await own.post(await linkTo('hanako@example.jp'))).headers.location).toBe('/')
    expect((await account())?.confirmedAt).toBeInstanceOf(Date)
  })

  test('a mail carries no word a stranger chose', async () => {
    await browser.post('/signup', { ...FORM, name: '賞金 https://evil.example' })
    await forum.runJobs()
    const [mail] = await mailsTo('hanako@example.jp')
    expect(`${mail?.subject}${mail?.text}${mail?.html}`).not.toContain('evil')
  })

  test('who reads English gets English mail', async () => {
    await browser.send({
      method: 'POST',
      url: '/signup',
      headers: { 'accept-language': 'en', 'content-type': 'application/x-www-form-urlencoded' },
      payload: new URLSearchParams(FORM).toString(),
    })
    await forum.runJobs()
    expect((await mailsTo('hanako@example.jp'))[0]).toMatchObject({
      subject: '[Hiroba] Confirm your e-mail address',
      text: expect.stringContaining('It works for 24 hours.'),
    })
  })
})

describe('a forgotten password', () => {
  const NEW = 'a kettle and two cups'
  const ask = (email: string) => browser.post('/reset', { email })

  beforeEach(async () => {
    await makeMember(forum.db, { handle: 'hanako', email: 'hanako@example.jp', password: FORM.password, confirmedAt: null })
  })

  test('is replaced by the link from the mail, which ends every log-in and confirms the address', async () => {
    const elsewhere = await forum.as()
    await elsewhere.post('/login', { login: 'hanako', password: FORM.password })
    await ask('Hanako@example.jp')
    const link = await linkTo('hanako@example.jp')
    expect((await browser.get(link)).body).toContain('新しいパスワード')
    expect((await browser.post(link, { password: 'short' })).body).toContain('id="password-error"')
    expect((await browser.post(link, { password: NEW })).headers.location).toBe('/login')
    expect(await forum.db.$count(sessions)).toBe(0)
    expect((await elsewhere.get('/me')).headers.location).toContain('/login')
    expect((await account())?.confirmedAt).toBeInstanceOf(Date)
    expect((await browser.post('/login', { login: 'hanako', password: FORM.password })).statusCode).toBe(422)
    expect((await browser.post('/login', { login: 'hanako', password: NEW })).statusCode).toBe(303)
    await forum.runJobs()
    expect((await mailsTo('hanako@example.jp'))[0]?.subject).toContain('パスワードが変更されました')
  })

  test('the link works once and for an hour', async () => {
    await ask('hanako@example.jp')
    const link = await linkTo('hanako@example.jp')
    await forum.db.execute(sql`update account_tokens set expires_at = expires_at - interval '61 minutes'`)
    expect((await browser.post(link, { password: NEW })).statusCode).toBe(422)
    await forum.db.execute(sql`update account_tokens set expires_at = expires_at + interval '30 minutes'`)
    expect((await browser.post(link, { password: NEW })).statusCode).toBe(303)
    expect((await browser.post(link, { password: NEW })).statusCode).toBe(422)
  })

  test('a confirming link resets no password, and the other way round', async () => {
    await ask('hanako@example.jp')
    const reset = await linkTo('hanako@example.jp')
    expect((await browser.post(reset.replace('/reset/', '/confirm/'))).statusCode).toBe(422)
    expect((await browser.post(reset.replace('/reset/', '/email/'))).statusCode).toBe(422)
    expect((await browser.post(reset, { password: NEW })).statusCode).toBe(303)
  })

  test('for an unknown address the same statements run and the same is answered, and no mail goes out', async () => {
    forum.statements.length = 0
    const known = await ask('hanako@example.jp')
    const ran = forum.statements.splice(0)
    const unknown = await ask('nobody@example.jp')
    expect(forum.statements).toEqual(ran)
    expect([unknown.statusCode, unknown.headers.location]).toEqual([known.statusCode, known.headers.location])
    await forum.runJobs()
    expect(await mailsTo('nobody@example.jp')).toEqual([])
  })

  test('one mailbox is asked three times an hour, known or not', async () => {
    for (const email of ['hanako@example.jp', 'nobody@example.jp']) {
      await forum.db.execute(sql`delete from throttles`)
      for (let i = 0; i < 3; i += 1) expect((await ask(email)).statusCode).toBe(303)
      expect((await ask(email)).statusCode).toBe(429)
    }
  })

  test('an effect that runs twice sends one mail, and its link works', async () => {
    await ask('hanako@example.jp')
    await forum.runJobs()
    const { mailReset } = await import('../effects.ts')
    const [event] = await forum.db.execute<{ id: number; data: { accountId: number } }>(
      sql`select id, data from events where name = 'account.reset_asked'`,
    )
    await mailReset(forum.services, { id: Number(event?.id), name: 'account.reset_asked', data: event?.data ?? { accountId: 0 } })
    expect(await mailsTo('hanako@example.jp')).toHaveLength(1)
    expect((await browser.post(await linkTo('hanako@example.jp'), { password: NEW })).statusCode).toBe(303)
  })
})

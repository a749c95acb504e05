import { eq, sql } from 'drizzle-orm'
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Browser, startTestApp, type TestApp } from '../../test/app.ts'
import { makeCompany, makeProduct } from '../../test/companies.ts'
import { makeBoard, topicDraft } from '../../test/making.ts'
import { knownAgain, makeCompanyAdmin, makeMember } from '../../test/people.ts'
import { askAbout } from '../companies/naming.ts'
import type { Actor } from './actor.ts'
import { turnOffTwoStepByHand } from './by_hand.ts'
import { accountApps, accounts } from './schema.ts'

const PASSWORD = 'a-long-password-4711'
let forum: TestApp

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())

const forgetTries = () => forum.db.execute(sql`delete from throttles`)
/** The digits an app shows now, or some half minutes later. */
async function digits(person: Actor, later = 0): Promise<string> {
  const [app] = await forum.db.select().from(accountApps).where(eq(accountApps.accountId, person.id))
  const secret = new Secret({ buffer: Uint8Array.from(app?.secret ?? expect.fail('no app')).buffer })
  return new TOTP({ secret, digits: 6, period: 30 }).generate({ timestamp: Date.now() + later * 30_000 })
}

/** A member who has just set up an app, with his recovery codes. */
async function withApp(): Promise<{ person: Actor; browser: Browser; codes: string[] }> {
  const person = await makeMember(forum.db, { password: PASSWORD })
  const browser = await forum.as(person)
  expect((await browser.get('/me/two-step/app')).body).toContain('<svg xmlns')
  await forgetTries()
  const { statusCode, body } = await browser.post('/me/two-step/app', { current: PASSWORD, digits: await digits(person) })
  expect(statusCode).toBe(200)
  const codes = [...body.matchAll(/<code>([a-z0-9-]+)<\/code>/g)].map(([, code]) => code ?? '')
  await forgetTries()
  return { person, browser, codes }
}

const stepIn = (body: string) => /name="step" value="([^"]+)"/.exec(body)?.[1] ?? ''

/** The first half of a log-in: the password. Resolves to the step that is still to come. */
async function password(person: Actor): Promise<{ browser: Browser; step: string; status: number }> {
  const browser = await forum.as()
  await forgetTries()
  const { statusCode, body } = await browser.post('/login', { login: person.handle, password: PASSWORD, next: '/boards' })
  return { browser, step: stepIn(body), status: statusCode }
}

describe('the second step', () => {
  test('asks for six digits after the password; without them nobody is in', async () => {
    const { person } = await withApp()
    const { browser, step, status } = await password(person)
    expect([status, step.length > 20]).toEqual([401, true])
    expect((await browser.get('/me')).statusCode).toBe(303)
    const wrong = await browser.post('/login/second', { step, code: '000000', next: '/boards' })
    expect([wrong.statusCode, wrong.body.includes('code-error'), stepIn(wrong.body)]).toEqual([422, true, step])
    const right = await browser.post('/login/second', { step, code: await digits(person, 1), next: '/boards' })
    expect(right.headers.location).toBe('/boards')
    expect((await browser.get('/me')).statusCode).toBe(200)
  })

  test('takes each digits once, however often and from wherever they are sent', async () => {
    const { person } = await withApp()
    const code = await digits(person, 1)
    const tries = await Promise.all([password(person), password(person), password(person)])
    const answers = await Promise.all(tries.map(({ browser, step }) => browser.post('/login/second', { step, code })))
    expect(answers.filter(({ statusCode }) => statusCode === 303)).toHaveLength(1)
    const [first] = tries
    expect((await first?.browser.post('/login/second', { step: first.step, code }))?.statusCode).toBe(422)
  })

  test('takes a recovery code, in any writing, once', async () => {
    const { person, codes } = await withApp()
    expect(codes).toHaveLength(10)
    expect(new Set(codes).size).toBe(10)
    const written = (codes[0] ?? '').toUpperCase().replaceAll('-', ' ')
    const { browser, step } = await password(person)
    expect((await browser.post('/login/second', { step, code: written })).statusCode).toBe(303)
    const again = await password(person)
    expect((await again.browser.post('/login/second', { step: again.step, code: written })).statusCode).toBe(422)
    const other = await withApp()
    const theirs = await password(other.person)
    expect((await theirs.browser.post('/login/second', { step: theirs.step, code: codes[1] ?? '' })).statusCode).toBe(422)
  })

  test('is throttled by account, so that nobody tries all digits', async () => {
    const { person } = await withApp()
    const { browser, step } = await password(person)
    const answers = []
    for (let guess = 0; guess < 7; guess++) answers.push((await browser.post('/login/second', { step, code: `00000${guess}` })).statusCode)
    expect(answers).toEqual([422, 422, 422, 422, 422, 429, 429])
  })

  test('that is made up, or over, leads back to the beginning', async () => {
    const { person } = await withApp()
    const { browser, step } = await password(person)
    await forum.db.execute(sql`update account_steps set expires_at = now() - interval '1 second'`)
    for (const each of [step, 'x'.repeat(43)]) {
      const { statusCode, body } = await browser.post('/login/second', { step: each, code: await digits(person, 1) })
      expect([statusCode, body.includes('name="password"')]).toEqual([422, true])
    }
  })

  test('ends the log-ins made without it, and is told by mail', async () => {
    const person = await makeMember(forum.db, { password: PASSWORD })
    const [elsewhere, here] = [await forum.as(person), await forum.as(person)]
    await here.get('/me/two-step/app')
    await forgetTries()
    await here.post('/me/two-step/app', { current: PASSWORD, digits: await digits(person) })
    await forum.runJobs()
    expect((await elsewhere.get('/me')).statusCode).toBe(303)
    expect((await here.get('/me')).statusCode).toBe(200)
    const [mail] = await forum.db.execute<{ subject: string }>(
      sql`select subject from mails where recipient = ${`${person.handle}@example.com`}`,
    )
    expect(mail?.subject).toContain('2段階のログイン')
  })

  test('is changed only with the password, and off when its last means is gone', async () => {
    const { person, browser } = await withApp()
    for (const [path, form] of [
      ['/me/two-step/removal', {}],
      ['/me/two-step/codes', {}],
      ['/me/two-step/app', { digits: '123456' }],
    ] as const) {
      const { statusCode, body } = await browser.post(path, { ...form, current: 'wrong-password' })
      expect([statusCode, /現在のパスワード|パスワード/.test(body)], path).toEqual([422, true])
      await forgetTries()
    }
    const renewed = await browser.post('/me/two-step/codes', { current: PASSWORD })
    expect(renewed.body.match(/<code>/g)).toHaveLength(10)
    await browser.post('/me/two-step/removal', { current: PASSWORD })
    expect((await knownAgain(forum.db, person.id)).twoStep).toBe(false)
    expect((await password(person)).status).toBe(303)
  })

  test('can be taken off on the server for who has lost everything', async () => {
    const { person, browser } = await withApp()
    await turnOffTwoStepByHand(forum.db, person.handle)
    expect((await browser.get('/me')).statusCode).toBe(303)
    expect((await password(person)).status).toBe(303)
  })

  test('keeps the words somebody was writing when his log-in ended', async () => {
    const { person } = await withApp()
    const browser = await forum.as()
    await forgetTries()
    const draft = JSON.stringify({ body: '長い回答の途中です' })
    const first = await browser.post('/login', { login: person.handle, password: PASSWORD, draftPlace: 'answer:1', draft })
    const carried = { step: stepIn(first.body), draftPlace: 'answer:1', draft }
    expect(first.body).toContain('長い回答の途中です')
    const second = await browser.post('/login/second', { ...carried, code: await digits(person, 1) })
    expect(second.headers.location).toBe('/t/1#answer')
    expect((await browser.get('/me/drafts')).body).toContain('長い回答の途中です')
  })
})

test('company people without it are led there and can do nothing in the company’s name; their label shows all the same', async () => {
  const { db } = forum
  const company = await makeCompany(db)
  const product = await makeProduct(db, company)
  const person = await makeCompanyAdmin(db, company, { twoStepAt: null, password: PASSWORD })
  const browser = await forum.as(person)
  const manage = `/c/${company.slug}/manage`
  for (const path of ['', '/team', '/products', '/guarantees', '/settings'])
    expect((await browser.get(manage + path)).headers.location, path).toBe('/me/two-step?needed=yes')
  expect((await browser.get('/me/two-step?needed=yes')).body).toContain('企業の仕事には、2段階のログインが必要です。')
  for (const [path, form] of [
    [`${manage}/settings`, { aboutJa: 'x' }],
    [`${manage}/team`, { email: 'a@example.com', role: 'agent' }],
    [`${manage}/products`, { nameJa: 'x', nameEn: 'x', slug: 'xx' }],
  ] as const)
    expect((await browser.post(path, form)).statusCode, path).toBe(403)
  const topic = await askAbout(db, await makeMember(db), { ...topicDraft(await makeBoard(db)), products: product.nameJa })
  const form = { body: '会社として書きます。', draftKey: 'no-second-step', company: String(company.id) }
  expect((await browser.post(`/t/${topic.id}/answers`, form)).statusCode).toBe(403)
  await browser.post(`/t/${topic.id}/answers`, { ...form, body: '自分として書きます。', company: '' })
  expect((await browser.get(`/t/${topic.id}`)).body).toContain('関係者')
  await browser.get('/me/two-step/app')
  await forgetTries()
  expect((await browser.post('/me/two-step/app', { current: PASSWORD, digits: await digits(person) })).statusCode).toBe(200)
  expect((await browser.get(manage)).statusCode).toBe(200)
  const [account] = await db.select().from(accounts).where(eq(accounts.id, person.id))
  expect(account?.twoStepAt).toBeInstanceOf(Date)
})

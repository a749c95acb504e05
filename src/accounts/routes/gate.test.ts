import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Browser, startTestApp, type TestApp } from '../../../test/app.ts'
import { makeBoard, makeTopic } from '../../../test/making.ts'
import { makeMember } from '../../../test/people.ts'
import { drafts } from '../../topics/schema.ts'
import type { Actor } from '../actor.ts'
import { sessions } from '../schema.ts'
import { registerGate, sessionCookieName } from './gate.ts'

const PASSWORD = 'green tea at noon'
let forum: TestApp
let member: Actor
let guest: Browser
let number = 0

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())
beforeEach(async () => {
  await forum.db.execute(sql`delete from throttles`)
  number += 1
  member = await makeMember(forum.db, { handle: `hanako${number}`, password: PASSWORD })
  guest = await forum.as()
})

const login = (browser: Browser, form: Record<string, string> = {}) =>
  browser.post('/login', { login: member.handle, password: PASSWORD, ...form })
const field = (page: string, name: string) =>
  new RegExp(`name="${name}" value="([^"]*)"`).exec(page)?.[1]?.replaceAll('&quot;', '"').replaceAll('&#x3D;', '=')

describe('the door', () => {
  test('a route that does not say who may use it stops the boot', async () => {
    const { default: Fastify } = await import('fastify')
    const bare = Fastify() as unknown as TestApp['app']
    await registerGate(bare, forum.services)
    expect(() => bare.get('/secret', () => 'x')).toThrow('GET /secret does not say who may use it')
    expect(() => bare.get('/misspelt', { config: { access: 'member' as never } }, () => 'x')).toThrow('/misspelt')
    await bare.close()
  })

  test('a guest who asks for a page of members goes on there after the log-in', async () => {
    const asked = await guest.get('/me/devices?x=1')
    expect([asked.statusCode, asked.headers.location]).toEqual([303, '/login?next=%2Fme%2Fdevices%3Fx%3D1'])
    const page = (await guest.get(asked.headers.location ?? '')).body
    expect(page).toContain('つづけるにはログインしてください')
    expect((await login(guest, { next: field(page, 'next') ?? '' })).headers.location).toBe('/me/devices?x=1')
  })

  test.each(['https://evil.example/', '//evil.example', '/\\evil.example', '/\t//evil.example'])(
    'a log-in leads to no other site: %j',
    async next => {
      expect((await guest.get(`/login?next=${encodeURIComponent(next)}`)).body).not.toContain('evil')
      expect((await login(guest, { next })).headers.location).toBe('/')
    },
  )

  test('machines that are not logged in hear so as JSON', async () => {
    const answer = await guest.send({ method: 'POST', url: '/pictures', headers: { accept: 'application/json' } })
    expect([answer.statusCode, answer.json().error]).toEqual([401, 'errors.loginNeeded'])
  })

  test('who is logged in needs no log-in page', async () => {
    expect((await (await forum.as(member)).get('/signup')).headers.location).toBe('/')
  })
})

describe('a session that ended while writing', () => {
  test('keeps the words through the log-in page, and they wait where they were written', async () => {
    const topic = await makeTopic(forum.db, await makeMember(forum.db), await makeBoard(forum.db))
    const words = '長い「回答」 <b>&amp;</b> "引用"\n二行目 \u{1f375}'
    const turned = await guest.post(
      `/t/${topic.id}/answers`,
      { body: words, draftKey: 'abcdefgh-1234' },
      { referer: `http://localhost:80/t/${topic.id}/x` },
    )
    expect(turned.statusCode).toBe(401)
    expect(turned.body).toContain('書いていた文章は残っています')
    const [place, draft] = [field(turned.body, 'draftPlace') ?? '', decode(field(turned.body, 'draft') ?? '')]
    expect(place).toBe(`answer:${topic.id}`)
    const wrong = await login(guest, { password: 'wrong wrong wrong', draftPlace: place, draft })
    expect(decode(field(wrong.body, 'draft') ?? ''), 'a wrong password loses nothing').toBe(draft)
    const done = await login(guest, { draftPlace: place, draft, next: '/' })
    expect(done.headers.location).toBe(`/t/${topic.id}#answer`)
    const [kept] = await forum.db.select().from(drafts).where(eq(drafts.accountId, member.id))
    expect(kept?.content.body).toBe(words)
    expect(decode((await guest.get(`/t/${topic.id}/x`)).body)).toContain('長い「回答」')
  })

  test.each([
    ['../x', '{"body":"x"}'],
    ['answer:1', 'not json'],
    ['answer:1', '["x"]'],
    ['answer:1', 'null'],
    ['answer:1', '{"body":{"a":1}}'],
  ])('a draft that is none is not kept, and does not stop the log-in: %s %s', async (draftPlace, draft) => {
    const answer = await login(guest, { draftPlace, draft })
    expect([303, 422]).toContain(answer.statusCode)
    expect(await forum.db.$count(drafts, eq(drafts.accountId, member.id))).toBe(0)
  })

  test('what was typed is no draft when the form has no place', async () => {
    const answer = await guest.post('/me/profile', { name: 'x', about: 'y' })
    expect([answer.statusCode, field(answer.body, 'draft')]).toEqual([401, undefined])
  })
})

describe('the cookie', () => {
  test('is kept from scripts and other sites, and on https carries the host’s promise', async () => {
    const answer = await login(guest)
    const [cookie] = answer.cookies.filter(({ name }) => name === 'sid')
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' })
    expect([
      sessionCookieName({ SITE_URL: 'https://forum.example.jp' }),
      sessionCookieName({ SITE_URL: 'http://forum.example.jp' }),
      sessionCookieName({ SITE_URL: undefined }),
    ]).toEqual(['__Host-sid', 'sid', 'sid'])
  })

  test('of a site with https is Secure, for this host alone', async () => {
    const secure = await startTestApp({ SITE_URL: 'https://forum.example.jp' })
    try {
      await makeMember(secure.db, { handle: 'hanako', password: PASSWORD })
      const answer = await (await secure.as()).post('/login', { login: 'hanako', password: PASSWORD })
      const header = [answer.headers['set-cookie']].flat().find(line => line?.startsWith('__Host-sid='))
      expect(header).toMatch(/; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/)
      expect(header).not.toContain('Domain')
    } finally {
      await secure.close()
    }
  })

  test('that lets nobody in is taken back, and its bearer reads on as a guest', async () => {
    guest.cookies.set('sid', `${'a'.repeat(20)}.${'b'.repeat(43)}`)
    expect((await guest.get('/boards')).statusCode).toBe(200)
    expect(guest.cookies.has('sid')).toBe(false)
  })

  test('is a new one at every log-in, and the one before lets nobody in any more', async () => {
    await login(guest)
    const before = guest.cookies.get('sid') ?? ''
    await login(guest)
    expect(guest.cookies.get('sid')).not.toBe(before)
    const thief = await forum.as()
    thief.cookies.set('sid', before)
    expect((await thief.get('/me')).statusCode).toBe(303)
    expect(await forum.db.$count(sessions, eq(sessions.accountId, member.id))).toBe(1)
  })

  test('ends with logging out, on the server too', async () => {
    await login(guest)
    const token = guest.cookies.get('sid') ?? ''
    await guest.post('/logout')
    guest.cookies.set('sid', token)
    expect((await guest.get('/me')).statusCode).toBe(303)
  })

  test('cannot be planted by another site: the log-in and the log-out refuse its forms', async () => {
    for (const [url, headers] of [
      ['/login', { 'sec-fetch-site': 'cross-site' }],
      ['/logout', { 'sec-fetch-site': 'same-site' }],
      ['/login', { 'sec-fetch-site': undefined, origin: 'https://evil.example' }],
      ['/logout', { 'sec-fetch-site': undefined }],
    ] as const)
      expect((await guest.send({ method: 'POST', url, headers })).statusCode).toBe(403)
  })
})

function decode(text: string): string {
  const signs: Record<string, string> = { '&quot;': '"', '&lt;': '<', '&gt;': '>', '&#x3D;': '=', '&#x27;': "'", '&#x60;': '`' }
  return text.replace(/&(?:quot|lt|gt|#x3D|#x27|#x60);/g, sign => signs[sign] ?? sign).replaceAll('&amp;', '&')
}

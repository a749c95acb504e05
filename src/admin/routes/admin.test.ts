import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Browser, startTestApp, type TestApp } from '../../../test/app.ts'
import { makeBoard } from '../../../test/making.ts'
import { makeMember, makeOperator } from '../../../test/people.ts'
import { accounts } from '../../accounts/schema.ts'
import { boards } from '../../boards/schema.ts'
import { ensureSetupCode } from '../setup.ts'

const PASSWORD = 'green tea at noon'
let forum: TestApp
let operator: Browser

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())
beforeEach(async () => {
  await forum.db.execute(sql`truncate accounts, boards, mails, throttles, site_settings, graphile_worker._private_jobs cascade`)
})

describe('the first visit', () => {
  const FORM = { site: 'ねこの広場', email: 'owner@example.jp', handle: 'operator', name: '運営', password: PASSWORD }
  const setup = async (code: string, form: Partial<typeof FORM> = {}) => (await forum.as()).post('/setup', { ...FORM, ...form, code })

  test('whoever knows the printed code becomes operator, logged in, of a site with its name', async () => {
    const code = (await ensureSetupCode(forum.db)) ?? ''
    expect(code).toMatch(/^[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}$/)
    const visitor = await forum.as()
    expect((await visitor.get('/setup')).statusCode).toBe(200)
    expect(
      (await visitor.post('/setup', { ...FORM, guides: 'yes', code: ` ${code.toLowerCase().replaceAll('-', ' ')}` })).headers.location,
    ).toBe('/admin')
    expect((await visitor.get('/b/welcome')).body).toContain('この広場の使い方')
    expect((await visitor.get('/admin')).statusCode).toBe(200)
    expect(await forum.db.select().from(accounts)).toMatchObject([
      { handle: 'operator', role: 'operator', email: 'owner@example.jp', confirmedAt: expect.any(Date) },
    ])
    await expect.poll(async () => (await (await forum.as()).get('/login')).body).toContain('| ねこの広場</title>')
  })

  test('there is nothing to set up on a site that has an operator', async () => {
    const code = (await ensureSetupCode(forum.db)) ?? ''
    await makeOperator(forum.db)
    expect(await ensureSetupCode(forum.db)).toBeUndefined()
    expect((await (await forum.as()).get('/setup')).statusCode).toBe(404)
    expect((await setup(code)).statusCode).toBe(404)
  })

  test('a wrong code, an old code and no code let nobody in; ten tries an hour', async () => {
    const old = (await ensureSetupCode(forum.db)) ?? ''
    await ensureSetupCode(forum.db)
    for (const code of [old, 'AAAA-AAAA-AAAA', '*', "' or 1=1"]) expect((await setup(code)).body).toContain('id="code-error"')
    await forum.db.execute(sql`delete from site_settings`)
    expect((await setup('')).statusCode).toBe(422)
    for (let i = 0; i < 6; i += 1) await setup('AAAA-AAAA-AAAA')
    expect((await setup((await ensureSetupCode(forum.db)) ?? '')).statusCode).toBe(429)
    expect(await forum.db.$count(accounts)).toBe(0)
  })

  test('of ten at once one becomes operator', async () => {
    const code = (await ensureSetupCode(forum.db)) ?? ''
    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) => setup(code, { handle: `owner${i}`, email: `o${i}@example.jp` })))
    expect(answers.filter(({ statusCode }) => statusCode === 303)).toHaveLength(1)
    expect(await forum.db.$count(accounts)).toBe(1)
  })

  test('a poor password is said at its field, and the code can be used again', async () => {
    const code = (await ensureSetupCode(forum.db)) ?? ''
    const page = await setup(code, { password: 'password123' })
    expect([page.statusCode, page.body.includes('id="password-error"'), page.body.includes(code)]).toEqual([422, true, false])
    expect((await setup(code)).statusCode).toBe(303)
  })

  test('the code is kept as a hash alone', async () => {
    const code = (await ensureSetupCode(forum.db)) ?? ''
    const [row] = await forum.db.execute<{ value: string }>(sql`select value::text from site_settings where name = 'setup.code'`)
    expect(row?.value).not.toContain(code.replaceAll('-', ''))
  })
})

describe('the operator', () => {
  beforeEach(async () => {
    operator = await forum.as(await makeOperator(forum.db, { handle: 'boss', password: PASSWORD }))
  })

  test('names the site, and every page says it; an empty name brings the built-in one back', async () => {
    const title = async () => /<title>.*\| (.*)<\/title>/.exec((await (await forum.as()).get('/login')).body)?.[1]
    await operator.post('/admin/settings', { name: ' いぬの\n広場 <b> ', description: 'いぬの話' })
    await expect.poll(title).toBe('いぬの 広場 &lt;b&gt;')
    await operator.post('/admin/settings', { name: '', description: '' })
    await expect.poll(title).toBe('みんなの広場')
    const page = await operator.post('/admin/settings', { name: 'あ'.repeat(41), description: '' })
    expect([page.statusCode, page.body.includes('id="name-error"'), page.body.includes('あ'.repeat(41))]).toEqual([422, true, true])
  })

  test('reads in the mailbox what would have been sent, with its link to follow', async () => {
    await (await forum.as()).post('/signup', {
      email: 'new@example.jp',
      handle: 'newcomer',
      name: '新人',
      password: PASSWORD,
      terms: 'yes',
    })
    await forum.runJobs()
    const list = (await operator.get('/admin/mailbox')).body
    const path = /href="(\/admin\/mailbox\/\d+)"/.exec(list)?.[1] ?? ''
    expect(list).toContain('new@example.jp')
    const mail = (await operator.get(path)).body
    const link = /<a class="link" href="http:\/\/localhost(\/confirm\/[\w-]{43})">/.exec(mail)?.[1] ?? ''
    expect((await (await forum.as()).post(link)).statusCode).toBe(303)
    expect((await operator.get('/admin/mailbox/999999')).statusCode).toBe(404)
    expect((await operator.get('/admin/mailbox/x')).statusCode).toBe(404)
  })

  test('pages through the mailbox without leaving one out', async () => {
    await forum.db.execute(
      sql`insert into mails (once_key, recipient, subject, text, html) select 'k' || n, 'a@example.jp', 'mail ' || n, '', '' from generate_series(1, 65) n`,
    )
    const seen: string[] = []
    for (let path = '/admin/mailbox'; path; ) {
      const { body } = await operator.get(path)
      seen.push(...[...body.matchAll(/<b>(mail \d+)<\/b>/g)].map(([, subject = '']) => subject))
      path = /rel="next" href="([^"]+)"/.exec(body)?.[1]?.replaceAll('&#x3D;', '=') ?? ''
    }
    expect([seen.length, new Set(seen).size, seen[0]]).toEqual([65, 65, 'mail 65'])
  })

  test('finds members by a part of the name or handle; signs of the search are signs of a name; no address is shown', async () => {
    await makeMember(forum.db, { handle: 'tamaki', name: 'たまき', email: 'secret@example.jp' })
    await makeMember(forum.db, { handle: 'percent_1', name: '100%' })
    const found = async (q: string) =>
      [...(await operator.get(`/admin/members?q=${encodeURIComponent(q)}`)).body.matchAll(/href="\/admin\/members\/(\w+)"/g)].map(
        ([, handle]) => handle,
      )
    expect([
      await found('まき'),
      await found('@TAMA'),
      await found('100%'),
      await found('_'),
      await found('%%'),
      await found('\\'),
    ]).toEqual([['tamaki'], ['tamaki'], ['percent_1'], ['percent_1'], [], []])
    const pages = (await operator.get('/admin/members')).body + (await operator.get('/admin/members/tamaki')).body
    expect(pages).not.toContain('secret@example.jp')
  })

  test('gives a role after his own password, and the member logs in anew with it', async () => {
    const member = await makeMember(forum.db, { handle: 'tamaki' })
    const theirs = await forum.as(member)
    const role = async () => (await forum.db.select().from(accounts).where(eq(accounts.id, member.id)))[0]?.role
    const wrong = await operator.post('/admin/members/tamaki/role', { role: 'advisor', current: 'wrong wrong wrong' })
    expect([wrong.statusCode, wrong.body.includes('id="current-error"'), await role()]).toEqual([422, true, 'member'])
    expect((await operator.post('/admin/members/tamaki/role', { role: 'king', current: PASSWORD })).statusCode).toBe(422)
    const uncertified = await operator.post('/admin/members/tamaki/role', { role: 'advisor', current: PASSWORD })
    expect([uncertified.statusCode, uncertified.body.includes('id="role-error"'), await role()]).toEqual([422, true, 'member'])
    const certification = { name: { ja: '.com Master ★★', en: '.com Master ★★' }, year: 2012 }
    await forum.db.update(accounts).set({ certification }).where(eq(accounts.id, member.id))
    expect((await operator.post('/admin/members/tamaki/role', { role: 'advisor', current: PASSWORD })).statusCode).toBe(303)
    expect([await role(), (await theirs.get('/me')).statusCode]).toEqual(['advisor', 303])
  })

  test('who is the last one stays operator', async () => {
    const page = await operator.post('/admin/members/boss/role', { role: 'member', current: PASSWORD })
    expect([page.statusCode, page.body.includes('運営がひとりもいなくなる')]).toEqual([422, true])
    await makeOperator(forum.db, { handle: 'second' })
    expect((await operator.post('/admin/members/boss/role', { role: 'member', current: PASSWORD })).statusCode).toBe(303)
    expect((await operator.get('/admin')).statusCode).toBe(403)
  })

  const BOARD = {
    slug: 'net',
    parentId: '',
    nameJa: 'ネットワーク',
    nameEn: 'Network',
    descriptionJa: '',
    descriptionEn: '',
    rulesJa: '',
    rulesEn: '',
    kinds: ['question', 'tip'],
    visibility: 'public',
    position: '3',
    moderators: '',
  }

  test('makes a board, one below it, with moderators; edits it and archives it', async () => {
    await makeMember(forum.db, { handle: 'tamaki' })
    expect((await operator.post('/admin/boards', BOARD)).headers.location).toBe('/admin/boards')
    const [top] = await forum.db.select().from(boards)
    expect(top).toMatchObject({ slug: 'net', kinds: ['question', 'tip'], position: 3, parentId: null })
    await operator.post('/admin/boards', {
      ...BOARD,
      slug: 'wifi',
      nameJa: '無線',
      nameEn: 'Wi-Fi',
      parentId: String(top?.id),
      kinds: 'question',
      moderators: '@tamaki',
    })
    const form = (await operator.get('/admin/boards/wifi')).body
    expect(form).toContain(`<option value="${top?.id}" selected>`)
    expect(form).toMatch(/name="moderators"[^>]*value="tamaki"/)
    await operator.post('/admin/boards/wifi', { ...BOARD, slug: 'wifi', nameJa: 'Wi-Fi', visibility: 'members' })
    expect((await forum.db.select().from(boards).where(eq(boards.slug, 'wifi')))[0]).toMatchObject({
      nameJa: 'Wi-Fi',
      visibility: 'members',
      parentId: null,
    })
    await operator.post('/admin/boards/wifi/archive', { archived: 'yes' })
    expect((await operator.get('/boards')).body).not.toContain('Wi-Fi')
    expect((await operator.get('/admin/boards')).body).toContain('保管中')
    await operator.post('/admin/boards/wifi/archive', { archived: 'no' })
    expect((await operator.get('/boards')).body).toContain('Wi-Fi')
  })

  test.each([
    ['slug', { slug: 'Net Work' }],
    ['slug', { slug: 'taken' }],
    ['nameJa', { nameJa: '' }],
    ['kinds', { kinds: [] }],
    ['parentId', { parentId: '999999' }],
    ['moderators', { moderators: 'nobody_here' }],
    ['position', { position: '-1' }],
  ])('hears at the field %s what cannot be, and keeps the rest', async (field, change) => {
    await makeBoard(forum.db, { slug: 'taken' })
    const page = await operator.post('/admin/boards', { ...BOARD, descriptionJa: '書いた説明', ...change })
    expect([page.statusCode, page.body.includes(`id="${field}-error"`), page.body.includes('書いた説明')]).toEqual([422, true, true])
    expect(await forum.db.$count(boards)).toBe(1)
  })

  test('is alone here: members and guests see nothing of it', async () => {
    const member = await forum.as(await makeMember(forum.db, { password: PASSWORD }))
    for (const path of ['/admin', '/admin/boards', '/admin/members', '/admin/mailbox', '/admin/settings']) {
      expect((await member.get(path)).statusCode).toBe(403)
      expect((await (await forum.as()).get(path)).headers.location).toContain('/login')
    }
    expect((await member.post('/admin/members/boss/role', { role: 'member', current: PASSWORD })).statusCode).toBe(403)
  })
})

describe('with a mail server', () => {
  test('the mailbox says that mail is sent, and shows none', async () => {
    const served = await startTestApp({ SMTP_URL: 'smtp://127.0.0.1:9' })
    try {
      await served.db.execute(
        sql`insert into mails (once_key, recipient, subject, text, html) values ('k', 'a@example.jp', '秘密', 'x', 'x')`,
      )
      const browser = await served.as(await makeOperator(served.db))
      const [mail] = await served.db.execute<{ id: number }>(sql`select id from mails`)
      expect((await browser.get(`/admin/mailbox/${mail?.id}`)).statusCode).toBe(404)
      const page = (await browser.get('/admin/mailbox')).body
      expect([page.includes('秘密'), page.includes('メールサーバーから送られています')]).toEqual([false, true])
    } finally {
      await served.close()
    }
  })
})

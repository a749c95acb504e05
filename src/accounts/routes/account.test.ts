import { desc, eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Browser, startTestApp, type TestApp } from '../../../test/app.ts'
import { makeCompany } from '../../../test/companies.ts'
import { makeAnswer, makeBoard, makeTopic } from '../../../test/making.ts'
import { makeMember, makeOperator, makeSuspended } from '../../../test/people.ts'
import { addMember } from '../../companies/team.ts'
import { fixes } from '../../fixes/schema.ts'
import { mails } from '../../platform/schema.ts'
import type { Actor } from '../actor.ts'
import { accountPasskeys, accounts, sessions } from '../schema.ts'

const PASSWORD = 'green tea at noon'
const NEW = 'a kettle and two cups'
let forum: TestApp
let member: Actor
let own: Browser

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())
beforeEach(async () => {
  await forum.db.execute(sql`truncate accounts, boards, mails, throttles, events, graphile_worker._private_jobs cascade`)
  member = await makeMember(forum.db, { handle: 'hanako', email: 'old@example.jp', name: 'はなこ', password: PASSWORD })
  own = await forum.as(member)
})

const account = async () => (await forum.db.select().from(accounts).where(eq(accounts.id, member.id)))[0]
const mailsTo = (recipient: string) => forum.db.select().from(mails).where(eq(mails.recipient, recipient)).orderBy(desc(mails.id))
const linkTo = async (recipient: string) =>
  /http:\/\/localhost(\/\w+\/[\w-]{43})/.exec((await mailsTo(recipient))[0]?.text ?? '')?.[1] ?? 'no link'

describe('the password', () => {
  test('changes with the present one, and every other log-in ends', async () => {
    const elsewhere = await forum.as(member)
    expect((await own.post('/me/password', { current: PASSWORD, password: NEW })).headers.location).toBe('/me/account')
    expect([(await own.get('/me')).statusCode, (await elsewhere.get('/me')).statusCode]).toEqual([200, 303])
    expect((await (await forum.as()).post('/login', { login: 'hanako', password: NEW })).statusCode).toBe(303)
    await forum.runJobs()
    expect((await mailsTo('old@example.jp'))[0]?.subject).toContain('パスワードが変更されました')
  })

  test.each([
    ['current', { current: 'wrong wrong wrong', password: NEW }],
    ['password', { current: PASSWORD, password: 'password123' }],
    ['password', { current: PASSWORD, password: 'hanako_hanako' }],
  ])('a wrong %s is said at its field, changes nothing and sends nothing back', async (field, form) => {
    const page = await own.post('/me/password', form)
    expect([page.statusCode, page.body.includes(`id="${field}-error"`)]).toEqual([422, true])
    for (const typed of Object.values(form)) expect(page.body).not.toContain(`value="${typed}"`)
    expect((await (await forum.as()).post('/login', { login: 'hanako', password: PASSWORD })).statusCode).toBe(303)
  })

  test('nobody guesses it from a device that was left logged in', async () => {
    for (let i = 0; i < 5; i += 1)
      expect((await own.post('/me/password', { current: `guess number ${i}`, password: NEW })).statusCode).toBe(422)
    expect((await own.post('/me/password', { current: PASSWORD, password: NEW })).statusCode).toBe(429)
  })
})

describe('the address', () => {
  test('changes when the link sent to the new one is opened; the old one is told before', async () => {
    expect((await own.post('/me/email', { current: PASSWORD, email: 'New@example.jp' })).headers.location).toBe('/me/account')
    await forum.runJobs()
    expect((await mailsTo('old@example.jp'))[0]?.subject).toContain('変更の申し込み')
    expect((await account())?.email).toBe('old@example.jp')
    const link = await linkTo('new@example.jp')
    expect((await own.get(link)).body).toContain('new@example.jp')
    expect((await account())?.email, 'opening the page changes nothing yet').toBe('old@example.jp')
    expect((await own.post(link)).statusCode).toBe(303)
    expect(await account()).toMatchObject({ email: 'new@example.jp', confirmedAt: expect.any(Date) })
    expect((await own.post(link)).statusCode).toBe(422)
  })

  test('that belongs to somebody else is not said: the same answer, and only its owner hears of it', async () => {
    await makeMember(forum.db, { handle: 'owner', email: 'taken@example.jp' })
    const taken = await own.post('/me/email', { current: PASSWORD, email: 'taken@example.jp' })
    await forum.runJobs()
    const free = await own.post('/me/email', { current: PASSWORD, email: 'free@example.jp' })
    expect([taken.statusCode, taken.headers.location]).toEqual([free.statusCode, free.headers.location])
    await forum.runJobs()
    expect(await linkTo('free@example.jp')).toMatch(/^\/email\//)
    expect((await mailsTo('taken@example.jp')).map(({ text }) => /\/email\//.test(text))).toEqual([false])
  })

  test('taken by somebody else meanwhile stays his', async () => {
    await own.post('/me/email', { current: PASSWORD, email: 'new@example.jp' })
    await forum.runJobs()
    const link = await linkTo('new@example.jp')
    await makeMember(forum.db, { handle: 'faster', email: 'new@example.jp' })
    expect((await own.post(link)).statusCode).toBe(422)
    expect((await account())?.email).toBe('old@example.jp')
  })

  test.each([
    ['current', { current: 'wrong wrong wrong', email: 'new@example.jp' }],
    ['email', { current: PASSWORD, email: 'OLD@example.jp' }],
    ['email', { current: PASSWORD, email: 'x@example.jp, y@example.jp' }],
  ])('a wrong %s is said at its field', async (field, form) => {
    const page = await own.post('/me/email', form)
    expect([page.statusCode, page.body.includes(`id="${field}-error"`)]).toEqual([422, true])
    await forum.runJobs()
    expect(await forum.db.$count(mails)).toBe(0)
  })
})

describe('devices', () => {
  test('are listed with the one in hand marked, and each can be logged out', async () => {
    const phone = await forum.as()
    await phone.send({
      method: 'POST',
      url: '/login',
      headers: {
        'user-agent':
          'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1',
        'content-type': 'application/x-www-form-urlencoded',
      },
      payload: `login=hanako&password=${encodeURIComponent(PASSWORD)}`,
    })
    const page = (await own.get('/me/devices')).body
    expect(page).toContain('Safari / iPhone')
    expect(page.match(/この端末</g)).toHaveLength(1)
    const other = /\/me\/devices\/([\w-]{20})\?/.exec(page)?.[1] ?? ''
    expect((await own.post(`/me/devices/${other}?_method=DELETE`)).statusCode).toBe(303)
    expect([(await phone.get('/me')).statusCode, (await own.get('/me')).statusCode]).toEqual([303, 200])
  })

  test('of other people cannot be logged out', async () => {
    const other = await forum.as(await makeMember(forum.db))
    const [theirs] = await forum.db.select().from(sessions).orderBy(desc(sessions.createdAt)).limit(1)
    await own.delete(`/me/devices/${theirs?.id}`)
    expect((await other.get('/me')).statusCode).toBe(200)
  })

  test('all end at once by «everywhere»', async () => {
    const elsewhere = await forum.as(member)
    await own.post('/logout/everywhere')
    expect([(await own.get('/me')).statusCode, (await elsewhere.get('/me')).statusCode, await forum.db.$count(sessions)]).toEqual([
      303, 303, 0,
    ])
  })

  test('a device name a browser makes up is text and nothing else', async () => {
    await forum.app.sessions.create(
      { id: member.id, role: 'member', moderates: false, represents: false },
      { device: '<script>alert(1)</script>', address: '<b>' },
    )
    expect((await own.get('/me/devices')).body).not.toMatch(/<script>alert|<b>・/)
  })
})

describe('leaving', () => {
  test('takes what is personal, ends every log-in, and leaves what was written', async () => {
    const board = await makeBoard(forum.db)
    const topic = await makeTopic(forum.db, member, board)
    await makeAnswer(forum.db, member, topic, 'はなこの回答です。')
    await own.put('/me/drafts', { place: 'ask', draftKey: 'abcdefgh-1' })
    await forum.db.execute(
      sql`update accounts set about = '自己紹介', board_ids = '{1}', avatar_key = 'avatar-1-x.webp' where id = ${member.id}`,
    )
    expect((await own.post('/me/close', { current: 'wrong wrong wrong' })).statusCode).toBe(422)
    expect((await own.post('/me/close', { current: PASSWORD })).headers.location).toBe('/')
    await forum.runJobs()
    expect(await account()).toMatchObject({
      handle: 'hanako',
      email: null,
      name: '',
      about: '',
      avatarKey: null,
      boardIds: [],
      passwordHash: null,
      closedAt: expect.any(Date),
    })
    const guest = await forum.as()
    const page = (await guest.get(`/t/${topic.id}/x`)).body
    expect(page).toContain('はなこの回答です。')
    expect(page).toContain('退会したメンバー')
    expect((await guest.get('/u/hanako')).statusCode).toBe(404)
    expect((await own.get('/me')).statusCode).toBe(303)
    expect((await guest.post('/login', { login: 'hanako', password: PASSWORD })).statusCode).toBe(422)
    const again = await guest.post('/signup', { email: 'old@example.jp', handle: 'hanako', name: '別人', password: PASSWORD, terms: 'yes' })
    expect(again.body).toContain('id="handle-error"')
  })

  test('is not for the last operator, and two cannot leave at the same time', async () => {
    const operator = await makeOperator(forum.db, { password: PASSWORD })
    expect((await (await forum.as(operator)).post('/me/close', { current: PASSWORD })).statusCode).toBe(422)
    const second = await makeOperator(forum.db, { password: PASSWORD })
    const browsers = await Promise.all([forum.as(operator), forum.as(second)])
    const codes = (await Promise.all(browsers.map(browser => browser.post('/me/close', { current: PASSWORD })))).map(
      ({ statusCode }) => statusCode,
    )
    expect(codes.sort()).toEqual([303, 422])
  })

  test('frees the address for somebody new', async () => {
    await own.post('/me/close', { current: PASSWORD })
    await (await forum.as()).post('/signup', { email: 'old@example.jp', handle: 'hanako2', name: '別人', password: PASSWORD, terms: 'yes' })
    expect(await forum.db.$count(accounts, eq(accounts.handle, 'hanako2'))).toBe(1)
  })
})

describe('one’s own data', () => {
  test('come as one JSON file with everything written and kept, and no secret', async () => {
    const board = await makeBoard(forum.db)
    const topic = await makeTopic(forum.db, member, board)
    for (let i = 0; i < 3; i += 1) await makeAnswer(forum.db, member, topic, `回答その${i} "引用" </script>`)
    const stranger = await makeMember(forum.db)
    await makeAnswer(forum.db, stranger, topic, 'ほかの人の言葉')
    const file = await own.get('/me/export')
    expect(file.headers).toMatchObject({
      'content-disposition': 'attachment; filename="hanako.json"',
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    })
    const data = JSON.parse(file.body)
    expect(data.profile).toMatchObject({ handle: 'hanako', email: 'old@example.jp', name: 'はなこ' })
    expect(data.posts.map((post: { kind: string }) => post.kind)).toEqual(['opening', 'answer', 'answer', 'answer'])
    expect(data.sessions).toHaveLength(1)
    expect(file.body).not.toMatch(/ほかの人の言葉|argon2|secret|hash/i)
  })

  test('says for whom he works or worked, which passkeys he has and what he said fixed it; never a key', async () => {
    const company = await makeCompany(forum.db, { slug: 'sakura', applicantId: member.id })
    await forum.db.transaction(tx => addMember(tx, company.id, member.id, 'agent'))
    await forum.db.execute(sql`update company_members set left_at = now() where account_id = ${member.id}`)
    await forum.db
      .insert(accountPasskeys)
      .values({ id: 'key-4711', accountId: member.id, publicKey: Buffer.from('public'), counter: 1, name: '会社のパソコン' })
    const topic = await makeTopic(forum.db, await makeMember(forum.db), await makeBoard(forum.db))
    const answer = await makeAnswer(forum.db, await makeMember(forum.db), topic)
    await forum.db.insert(fixes).values({ postId: answer.id, accountId: member.id, fixed: true })
    const file = await (await forum.as(member)).get('/me/export')
    const data = JSON.parse(file.body)
    expect(data.memberships).toEqual([expect.objectContaining({ slug: 'sakura', role: 'agent', leftAt: expect.any(String) })])
    expect(data.companyApplications).toEqual([expect.objectContaining({ slug: 'sakura', corporateNumber: company.corporateNumber })])
    expect(data.passkeys).toEqual([expect.objectContaining({ name: '会社のパソコン' })])
    expect(data.fixes).toEqual([expect.objectContaining({ postId: answer.id, fixed: true })])
    expect(file.body).not.toMatch(/key-4711|publicKey|recordKey/)
  })

  test('of five hundred posts come whole, each once', async () => {
    const board = await makeBoard(forum.db)
    const topic = await makeTopic(forum.db, member, board)
    await forum.db.execute(sql`insert into posts (topic_id, kind, author_id, body, body_html, body_text, renderer_version)
      select ${topic.id}, 'answer', ${member.id}, 'x' || n, '', '', 1 from generate_series(1, 500) n`)
    const { posts } = JSON.parse((await own.get('/me/export')).body)
    expect(new Set(posts.map(({ id }: { id: number }) => id)).size).toBe(501)
    expect(posts).toHaveLength(501)
  })
})

describe('the profile', () => {
  test('is edited and shown, its words as text', async () => {
    const board = await makeBoard(forum.db)
    const saved = await own.post('/me/profile', {
      name: 'はな子',
      about: 'ルーターが好き\n<script>alert(1)</script>',
      boardIds: [String(board.id), '999999'],
    })
    expect(saved.headers.location).toBe('/me/profile')
    expect((await account())?.boardIds).toEqual([board.id])
    const page = (await (await forum.as()).get('/u/Hanako')).body
    expect(page).toContain('<h1>はな子</h1>')
    expect(page).toContain('&lt;script&gt;')
    expect((await own.get('/me/profile')).body).toMatch(new RegExp(`value="${board.id}" checked`))
  })

  test.each([
    ['name', { name: '', about: '' }],
    ['name', { name: '運営', about: '' }],
    ['name', { name: 'あ'.repeat(31), about: '' }],
    ['about', { name: 'はなこ', about: 'あ'.repeat(1001) }],
  ])('a %s that cannot be is said at its field, the text kept', async (field, form) => {
    const page = await own.post('/me/profile', form)
    expect([page.statusCode, page.body.includes(`id="${field}-error"`)]).toEqual([422, true])
    expect((await account())?.name).toBe('はなこ')
    if (form.about) expect(page.body).toContain(form.about)
  })

  test('nobody changes more of himself than his profile', async () => {
    await own.post('/me/profile', {
      name: 'はなこ',
      about: '',
      role: 'operator',
      points: '9',
      handle: 'admin',
      email: 'x@example.jp',
      moderates: 'true',
      id: '1',
    })
    expect(await account()).toMatchObject({ role: 'member', points: 0, handle: 'hanako', email: 'old@example.jp', moderates: false })
  })

  test('of a suspended member stays as it is, but he still manages his account', async () => {
    const suspended = await forum.as(await makeSuspended(forum.db, { password: PASSWORD }))
    expect((await suspended.post('/me/profile', { name: '宣伝', about: 'https://spam.example' })).statusCode).toBe(403)
    expect((await suspended.post('/me/password', { current: PASSWORD, password: NEW })).statusCode).toBe(303)
    expect((await suspended.get('/me/export')).statusCode).toBe(200)
  })

  test('shows questions and answers, not those in places the reader may not see', async () => {
    const [open, closed] = [await makeBoard(forum.db), await makeBoard(forum.db, { visibility: 'staff' })]
    const asker = await makeOperator(forum.db)
    const seen = await makeTopic(forum.db, asker, open, { title: '見える質問です' })
    const hidden = await makeTopic(forum.db, asker, closed, { title: '見えない質問です' })
    await makeAnswer(forum.db, member, seen, '見える回答です。')
    await forum.db.execute(
      sql`insert into posts (topic_id, kind, author_id, body, body_html, body_text, renderer_version) values (${hidden.id}, 'answer', ${member.id}, 'x', '', '見えない回答', 1)`,
    )
    const guest = await forum.as()
    const answers = (await guest.get('/u/hanako?list=answers')).body
    expect([answers.includes('見える回答です'), answers.includes('見えない')]).toEqual([true, false])
    const asked = (await guest.get(`/u/${asker.handle}`)).body
    expect([asked.includes('見える質問です'), asked.includes('見えない')]).toEqual([true, false])
  })
})

describe('preferences', () => {
  test('of a guest stay in his browser and lead back to the page he came from', async () => {
    const guest = await forum.as()
    const saved = await guest.post('/preferences', { locale: 'en', size: 'largest', theme: 'dark', next: '/boards' })
    expect(saved.headers.location).toBe('/boards')
    expect((await guest.get('/login')).body).toMatch(/<html lang="en" data-theme="dark" data-size="largest">/)
  })

  test('of a member go with him to every device', async () => {
    await own.post('/preferences', { locale: 'en', size: 'large', theme: 'light', next: '//evil.example' })
    expect((await (await forum.as(member)).get('/me')).body).toMatch(/<html lang="en" data-theme="light" data-size="large">/)
  })

  test.each<Record<string, string>>([
    { locale: 'fr', size: 'normal', theme: 'auto' },
    { locale: 'ja', size: '"><script>', theme: 'auto' },
    {},
  ])('that do not exist are refused: %j', async form => {
    expect((await own.post('/preferences', form)).statusCode).toBe(422)
  })
})

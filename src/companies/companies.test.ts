import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Browser, startTestApp, type TestApp } from '../../test/app.ts'
import { corporateNumber, makeCompany } from '../../test/companies.ts'
import { knownAgain, makeAgent, makeCompanyAdmin, makeMember, makeOperator } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import { mails } from '../platform/schema.ts'
import { admitCompany } from './admitting.ts'
import { isCorporateNumber, normalNumber } from './corporate_number.ts'
import { normalDomain } from './domains.ts'
import { findCompany, listTeam } from './queries.ts'
import { type CompanyRow, companies } from './schema.ts'
import { endMembership } from './team.ts'

let forum: TestApp
let operator: Actor
let operators: Browser

beforeAll(async () => {
  forum = await startTestApp()
  operator = await makeOperator(forum.db)
  operators = await forum.as(operator)
})
afterAll(() => forum.close())

let count = 0
const application = (draft: Record<string, string> = {}) => {
  count += 1
  return {
    nameJa: 'ヒノキ家電株式会社',
    nameEn: 'Hinoki Appliances Inc.',
    slug: `hinoki-${count}`,
    domain: `hinoki-${count}.example`,
    corporateNumber: corporateNumber(),
    aboutJa: '冷蔵庫を作っています。',
    aboutEn: '',
    ...draft,
  }
}
const companyAt = async (slug: string): Promise<CompanyRow> => {
  const [company] = await forum.db.select().from(companies).where(eq(companies.slug, slug))
  return company ?? expect.fail(`no company ${slug}`)
}
const linkTo = async (address: string) => {
  await forum.runJobs()
  const all = await forum.db.select().from(mails).where(eq(mails.recipient, address)).orderBy(mails.id)
  return new URL(/https?:\S+/.exec(all.at(-1)?.text ?? '')?.[0] ?? 'http://none/').pathname
}

test.each([
  ['7000012050002', true],
  ['T7000012050002', true],
  ['７０００-０１２０-５０００２', true],
  ['7000012050003', false],
  ['1700001205000', false],
  ['0000000000000', false],
  ['700001205000', false],
  ['', false],
])('the corporate number %s is right: %s', (typed, right) => {
  expect(isCorporateNumber(normalNumber(typed))).toBe(right)
})

test('one digit typed wrong is always noticed', () => {
  const number = '7000012050002'
  for (let place = 0; place < 13; place++)
    for (let digit = 0; digit < 10; digit++) {
      const wrong = number.slice(0, place) + digit + number.slice(place + 1)
      // Nine and zero weigh the same modulo nine: the law's own check does not tell them apart.
      const [a, b] = [Number(number[place]) % 9, digit % 9]
      if (place > 0 && a !== b) expect(isCorporateNumber(wrong), wrong).toBe(false)
    }
})

test('a domain is read from whatever people copy', () => {
  for (const typed of ['example.co.jp', ' https://www.Example.co.jp/about ', 'info@example.co.jp', 'example.co.jp.'])
    expect(normalDomain(typed)).toBe('example.co.jp')
})

describe('a company applies', () => {
  test('proves its domain by mail, is admitted, and who applied runs it', async () => {
    const applicant = await makeMember(forum.db)
    const browser = await forum.as(applicant)
    const form = application()
    const { headers } = await browser.post('/companies/apply', form)
    const path = String(headers.location)
    expect((await browser.get(`/c/${form.slug}`)).statusCode).toBe(404)
    expect((await operators.post(`/admin/companies/${path.split('/').at(-1)}/admit`)).statusCode).toBe(422)

    await browser.post(`${path}/mail`, { mailbox: 'info@elsewhere.example' })
    const link = await linkTo(`info@${form.domain}`)
    const guest = await forum.as()
    expect((await guest.get(link)).body).toContain(form.domain)
    expect((await companyAt(form.slug)).domainProvenAt).toBeNull()
    expect((await guest.post(link)).statusCode).toBe(303)
    expect((await companyAt(form.slug)).domainProvenBy).toBe('mail')

    await operators.post(`/admin/companies/${path.split('/').at(-1)}/admit`)
    await forum.runJobs()
    expect((await guest.get(`/c/${form.slug}`)).body).toContain(form.nameJa)
    const known = await knownAgain(forum.db, applicant.id)
    expect(known.companies).toEqual([expect.objectContaining({ slug: form.slug, role: 'admin' })])
    const told = await forum.db
      .select()
      .from(mails)
      .where(eq(mails.recipient, `${applicant.handle}@example.com`))
    expect(told.at(-1)?.text).toContain(`/c/${form.slug}`)
  })

  test('or proves it by a TXT record, which is looked up again and again until it is there', async () => {
    const asked: string[] = []
    let records: string[] = []
    forum.services.readRecords = async name => {
      asked.push(name)
      return records
    }
    const browser = await forum.as(await makeMember(forum.db))
    const form = application()
    const path = String((await browser.post('/companies/apply', form)).headers.location)
    const { recordKey } = await companyAt(form.slug)
    records = ['v=spf1 -all', `hiroba-domain=${recordKey}x`]
    const missed = await browser.post(`${path}/record`)
    expect(missed.statusCode).toBe(422)
    expect(missed.body).toContain('record-error')
    records = ['v=spf1 -all', `hiroba-domain=${recordKey}`]
    expect((await browser.post(`${path}/record`)).statusCode).toBe(303)
    expect(asked).toEqual([`_hiroba.${form.domain}`, `_hiroba.${form.domain}`])
    expect((await companyAt(form.slug)).domainProvenBy).toBe('record')
  })

  test('or is declined with a reason, and may apply anew under the same name', async () => {
    const applicant = await makeMember(forum.db)
    const browser = await forum.as(applicant)
    const form = application()
    const path = String((await browser.post('/companies/apply', form)).headers.location)
    const id = path.split('/').at(-1)
    expect((await operators.post(`/admin/companies/${id}/decline`, { reason: '' })).statusCode).toBe(422)
    await operators.post(`/admin/companies/${id}/decline`, { reason: '会社の住所が登記と合いません。' })
    expect((await browser.get(path)).body).toContain('会社の住所が登記と合いません。')
    expect((await operators.post(`/admin/companies/${id}/decline`, { reason: '別の理由' })).statusCode).toBe(303)
    expect((await companyAt(form.slug)).declineReason).toBe('会社の住所が登記と合いません。')
    expect((await browser.post('/companies/apply', form)).statusCode).toBe(303)
  })

  test('every field says what is wrong with it, and nothing is written', async () => {
    const browser = await forum.as(await makeMember(forum.db))
    const taken = await makeCompany(forum.db)
    const wrong: [Record<string, string>, string][] = [
      [{ corporateNumber: '1234567890123' }, 'corporateNumber-error'],
      [{ corporateNumber: taken.corporateNumber }, 'corporateNumber-error'],
      [{ slug: taken.slug }, 'slug-error'],
      [{ slug: 'Über' }, 'slug-error'],
      [{ slug: 'manage' }, 'slug-error'],
      [{ domain: 'gmail.com' }, 'domain-error'],
      [{ domain: 'nonsense' }, 'domain-error'],
      [{ nameJa: '  ' }, 'nameJa-error'],
    ]
    for (const [draft, field] of wrong) {
      const form = application(draft)
      const { statusCode, body } = await browser.post('/companies/apply', form)
      expect(statusCode, field).toBe(422)
      expect(body, field).toContain(`id="${field}"`)
      expect(body).toContain(form.nameEn)
    }
    expect((await forum.db.select().from(companies)).filter(({ slug }) => slug === `hinoki-${count}`)).toEqual([])
  })

  test('pressing twice applies once, and other people do not see it', async () => {
    const browser = await forum.as(await makeMember(forum.db))
    const form = application()
    const answers = await Promise.all(Array.from({ length: 5 }, () => browser.post('/companies/apply', form)))
    const there = await forum.db.select().from(companies).where(eq(companies.corporateNumber, form.corporateNumber))
    expect(there).toHaveLength(1)
    for (const { statusCode } of answers) expect([303, 422]).toContain(statusCode)
    expect((await (await forum.as(await makeMember(forum.db))).get(`/companies/applications/${there[0]?.id}`)).statusCode).toBe(404)
  })

  test('two operators who decide at once decide once', async () => {
    const company = await makeCompany(forum.db, { admittedAt: null })
    const other = await makeOperator(forum.db)
    const results = await Promise.allSettled(
      [operator, other, operator, other].map(person => admitCompany(forum.db, person, { ...company, admittedAt: null })),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect(await listTeam(forum.db, company.id)).toHaveLength(1)
  })
})

describe('a team', () => {
  test('is joined by a link sent by mail, once, and its people come back with their role', async () => {
    const company = await makeCompany(forum.db)
    const admin = await forum.as(await makeCompanyAdmin(forum.db, company))
    const manage = `/c/${company.slug}/manage/team`
    expect((await admin.post(manage, { email: 'no-address', role: 'agent' })).statusCode).toBe(422)
    await admin.post(manage, { email: 'new@example.org', role: 'agent' })
    const link = await linkTo('new@example.org')
    expect((await (await forum.as()).get(link)).body).toContain(company.nameJa)
    const person = await makeMember(forum.db)
    const browser = await forum.as(person)
    expect((await browser.post(link)).headers.location).toBe('/login')
    // His log-in ended with his old role.
    expect((await browser.get('/me')).statusCode).toBe(303)
    expect((await knownAgain(forum.db, person.id)).companies).toEqual([expect.objectContaining({ id: company.id, role: 'agent' })])
    expect((await (await forum.as(await makeMember(forum.db))).post(link)).statusCode).toBe(422)
  })

  test('two people who press one invitation at once: one joins', async () => {
    const company = await makeCompany(forum.db)
    const admin = await forum.as(await makeCompanyAdmin(forum.db, company))
    await admin.post(`/c/${company.slug}/manage/team`, { email: 'shared@example.org', role: 'agent' })
    const link = await linkTo('shared@example.org')
    const browsers = await Promise.all([1, 2, 3].map(async () => forum.as(await makeMember(forum.db))))
    const joined = await Promise.all(browsers.map(browser => browser.post(link)))
    expect(joined.map(({ statusCode }) => statusCode).sort()).toEqual([303, 422, 422])
    expect(await listTeam(forum.db, company.id)).toHaveLength(2)
  })

  test('an invitation that was taken back, or replaced by another, lets nobody in', async () => {
    const company = await makeCompany(forum.db)
    const admin = await forum.as(await makeCompanyAdmin(forum.db, company))
    const manage = `/c/${company.slug}/manage/team`
    await admin.post(manage, { email: 'twice@example.org', role: 'admin' })
    const first = await linkTo('twice@example.org')
    await admin.post(manage, { email: 'twice@example.org', role: 'agent' })
    const second = await linkTo('twice@example.org')
    const person = await forum.as(await makeMember(forum.db))
    expect((await person.get(first)).statusCode).toBe(422)
    expect((await person.get(second)).statusCode).toBe(200)
    const path = /action="([^"]+invitations[^"]+)"/.exec((await admin.get(manage)).body)?.[1] ?? ''
    await admin.post(path.replaceAll('&#x3D;', '='))
    expect((await person.post(second)).statusCode).toBe(422)
  })

  test('is left and emptied, but never without an admin; who goes loses his log-ins and his say', async () => {
    const company = await makeCompany(forum.db)
    const [admin, agent] = [await makeCompanyAdmin(forum.db, company), await makeAgent(forum.db, company)]
    const [admins, agents] = [await forum.as(admin), await forum.as(agent)]
    const page = (person: Actor) => `/c/${company.slug}/manage/team/${person.handle}`
    expect((await admins.delete(page(admin), {})).statusCode).toBe(409)
    expect((await admins.post(page(admin), { role: 'agent' })).statusCode).toBe(409)
    expect((await agents.delete(page(admin), {})).statusCode).toBe(403)
    expect((await agents.post(page(agent), { role: 'admin' })).statusCode).toBe(404)
    expect((await admins.delete(page(agent), { successor: String(agent.id) })).statusCode).toBe(422)
    expect((await agents.delete(page(agent), { successor: String(admin.id) })).headers.location).toBe('/login')
    expect((await agents.get(`/c/${company.slug}/manage`)).statusCode).toBe(303)
    expect((await knownAgain(forum.db, agent.id)).companies).toEqual([])
    expect(await listTeam(forum.db, company.id)).toHaveLength(1)
  })

  test('the last two admins cannot leave at once', async () => {
    const company = await makeCompany(forum.db)
    const admins = [await makeCompanyAdmin(forum.db, company), await makeCompanyAdmin(forum.db, company)]
    const team = await listTeam(forum.db, company.id)
    const results = await Promise.allSettled(
      admins.map(admin => endMembership(forum.db, admin, team.find(each => each.accountId === admin.id) ?? expect.fail())),
    )
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await listTeam(forum.db, company.id)).map(({ role }) => role)).toEqual(['admin'])
  })

  test('goes on when somebody closes his account: the longest-serving runs it', async () => {
    const company = await makeCompany(forum.db)
    const admin = await makeCompanyAdmin(forum.db, company, { password: 'a-long-password-4711' })
    const agent = await makeAgent(forum.db, company)
    await (await forum.as(admin)).post('/me/close', { current: 'a-long-password-4711' })
    await forum.runJobs()
    expect((await listTeam(forum.db, company.id)).map(({ accountId, role }) => [accountId, role])).toEqual([[agent.id, 'admin']])
    const [closed] = await forum.db.select().from(accounts).where(eq(accounts.id, admin.id))
    expect(closed?.represents).toBe(false)
  })

  test('its place is for its own people: agents see it, admins run it, others find nothing', async () => {
    const [company, other] = [await makeCompany(forum.db), await makeCompany(forum.db)]
    const doors = ['', '/team', '/products', '/settings', '/products/new']
    const status = async (person: Actor) => {
      const browser = await forum.as(person)
      return Promise.all(doors.map(async door => (await browser.get(`/c/${company.slug}/manage${door}`)).statusCode))
    }
    expect(await status(await makeCompanyAdmin(forum.db, company))).toEqual([200, 200, 200, 200, 200])
    expect(await status(await makeAgent(forum.db, company))).toEqual([200, 200, 200, 404, 404])
    expect(await status(await makeCompanyAdmin(forum.db, other))).toEqual([404, 404, 404, 404, 404])
    expect(await status(operator)).toEqual([403, 403, 403, 403, 403])
  })

  test('says of itself what its admins write', async () => {
    const company = await makeCompany(forum.db)
    const admin = await forum.as(await makeCompanyAdmin(forum.db, company))
    const guest = await forum.as()
    await guest.get(`/c/${company.slug}`)
    await admin.post(`/c/${company.slug}/manage/settings`, { aboutJa: '五代続く会社です。', aboutEn: '', demandsSecondPair: 'yes' })
    await new Promise(resolve => setTimeout(resolve, 200))
    expect((await guest.get(`/c/${company.slug}`)).body).toContain('五代続く会社です。')
    expect((await findCompany(forum.db, company.slug)).demandsSecondPair).toBe(true)
  })
})

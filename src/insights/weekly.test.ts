import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeCompany } from '../../test/companies.ts'
import { makeAgent, makeCompanyAdmin } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import type { CompanyRow } from '../companies/schema.ts'
import { insightDays } from './schema.ts'
import { takeLetters } from './settings.ts'
import { tellWeeks } from './weekly.ts'

let forum: TestApp
let company: CompanyRow
let admin: Actor
let other: Actor

/** Monday, eight in the morning in Japan. */
const MONDAY = new Date('2026-11-23T08:00:00+09:00')
const hoursLater = (hours: number) => new Date(MONDAY.getTime() + hours * 3_600_000)

beforeAll(async () => {
  forum = await startTestApp()
  company = await makeCompany(forum.db)
  await makeCompany(forum.db)
  admin = await makeCompanyAdmin(forum.db, company)
  other = await makeCompanyAdmin(forum.db, company, { locale: 'en' })
  await makeAgent(forum.db, company)
  const figures = { answered: 9, solved: 6, guaranteed: 2, fixed: 8, failed: 2, ended: 1 }
  await forum.db.insert(insightDays).values([
    { companyId: company.id, day: '2026-11-18', questions: 12, ...figures },
    { companyId: company.id, day: '2026-11-11', questions: 5, ...figures },
    { companyId: company.id, day: '2026-11-23', questions: 77, ...figures },
  ])
})
afterAll(() => forum.close())

async function letters(): Promise<{ recipient: string; subject: string; text: string }[]> {
  await forum.runJobs()
  return forum.db.execute(sql`select recipient, subject, text from mails where once_key like 'insights:%' order by id`)
}

test('nothing is told before Monday at eight', async () => {
  await tellWeeks(forum.db, hoursLater(-1))
  expect(await letters()).toEqual([])
})

test('each admin gets the week that is over, once, in his language; agents and companies without figures get nothing', async () => {
  for (const hours of [0, 0, 1, 30]) await tellWeeks(forum.db, hoursLater(hours))
  const sent = await letters()
  expect(sent.map(({ recipient }) => recipient).toSorted()).toEqual(
    [`${admin.handle}@example.com`, `${other.handle}@example.com`].toSorted(),
  )
  const [ja, en] = [
    sent.find(({ recipient }) => recipient.startsWith(admin.handle)),
    sent.find(({ recipient }) => recipient.startsWith(other.handle)),
  ]
  expect(ja?.subject).toContain('2026/11/16')
  expect(ja?.text).toContain('質問: 12件（前の週 5件）')
  expect(ja?.text).toContain('解決率: 50%')
  expect(ja?.text).toContain(`/c/${company.slug}/manage/insights`)
  expect(en?.text).toContain('“Fixed it”: 80%')
})

test('who wants none gets none, until he wants them again', async () => {
  await takeLetters(forum.db, admin, company, false)
  await tellWeeks(forum.db, hoursLater(7 * 24))
  expect(await letters()).toHaveLength(3)
  await takeLetters(forum.db, admin, company, true)
  await takeLetters(forum.db, admin, company, true)
  await forum.db.execute(sql`update insight_days set day = day + 14`)
  await tellWeeks(forum.db, hoursLater(14 * 24))
  expect(await letters()).toHaveLength(5)
})

test('a week that was not told until Wednesday is old', async () => {
  await forum.db.execute(sql`update insight_days set day = day + 21`)
  await tellWeeks(forum.db, hoursLater(21 * 24 + 48))
  expect(await letters()).toHaveLength(5)
})

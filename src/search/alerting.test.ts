import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeCompany, makeProduct } from '../../test/companies.ts'
import { makeBoard, makeTopic } from '../../test/making.ts'
import { makeAgent, makeCompanyAdmin, makeMember, makeOperator, visitor } from '../../test/people.ts'
import { listBoards } from '../boards/queries.ts'
import { Refused } from '../platform/errors.ts'
import { mails } from '../platform/schema.ts'
import { alertCompany } from './alerting.ts'
import { mailAlert } from './effects.ts'
import { companyAlerts } from './schema.ts'
import { suggest } from './suggest_queries.ts'

let forum: TestApp

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())

test('the operator tells a company what people do not find: once for the same words, to those who run it alone', async () => {
  const { db, services } = forum
  const company = await makeCompany(db, { nameJa: 'サクラネット株式会社' })
  const admin = await makeCompanyAdmin(db, company)
  await makeAgent(db, company)
  const operator = await forum.as(await makeOperator(db))
  expect((await operator.get('/admin/search/alerts?words=ロボット')).body).toContain('サクラネット株式会社</option>')
  for (const words of ['ロボット掃除機　ＷＰＳ', 'ロボット掃除機 wps']) {
    const sent = await operator.post('/admin/search/alerts', { words, companyId: company.id })
    expect(sent.headers.location).toBe('/admin/search')
  }
  expect(await db.$count(companyAlerts)).toBe(1)
  await forum.runJobs()
  const [alert] = await db.select().from(companyAlerts)
  await mailAlert(services, { id: 1, name: 'company.alerted', data: { companyId: company.id, alertId: alert?.id ?? 0 } })
  const sent = await db.select().from(mails)
  expect(sent.map(({ recipient }) => recipient)).toEqual([`${admin.handle}@example.com`])
  expect(sent[0]?.text).toContain('「ロボット掃除機 wps」')
  const again = await operator.post('/admin/search/alerts', { words: ' ', companyId: company.id })
  expect(again.statusCode).toBe(422)
})

test('nobody else tells companies anything', async () => {
  const company = await makeCompany(forum.db)
  await expect(alertCompany(forum.db, await makeMember(forum.db), company, { words: 'x' })).rejects.toThrow(Refused)
})

test('products are suggested by name in any writing, those of admitted companies alone', async () => {
  const { db, services } = forum
  const [known, waiting] = [await makeCompany(db), await makeCompany(db)]
  await makeProduct(db, known, { slug: 'qx-777', nameJa: 'QX-777' })
  await makeProduct(db, waiting, { slug: 'qx-778', nameJa: 'QX-778' })
  await db.execute(`update companies set admitted_at = null where id = ${waiting.id}`)
  const names = async (typed: string) =>
    (await suggest(db, services.search, visitor, typed, await listBoards(db, visitor))).products.map(({ nameJa }) => nameJa)
  for (const typed of ['qx', 'ＱＸ 7', 'QX-777']) expect(await names(typed)).toEqual(['QX-777'])
  expect(await names('q'), 'one letter says nothing').toEqual([])
  const page = (await (await forum.as()).get('/search/suggestions?q=qx77')).body
  expect(page).toContain(`href="/c/${known.slug}/p/qx-777"`)
})

test('a title is suggested as it stands now, to whoever may read it', async () => {
  const { db } = forum
  const [member, open, closed] = [await makeMember(db), await makeBoard(db), await makeBoard(db, { visibility: 'members' })]
  const topic = await makeTopic(db, member, open, { title: 'kazaguruma が回りません' })
  await makeTopic(db, member, closed, { title: 'kazaguruma の合言葉' })
  await forum.runJobs()
  const guest = await forum.as()
  const asked = async (reader = guest) => (await reader.get('/search/suggestions?q=kazagu')).body
  expect(await asked()).toContain('kazaguruma が回りません')
  expect(await asked()).not.toContain('合言葉')
  expect(await asked(await forum.as(member))).toContain('合言葉')
  await db.execute(`update topics set hidden_at = now() where id = ${topic.id}`)
  forum.app.cache.drop([`topic:${topic.id}`])
  expect(await asked()).not.toContain('kazaguruma が回りません')
})

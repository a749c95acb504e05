import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Browser, startTestApp, type TestApp } from '../../test/app.ts'
import { makeCompany, makeProduct } from '../../test/companies.ts'
import { makeBoard, topicDraft } from '../../test/making.ts'
import { knownAgain, makeAgent, makeCompanyAdmin, makeMember } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import { guarantees } from '../guarantees/schema.ts'
import { listNotices } from '../notifications/queries.ts'
import { filled, tellOverdue } from './inbox.ts'
import { findInboxQuestion } from './inbox_queries.ts'
import { askAbout } from './naming.ts'
import type { Product } from './product_queries.ts'
import { type CompanyRow, inboxQuestions } from './schema.ts'

let forum: TestApp
let company: CompanyRow
let product: Product
let agent: Actor
let admin: Actor
let desk: Browser

beforeAll(async () => {
  forum = await startTestApp()
  const { db } = forum
  company = await makeCompany(db)
  product = await makeProduct(db, company)
  agent = await makeAgent(db, company, { name: '受付 花子' })
  admin = await makeCompanyAdmin(db, company)
  desk = await forum.as(agent)
})
afterAll(() => forum.close())

async function asked() {
  const board = await makeBoard(forum.db)
  const asker = await makeMember(forum.db, { name: '質問 太郎' })
  const topic = await askAbout(forum.db, asker, { ...topicDraft(board), products: product.nameJa })
  await forum.runJobs()
  return topic
}
const base = () => `/c/${company.slug}/manage/inbox`
const inbox = async (tray = 'open') => (await desk.get(`${base()}?tray=${tray}`)).body
let keys = 0
const answer = (more = {}) => ({
  body: '公式の手順です。電源を入れ直してください。',
  draftKey: `inbox-key-${++keys}`,
  checkedBy: '',
  ...more,
})

test('a question about its product lies on the company’s table until the company answers or it is solved', async () => {
  const [one, two] = [await asked(), await asked()]
  const line = ({ id }: { id: number }) => `${base()}/${id}"`
  expect(await inbox()).toContain(line(one))
  expect((await desk.post(`${base()}/${one.id}/answer`, answer())).statusCode).toBe(303)
  await forum.runJobs()
  expect(await inbox()).not.toContain(line(one))
  expect(await inbox()).toContain(line(two))
  await forum.db.execute(sql`update topics set solved_at = now() where id = ${two.id}`)
  expect(await inbox()).not.toContain(line(two))
})

test('it is taken on, given to somebody of the team, and to nobody else', async () => {
  const { id } = await asked()
  expect((await desk.post(`${base()}/${id}/assignee`, { assignee: agent.id })).statusCode).toBe(303)
  expect(await inbox('mine')).toContain(`${base()}/${id}"`)
  const stranger = await makeMember(forum.db)
  expect((await desk.post(`${base()}/${id}/assignee`, { assignee: stranger.id })).statusCode).toBe(422)
  expect((await desk.post(`${base()}/${id}/assignee`, { assignee: '' })).statusCode).toBe(303)
  expect(await inbox('mine')).not.toContain(`${base()}/${id}"`)
})

test('who is given a question hears of it, and of what is handed back whoever runs the place or had it', async () => {
  const { id } = await asked()
  const colleague = await makeAgent(forum.db, company)
  const kindsOf = async (person: Actor) => {
    await forum.runJobs()
    const { rows } = await listNotices(forum.db, await knownAgain(forum.db, person.id), { which: 'all' })
    return rows.filter(({ notice }) => notice.topicId === id).map(({ notice }) => notice.kind)
  }
  await desk.post(`${base()}/${id}/assignee`, { assignee: agent.id })
  for (let n = 0; n < 2; n++) await desk.post(`${base()}/${id}/assignee`, { assignee: colleague.id })
  expect([await kindsOf(agent), await kindsOf(colleague)]).toEqual([[], ['inbox_assigned']])
  const notices = (await (await forum.as(colleague)).get('/notifications')).body
  expect(notices).toContain('受付 花子 さんが')
  const opened = await (await forum.as(colleague)).get(/\/notifications\/\d+/.exec(notices)?.[0] ?? '')
  expect(opened.headers.location).toBe(`/t/${id}/inbox`)
  await desk.post(`${base()}/${id}/back`, { reason: '他社の機器の話なので' })
  expect([await kindsOf(admin), await kindsOf(colleague)]).toEqual([['inbox_back'], ['inbox_back', 'inbox_assigned']])
})

test('who leaves hands over the questions he took on', async () => {
  const { id } = await asked()
  const leaver = await makeAgent(forum.db, company)
  await desk.post(`${base()}/${id}/assignee`, { assignee: leaver.id })
  await (await forum.as(admin)).delete(`/c/${company.slug}/manage/team/${leaver.handle}`, { successor: String(agent.id) })
  expect(await inbox('mine')).toContain(`${base()}/${id}"`)
})

test('answered and guaranteed in one step: both, or neither', async () => {
  const { id } = await asked()
  const vouch = (checkedBy: string) => desk.post(`${base()}/${id}/answer`, answer({ vouch: 'yes', checkedBy }))
  expect((await vouch('')).statusCode).toBe(422)
  expect(await forum.db.$count(guarantees, sql`${guarantees.topicId} = ${id}`)).toBe(0)
  expect((await desk.get(`/t/${id}`)).body).not.toContain('公式の手順です')
  expect((await vouch('技術サポート部')).statusCode).toBe(303)
  const [given] = await forum.db.select().from(guarantees).where(sql`${guarantees.topicId} = ${id}`)
  expect(given).toMatchObject({ state: 'given', companyId: company.id })
})

test('notes are for the team alone, and what is handed back says why and leaves the table', async () => {
  const { id } = await asked()
  await desk.post(`${base()}/${id}/notes`, { note: '社内だけの話です' })
  expect((await desk.get(`${base()}/${id}`)).body).toContain('社内だけの話です')
  expect((await desk.get(`/t/${id}`)).body).not.toContain('社内だけの話です')
  expect((await desk.post(`${base()}/${id}/back`, { reason: ' ' })).statusCode).toBe(422)
  await desk.post(`${base()}/${id}/back`, { reason: '他社の機器の話なので' })
  expect(await inbox()).not.toContain(`${base()}/${id}"`)
  expect(await inbox('back')).toContain(`${base()}/${id}"`)
})

test('pressed by several at once: one answer with one guarantee, one note why it was handed back, one person who has it', async () => {
  const { id } = await asked()
  const draft = answer({ vouch: 'yes', checkedBy: '技術サポート部' })
  const answered = await Promise.all(Array.from({ length: 8 }, () => desk.post(`${base()}/${id}/answer`, draft)))
  expect(new Set(answered.map(({ statusCode, headers }) => `${statusCode} ${headers.location}`)).size).toBe(1)
  expect(await forum.db.$count(guarantees, sql`${guarantees.topicId} = ${id}`)).toBe(1)
  const { id: back } = await asked()
  const handed = await Promise.all(Array.from({ length: 8 }, (_, n) => desk.post(`${base()}/${back}/back`, { reason: `理由 ${n}` })))
  expect(handed.map(({ statusCode }) => statusCode)).toEqual(Array(8).fill(303))
  expect((await findInboxQuestion(forum.db, company.id, back)).notes).toHaveLength(1)
  const { id: wanted } = await asked()
  await Promise.all(
    [agent, admin].map(async person => (await forum.as(person)).post(`${base()}/${wanted}/assignee`, { assignee: person.id })),
  )
  expect([agent.id, admin.id]).toContain((await findInboxQuestion(forum.db, company.id, wanted)).assigneeId)
})

test('a ready-made text is filled in with who asked, about what, and who answers', async () => {
  const { id } = await asked()
  await desk.post(`${base()}/texts`, { title: 'ごあいさつ', text: '{お名前}様、{製品}の件ですね。{担当}です。{知らない}' })
  const page = (await desk.get(`${base()}/${id}`)).body
  const canned = /<option value="(\d+)">ごあいさつ/.exec(page)?.[1]
  expect((await desk.get(`${base()}/${id}?canned=${canned}`)).body).toContain(
    `質問 太郎様、${product.nameJa}の件ですね。受付 花子です。{知らない}`,
  )
  expect(filled('{a} { a } {b}', new Map([['a', '1']]))).toBe('1 1 {b}')
  expect((await desk.delete(`${base()}/texts/${canned}`)).statusCode).toBe(303)
})

test('what is past its target is told to the admins, once', async () => {
  const { id } = await asked()
  await forum.db.execute(sql`update inbox_questions set due_at = now() - interval '1 hour' where topic_id = ${id}`)
  for (let n = 0; n < 2; n++) await tellOverdue(forum.db)
  await forum.runJobs()
  const mails = await forum.db.execute<{ recipient: string }>(sql`select recipient from mails where once_key like ${`overdue:%:${id}:%`}`)
  expect(mails.map(({ recipient }) => recipient)).toContain(`${admin.handle}@example.com`)
  expect(new Set(mails.map(({ recipient }) => recipient)).size).toBe(mails.length)
  expect(await inbox('overdue')).toContain(`${base()}/${id}"`)
})

test('hours are the admins’ to set, and make sense', async () => {
  const hours = { from: '10:00', to: '16:00', days: ['1', '2'], target: 4, restsOnHolidays: 'yes' }
  expect((await desk.post(`${base()}/hours`, hours)).statusCode).toBe(404)
  const runs = await forum.as(admin)
  for (const wrong of [{ to: '09:00' }, { from: '25:00' }, { target: 0 }, { days: [] }])
    expect((await runs.post(`${base()}/hours`, { ...hours, ...wrong })).statusCode, JSON.stringify(wrong)).toBe(422)
  expect((await runs.post(`${base()}/hours`, hours)).statusCode).toBe(303)
  const { id } = await asked()
  const [question] = await forum.db.select().from(inboxQuestions).where(sql`${inboxQuestions.topicId} = ${id}`)
  const local = new Date((question?.dueAt.getTime() ?? 0) + 9 * 3_600_000)
  expect([1, 2]).toContain(local.getUTCDay())
})

describe('the table of a company is for its own people', () => {
  const DOORS: [method: 'get' | 'post' | 'delete', path: string, form?: Record<string, string>][] = [
    ['get', ''],
    ['get', '/:id'],
    ['post', '/:id/assignee', { assignee: '' }],
    ['post', '/:id/notes', { note: 'x' }],
    ['post', '/:id/back', { reason: 'x' }],
    ['post', '/:id/answer', { body: '回答です', draftKey: 'somebody-elses' }],
    ['get', '/texts'],
    ['post', '/texts', { title: 'x', text: 'y' }],
    ['delete', '/texts/1'],
    ['post', '/hours', { from: '09:00', to: '10:00', days: '1', target: '1' }],
  ]
  test.each(DOORS)('%s %s', async (method, path, form) => {
    const { id } = await asked()
    const foreign = await makeCompanyAdmin(forum.db, await makeCompany(forum.db))
    for (const person of [undefined, await makeMember(forum.db), foreign]) {
      const browser = await forum.as(person)
      const { statusCode, headers } = await browser[method](base() + path.replace(':id', String(id)), form as never)
      if (person) expect(statusCode, person.handle).toBe(person === foreign ? 404 : 403)
      else expect([401, 303], String(headers.location)).toContain(statusCode)
    }
  })
})

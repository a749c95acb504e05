import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, startTestApp, type TestApp } from '../../test/app.ts'
import { makeCompany, makeProduct } from '../../test/companies.ts'
import { makeAnswer, makeBoard, makeTopic, postNow } from '../../test/making.ts'
import { makeCompanyAdmin, makeMember, makeOperator } from '../../test/people.ts'
import type { BoardRow } from '../boards/schema.ts'
import { nameProducts } from '../companies/naming.ts'
import type { Product } from '../companies/product_queries.ts'
import type { CompanyRow } from '../companies/schema.ts'
import { record } from '../platform/outbox.ts'
import { react } from '../reactions/reactions.ts'
import { pickBest } from '../topics/best_answers.ts'
import { countInsights } from './calendar.ts'
import { groupAll } from './grouping.ts'
import { countReaders } from './readers.ts'

let forum: TestApp
let company: CompanyRow
let foreign: CompanyRow
let product: Product
let rivals: Product
let board: BoardRow
let admin: Browser
let path: string

const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'

beforeAll(async () => {
  forum = await startTestApp()
  const { db } = forum
  company = await makeCompany(db, { domain: 'sakura.example' })
  foreign = await makeCompany(db)
  product = await makeProduct(db, company, { nameJa: 'AX-3200' })
  rivals = await makeProduct(db, foreign, { nameJa: 'WR-900' })
  const [asker, helper, shy] = [
    await makeMember(db),
    await makeMember(db, { name: 'たすける人' }),
    await makeMember(db, { name: 'かくれた人', hiddenParts: ['ranking'] }),
  ]
  board = await makeBoard(db)
  for (const [n, title] of ['IPアドレスが取得できません', '=IPアドレスが取得できないとき', 'IPアドレスを取得できない'].entries()) {
    const topic = await makeTopic(db, asker, board, { title })
    await nameProducts(db, asker, topic, n === 0 ? 'AX-3200、WR-900' : 'AX-3200')
    const answer = await makeAnswer(db, n === 2 ? shy : helper, topic)
    await react(db, asker, answer, 'helpful')
    if (n < 2) await pickBest(db, asker, await postNow(db, answer))
  }
  await countInsights(db)
  await groupAll(db)
  admin = await forum.as(await makeCompanyAdmin(db, company))
  path = `/c/${company.slug}/manage/insights`
})
afterAll(() => forum.close())

const textOf = (html: string) => html.replace(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ')
const csvOf = async (table: string, query = '') => (await admin.get(`${path}/csv/${table}${query}`)).body

test('the page says what was asked, how much of it is solved, what hurts, who helped and what else was named', async () => {
  const text = textOf((await admin.get(path)).body)
  expect(text).toContain('3件')
  expect(text).toContain('67%')
  expect(text).toContain('3件のうち 2件')
  expect(text).toMatch(/AX-3200 — \S*IPアドレス[がを]取得でき/)
  expect(text).toContain('WR-900')
  expect(text).toContain('たすける人')
})

test('who keeps his name out of lists of helpers is in none of them', async () => {
  expect((await admin.get(path)).body).not.toContain('かくれた人')
  expect(await csvOf('helpers')).not.toContain('かくれた人')
})

test('one product can be looked at, and only one’s own; what is no choice is the usual one', async () => {
  expect((await admin.get(`${path}?product=${product.id}`)).statusCode).toBe(200)
  for (const id of [rivals.id, 999_999, 'x', '1e3', '-1'])
    expect((await admin.get(`${path}?product=${id}`)).statusCode, String(id)).toBe(404)
  expect((await admin.get(`${path}?days=364`)).body).toContain('前の52週')
  expect((await admin.get(`${path}?days=15`)).body).toContain('前の14日間')
})

test('the operator sees the same among his own pages, and changes nothing there', async () => {
  const operator = await forum.as(await makeOperator(forum.db))
  const { body, statusCode } = await operator.get(`/admin/companies/${company.id}/insights`)
  expect(statusCode).toBe(200)
  expect(textOf(body)).toContain('3件のうち 2件')
  expect(body).not.toContain('name="wouldAsk"')
  expect((await operator.get(`/admin/companies/${company.id}/insights/csv/troubles`)).body).toBe(await csvOf('troubles'))
  for (const id of ['999999', 'x', '1e3']) expect((await operator.get(`/admin/companies/${id}/insights`)).statusCode, id).toBe(404)
})

test('what a company assumes is changed at its field, and shown where it is used', async () => {
  const assumed = { wouldAsk: '３０', isHelped: '50', elsewhere: '0', cost: '1,500' }
  expect((await admin.post(`${path}/assumptions`, assumed)).statusCode).toBe(303)
  const [kept] = await forum.db.execute(
    sql`select would_ask, is_helped, elsewhere, cost from insight_settings where company_id = ${company.id}`,
  )
  expect(kept).toEqual({ would_ask: 30, is_helped: 50, elsewhere: 0, cost: 1500 })
  for (const [field, value] of [
    ['wouldAsk', '101'],
    ['isHelped', '-1'],
    ['elsewhere', ''],
    ['cost', 'たくさん'],
    ['cost', '1.5'],
  ] as const) {
    const { statusCode, body } = await admin.post(`${path}/assumptions`, { ...assumed, [field]: value })
    expect(statusCode, field).toBe(422)
    expect(body, field).toContain(`id="${field}-error"`)
  }
})

test('every table is a file for a spreadsheet, with no formula in it', async () => {
  for (const table of ['days', 'troubles', 'products', 'words', 'rivals', 'helpers', 'sources', 'deflection']) {
    const { headers, body, rawPayload } = await admin.get(`${path}/csv/${table}`)
    expect(headers['content-type']).toBe('text/csv; charset=utf-8')
    expect(headers['content-disposition']).toContain(`attachment; filename="${company.slug}-${table}-`)
    expect([...rawPayload.subarray(0, 3)], table).toEqual([0xef, 0xbb, 0xbf])
    expect(body, table).not.toMatch(/(^|,|\n)"?[=+@]/)
  }
  expect((await csvOf('days')).trim().split('\r\n')).toHaveLength(15)
  expect((await csvOf('days', '?days=364')).trim().split('\r\n')).toHaveLength(365)
  expect((await admin.get(`${path}/csv/nothing`)).statusCode).toBe(404)
})

test('charts are drawn without scripts or styles, and those that are none are not there', async () => {
  const { body, statusCode } = await admin.get(`${path}/charts/days`)
  expect(statusCode).toBe(200)
  expect(body).toContain('<svg')
  expect(body).not.toMatch(/<script|<style| style=/)
  expect((await admin.get(`${path}/charts/nothing`)).statusCode).toBe(404)
})

test('readers count by how they came first, also where the page comes out of the cache; who asked after reading was not spared a contact', async () => {
  const [{ id } = { id: 0 }] = await forum.db.execute<{ id: number }>(
    sql`select id::int from topics where solved_at is not null order by id limit 1`,
  )
  const looks = () => forum.statements.filter(statement => statement.startsWith('select domain, id from companies')).length
  const before = looks()
  await record(forum.db, 'company.admitted', { companyId: company.id, actorId: 0 })
  await expect.poll(looks).toBeGreaterThan(before)
  const guest = await forum.as()
  const visit = (address: string, query: string, headers: Record<string, string>) =>
    guest.send({ method: 'GET', url: `/t/${id}${query}`, remoteAddress: address, headers: { 'user-agent': SAFARI, ...headers } })
  await visit('10.0.0.1', '', { referer: 'https://support.sakura.example/' })
  for (const [n, referer] of [
    'https://support.sakura.example/',
    'https://www.google.com/',
    'https://t.co/',
    'http://localhost:80/',
  ].entries())
    await visit(`10.0.1.${n}`, '', { referer })
  await visit('10.0.2.1', '?utm_source=x&utm_medium=cpc', {})
  await visit('10.0.2.2', '', {})
  await visit('10.0.2.2', '', { referer: 'https://t.co/' })
  const asker = await forum.as(await makeMember(forum.db))
  await asker.get(`/t/${id}`, { 'user-agent': SAFARI })
  const question = {
    kind: 'question',
    boardId: board.id,
    title: 'それでもつながりません',
    body: '同じことをしました。',
    draftKey: 'asks-after-reading',
  }
  expect((await asker.post('/ask', question, { 'user-agent': SAFARI })).statusCode).toBe(303)
  // What is gathered in memory is written when the process leaves.
  await forum.app.close()
  await countReaders(forum.db)
  const [row] = await forum.db.execute<{ readers: number; helped: number; stayed: number; sources: unknown }>(sql`
    select readers, helped, stayed, sources from insight_readers where company_id = ${company.id} and product_id = 0`)
  expect(row).toEqual({ readers: 8, helped: 8, stayed: 7, sources: { company: 2, search: 1, social: 1, forum: 1, paid: 1, direct: 2 } })
  const kept = JSON.stringify(await forum.db.execute(sql`select * from visits`))
  expect(kept).not.toMatch(/google|sakura|10\\.0/)
})

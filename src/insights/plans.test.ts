import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeCompany, makeProduct } from '../../test/companies.ts'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { anOperator, makeBoard } from '../../test/making.ts'
import { makeMember } from '../../test/people.ts'
import { today } from '../platform/day_salt.ts'
import { countDay } from './counting.ts'
import { readInsights } from './insights.ts'
import { periodUntil } from './period.ts'

const TOPICS = 200_000
const SAMPLE = 10_000

let database: TestDatabase
let companyId: number
const statements: { query: string; params: unknown[] }[] = []

beforeAll(async () => {
  const logger = { logQuery: (query: string, params: unknown[]) => void statements.push({ query, params }) }
  database = await testDatabase({ logger, max: 1 })
  const { db } = database
  const company = await makeCompany(db)
  companyId = company.id
  const product = await makeProduct(db, company)
  const [member, board] = [await makeMember(db), await makeBoard(db)]
  await db.execute(sql`
    insert into topics (board_id, root_board_id, kind, title, author_id, created_at, product_ids, company_ids)
    select ${board.id}, ${board.id}, 'question', 'Title ' || n, ${member.id}, now() - n * interval '1 hour', array[${product.id}::bigint], array[${companyId}::bigint]
    from generate_series(1, ${SAMPLE}::int) n`)
  await db.execute(sql`
    insert into posts (topic_id, kind, author_id, body, body_html, body_text, renderer_version, created_at)
    select t.id, case when n = 0 then 'opening' else 'answer' end, ${member.id}, 'x', 'x', 'x', 1, t.created_at from topics t cross join generate_series(0, 3) n`)
  await db.execute(
    sql`insert into fixes (post_id, device, fixed, at) select id, decode(md5(id::text), 'hex'), true, created_at from posts where kind = 'answer'`,
  )
  await db.execute(sql`
    insert into insight_days (company_id, product_id, day, questions, answered, solved, guaranteed, fixed, failed, ended)
    select ${companyId}, p, current_date - d, 1, 1, 1, 1, 1, 1, 1 from generate_series(0, 20) p, generate_series(0, 700) d`)
  await db.execute(
    sql`insert into insight_troubles (company_id, product_id, topic_id, words) select ${companyId}, ${product.id}, id, '{}' from topics where id % 10 = 0`,
  )
  await db.execute(sql`
    insert into insight_trouble_topics (trouble_id, topic_id, company_id, product_id, day)
    select g.id, t.id, ${companyId}, ${product.id}, t.created_at::date from insight_troubles g join topics t on t.id between g.topic_id and g.topic_id + 9`)
  // Other companies have troubles too.
  await db.execute(sql`
    insert into insight_trouble_topics (trouble_id, topic_id, company_id, product_id, day)
    select g.id, t.id, 100 + t.id % 9, 100 + t.id % 9, t.created_at::date from insight_troubles g join topics t on t.id between g.topic_id + 1000 and g.topic_id + 1080`)
  await db.execute(
    sql`insert into deflections (topic_id, post_id, once_key, at) select topic_id, id, 'x' || id, created_at from posts where kind = 'answer'`,
  )
  for (const table of ['topics', 'posts', 'fixes', 'insight_days', 'insight_troubles', 'insight_trouble_topics', 'deflections'])
    await db.execute(sql.raw(`analyze ${table}`))
  for (const table of ['topics', 'posts', 'fixes'])
    await db.execute(sql`
      select pg_restore_relation_stats('schemaname', 'public', 'relname', relname::text, 'relpages', relpages, 'reltuples', (reltuples * ${TOPICS / SAMPLE})::real)
      from pg_class where relname = ${table} or oid in (select indexrelid from pg_index where indrelid = ${table}::regclass)`)
}, 60_000)
afterAll(() => database.drop())

type Plan = { 'Node Type': string; 'Relation Name'?: string; Plans?: Plan[] }
const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]
const LARGE = new Set(['topics', 'posts', 'fixes', 'insight_days', 'insight_trouble_topics', 'deflections'])

/** What of the large tables is read whole by these statements. */
async function wholeIn(work: () => Promise<unknown>): Promise<string[]> {
  statements.length = 0
  await work()
  const found: string[] = []
  for (const { query, params } of statements.filter(statement => /^\s*(select|with|insert)/i.test(statement.query))) {
    const rows = await database.sql.unsafe<{ 'QUERY PLAN': [{ Plan: Plan }] }[]>(`explain (format json) ${query}`, params as never[])
    const plan = rows[0]?.['QUERY PLAN'][0].Plan ?? expect.fail('no plan')
    for (const node of nodesOf(plan))
      if (node['Node Type'] === 'Seq Scan' && LARGE.has(node['Relation Name'] ?? ''))
        found.push(`${node['Relation Name']}: ${query.trim().slice(0, 80)}`)
  }
  return found
}

test('a page of figures and its files read no large table whole, for a fortnight or a year, for all products or for one', async () => {
  for (const days of [14, 90, 364] as const)
    for (const productId of [0, 1])
      expect(await wholeIn(() => readInsights(database.db, anOperator, { companyId, productId }, periodUntil(today(), days)))).toEqual([])
})

test('a day is counted from the questions of the day, whatever the size of the forum', async () => {
  expect(await wholeIn(() => database.db.transaction(tx => countDay(tx, today(new Date(Date.now() - 86_400_000)))))).toEqual([])
})

// `npm run bench:insights`: a company's page of figures on a forum of a million posts, and what counting them costs.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sql } from 'drizzle-orm'
import { sessionCookieName } from '../src/accounts/routes/gate.ts'
import { buildApp } from '../src/app.ts'
import { countInsights } from '../src/insights/calendar.ts'
import { groupCompany } from '../src/insights/grouping.ts'
import { countReaders } from '../src/insights/readers.ts'
import { stopCharts } from '../src/platform/charts.ts'
import { readConfig } from '../src/platform/config.ts'
import type { Db } from '../src/platform/db.ts'
import { startEmbeddedPostgres } from '../src/platform/embedded_postgres.ts'
import { openLog } from '../src/platform/log.ts'
import { migrate } from '../src/platform/migrate.ts'
import type { App } from '../src/platform/web.ts'
import { openServices } from '../src/services.ts'
import { makeCompany, makeProduct } from '../test/companies.ts'
import { makeBoard } from '../test/making.ts'
import { makeCompanyAdmin } from '../test/people.ts'
import { cpuOf } from './processes.ts'

const { values } = parseArgs({ options: { posts: { type: 'string', default: '1000000' }, visits: { type: 'string', default: '100000' } } })
const GOAL = 100
const [ROUNDS, WARM] = [30, 5]
const ANSWERS = 4.5
const DAYS = 1095
const TROUBLES = [
  'IPアドレスが取得できません',
  '夜だけ速度が遅い',
  '最初の設定がわからない',
  'ランプが赤く点滅する',
  '印刷がずれる',
  '録画が消えた',
]

const dataDir = mkdtempSync(join(tmpdir(), 'hiroba-bench-insights-'))
const log = openLog('error')
const server = await startEmbeddedPostgres({ dataDir, log, settings: { fsync: 'off' } })
await migrate(server.url)
const config = readConfig({ DATA_DIR: dataDir, LOG_LEVEL: 'error' })
const { services, close } = await openServices(config, server.url, log, 'http://localhost')
const { db } = services
const postgres = Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])
const cpu = () => cpuOf({ server: process.pid, postgres })
try {
  const company = await makeCompany(db)
  const others = [await makeCompany(db), await makeCompany(db), await makeCompany(db)]
  for (const each of [company, ...others]) for (let n = 0; n < 4; n++) await makeProduct(db, each)
  const admin = await makeCompanyAdmin(db, company)
  await timed('filling', () => fill(db))
  await timed('counting every day anew', () => countInsights(db, Number.MAX_SAFE_INTEGER))
  await db.execute(sql`update insight_calendar set outdated_at = now() where day > now() - interval '300 days'`)
  await timed('counting 300 days again', () => countInsights(db))
  await timed('counting nothing new', () => countInsights(db))
  await timed(`counting the readers of ${values.visits} visits`, () => countReaders(db))
  await timed('grouping the questions of the largest company', () => groupCompany(db, company.id))
  await db.execute(sql`analyze`)
  const app = await buildApp(services, log)
  const { token } = await app.sessions.create(
    { id: admin.id, role: 'member', moderates: false, represents: true },
    { device: 'bench', address: '127.0.0.1' },
  )
  const cookie = `${sessionCookieName(config)}=${token}`
  for (const query of ['', '?days=90', '?days=364', '?product=1', '?days=364&product=1'])
    await measure(app, `/c/${company.slug}/manage/insights${query}`, cookie)
  for (const table of ['days', 'troubles', 'helpers'])
    await measure(app, `/c/${company.slug}/manage/insights/csv/${table}?days=364`, cookie)
  await app.close()
} finally {
  await stopCharts()
  await close()
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
}

/** Nearly half of all questions name a product of the first company, some of them one of another's too. */
async function fill(db: Db): Promise<void> {
  const topics = Math.round(Number(values.posts) / (1 + ANSWERS))
  const board = await makeBoard(db)
  await db.execute(sql`set statement_timeout = 0`)
  await db.execute(sql`insert into accounts (handle, name, confirmed_at) select 'p' || n, 'P' || n, now() from generate_series(1, 20000) n`)
  await db.execute(sql`
    insert into topics (board_id, root_board_id, kind, title, excerpt, author_id, created_at, active_at, solved_at, guaranteed_at, answer_count, product_ids, company_ids)
    select ${board.id}, ${board.id}, case when n % 12 = 0 then 'discussion' else 'question' end, (${sql.param(TROUBLES)}::text[])[1 + n % 6] || ' ' || n % 97, 'x', 20 + n * 7 % 19900,
      at, at, case when n % 10 < 8 then at + interval '1 day' end, case when n % 10 < 2 then at + interval '2 days' end, 4,
      case when n % 10 < 4 then array[1 + n % 4] when n % 10 < 5 then array[1 + n % 4, 5 + n % 12] when n % 10 < 9 then array[5 + n % 12] else '{}' end,
      case when n % 10 < 4 then array[1] when n % 10 < 5 then array[1, 2 + n % 12 / 4] when n % 10 < 9 then array[2 + n % 12 / 4] else '{}' end
    from (select n, now() - n * (interval '1 day' * ${DAYS}::int / ${topics}::int) as at from generate_series(1, ${topics}::int) n) made`)
  await db.execute(
    sql`insert into topic_products (topic_id, product_id, position, named_by_id) select t.id, p, 0, t.author_id from topics t cross join unnest(t.product_ids) p`,
  )
  await db.execute(sql`
    insert into posts (topic_id, kind, author_id, body, body_html, body_text, renderer_version, helpful_count, created_at)
    select t.id, case when n = 0 then 'opening' else 'answer' end, case when n = 0 then t.author_id else 20 + (t.id * 11 + n * 977) % 19900 end, 'x', 'x', 'x', 1, n % 3,
      t.created_at + n * t.id % 900 * interval '1 minute'
    from topics t cross join generate_series(0, 4 + (t.id % 2)::int) n`)
  await db.execute(
    sql`update topics set best_answer_id = (select max(id) from posts where topic_id = topics.id) where solved_at is not null and id % 2 = 0`,
  )
  await db.execute(sql`
    insert into fixes (post_id, device, fixed, at) select p.id, decode(md5(p.id::text), 'hex'), p.id % 5 > 0, p.created_at + interval '3 days'
    from posts p where p.kind = 'answer' and p.id % 4 = 0`)
  await db.execute(sql`
    insert into visits (topic_id, day, visitor, source, solved)
    select 1 + n * 31 % ${topics}::int, (now() at time zone 'Asia/Tokyo')::date, decode(md5((n % (${values.visits}::int / 3))::text), 'hex'), 'search', n % 3 = 0
    from generate_series(1, ${values.visits}::int) n on conflict do nothing`)
  await db.execute(sql`
    insert into insight_readers (company_id, product_id, day, readers, helped, stayed, sources)
    select c, p, (now() at time zone 'Asia/Tokyo')::date - d, 900, 500, 480, '{"search": 500, "forum": 300, "direct": 100}'
    from generate_series(1, 4) c, generate_series(0, 16) p, generate_series(1, 800) d`)
  await db.execute(sql`analyze`)
}

async function timed(name: string, work: () => Promise<unknown>): Promise<void> {
  const [began, used] = [performance.now(), cpu()]
  await work()
  console.log(
    `${name}: ${((performance.now() - began) / 1000).toFixed(1)} s, ${((cpu() - used) / 1000).toFixed(1)} s CPU of node and PostgreSQL`,
  )
}

async function measure(app: App, url: string, cookie: string): Promise<void> {
  const took: number[] = []
  let used = 0
  for (let n = 0; n < ROUNDS; n++) {
    if (n === WARM) used = cpu()
    const began = performance.now()
    const { statusCode } = await app.inject({ method: 'GET', url, headers: { cookie, 'sec-fetch-site': 'same-origin' } })
    if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`)
    took.push(performance.now() - began)
  }
  const [first = 0] = took
  const each = (cpu() - used) / (ROUNDS - WARM)
  const sorted = took.slice(WARM).sort((a, b) => a - b)
  const [median = 0, worst = 0] = [sorted[Math.floor(sorted.length / 2)], sorted[Math.floor(sorted.length * 0.95)]]
  const wall = `${median.toFixed(0)} ms (median), ${worst.toFixed(0)} (95th), ${first.toFixed(0)} the first time`
  console.log(
    `${median < GOAL ? '✓' : '✗'} ${url.replace(/^.*insights/, 'insights')}: ${wall}; ${each.toFixed(0)} ms CPU of node and PostgreSQL`,
  )
}

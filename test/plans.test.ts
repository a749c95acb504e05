import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '../src/accounts/actor.ts'
import { listHolders } from '../src/reputation/badge_queries.ts'
import { listHelpers, listSkills } from '../src/reputation/helper_queries.ts'
import { activityOf } from '../src/topics/activity.ts'
import { listAnswersBy } from '../src/topics/by_member.ts'
import { commentsOf, findOwnMarks, findTopicWithOpening, listAnswers } from '../src/topics/page_queries.ts'
import { findTopic, LISTS, listFirstWaiting, listTopics, listTopicsBy, type Topic } from '../src/topics/queries.ts'
import { type TestDatabase, testDatabase } from './database.ts'
import { anOperator, makeBoard } from './making.ts'
import { makeMember, visitor } from './people.ts'

const TOPICS = 1_000_000
const SAMPLE = 20_000

let database: TestDatabase
let last: { query: string; params: unknown[] }
let member: Actor
let topic: Topic
let root: { id: number; parentId: null }
let child: { id: number; parentId: number }
const statements: { query: string; params: unknown[] }[] = []

beforeAll(async () => {
  const logger = { logQuery: (query: string, params: unknown[]) => void statements.push({ query, params }) }
  database = await testDatabase({ logger, max: 1 })
  const { db } = database
  member = await makeMember(db)
  const roots = []
  for (let n = 0; n < 8; n++) roots.push(await makeBoard(db))
  const children = []
  for (const { id } of roots) for (let n = 0; n < 4; n++) children.push({ id: (await makeBoard(db, { parentId: id })).id, parentId: id })
  root = { id: roots[2]?.id ?? 0, parentId: null }
  child = children[9] ?? expect.fail()
  await seed(children)
  topic = await findTopic(db, anOperator, 10)
}, 60_000)
afterAll(() => database.drop())

/** A sample of a large forum, and the figures PostgreSQL would have gathered of the whole. */
async function seed(children: { id: number; parentId: number }[]): Promise<void> {
  const { db } = database
  const boards = sql.param(children.map(({ id }) => id))
  const parents = sql.param(children.map(({ parentId }) => parentId))
  await db.execute(
    sql`insert into accounts (handle, name, confirmed_at) select 'person_' || n, 'Person ' || n, now() from generate_series(1, 5000) n`,
  )
  await db.execute(sql`
    insert into topics (board_id, root_board_id, visibility, kind, title, author_id, answer_count, created_at, active_at, solved_at, hidden_at, tags)
    select (${boards}::bigint[])[1 + n % 32], (${parents}::bigint[])[1 + n % 32], case when n % 20 = 0 then 'members' else 'public' end,
      case when n % 25 = 0 then 'tip' when n % 10 = 0 then 'discussion' else 'question' end, 'Title ' || n, 1 + n * 7 % 5000, n % 6,
      now() - n * interval '7 minutes', now() - (n * 13 % 20000) * interval '7 minutes',
      case when n % 3 = 0 then now() - (n * 11 % 20000) * interval '7 minutes' end, case when n % 100 = 0 then now() end, array['tag' || n % 300]
    from generate_series(1, ${SAMPLE}) n`)
  await db.execute(sql`
    insert into posts (topic_id, kind, author_id, body, body_html, body_text, renderer_version, helpful_count)
    select 1 + n % ${SAMPLE}, case when n < ${SAMPLE} then 'opening' else 'answer' end, 1 + n * 3 % 5000, 'x', 'x', 'x', 1, n % 17
    from generate_series(0, ${SAMPLE * 4}) n`)
  await db.execute(sql`insert into posts (topic_id, kind, parent_id, author_id, body, body_html, body_text, renderer_version)
    select topic_id, 'comment', id, 1 + id % 5000, 'x', 'x', 'x', 1 from posts where id % 5 = 0`)
  await db.execute(
    sql`insert into reactions (post_id, account_id, kind) select id, 1 + id % 5000, 'helpful' from posts where kind = 'answer'`,
  )
  await db.execute(sql`update topics set opening_id = (select min(id) from posts where topic_id = topics.id)`)
  for (const table of ['accounts', 'boards', 'topics', 'posts', 'reactions', 'drafts', 'addenda'])
    await db.execute(sql.raw(`analyze ${table}`))
  const scale = TOPICS / SAMPLE
  for (const table of ['accounts', 'topics', 'posts', 'reactions'])
    await db.execute(sql`
      select pg_restore_relation_stats('schemaname', 'public', 'relname', relname::text, 'relpages', relpages, 'reltuples', (reltuples * ${scale})::real)
      from pg_class where relname = ${table} or oid in (select indexrelid from pg_index where indrelid = ${table}::regclass)`)
}

type Plan = {
  'Node Type': string
  'Relation Name'?: string
  'Index Name'?: string
  'Index Cond'?: string
  'Total Cost': number
  Plans?: Plan[]
}

/** The plans of the last statement: as it is asked, and as it is kept for every value once it was prepared. */
async function plansOf(work: () => Promise<unknown>): Promise<Plan[][]> {
  statements.length = 0
  await work()
  last = statements.at(-1) ?? expect.fail('nothing was asked')
  const asked = await database.sql.unsafe(`explain (format json) ${last.query}`, last.params as never[])
  const kept = await database.sql.unsafe(`explain (generic_plan, format json) ${last.query}`)
  return [asked, kept].map(rows => {
    const [{ Plan: plan }] = (rows as unknown as { 'QUERY PLAN': [{ Plan: Plan }] }[])[0]?.['QUERY PLAN'] ?? expect.fail('no plan')
    return nodesOf(plan)
  })
}

const nodesOf = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]
const large = new Set(['topics', 'posts', 'accounts', 'reactions', 'helper_months', 'badge_grants'])

/** What would be slow with a million topics, as sentences. */
function slowIn(nodes: Plan[], { mayWeigh = false } = {}): string[] {
  const whole = nodes.filter(node => node['Node Type'] === 'Seq Scan' && large.has(node['Relation Name'] ?? ''))
  const sorts = mayWeigh ? [] : nodes.filter(node => /Sort/.test(node['Node Type']))
  return [...whole.map(node => `reads all of ${node['Relation Name']}`), ...sorts.map(node => `${node['Node Type']} before the first row`)]
}

const indexOf = (nodes: Plan[]) => nodes.find(node => node['Relation Name'] === 'topics')?.['Index Name']

const places = [
  ['everywhere', () => undefined, ''],
  ['in a group of boards', () => root, '_root'],
  ['in a board', () => child, '_board'],
] as const
const INDEX = { new: 'topics_new', active: 'topics_active', unanswered: 'topics_waiting', solved: 'topics_solved', tips: 'topics_tips' }

for (const list of LISTS)
  for (const [where, board, suffix] of places)
    test(`the list «${list}» ${where} is read from its index, on the first page and on later ones`, async () => {
      const { db } = database
      for (const reader of [visitor, member, anOperator]) {
        const { next } = await listTopics(db, reader, { list, board: board() })
        for (const after of [undefined, next]) {
          const plans = await plansOf(() => listTopics(db, reader, { list, board: board(), after }))
          for (const [index, nodes] of plans.entries()) {
            const which = `${after ? 'later' : 'first'} page, ${index === 0 ? 'as asked' : 'as kept'}`
            expect(slowIn(nodes), which).toEqual([])
            expect(nodes[0]?.['Total Cost'], which).toBeLessThan(2000)
            if (list !== 'tips') expect(indexOf(nodes), which).toBe(`${INDEX[list]}${suffix}`)
            if (after) expect(nodes.find(node => node['Relation Name'] === 'topics')?.['Index Cond'], which).toContain('ROW(')
          }
        }
      }
    })

test('a topic’s page is read from indexes, as are its answers, their comments and a reader’s own marks', async () => {
  const { db } = database
  const plans = async (work: () => Promise<unknown>, options = {}) => (await plansOf(work)).map(nodes => slowIn(nodes, options))
  expect(await plans(() => findTopicWithOpening(db, member, topic.id), { mayWeigh: true })).toEqual([[], []])
  expect(await plans(() => listAnswers(db, member, topic, { order: 'helpful' }), { mayWeigh: true })).toEqual([[], []])
  expect(await plans(() => listAnswers(db, member, topic, { order: 'helpful', at: 77 }), { mayWeigh: true })).toEqual([[], []])
  expect(await plans(() => listAnswers(db, member, topic, { order: 'new', after: '5~70000' }), { mayWeigh: true })).toEqual([[], []])
  expect(await plans(() => listAnswers(db, member, topic, { order: 'helpful', after: '5~70000' }), { mayWeigh: true })).toEqual([[], []])
  const ids = Array.from({ length: 51 }, (_, n) => SAMPLE + n)
  expect(await plans(() => commentsOf(db, member, topic.boardId, ids), { mayWeigh: true })).toEqual([[], []])
  expect(await plans(() => findOwnMarks(db, member, topic.id, ids), { mayWeigh: true })).toEqual([[], []])
})

test('what a member asked and answered is read from indexes', async () => {
  const { db } = database
  for (const work of [() => listTopicsBy(db, member, 7), () => listAnswersBy(db, member, 7)])
    for (const nodes of await plansOf(work)) expect(slowIn(nodes, { mayWeigh: true }), last.query).toEqual([])
})

test('the topics of a tag are read from an index', async () => {
  const { db } = database
  for (const tag of ['tag7', 'nobody-uses-this'])
    for (const nodes of await plansOf(() => listTopics(db, visitor, { list: 'new', tag, size: 20 })))
      expect(slowIn(nodes, { mayWeigh: true })).toEqual([])
})

test('what is asked most is planned once and kept: planning would cost more than reading', async () => {
  const { db } = database
  const ids = [1, 2, 3].map(n => SAMPLE + n)
  const asked: [string, () => Promise<unknown>][] = [
    ...LISTS.map((list): [string, () => Promise<unknown>] => [`list ${list}`, () => listTopics(db, visitor, { list })]),
    ['list of a group', () => listTopics(db, visitor, { list: 'new', board: root })],
    ['list of a board', () => listTopics(db, member, { list: 'active', board: child })],
    ['topic', () => findTopicWithOpening(db, member, topic.id)],
    ['answers', () => listAnswers(db, member, topic, { order: 'helpful' })],
    ['comments', () => commentsOf(db, member, topic.boardId, ids)],
    ['own marks', () => findOwnMarks(db, member, topic.id, ids)],
  ]
  for (const [name, work] of asked) {
    for (let n = 0; n < 8; n++) await work()
    const { query } = statements.at(-1) ?? expect.fail()
    const [kept] = await database.sql`select generic_plans as kept from pg_prepared_statements where statement = ${query}`
    expect(Number(kept?.kept), name).toBeGreaterThan(0)
  }
})

// Last: it measures tables anew, and those before are planned for a million topics.
test('first questions that wait, the helpers of a month, who has a badge and a member’s year are read from indexes', async () => {
  const { db } = database
  await db.execute(sql`update topics set is_first = true where id % 50 = 0`)
  await db.execute(sql`
    insert into helper_months (account_id, month, place, answers, solved, thanks, helpful, points)
    select a.id, date '2026-06-01' + make_interval(months => m), p, 1, 1, 1, 1, (a.id * 7 + m) % 400
    from accounts a, generate_series(0, 5) m, unnest(array['site', 'root:1', 'board:1']) p`)
  await db.execute(
    sql`insert into badge_grants (account_id, badge) select id, b from accounts, unnest(array['first_answer', 'solved_10']) b`,
  )
  for (const table of ['topics', 'helper_months', 'badge_grants']) await db.execute(sql.raw(`analyze ${table}`))
  const works = [
    () => listFirstWaiting(db, member),
    () => listHelpers(db, { place: 'site', months: ['2026-09-01'] }),
    () => listHelpers(db, { place: 'root:1', months: ['2026-09-01', '2026-08-01'], size: 40 }),
    () => listHolders(db, 'first_answer'),
    () => listHolders(db, 'first_answer', '2026-01-01T00:00:00.000Z~77'),
    () => listSkills(db, 77, ['public']),
    () => activityOf(db, member, 77),
  ]
  for (const work of works) for (const nodes of await plansOf(work)) expect(slowIn(nodes, { mayWeigh: true }), last.query).toEqual([])
})

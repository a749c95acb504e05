import { type SQL, sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeCompany, makeProduct } from '../../test/companies.ts'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { makeGuarantee, makeOfficial } from '../../test/guarantees.ts'
import { anOperator, makeAnswer, makeBoard, makeTopic, openingOf, postNow, topicNow } from '../../test/making.ts'
import { makeAgent, makeMember } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import type { BoardRow } from '../boards/schema.ts'
import { nameProducts } from '../companies/naming.ts'
import type { Product } from '../companies/product_queries.ts'
import type { CompanyRow } from '../companies/schema.ts'
import { sayFixed } from '../fixes/fixes.ts'
import { today } from '../platform/day_salt.ts'
import type { Db } from '../platform/db.ts'
import { Invalid, Missing, Refused } from '../platform/errors.ts'
import { react } from '../reactions/reactions.ts'
import { endAsking } from '../search/deflecting.ts'
import { pickBest, unpickBest } from '../topics/best_answers.ts'
import type { Post } from '../topics/page_queries.ts'
import type { Topic } from '../topics/queries.ts'
import { countVisits } from '../topics/visits.ts'
import { withdrawPost } from '../topics/withdrawing.ts'
import { countInsights } from './calendar.ts'
import { groupAll } from './grouping.ts'
import { readInsights } from './insights.ts'
import { periodUntil } from './period.ts'
import type { Scope } from './queries.ts'
import { countReaders } from './readers.ts'

let database: TestDatabase
let db: Db
let board: BoardRow
let members: Actor[]
let agent: Actor
let company: CompanyRow
let rival: CompanyRow
let products: Product[]
const asked: Topic[] = []
const answers: Post[] = []

beforeAll(async () => {
  database = await testDatabase()
  db = database.db
  board = await makeBoard(db)
  members = await Promise.all(Array.from({ length: 5 }, () => makeMember(db)))
  company = await makeCompany(db)
  rival = await makeCompany(db)
  agent = await makeAgent(db, company)
  products = [await makeProduct(db, company), await makeProduct(db, company), await makeProduct(db, rival)]
})
afterAll(() => database.drop())

/** One of them, whatever the number. */
const pick = <T>(list: T[], number: number): T | undefined => list[number % Math.max(1, list.length)]
const member = (number: number) => pick(members, number) ?? expect.fail()

/** Everything that may happen to a question, by what people do; `a` and `b` choose to which, by whom and when. */
const DEEDS: Record<string, (a: number, b: number) => Promise<unknown>> = {
  async ask(a, b) {
    const topic = await makeTopic(db, member(a), board, { kind: a % 7 === 0 ? 'discussion' : 'question' })
    const named = products.filter((_, place) => (b >> place) % 2 === 0)
    await nameProducts(db, member(a), topic, named.map(({ nameJa }) => nameJa).join('、'))
    await db.execute(sql`update topics set created_at = now() - make_interval(hours => ${(a * 37 + b) % 700}) where id = ${topic.id}`)
    asked.push(await topicNow(db, topic))
  },
  async answer(a, b) {
    const topic = pick(asked, a)
    if (!topic) return
    const answer = await makeAnswer(db, member(b), topic)
    await db.execute(
      sql`update posts set created_at = least(now(), t.created_at + make_interval(mins => ${(b * b) % 3000})) from topics t where posts.id = ${answer.id} and t.id = posts.topic_id`,
    )
    answers.push(answer)
    if (a % 2) await react(db, member(b + 1), answer, 'helpful')
  },
  async rename(a, b) {
    const topic = pick(asked, a)
    if (!topic) return
    const author = members.find(({ id }) => id === topic.authorId) ?? expect.fail()
    await nameProducts(
      db,
      author,
      await topicNow(db, topic),
      products
        .filter((_, place) => (b >> place) % 2 === 1)
        .map(({ nameJa }) => nameJa)
        .join('、'),
    )
  },
  async best(a) {
    const answer = pick(answers, a)
    const author = answer && members.find(({ id }) => id === answer.topic.authorId)
    if (answer && author && answer.authorId !== author.id) await pickBest(db, author, await postNow(db, answer))
  },
  async unpick(a) {
    const answer = pick(answers, a)
    const author = answer && members.find(({ id }) => id === answer.topic.authorId)
    if (answer && author) await unpickBest(db, author, await postNow(db, answer))
  },
  async helpful(a, b) {
    const answer = pick(answers, a)
    if (answer && answer.authorId !== member(b).id) await react(db, member(b), answer, 'helpful')
  },
  async fixed(a, b) {
    const answer = pick(answers, a)
    if (!answer || answer.authorId === member(b).id) return
    await sayFixed(db, member(b), answer, { device: 'x'.repeat(22), visitor: 'v' }, { fixed: (a + b) % 3 > 0 })
    if (b % 4) return
    await db.execute(sql`update fixes set at = at - interval '2 days' where post_id = ${answer.id} and account_id = ${member(b).id}`)
    await db.execute(sql`update insight_calendar set outdated_at = now()`)
  },
  async ended(a, b) {
    const answer = pick(answers, a)
    if (answer) await endAsking(db, member(b), answer, { draftKey: `ended-${a}-${b}` })
  },
  async official(a) {
    const topic = pick(asked, a)
    if (!topic || !(await topicNow(db, topic)).companyIds.includes(company.id)) return
    const answer = await makeOfficial(db, agent, company, topic)
    const product = products.slice(0, 2).find(({ id }) => topic.productIds.includes(id))
    if (product && a % 2) await makeGuarantee(db, agent, company, answer, product)
  },
  async withdraw(a) {
    const answer = pick(answers, a)
    const author = answer && members.find(({ id }) => id === answer.authorId)
    if (answer && author) await withdrawPost(db, author, await postNow(db, answer))
  },
  async withdrawQuestion(a) {
    const topic = a % 3 === 0 ? pick(asked, a) : undefined
    const author = topic && members.find(({ id }) => id === topic.authorId)
    if (topic && author && (await topicNow(db, topic)).answerCount === 0) await withdrawPost(db, author, await openingOf(db, topic))
  },
}

/** Refusals are part of life: a closed or withdrawn thing takes nothing. */
async function happen(deed: string, a: number, b: number): Promise<void> {
  await DEEDS[deed]?.(a, b).catch(error => {
    if (!(error instanceof Refused || error instanceof Missing || error instanceof Invalid)) throw error
  })
}

/** The same figures, slowly, from what people wrote and nothing else; written without the code that counts. */
async function recounted(scope: Scope, from: string, until: string) {
  const about = scope.productId
    ? sql`exists (select from topic_products n where n.topic_id = t.id and n.product_id = ${scope.productId})`
    : sql`exists (select from topic_products n join products p on p.id = n.product_id where n.topic_id = t.id and p.company_id = ${scope.companyId})`
  const stands = sql`t.hidden_at is null and t.withdrawn_at is null and t.visibility = 'public' and ${about}`
  const day = (moment: string) => sql`to_char(${sql.raw(moment)} at time zone 'Asia/Tokyo', 'YYYY-MM-DD') between ${from} and ${until}`
  const answered = sql`(select min(p.created_at) from posts p where p.topic_id = t.id and p.kind = 'answer' and p.author_id <> t.author_id and p.hidden_at is null and p.withdrawn_at is null)`
  const [questions] = await db.execute(sql`
    select count(*)::int as questions, count(answered)::int as answered, count(solved_at)::int as solved, count(guaranteed_at)::int as guaranteed,
      percentile_disc(0.5) within group (order by floor(extract(epoch from answered - created_at) / 60)) as median,
      percentile_disc(0.9) within group (order by floor(extract(epoch from answered - created_at) / 60)) as ninetieth
    from (select t.*, ${answered} as answered from topics t where t.kind = 'question' and ${stands} and ${day('t.created_at')}) asked`)
  const [voices] = await db.execute(sql`
    select count(*) filter (where f.fixed)::int as fixed, count(*) filter (where not f.fixed)::int as failed from fixes f join posts p on p.id = f.post_id
    join topics t on t.id = p.topic_id where p.hidden_at is null and p.withdrawn_at is null and ${stands} and ${day('f.at')}`)
  const [ended] = await db.execute(sql`
    select count(*)::int as ended from deflections d join topics t on t.id = d.topic_id where ${stands} and ${day('d.at')}`)
  return { ...questions, ...voices, ...ended, median: rounded(questions?.median), ninetieth: rounded(questions?.ninetieth) } as Record<
    string,
    unknown
  >
}

/** As `waits.ts` says they are rounded, said once more in other words. */
function rounded(minutes: unknown): number | undefined {
  if (minutes === null || minutes === undefined) return undefined
  const waited = Number(minutes)
  const grain = waited < 120 ? 1 : waited < 24 * 60 ? 10 : waited < 30 * 24 * 60 ? 60 : 24 * 60
  return waited - (waited % grain)
}

const answeredAt = sql`(select min(p.created_at) from posts p where p.topic_id = t.id and p.kind = 'answer' and p.author_id <> t.author_id and p.hidden_at is null and p.withdrawn_at is null)`

/** The questions that were found alike and still count, with what is asked of each. */
const troubles = (columns: SQL) =>
  db.execute(
    sql`select m.topic_id, m.product_id, ${columns} from insight_trouble_topics m join topics t on t.id = m.topic_id order by 1, 2`,
  )

const NAMES = ['questions', 'answered', 'solved', 'guaranteed', 'fixed', 'failed', 'ended', 'median', 'ninetieth']
const scopes = (): Scope[] => [
  { companyId: company.id, productId: 0 },
  ...products.slice(0, 2).map(({ id }) => ({ companyId: company.id, productId: id })),
  { companyId: rival.id, productId: 0 },
]

async function expectSame(): Promise<void> {
  for (const scope of scopes()) {
    const period = periodUntil(today(), 14)
    const { figures } = await readInsights(db, anOperator, scope, period)
    for (const [counted, from, until] of [
      [figures.now, period.from, period.until],
      [figures.before, period.before, new Date(Date.parse(period.from) - 86_400_000).toISOString().slice(0, 10)],
    ] as const) {
      const slow = await recounted(scope, from, until)
      const shown = Object.fromEntries(NAMES.map(name => [name, (counted as Record<string, unknown>)[name]]))
      expect(shown, `${JSON.stringify(scope)} ${from}`).toEqual(Object.fromEntries(NAMES.map(name => [name, slow[name]])))
    }
  }
}

test('figures are those of a slow recount, whatever happened and in whatever order, and counting twice changes nothing', {
  timeout: 120_000,
}, async () => {
  const number = fc.nat({ max: 100_000 })
  const walk = fc.array(
    fc.tuple(
      fc.constantFrom(...Object.keys(DEEDS), 'ask', 'ask', 'answer', 'answer', 'answer', 'best', 'fixed', 'helpful', 'helpful'),
      number,
      number,
    ),
    {
      minLength: 25,
      maxLength: 40,
    },
  )
  const property = fc.asyncProperty(walk, async deeds => {
    for (const [deed, a, b] of deeds) await happen(deed, a, b)
    await countInsights(db)
    await expectSame()
    expect(await troubles(sql`m.solved, m.guaranteed, m.minutes is null as waits`)).toEqual(
      await troubles(sql`t.solved_at is not null as solved, t.guaranteed_at is not null as guaranteed, ${answeredAt} is null as waits`),
    )
    await groupAll(db)
  })
  await fc.assert(property, { seed: 20261124, numRuns: 6, endOnFailure: true })
  await db.execute(sql`update insight_calendar set outdated_at = now()`)
  await Promise.all([countInsights(db), countInsights(db)])
  await expectSame()
  const [{ total } = { total: 0 }] = await db.execute<{ total: number }>(sql`select sum(questions)::int as total from insight_days`)
  expect(total).toBeGreaterThan(20)
})

test('readers, how they came and who of them asked within a day are those of a slow recount', async () => {
  const visits = countVisits(db, { everyMs: 3_600_000 })
  const safari =
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'
  const sources = ['forum', 'company', 'search', 'social', 'site', 'paid', 'direct'] as const
  for (let n = 0; n < 160; n++) {
    const topic = pick(asked, n * 13) ?? expect.fail()
    const origin = { source: sources[(n * 5) % 7] ?? 'direct', companyId: n % 2 ? company.id : rival.id }
    visits.add({ topicId: topic.id, visitor: `visitor ${n % 40}`, userAgent: safari }, () => origin)
    if (n % 50 === 0) await visits.flush()
  }
  visits.asked(Array.from({ length: 9 }, (_, n) => `visitor ${n * 4}`))
  await visits.stop()
  // Some read long before they asked: that day is told apart from the hour.
  await db.execute(sql`update visits set at = at - interval '30 hours' where topic_id % 3 = 0`)
  await countReaders(db)
  await countReaders(db)
  for (const scope of scopes()) {
    const about = scope.productId
      ? sql`${scope.productId} in (select product_id from topic_products where topic_id = t.id)`
      : sql`${scope.companyId} in (select p.company_id from topic_products n join products p on p.id = n.product_id where n.topic_id = t.id)`
    const read = sql`select v.*, t.kind = 'question' and v.solved as helps from visits v join topics t on t.id = v.topic_id
      where t.hidden_at is null and t.withdrawn_at is null and t.visibility = 'public' and ${about}`
    const [slow] = await db.execute<Record<string, number>>(sql`
      with read as (${read}) select count(distinct visitor)::int as readers, count(distinct visitor) filter (where helps)::int as helped,
        count(distinct visitor) filter (where helps and not exists (select from visit_asks a join read r on r.visitor = a.visitor and r.day = a.day and r.helps
          where a.visitor = read.visitor and a.day = read.day and a.at between r.at and r.at + interval '24 hours'))::int as stayed from read`)
    const ways = await db.execute<{ source: string; n: number }>(sql`
      with read as (${read}), first as (select distinct on (visitor) visitor, case when source = 'company' and company_id <> ${scope.companyId} then 'site' else source end as source
        from read order by visitor, at, topic_id)
      select source, count(*)::int as n from first group by source`)
    const { figures } = await readInsights(db, anOperator, scope, periodUntil(today(), 14))
    const { readers, helped, stayed } = figures.now
    expect({ readers, helped, stayed }).toEqual({ ...slow })
    expect(figures.now.sources).toEqual(Object.fromEntries([...ways].map(({ source, n }) => [source, n])))
    expect(readers).toBeGreaterThan(0)
  }
})

test('a day whose visits are forgotten keeps its readers', async () => {
  await db.execute(sql`update insight_readers set day = day - 3`)
  await countReaders(db)
  const days = await db.execute<{ day: string; readers: number }>(sql`
    select day::text as day, readers from insight_readers where company_id = ${company.id} and product_id = 0 order by day`)
  expect(days).toHaveLength(2)
  expect(days[0]?.readers).toBe(days[1]?.readers)
})

test('who helped most is who helped most in a slow recount', async () => {
  await groupAll(db)
  const worth = (helper: { best: number; guaranteed: number; helpful: number }) => 2 * helper.best + 2 * helper.guaranteed + helper.helpful
  for (const [days, least] of [
    [14, 1],
    [364, 3],
  ] as const) {
    const { helpers } = await readInsights(db, anOperator, { companyId: company.id, productId: 0 }, periodUntil(today(), days))
    const slow = await db.execute<{ id: string; answers: number; best: number; guaranteed: number; helpful: number }>(sql`
      select p.author_id as id, count(*)::int as answers, count(*) filter (where t.best_answer_id = p.id)::int as best, count(p.guaranteed_at)::int as guaranteed,
        sum((select count(*) from reactions r where r.post_id = p.id and r.kind = 'helpful'))::int as helpful
      from posts p join topics t on t.id = p.topic_id
      where p.kind = 'answer' and t.kind = 'question' and p.author_id <> t.author_id and p.author_id = any(${sql.param(members.map(({ id }) => id))}::bigint[])
        and p.hidden_at is null and p.withdrawn_at is null and t.hidden_at is null and t.withdrawn_at is null
        and (t.created_at at time zone 'Asia/Tokyo')::date > (now() at time zone 'Asia/Tokyo')::date - ${days}::int
        and exists (select from topic_products n join products m on m.id = n.product_id where n.topic_id = t.id and m.company_id = ${company.id})
      group by p.author_id`)
    const wanted = [...slow].map(row => ({ ...row, id: Number(row.id) })).filter(row => worth(row) > 0)
    expect(helpers.map(({ author, ...counts }) => ({ id: author.id, ...counts }))).toEqual(
      wanted.sort((a, b) => worth(b) - worth(a) || b.answers - a.answers || a.id - b.id),
    )
    expect(helpers.length).toBeGreaterThanOrEqual(least)
  }
  expect((await troubles(sql`m.solved`)).length).toBeGreaterThan(5)
})

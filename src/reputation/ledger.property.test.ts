import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { makeBoard } from '../../test/making.ts'
import type { Db } from '../platform/db.ts'
import { settle } from './ledger.ts'
import { rebuild } from './rebuilding.ts'
import { RULES, type RuleName } from './rules.ts'
import { verify } from './verifying.ts'

const ACTIONS = 100_000
const MEMBERS = 150
const TOPICS = 600
const ANSWERS_EACH = 4
/** Few enough that most presses take back an earlier one. */
const READERS_EACH = 14
const AT_ONCE = 800

let database: TestDatabase
let db: Db

beforeAll(async () => {
  database = await testDatabase()
  db = database.db
})
afterAll(() => database.drop())

/** The same numbers every time (mulberry32). */
function seeded(seed: number) {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return { chance: (share: number) => next() < share, below: (n: number) => Math.floor(next() * n) }
}
type Random = ReturnType<typeof seeded>

type Reaction = { post: number; account: number; kind: 'helpful' | 'thanks'; day: number }
type Topic = { id: number; asker: number; best?: { answer: number; day: number } }
type Answer = { id: number; topic: Topic; author: number; hidden: boolean }
/** What the forum should be after the actions, kept in plain memory. */
type Model = { members: number[]; topics: Topic[]; answers: Answer[]; reactions: Map<string, Reaction>; voided: Set<string> }
type Told = { name: string; postId: number; actorId: number; id?: number }

async function makeForum(): Promise<Model> {
  const board = await makeBoard(db)
  const ids = async (query: ReturnType<typeof sql>) => (await db.execute<{ id: string }>(query)).map(({ id }) => Number(id))
  const members = await ids(sql`insert into accounts (handle, name, email, confirmed_at)
    select 'member_' || n, 'Member ' || n, n || '@example.com', now() from generate_series(1, ${MEMBERS}) n returning id`)
  const askers = Array.from({ length: TOPICS }, (_, n) => members[(n * 7) % MEMBERS] ?? 0)
  const topicIds = await ids(sql`insert into topics (board_id, root_board_id, kind, title, author_id)
    select ${board.id}, ${board.id}, 'question', 'ひとつの質問です', a from unnest(${sql.param(askers)}::bigint[]) a returning id`)
  const topics = topicIds.map((id, n) => ({ id, asker: askers[n] ?? 0 }))
  const planned = topics.flatMap((topic, n) =>
    Array.from({ length: ANSWERS_EACH }, (_, m) => ({ topic, author: members[(n * 7 + 1 + m * 11) % MEMBERS] ?? 0 })),
  )
  const answerIds = await ids(sql`insert into posts (topic_id, kind, author_id, body, body_html, body_text, renderer_version, created_at)
    select t, 'answer', a, 'x', 'x', 'x', 1, '2026-01-05' from unnest(${sql.param(planned.map(({ topic }) => topic.id))}::bigint[], ${sql.param(planned.map(({ author }) => author))}::bigint[]) as x(t, a)
    returning id`)
  const answers = planned.map((each, n) => ({ ...each, id: answerIds[n] ?? 0, hidden: false }))
  return { members, topics, answers, reactions: new Map(), voided: new Set() }
}

/** Does something in the model, and says what the event of it would say. */
function act(model: Model, random: Random): Told {
  const answer = model.answers[random.below(model.answers.length)] ?? expect.fail()
  const actor = model.members[(answer.id + random.below(READERS_EACH)) % MEMBERS] ?? expect.fail()
  const { topic } = answer
  const what = random.below(100)
  if (what < 80) {
    const kind = random.chance(0.5) ? 'helpful' : 'thanks'
    const key = `${answer.id} ${actor} ${kind}`
    if (model.reactions.delete(key) || actor === answer.author) return { name: 'reaction.withdrawn', postId: answer.id, actorId: actor }
    model.reactions.set(key, { post: answer.id, account: actor, kind, day: 1 + random.below(4) })
    return { name: 'reaction.given', postId: answer.id, actorId: actor }
  }
  if (what < 92) {
    topic.best = topic.best?.answer === answer.id ? undefined : { answer: answer.id, day: 1 + random.below(4) }
    return { name: 'best_answer.picked', postId: answer.id, actorId: topic.asker }
  }
  answer.hidden = !answer.hidden
  return { name: 'post.withdrawn', postId: answer.id, actorId: answer.author }
}

/** Brings the database to where the model is, and writes the events down, in one go for many actions. */
async function apply(model: Model, told: Told[]): Promise<void> {
  const touched = new Set(told.map(({ postId }) => postId))
  const answers = model.answers.filter(({ id }) => touched.has(id))
  const topics = [...new Set(answers.map(({ topic }) => topic))]
  const keys = new Set(told.flatMap(({ postId, actorId }) => ['helpful', 'thanks'].map(kind => `${postId} ${actorId} ${kind}`)))
  const pressed = [...keys].map(key => {
    const [post, account, kind] = key.split(' ')
    return { post, account, kind, day: model.reactions.get(key)?.day }
  })
  await db.transaction(async tx => {
    await tx.execute(sql`
      with pressed as (select * from jsonb_to_recordset(${JSON.stringify(pressed)}::jsonb) as g(post bigint, account bigint, kind text, day int)),
      gone as (delete from reactions r using pressed p where p.day is null and r.post_id = p.post and r.account_id = p.account and r.kind = p.kind)
      insert into reactions (post_id, account_id, kind, created_at) select post, account, kind, '2026-01-01'::date + day from pressed where day is not null
      on conflict (post_id, account_id, kind) do update set created_at = excluded.created_at`)
    await tx.execute(sql`update posts p set hidden_at = case when a.hidden then now() end
      from jsonb_to_recordset(${JSON.stringify(answers.map(({ id, hidden }) => ({ id, hidden })))}::jsonb) as a(id bigint, hidden boolean) where p.id = a.id`)
    await tx.execute(sql`update topics t set best_answer_id = b.answer, best_picked_by_id = t.author_id, best_picked_at = '2026-01-01'::date + b.day
      from jsonb_to_recordset(${JSON.stringify(topics.map(({ id, best }) => ({ id, ...best })))}::jsonb) as b(id bigint, answer bigint, day int) where t.id = b.id`)
    const rows = await tx.execute<{ id: string }>(sql`insert into events (name, data)
      select e.name, jsonb_build_object('postId', e."postId", 'actorId', e."actorId", 'kind', 'helpful')
      from jsonb_to_recordset(${JSON.stringify(told)}::jsonb) as e(name text, "postId" bigint, "actorId" bigint) returning id`)
    for (const [n, row] of rows.entries()) Object.assign(told[n] ?? {}, { id: Number(row.id) })
  })
}

/** Points by the rules, recounted from the model alone. */
function expected(model: Model): Map<number, number> {
  const days = new Map<string, { account: number; rule: RuleName; points: number }>()
  const byId = new Map(model.answers.map(answer => [answer.id, answer]))
  const bring = (rule: RuleName, account: number, from: number, day: number) => {
    if (model.voided.has(`${from} ${account}`)) return
    const points = RULES.find(each => each.rule === rule)?.points ?? 0
    const key = `${account} ${rule} ${day}`
    days.set(key, { account, rule, points: (days.get(key)?.points ?? 0) + points })
  }
  for (const { author, hidden, topic } of model.answers) if (!hidden && author !== topic.asker) bring('answer_posted', author, 0, 4)
  for (const { post, account, kind, day } of model.reactions.values()) {
    const answer = byId.get(post)
    if (!answer || answer.hidden) continue
    bring(`${kind}_received`, answer.author, account, day)
    if (kind === 'thanks') bring('thanks_given', account, answer.author, day)
  }
  for (const { asker, best } of model.topics) {
    const answer = best && byId.get(best.answer)
    if (!best || !answer || answer.hidden || answer.author === asker) continue
    bring('best_received', answer.author, asker, best.day)
    bring('best_picked', asker, answer.author, best.day)
  }
  const points = new Map<number, number>()
  for (const { account, rule, points: brought } of days.values()) {
    const limit = RULES.find(each => each.rule === rule)?.dailyLimit ?? 0
    points.set(account, (points.get(account) ?? 0) + Math.min(limit, brought))
  }
  return new Map([...points].filter(([, sum]) => sum !== 0))
}

async function standingPoints(): Promise<Map<number, number>> {
  const rows = await db.execute<{ id: string; points: number }>(sql`select id, points from accounts where points <> 0`)
  return new Map(rows.map(({ id, points }) => [Number(id), points]))
}

const inOrder = (points: Map<number, number>) => [...points].toSorted(([a], [b]) => a - b)
const PROVEN = { sums: 0, missing: 0, unfounded: 0, counters: 0, limits: 0 }

/** Two confirmed findings in the middle of everything: between these members nothing counts from then on. */
async function confirmRing(model: Model, random: Random): Promise<Told[]> {
  const ring = Array.from({ length: 5 }, () => model.members[random.below(MEMBERS)] ?? 0)
  const [finding] = await db.execute<{ id: string }>(
    sql`insert into findings (kind, member_ids, mark, evidence) values ('ring', ${sql.param(ring)}::bigint[], ${ring.join()}, '{}') returning id`,
  )
  await db.execute(sql`insert into voided_pairs select a, b, ${finding?.id} from unnest(${sql.param(ring)}::bigint[]) a, unnest(${sql.param(ring)}::bigint[]) b
    where a <> b on conflict do nothing`)
  for (const a of ring) for (const b of ring) if (a !== b) model.voided.add(`${a} ${b}`)
  return model.answers
    .filter(({ author, topic }) => ring.includes(author) || ring.includes(topic.asker))
    .map(({ id, author }) => ({ name: 'post.withdrawn', postId: id, actorId: author }))
}

test(`after ${ACTIONS} random actions, with events late, repeated and in any order, the ledger says what stands`, {
  timeout: 400_000,
}, async () => {
  const random = seeded(20261124)
  const model = await makeForum()
  const waiting: Told[] = model.answers.map(({ id, author }) => ({ name: 'answer.posted', postId: id, actorId: author }))
  await db.execute(sql`update posts set created_at = '2026-01-05'`)
  for (let done = 0; done < ACTIONS; done += AT_ONCE) {
    const told = Array.from({ length: AT_ONCE }, () => act(model, random))
    await apply(model, told)
    for (const event of told) for (let times = random.chance(0.1) ? 2 : 1; times > 0; times--) waiting.push(event)
    if (done === 40_000 || done === 80_000) waiting.push(...(await confirmRing(model, random)))
    await deliver(Array.from({ length: Math.ceil(AT_ONCE * 1.1) }, () => taken(waiting, random)))
  }
  while (waiting.length > 0) await deliver(Array.from({ length: Math.min(waiting.length, AT_ONCE) }, () => taken(waiting, random)))

  expect(inOrder(await standingPoints())).toEqual(inOrder(expected(model)))
  expect(await verify(db)).toEqual(PROVEN)
  const [rows] = await db.execute<{
    counted: string
    reversed: string
    limit: string
  }>(sql`select count(*) filter (where kind = 'counted') as counted,
    count(*) filter (where kind = 'reversed') as reversed, count(*) filter (where kind = 'limit') as limit from reputation_entries`)
  expect(Number(rows?.counted)).toBeGreaterThan(20_000)
  expect(Number(rows?.reversed)).toBeGreaterThan(15_000)
  expect(Number(rows?.limit)).toBeGreaterThan(500)

  await db.transaction(async tx => {
    await tx.execute(sql`set local hiroba.repair = 'on'`)
    await tx.execute(sql`delete from reputation_entries where id % 17 = 0`)
    await tx.execute(sql`update reputation_entries set points = points + 3 where id % 23 = 0`)
    await tx.execute(sql`insert into reputation_entries (account_id, points, rule, kind, post_id, topic_id, from_id, day)
      select account_id, points, rule, kind, post_id, topic_id, from_id, day from reputation_entries where kind = 'counted' and id % 29 = 0`)
    await tx.execute(sql`update accounts set points = points + 7 where id % 3 = 0`)
  })
  expect(Object.values(await verify(db)).filter(found => found > 0)).toHaveLength(5)
  await rebuild(db)
  expect(await verify(db)).toEqual(PROVEN)
  expect(inOrder(await standingPoints())).toEqual(inOrder(expected(model)))
})

function taken(waiting: Told[], random: Random): Told {
  // Mostly from anywhere, so that some wait long and many overtake each other.
  const at = random.below(waiting.length)
  const event = waiting[at] ?? expect.fail()
  waiting[at] = waiting.at(-1) ?? event
  waiting.pop()
  return event
}

/** Events as four workers take them: at once, each with some; the reaction's own way for some of them. */
async function deliver(events: Told[]): Promise<void> {
  const workers = [0, 1, 2, 3].map(worker => events.filter((_, n) => n % 4 === worker))
  await Promise.all(
    workers.map(async own => {
      const [first] = own
      if (first?.name.startsWith('reaction')) await settle(db, { posts: [first.postId], from: first.actorId, eventId: first.id })
      const bests = new Set(own.filter(({ name }) => name.startsWith('best')).map(({ postId }) => postId))
      const beside = await db.execute<{ id: string }>(
        sql`select id from posts where topic_id in (select topic_id from posts where id = any(${sql.param([...bests])}::bigint[]))`,
      )
      await settle(db, { posts: [...own.map(({ postId }) => postId), ...beside.map(({ id }) => Number(id))], eventId: own.at(-1)?.id })
    }),
  )
}

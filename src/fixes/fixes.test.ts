import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeCompany, makeProduct } from '../../test/companies.ts'
import { rolledBack, type TestDatabase, testDatabase } from '../../test/database.ts'
import { happened, lastEvent } from '../../test/happened.ts'
import { makeAnswer, makeBoard, makeTopic, openingOf, postNow, topicNow } from '../../test/making.ts'
import { makeAgent, makeMember, makeUnconfirmed, visitor } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import { nameProducts } from '../companies/naming.ts'
import type { Db } from '../platform/db.ts'
import { Invalid, Refused, TooMany } from '../platform/errors.ts'
import type { Post } from '../topics/page_queries.ts'
import { posts } from '../topics/schema.ts'
import { withdrawPost } from '../topics/withdrawing.ts'
import { sayFixed, withdrawFixed } from './fixes.ts'
import { findOwnFix } from './queries.ts'
import { fixes } from './schema.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await testDatabase()
})
afterAll(() => database.drop())

let browsers = 0
/** A reader with a browser and an address of his own. */
const reader = () => ({ device: `device-${++browsers}`, visitor: `visitor-${browsers}` })
const yes = { fixed: true }
const no = { fixed: false }

async function answered(db: Db, kind: 'question' | 'tip' = 'question') {
  const [asker, helper] = [await makeMember(db), await makeMember(db)]
  const topic = await makeTopic(db, asker, await makeBoard(db), { kind })
  return { asker, helper, topic, answer: await makeAnswer(db, helper, topic) }
}

/** A question about a product with two versions, with an answer. */
async function aboutProduct(db: Db) {
  const company = await makeCompany(db)
  const product = await makeProduct(db, company, {}, ['1.0', '2.0'])
  const { asker, topic, answer } = await answered(db)
  await nameProducts(db, asker, topic, product.nameJa)
  const [newest, oldest] = product.versions
  return {
    company,
    product,
    asker,
    newest: newest?.id ?? 0,
    oldest: oldest?.id ?? 0,
    answer: await postNow(db, answer),
    topic: await topicNow(db, topic),
  }
}

const talliesOf = async (db: Db, post: Post) => (await postNow(db, post)).fixes

/** What the rows say, counted by plain SQL. */
async function counted(db: Db, post: Post) {
  const rows = await db.execute<{ key: string; fixed: number; failed: number; guest_fixed: number; guest_failed: number }>(sql`
    select key, count(*) filter (where account_id is not null and fixed)::int as fixed, count(*) filter (where account_id is not null and not fixed)::int as failed,
      count(*) filter (where account_id is null and fixed)::int as guest_fixed, count(*) filter (where account_id is null and not fixed)::int as guest_failed
    from ${fixes} cross join lateral (select 'all' union all select version_id::text where version_id is not null) k(key)
    where post_id = ${post.id} group by key`)
  return Object.fromEntries(
    [...rows].map(({ key, fixed, failed, guest_fixed, guest_failed }) => [
      key,
      { fixed, failed, guestFixed: guest_fixed, guestFailed: guest_failed },
    ]),
  )
}
const withoutScores = (tallies: Awaited<ReturnType<typeof talliesOf>>) =>
  Object.fromEntries(Object.entries(tallies).map(([key, { score: _, ...tally }]) => [key, tally]))

test('a reader says that an answer fixed it, changes his mind, and takes it back', () =>
  rolledBack(database.db, async db => {
    const { asker, answer } = await answered(db)
    const [before, browser] = [await lastEvent(db), reader()]
    await sayFixed(db, asker, answer, browser, yes)
    await sayFixed(db, asker, answer, browser, yes)
    expect(withoutScores(await talliesOf(db, answer))).toEqual({ all: { fixed: 1, failed: 0, guestFixed: 0, guestFailed: 0 } })
    await sayFixed(db, asker, answer, browser, no)
    expect(withoutScores(await talliesOf(db, answer))).toEqual({ all: { fixed: 0, failed: 1, guestFixed: 0, guestFailed: 0 } })
    await withdrawFixed(db, asker, answer, browser)
    await withdrawFixed(db, asker, answer, browser)
    expect(await talliesOf(db, answer)).toEqual({})
    expect(await happened(db, before)).toEqual(['fix.given', 'fix.given', 'fix.withdrawn'])
  }))

test('a guest has one voice, with or without the mark in his browser, and is counted apart', () =>
  rolledBack(database.db, async db => {
    const { answer } = await answered(db)
    await sayFixed(db, visitor, answer, { device: 'his', visitor: 'at-home' }, yes)
    await sayFixed(db, visitor, answer, { device: 'his', visitor: 'on-the-train' }, yes)
    await sayFixed(db, visitor, answer, { device: 'new-as-cookies-are-off', visitor: 'at-home' }, no)
    expect(withoutScores(await talliesOf(db, answer))).toEqual({ all: { fixed: 0, failed: 0, guestFixed: 0, guestFailed: 1 } })
    await sayFixed(db, visitor, answer, reader(), yes)
    expect((await talliesOf(db, answer)).all).toMatchObject({ guestFixed: 1, guestFailed: 1 })
  }))

test('who logs in after he said it as a guest is one person', () =>
  rolledBack(database.db, async db => {
    const { asker, answer } = await answered(db)
    const browser = reader()
    await sayFixed(db, visitor, answer, browser, no)
    await sayFixed(db, asker, answer, browser, yes)
    expect(withoutScores(await talliesOf(db, answer))).toEqual({ all: { fixed: 1, failed: 0, guestFixed: 0, guestFailed: 0 } })
  }))

test('who has not confirmed his address counts as a guest', () =>
  rolledBack(database.db, async db => {
    const { answer } = await answered(db)
    await sayFixed(db, await makeUnconfirmed(db), answer, reader(), yes)
    expect((await talliesOf(db, answer)).all).toMatchObject({ fixed: 0, guestFixed: 1 })
  }))

test('neither the writer nor the company whose product it is about says it, and only of answers to questions that stand', () =>
  rolledBack(database.db, async db => {
    const { company, answer, topic, asker } = await aboutProduct(db)
    const writer: Actor = { ...visitor, id: answer.authorId, role: 'member', confirmed: true }
    const tip = (await answered(db, 'tip')).answer
    const opening = await openingOf(db, topic)
    await expect(sayFixed(db, writer, answer, reader(), yes)).rejects.toThrow(Refused)
    await expect(sayFixed(db, await makeAgent(db, company), answer, reader(), no)).rejects.toThrow(Refused)
    for (const post of [tip, opening]) await expect(sayFixed(db, asker, post, reader(), yes)).rejects.toThrow(Refused)
    await withdrawPost(db, writer, answer)
    await expect(sayFixed(db, asker, answer, reader(), yes)).rejects.toThrow(Refused)
    expect(await db.$count(fixes)).toBe(0)
  }))

test('a guest who presses on and on is asked to wait', () =>
  rolledBack(database.db, async db => {
    const { answer } = await answered(db)
    const press = (n: number) => sayFixed(db, visitor, answer, { device: `d${n}`, visitor: 'the same' }, n % 2 ? yes : no)
    for (let n = 0; n < 30; n++) await press(n)
    await expect(press(30)).rejects.toThrow(TooMany)
  }))

describe('with a product', () => {
  test('what a reader has is counted by its version, kept when he changes his mind, and only what the topic names is taken', () =>
    rolledBack(database.db, async db => {
      const { answer, asker, newest, oldest, product } = await aboutProduct(db)
      const other = await aboutProduct(db)
      const browser = reader()
      await sayFixed(db, asker, answer, browser, { ...yes, having: `v${newest}` })
      await sayFixed(db, asker, answer, browser, no)
      expect((await talliesOf(db, answer))[newest]).toMatchObject({ fixed: 0, failed: 1 })
      expect(await findOwnFix(db, asker, answer, '')).toEqual({ fixed: false, productId: product.id, versionId: newest })
      await sayFixed(db, asker, answer, browser, { ...no, having: `v${oldest}` })
      expect(Object.keys(await talliesOf(db, answer)).sort()).toEqual([String(oldest), 'all'].sort())
      for (const having of [`v${other.newest}`, `p${other.product.id}`, 'v', 'x1', '0'])
        await expect(sayFixed(db, asker, answer, browser, { ...yes, having })).rejects.toThrow(Invalid)
    }))

  test('a version for which it begins to fail is told at once, and once, before all others are affected', () =>
    rolledBack(database.db, async db => {
      const { answer, newest, oldest } = await aboutProduct(db)
      for (let n = 0; n < 8; n++) await sayFixed(db, await makeMember(db), answer, reader(), { ...yes, having: `v${oldest}` })
      const before = await lastEvent(db)
      for (let n = 0; n < 4; n++) await sayFixed(db, visitor, answer, reader(), { ...no, having: `v${newest}` })
      const told = await db.execute<{ data: { versionIds: number[] } }>(
        sql`select data from events where id > ${before} and name = 'answer.failing'`,
      )
      expect([...told].map(({ data }) => data.versionIds)).toEqual([[newest], []])
      expect((await postNow(db, answer)).fixScore).toBeGreaterThan(0)
    }))
})

test('what once helped and no longer does loses its place, whatever it was before', () =>
  rolledBack(database.db, async db => {
    const { answer } = await answered(db)
    for (let n = 0; n < 20; n++) await sayFixed(db, await makeMember(db), answer, reader(), yes)
    expect((await postNow(db, answer)).fixScore).toBeGreaterThan(800)
    for (let n = 0; n < 6; n++) {
      await db.execute(sql`update fixes set at = at - interval '1 minute'`)
      await sayFixed(db, visitor, answer, reader(), no)
    }
    expect((await postNow(db, answer)).fixScore).toBe(-1)
  }))

test('forty readers at once, some of them twice and of two minds, are forty voices', async () => {
  const { db } = database
  const { answer } = await answered(db)
  const members = await Promise.all(Array.from({ length: 20 }, async () => ({ actor: await makeMember(db), browser: reader() })))
  const guests = Array.from({ length: 20 }, () => ({ actor: visitor, browser: reader() }))
  const all = [...members, ...guests]
  await Promise.all([...all, ...all].map(({ actor, browser }, n) => sayFixed(db, actor, answer, browser, n % 3 ? yes : no)))
  expect(await db.$count(fixes, sql`${fixes.postId} = ${answer.id}`)).toBe(40)
  expect(withoutScores(await talliesOf(db, answer))).toEqual(await counted(db, answer))
  await Promise.all(
    all.map(({ actor, browser }, n) => (n % 2 ? withdrawFixed(db, actor, answer, browser) : sayFixed(db, actor, answer, browser, no))),
  )
  expect(withoutScores(await talliesOf(db, answer))).toEqual(await counted(db, answer))
})

test('whatever is said, changed and taken back, the figures beside the answer are those of a recount', async () => {
  const { db } = database
  const { answer, newest, oldest, product } = await aboutProduct(db)
  const people = await Promise.all(Array.from({ length: 4 }, async () => ({ actor: await makeMember(db), browser: reader() })))
  people.push(...Array.from({ length: 4 }, () => ({ actor: visitor, browser: reader() })))
  const step = fc.record({
    who: fc.nat({ max: people.length - 1 }),
    what: fc.constantFrom('yes', 'no', 'back'),
    having: fc.constantFrom(undefined, '', `p${product.id}`, `v${newest}`, `v${oldest}`),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), steps =>
      rolledBack(db, async tx => {
        await tx.execute(sql`delete from throttles`)
        for (const { who, what, having } of steps) {
          const { actor, browser } = people[who] ?? expect.fail()
          if (what === 'back') await withdrawFixed(tx, actor, answer, browser)
          else await sayFixed(tx, actor, answer, browser, { fixed: what === 'yes', having })
        }
        const now = await postNow(tx, answer)
        expect(withoutScores(now.fixes)).toEqual(await counted(tx, answer))
        expect(now.fixScore).toBe(now.fixes.all?.score ?? 0)
      }),
    ),
    { numRuns: 40, seed: 20261124 },
  )
  expect(await db.$count(posts, sql`${posts.fixes} <> '{}' and ${posts.id} = ${answer.id}`)).toBe(0)
})

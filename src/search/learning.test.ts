import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { anOperator, makeBoard, makeTopic } from '../../test/making.ts'
import { makeMember, makeOperator, visitor } from '../../test/people.ts'
import type { Visibility } from '../accounts/visibility.ts'
import { listBoards } from '../boards/queries.ts'
import { today } from '../platform/day_salt.ts'
import type { Topic } from '../topics/queries.ts'
import { boostOf, learnBoosts, learnEarlierSearches } from './learning.ts'
import { searchBoosts, searchClicks, searches, searchVerdicts } from './schema.ts'
import { suggest } from './suggest_queries.ts'
import { countSearches, listSearches } from './use_queries.ts'

let forum: TestApp
let topics: Topic[]

beforeAll(async () => {
  forum = await startTestApp()
  const [member, board] = [await makeMember(forum.db), await makeBoard(forum.db, { nameJa: 'ルーターとネット' })]
  topics = await Promise.all([1, 2, 3].map(n => makeTopic(forum.db, member, board, { title: `hikarikaisenの話 ${n}` })))
  await forum.runJobs()
})
beforeEach(async () => {
  for (const table of [searches, searchClicks, searchVerdicts]) await forum.db.delete(table)
})
afterAll(() => forum.close())

const id = (place: number) => topics[place]?.id ?? 0
type Made = {
  words?: string
  people: number
  shown?: number[]
  daysAgo?: number
  reader?: Visibility
  opens?: number
  found?: boolean
  at?: number
}

/** Searches of different people, as they would have been written down. */
async function searched({ words = 'hikarikaisen', people, shown = [], daysAgo = 0, reader = 'public', opens, found, at = 0 }: Made) {
  const day = today(new Date(Date.now() - daysAgo * 86_400_000))
  const keys = Array.from({ length: people }, () => randomBytes(16))
  await forum.db.insert(searches).values(keys.map(key => ({ key, day, words, reader, results: shown.length, shown })))
  if (opens) await forum.db.insert(searchClicks).values(keys.map(key => ({ key, topicId: opens, day })))
  if (found !== undefined) await forum.db.insert(searchVerdicts).values(keys.map(key => ({ key, topicId: at, found, day })))
}

test('use moves a topic between minus one and one, more the more readers agree, and never by a few alone', () => {
  const use = { topicId: 1, places: [10], opened: 4, found: 0, missed: 0 }
  expect(Math.abs(boostOf(use))).toBeLessThan(0.05)
  expect(boostOf({ ...use, places: [400], opened: 380, found: 60 })).toBeGreaterThan(0.8)
  expect(boostOf({ ...use, places: [400], opened: 40, missed: 60 })).toBeLessThan(-0.5)
  const count = fc.nat({ max: 100_000 })
  fc.assert(
    fc.property(fc.array(count, { maxLength: 20 }), count, count, count, (places, opened, found, missed) => {
      const boost = boostOf({ topicId: 1, places, opened, found, missed })
      expect(Math.abs(boost)).toBeLessThanOrEqual(1)
      expect(boostOf({ topicId: 1, places, opened, found: found + 10, missed })).toBeGreaterThanOrEqual(boost)
      expect(boostOf({ topicId: 1, places, opened, found, missed: missed + 10 })).toBeLessThanOrEqual(boost)
    }),
    { seed: 7, numRuns: 300 },
  )
})

test('what readers open and call helpful is boosted, what they pass over is not; documents carry it', async () => {
  const { db, services } = forum
  await searched({ people: 80, shown: [id(0), id(1)], opens: id(1), found: true, at: id(1) })
  const put: { group: string; boost?: number }[] = []
  expect((await learnBoosts(db)).toSorted()).toEqual([id(0), id(1)].toSorted())
  const boosts = new Map((await db.select().from(searchBoosts)).map(row => [row.topicId, row.boost]))
  expect(boosts.get(id(1))).toBeGreaterThan(0.5)
  expect(boosts.get(id(0))).toBeLessThan(0)
  const { refreshDocumentsOf } = await import('./documents.ts')
  await refreshDocumentsOf(db, { ...services.search, put: async documents => void put.push(...documents) }, [id(1)])
  expect(put[0]?.boost).toBeGreaterThan(0.5)
  expect(await learnBoosts(db), 'nothing new, nothing to do').toEqual([])
  for (const table of [searches, searchClicks, searchVerdicts]) await db.delete(table)
  await learnBoosts(db)
  expect(await db.$count(searchBoosts)).toBe(0)
})

test('who says he opened what his search never showed moves nothing', async () => {
  await searched({ people: 50, shown: [id(0)], opens: id(2), found: true, at: id(2) })
  await learnBoosts(forum.db)
  expect((await forum.db.select().from(searchBoosts)).map(({ topicId }) => topicId)).toEqual([id(0)])
})

test('others are suggested only what several people looked for on one day and found, and nobody what others may not see', async () => {
  const { db, services } = forum
  const shown = [id(0)]
  await searched({ words: 'ルーター 初期化', people: 3, shown })
  await searched({ words: 'ルーター 私だけ', people: 2, shown })
  for (const daysAgo of [0, 1, 2, 3]) await searched({ words: 'ルーター 毎日ひとり', people: 1, shown, daysAgo })
  await searched({ words: 'ルーター 空振り', people: 9 })
  await searched({ words: 'ルーター …', people: 9, shown })
  await searched({ words: 'ルーター 会員の合言葉', people: 5, shown, reader: 'members' })
  await searched({ words: 'ルーター 社外秘', people: 5, shown, reader: 'staff' })
  await searched({ words: '100% る_た', people: 4, shown })
  await learnEarlierSearches(db)
  const suggested = async (typed: string, reader = visitor) =>
    (await suggest(db, services.search, reader, typed, await listBoards(db, reader))).searches
  expect(await suggested('ルー')).toEqual(['ルーター 初期化'])
  expect(await suggested('るーた'), 'not converted yet').toEqual(['ルーター 初期化'])
  expect(await suggested('ﾙｰﾀｰ　初')).toEqual(['ルーター 初期化'])
  expect(await suggested('ルーター', await makeMember(db))).toEqual(['ルーター 会員の合言葉', 'ルーター 初期化'])
  expect(await suggested('ルーター', anOperator)).toHaveLength(3)
  for (const odd of ['%', '_', '\\', '100% ', "'", '']) expect(await suggested(odd)).toEqual(odd === '100% ' ? ['100% る_た'] : [])
})

test('suggestions name boards this reader sees, titles as they stand now, and never what was hidden', async () => {
  const { db } = forum
  await makeBoard(db, { nameJa: 'ルーターの内緒話', visibility: 'staff' })
  const guest = await forum.as()
  const asked = async (q: string) => (await guest.get(`/search/suggestions?q=${encodeURIComponent(q)}`)).body
  expect(await asked('ルーター')).toContain('ルーターとネット')
  expect(await asked('ルーター')).not.toContain('内緒話')
  expect(await asked('')).not.toContain('role="option"')
  const json = await guest.get('/search/suggestions.json?q=100%25')
  expect(json.headers['content-type']).toContain('application/x-suggestions+json')
  expect(json.json()).toEqual(['100%', ['100% る_た']])
})

test('the operator sees what is looked for: most, rising, without result, not opened, not found, by period', async () => {
  const { db } = forum
  await searched({ words: '多い', people: 9, shown: [id(0)], opens: id(0), found: true })
  await searched({ words: '多い', people: 9, shown: [id(0)], daysAgo: 9 })
  await searched({ words: '増えた', people: 6, shown: [id(0)], opens: id(0) })
  await searched({ words: '増えた', people: 1, shown: [id(0)], daysAgo: 9 })
  await searched({ words: '空振り', people: 3 })
  await searched({ words: '素通り', people: 4, shown: [id(0)] })
  await searched({ words: '違った', people: 2, shown: [id(0)], opens: id(0), found: false })
  await searched({ words: '昔', people: 5, shown: [id(0)], daysAgo: 40 })
  const words = async (...[list, days]: [Parameters<typeof listSearches>[1], number]) =>
    (await listSearches(db, list, days)).map(line => line.words)
  expect((await words('top', 7)).slice(0, 2)).toEqual(['多い', '増えた'])
  expect(await words('top', 7)).not.toContain('昔')
  expect(await words('top', 90)).toContain('昔')
  expect(await words('rising', 7)).toEqual(['素通り', '増えた', '空振り'])
  expect(await words('empty', 7)).toEqual(['空振り'])
  expect(await words('unopened', 7)).toEqual(['素通り'])
  expect(await words('missed', 7)).toEqual(['違った'])
  expect(await countSearches(db, 7)).toMatchObject({ searches: 24, empty: 3, opened: 17, found: 9, missed: 2 })
  const browser = await forum.as(await makeOperator(db))
  const page = (await browser.get('/admin/search?list=empty&days=7')).body
  expect(page).toContain('空振り')
  expect(page).toContain(`href="/ask?title&#x3D;${encodeURIComponent('空振り')}"`)
  expect(page).toContain(`href="/admin/search/synonyms?words&#x3D;${encodeURIComponent('空振り')}"`)
  for (const odd of ['?list=x&days=0', '?days=-1&list[]=top', '?list=%00'])
    expect((await browser.get(`/admin/search${odd}`)).statusCode).toBe(200)
})

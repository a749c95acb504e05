import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../../test/database.ts'
import { until } from '../../../test/faults/forum.ts'
import { KEY, type MeiliDouble, startMeiliDouble } from '../../../test/meilisearch/server.ts'
import type { SearchDocument, SearchEngine, SearchQuery } from './engine.ts'
import { createMeiliSearch, type MeiliSearch } from './meilisearch.ts'
import { type Breaker, openBreaker } from './mirror/breaker.ts'
import { createMirroredSearch } from './mirrored.ts'
import { createPostgresSearch } from './postgres.ts'

let database: TestDatabase
let server: MeiliDouble
let meilisearch: MeiliSearch
let breaker: Breaker
let engine: SearchEngine
const reasons: string[] = []
const states: boolean[] = []

beforeAll(async () => {
  ;[database, server] = await Promise.all([testDatabase(), startMeiliDouble()])
  meilisearch = createMeiliSearch({ url: server.url, key: KEY })
})
afterAll(() => Promise.all([database.drop(), server.down()]))

const made = (id: string, document: Partial<SearchDocument> = {}): SearchDocument => ({
  id,
  group: id,
  title: `reizoko ${id}`,
  body: '',
  visibility: 'public',
  filters: {},
  createdAt: new Date(0),
  ...document,
})

beforeEach(async () => {
  server.indexes.clear()
  await (await meilisearch.rebuild({ goOn: false })).finish()
  await database.sql`delete from search_documents`
  reasons.length = 0
  states.length = 0
  openEngine({ firstPause: 50 })
  // Each engine holds a document of its own, which tells who answered.
  await createPostgresSearch(database.db).put([made('from-postgres')])
  await meilisearch.put([made('from-meilisearch')])
  server.asked.length = 0
})
afterEach(async () => {
  breaker.stop()
  server.mood('well')
})

/** With pauses of its own before it asks Meilisearch again. */
function openEngine({ firstPause }: { firstPause: number }): void {
  const { db } = database
  breaker = openBreaker({ probe: meilisearch.probe, changed: isOpen => void states.push(isOpen), patience: 150, firstPause })
  engine = createMirroredSearch({
    db,
    postgres: createPostgresSearch(db),
    meilisearch,
    breaker,
    fellBack: reason => void reasons.push(reason),
    haste: 150,
  })
}

const ask = async (query: Partial<SearchQuery> = {}) =>
  (await engine.search({ text: 'reizoko', visibility: ['public'], limit: 5, ...query })).hits.map(({ id }) => id)
const whoAnswers = async () => (await ask())[0]
const asks = () => server.asked.filter(({ path }) => path === '/multi-search').length

describe('who answers', () => {
  test('Meilisearch while it is well: searches, what is similar, suggestions', async () => {
    expect(await whoAnswers()).toBe('from-meilisearch')
    expect((await engine.similar('reizoko', { visibility: ['public'], limit: 3 })).map(({ id }) => id)).toEqual(['from-meilisearch'])
    expect((await engine.suggest?.('reizo', { visibility: ['public'], limit: 3 }))?.map(({ group }) => group)).toEqual(['from-meilisearch'])
    expect([reasons, states]).toEqual([[], []])
  })

  test.each(['failing', 'silent', 2_000] as const)('PostgreSQL while it is %s; after three times it is not even asked', async mood => {
    openEngine({ firstPause: 60_000 })
    server.mood(mood)
    for (let n = 0; n < 3; n++) expect(await whoAnswers()).toBe('from-postgres')
    await until('it is given up', () => breaker.isOpen())
    for (let n = 0; n < 5; n++) expect(await whoAnswers()).toBe('from-postgres')
    expect(asks()).toBe(3)
    const first = mood === 'failing' ? 'failed' : 'slow'
    expect(reasons).toEqual([first, first, first, 'open', 'open', 'open', 'open', 'open'])
    expect((await engine.similar('reizoko', { visibility: ['public'], limit: 3 })).map(({ id }) => id)).toEqual(['from-postgres'])
    expect(await engine.suggest?.('reizo', { visibility: ['public'], limit: 3 })).toBeInstanceOf(Array)
  })

  test('PostgreSQL while nobody listens, and where there is no index yet', async () => {
    await server.down()
    expect(await whoAnswers()).toBe('from-postgres')
    await server.up()
    expect(await whoAnswers()).toBe('from-meilisearch')
    server.indexes.clear()
    expect(await whoAnswers()).toBe('from-postgres')
  })

  test('Meilisearch again by itself, without a reader who has to try; and so on when it comes and goes', async () => {
    for (let time = 0; time < 3; time++) {
      server.mood('failing')
      await until('it is not asked', async () => {
        await whoAnswers()
        return breaker.isOpen()
      })
      server.mood('well')
      await until('it is there again', () => !breaker.isOpen())
      expect(await whoAnswers()).toBe('from-meilisearch')
    }
    expect(states.at(-1)).toBe(false)
  })

  test('whoever answers first while it is slow, and nobody waits for it to be given up', async () => {
    server.mood('silent')
    const { db } = database
    const never = openBreaker({ probe: meilisearch.probe, changed: () => {}, patience: 60_000 })
    const patient = createMirroredSearch({ db, postgres: createPostgresSearch(db), meilisearch, breaker: never, fellBack: () => {} })
    expect((await patient.search({ text: 'reizoko', visibility: ['public'], limit: 5 })).hits.map(({ id }) => id)).toEqual([
      'from-postgres',
    ])
    const gone = { ...createPostgresSearch(db), search: () => Promise.reject(new Error('PostgreSQL is away')) }
    server.mood(150)
    const late = createMirroredSearch({ db, postgres: gone, meilisearch, breaker: never, fellBack: () => {} })
    expect((await late.search({ text: 'reizoko', visibility: ['public'], limit: 5 })).hits.map(({ id }) => id)).toEqual([
      'from-meilisearch',
    ])
    never.stop()
  })

  test('a single failure among answers changes nothing', async () => {
    for (let n = 0; n < 6; n++) {
      server.mood(n % 3 === 2 ? 'failing' : 'well')
      expect(await whoAnswers()).toBe(n % 3 === 2 ? 'from-postgres' : 'from-meilisearch')
    }
    expect(states).toEqual([])
  })

  test('many readers at once all get an answer while it falls silent', async () => {
    server.mood('silent')
    const answers = await Promise.all(Array.from({ length: 40 }, () => whoAnswers()))
    expect(new Set(answers)).toEqual(new Set(['from-postgres']))
  })
})

describe('pages', () => {
  beforeEach(async () => {
    const many = Array.from({ length: 12 }, (_, n) => made(`d${n}`, { title: `sentakuki ${n}` }))
    await createPostgresSearch(database.db).put(many)
    await meilisearch.put(many)
  })

  test('begun in PostgreSQL go on in PostgreSQL, begun in Meilisearch go on in PostgreSQL behind what was seen', async () => {
    const page = (after?: string) => engine.search({ text: 'sentakuki', visibility: ['public'], limit: 5, after })
    server.mood('failing')
    const first = await page()
    server.mood('well')
    const second = await page(first.next)
    expect(second.hits.filter(({ id }) => first.hits.some(seen => seen.id === id))).toEqual([])
    expect(second.hits).toHaveLength(5)

    const begun = await page()
    server.mood('failing')
    const goneOn = await page(begun.next)
    expect(goneOn.hits).toHaveLength(5)
    expect((await page(goneOn.next)).hits).toHaveLength(2)
  })
})

describe('writes', () => {
  test('never reach Meilisearch by themselves, are in PostgreSQL at once, and are marked for their job', async () => {
    server.mood('silent')
    await engine.put([made('new', { title: 'suihanki' })])
    await engine.put([made('new', { title: 'suihanki' }), made('other', { group: 'g' })])
    await engine.removeGroup('g')
    await engine.remove(['gone'])
    expect(server.asked).toEqual([])
    const marked = await database.sql`select id, version from search_outdated where mirrored_at is null order by id`
    expect(marked.map(({ id, version }) => [id, Number(version)])).toEqual([
      ['gone', 1],
      ['new', 2],
      ['other', 2],
    ])
    const jobs = await database.sql`select key from graphile_worker.jobs where task_identifier = 'mirror.outdated'`
    expect(jobs).toHaveLength(1)
    expect(await ask({ text: 'suihanki' })).toEqual(['new'])
  })
})

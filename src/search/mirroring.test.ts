import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { until } from '../../test/faults/forum.ts'
import { anOperator, boardDraft, makeAnswer, makeBoard, makeTopic } from '../../test/making.ts'
import { KEY, type MeiliDouble, startMeiliDouble } from '../../test/meilisearch/server.ts'
import { knownAgain, makeMember, makeModerator, makeOperator, visitor } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import { editBoard } from '../boards/boards.ts'
import { listBoards } from '../boards/queries.ts'
import type { BoardRow } from '../boards/schema.ts'
import { record } from '../platform/outbox.ts'
import { listLatestChecks } from '../platform/search/mirror/checks.ts'
import { findLag, sweepOutdated } from '../platform/search/mirror/outdated.ts'
import { editPost } from '../topics/editing.ts'
import { withdrawPost } from '../topics/withdrawing.ts'
import { checkSearch } from './checking.ts'
import { mirrorOutdated } from './mirroring.ts'
import { findSimilar, searchForum } from './queries.ts'
import { rebuildMeilisearch, rebuildPostgres } from './rebuilding.ts'

let server: MeiliDouble
let forum: TestApp
let asker: Actor
let helper: Actor
let board: BoardRow

beforeAll(async () => {
  server = await startMeiliDouble()
  forum = await startTestApp({ MEILI_URL: server.url, MEILI_KEY: KEY })
  const { db } = forum
  // No newcomer: what he asks is mirrored, where twenty topics at once of somebody who joined today would wait for a moderator.
  const createdAt = new Date(Date.now() - 2 * 86_400_000)
  ;[asker, helper, board] = [await makeMember(db, { createdAt }), await makeMember(db), await makeBoard(db)]
  await forum.runJobs()
})
afterAll(async () => {
  await forum.close()
  await server.down()
})
beforeEach(async () => {
  server.mood('well')
  await caughtUp()
  await until('Meilisearch answers', () => !forum.services.searchState().away)
})

/** Everything follows, now: what waits for another try is not waited for. */
async function caughtUp(): Promise<void> {
  await forum.runJobs()
  await mirrorOutdated(forum.services)
}

const meili = () => forum.services.engines.meilisearch ?? expect.fail('there is no Meilisearch')
const documents = () => server.indexes.get('hiroba')?.documents ?? expect.fail('there is no index')
const lag = async () => (await findLag(forum.db)).waiting
const titled = (title: string) => [...documents().values()].filter(document => document.title === title)

/** Topics found by words that share no letter with others, by Meilisearch or by PostgreSQL. */
async function found(q: string, reader: Actor = visitor): Promise<number[]> {
  const { db, services } = forum
  return ((await searchForum(db, services.search, reader, { q }, await listBoards(db, reader)))?.results ?? []).map(({ topic }) => topic.id)
}

describe('what is written', () => {
  test('is mirrored by a job of its own: asked, answered, edited, taken back', async () => {
    const { db } = forum
    const topic = await makeTopic(db, asker, board, { title: 'suihankiの予約が消えます' })
    const answer = await makeAnswer(db, helper, topic, 'botandenchiを交換してください。')
    server.asked.length = 0
    await caughtUp()
    expect(titled(topic.title)).toHaveLength(2)
    expect(await found('botandenchi')).toEqual([topic.id])
    await editPost(db, helper, answer, { body: 'konsentoを抜いて一晩待ちます。', reason: '', revision: 1 })
    await caughtUp()
    expect([await found('botandenchi'), await found('konsento')]).toEqual([[], [topic.id]])
    await withdrawPost(db, helper, { ...answer, body: '' } as typeof answer)
    await caughtUp()
    expect(titled(topic.title)).toHaveLength(1)
    expect(await lag()).toBe(0)
  })

  test('are words that mean the same, too; tried out, they ask PostgreSQL', async () => {
    const { search } = forum.services
    await search.setSynonyms?.([{ words: ['sukoppu', 'shaberu'] }])
    await caughtUp()
    expect(server.indexes.get('hiroba')?.settings.synonyms).toEqual({ sukoppu: ['shaberu'], shaberu: ['sukoppu'] })
    server.asked.length = 0
    await search.search({ text: 'sukoppu', visibility: ['public'], limit: 5, synonyms: [] })
    expect(server.asked).toEqual([])
    server.indexes.clear()
    await caughtUp()
    expect(server.indexes.get('hiroba')?.settings.synonyms).toEqual({ sukoppu: ['shaberu'], shaberu: ['sukoppu'] })
  })

  test('goes in together: twenty questions are one request', async () => {
    for (let n = 0; n < 20; n++) await makeTopic(forum.db, asker, board, { title: `kikaku ${n}` })
    server.mood('failing')
    await forum.runJobs()
    server.mood('well')
    server.asked.length = 0
    await mirrorOutdated(forum.services)
    expect(server.asked.filter(({ path, method }) => method === 'POST' && path === '/indexes/hiroba/documents')).toHaveLength(1)
  })

  test.each(['failing', 'down'] as const)(
    'while Meilisearch is %s: whoever writes asks it nothing, PostgreSQL has it at once, and it catches up',
    async mood => {
      const { db } = forum
      const member = await forum.as(asker)
      if (mood === 'down') await server.down()
      else server.mood(mood)
      server.asked.length = 0
      const title = `sentakuki${mood}`
      const sent = await member.post('/ask', {
        boardId: board.id,
        kind: 'question',
        title: `${title}が途中で止まります`,
        body: '本文です。よろしくお願いします。',
        tags: '',
        draftKey: `key-${mood}-0123456789`,
      })
      expect(sent.statusCode).toBe(303)
      expect(server.asked).toEqual([])
      await forum.runJobs()
      expect(await found(title)).toHaveLength(1)
      expect(await lag()).toBeGreaterThan(0)
      const [job] = await db.execute<{ seconds: number }>(sql`
      select extract(epoch from run_at - now())::float8 as seconds from graphile_worker.jobs where task_identifier = 'mirror.outdated'`)
      expect(job?.seconds).toBeLessThan(10)
      if (mood === 'down') await server.up()
      else server.mood('well')
      await caughtUp()
      expect(await lag()).toBe(0)
      expect(titled(`${title}が途中で止まります`)).toHaveLength(1)
    },
  )

  test('that changes while it is being mirrored is mirrored once more', async () => {
    const { db, services } = forum
    const topic = await makeTopic(db, asker, board, { title: 'taijukeiの表示' })
    server.mood('failing')
    await forum.runJobs()
    server.mood('well')
    server.holdTasks(true)
    const mirroring = mirrorOutdated(services)
    await new Promise(resolve => setTimeout(resolve, 100))
    await db.execute(sql`update topics set title = 'ondokeiの表示' where id = ${topic.id}`)
    await record(db, 'topic.changed', { topicId: topic.id, boardId: board.id, actorId: asker.id })
    const jobs = forum.runJobs()
    await new Promise(resolve => setTimeout(resolve, 100))
    server.holdTasks(false)
    await Promise.all([mirroring, jobs])
    await caughtUp()
    expect([titled('taijukeiの表示'), titled('ondokeiの表示')].map(list => list.length)).toEqual([0, 1])
  })
})

describe('what may not be seen never comes out, whichever engine answers', () => {
  const moods = ['well', 'failing'] as const

  test.each(moods)('boards for members and staff (Meilisearch is %s)', async mood => {
    const { db, services } = forum
    const [members, staff] = [await makeBoard(db, { visibility: 'members' }), await makeBoard(db, { visibility: 'staff' })]
    const moderator = await makeModerator(db, staff)
    const forMembers = await makeTopic(db, asker, members, { title: `nairankai${mood}` })
    const forStaff = await makeTopic(db, moderator, staff, { title: `uchiawase${mood}` })
    await caughtUp()
    server.mood(mood)
    expect([await found(`nairankai${mood}`), await found(`uchiawase${mood}`)]).toEqual([[], []])
    expect(await found(`nairankai${mood}`, asker)).toContain(forMembers.id)
    expect(await found(`uchiawase${mood}`, asker)).toEqual([])
    expect(await found(`uchiawase${mood}`, await knownAgain(db, moderator.id))).toContain(forStaff.id)
    expect(await findSimilar(db, services.search, visitor, `uchiawase${mood}`, { limit: 5, solvedFirst: false })).toEqual([])
    expect(await services.search.suggest?.('uchiawase', { visibility: ['public'], limit: 5 })).toEqual([])
  })

  test.each(moods)('hidden and withdrawn, before and after their jobs ran (Meilisearch is %s)', async mood => {
    const { db } = forum
    const topic = await makeTopic(db, asker, board, { title: `sojiki${mood}` })
    const answer = await makeAnswer(db, helper, topic, `firuta${mood}を洗います。`)
    await caughtUp()
    server.mood(mood)
    const both = async () => [await found(`sojiki${mood}`), await found(`firuta${mood}`)]
    expect(await both()).toEqual([[topic.id], [topic.id]])
    await db.execute(sql`update posts set hidden_at = now() where id = ${answer.id}`)
    expect((await both())[1]).toEqual([])
    await db.execute(sql`update topics set hidden_at = now() where id = ${topic.id}`)
    expect(await both()).toEqual([[], []])
    await record(db, 'topic.changed', { topicId: topic.id, boardId: board.id, actorId: asker.id })
    await forum.runJobs()
    server.mood('well')
    await caughtUp()
    expect(titled(topic.title)).toEqual([])
    server.mood(mood)
    expect(await both()).toEqual([[], []])
  })

  test('a board that closes takes its topics along', async () => {
    const { db } = forum
    const open = await makeBoard(db)
    const topic = await makeTopic(db, asker, open, { title: 'tanabanashi' })
    await caughtUp()
    expect(await found('tanabanashi')).toEqual([topic.id])
    await editBoard(db, anOperator, open, boardDraft({ slug: open.slug, visibility: 'staff' }))
    expect(await found('tanabanashi'), 'before its job ran').toEqual([])
    await caughtUp()
    expect(titled('tanabanashi').map(({ visibility }) => visibility)).toEqual(['staff'])
  })
})

describe('the index', () => {
  test('is built by itself where there is none, with what was there before', async () => {
    const topic = await makeTopic(forum.db, asker, board, { title: 'kaminariの後で動きません' })
    await caughtUp()
    server.indexes.clear()
    expect(await found('kaminari'), 'PostgreSQL answers meanwhile').toEqual([topic.id])
    await mirrorOutdated(forum.services)
    expect([...server.indexes.keys()]).toEqual(['hiroba'])
    expect(documents().size).toBe(await forum.services.engines.postgres.count())
  })

  test('built anew has what changed meanwhile, and not what was hidden meanwhile', async () => {
    const { db, services } = forum
    const [hidden, changed] = [
      await makeTopic(db, asker, board, { title: 'kiemasu' }),
      await makeTopic(db, asker, board, { title: 'maenotitle' }),
    ]
    await caughtUp()
    const rebuild = meili().rebuild
    const slow = {
      ...meili(),
      rebuild: async (options: { goOn: boolean }) => {
        const begun = await rebuild(options)
        let hasChanged = false
        return {
          ...begun,
          put: async (given: Parameters<typeof begun.put>[0]) => {
            await begun.put(given)
            if (hasChanged) return
            hasChanged = true
            await db.execute(sql`update topics set hidden_at = now() where id = ${hidden.id}`)
            await db.execute(sql`update topics set title = 'atonotitle' where id = ${changed.id}`)
            for (const { id } of [hidden, changed]) await record(db, 'topic.changed', { topicId: id, boardId: board.id, actorId: asker.id })
            await forum.runJobs()
          },
        }
      },
    }
    await rebuildMeilisearch(services, slow, { goOn: false })
    expect(['kiemasu', 'maenotitle', 'atonotitle'].map(title => titled(title).length)).toEqual([0, 0, 1])
    await caughtUp()
    expect(['kiemasu', 'maenotitle', 'atonotitle'].map(title => titled(title).length)).toEqual([0, 0, 1])
  })

  test('is built by one process at a time', async () => {
    const { services } = forum
    server.holdTasks(true)
    const first = rebuildMeilisearch(services, meili(), { goOn: false })
    await new Promise(resolve => setTimeout(resolve, 100))
    await expect(rebuildMeilisearch(services, meili(), { goOn: true })).rejects.toThrow('errors.rebuilding')
    server.holdTasks(false)
    await first
  })

  test('of PostgreSQL is made anew in place: strangers go, what is missing comes', async () => {
    const { db, services } = forum
    const count = await services.engines.postgres.count()
    await db.execute(sql`delete from search_documents where id in (select id from search_documents limit 3)`)
    await db.execute(
      sql`update search_documents set id = 'post-99999999' where (id, part) in (select id, part from search_documents limit 1)`,
    )
    await rebuildPostgres(services, { goOn: false })
    expect(await services.engines.postgres.count()).toBe(count)
    expect(await services.engines.postgres.differing([])).toEqual([])
  })

  test('of PostgreSQL is filled beside where nothing is left of it', async () => {
    const { db, services } = forum
    const count = await services.engines.postgres.count()
    await db.execute(sql`truncate search_documents, search_texts, search_openers`)
    const told: number[] = []
    await rebuildPostgres(services, { goOn: false, moved: done => told.push(done) })
    expect(await services.engines.postgres.count()).toBe(count)
    expect(told.length).toBeGreaterThan(0)
    await checkSearch(services)
    expect((await listLatestChecks(db)).find(({ engine }) => engine === 'postgres')).toMatchObject({ differing: 0, mended: 0 })
  })
})

test('what was mirrored is forgotten after a day, what waits never, and nothing while an index is being built', async () => {
  const { db } = forum
  await db.execute(sql`delete from search_outdated`)
  await db.execute(sql`
    insert into search_outdated (id, marked_at, mirrored_at) values ('old', now() - interval '3 days', now() - interval '25 hours'),
      ('fresh', now() - interval '3 days', now() - interval '23 hours'), ('waiting', now() - interval '3 days', null)`)
  const left = async () => {
    await sweepOutdated(db)
    return (await db.execute<{ id: string }>(sql`select id from search_outdated order by id`)).map(({ id }) => id)
  }
  await db.execute(sql`insert into search_rebuilds (engine, reached) values ('meilisearch', 5)`)
  expect(await left()).toEqual(['fresh', 'old', 'waiting'])
  await db.execute(sql`delete from search_rebuilds`)
  expect(await left()).toEqual(['fresh', 'waiting'])
})

describe('the nightly check', () => {
  const latest = async () => Object.fromEntries((await listLatestChecks(forum.db)).map(({ engine, at: _, ...check }) => [engine, check]))

  test('finds nothing where nothing has drifted', async () => {
    await checkSearch(forum.services)
    const expected = await meili().count()
    for (const check of Object.values(await latest())) expect(check).toMatchObject({ expected, counted: expected, differing: 0, mended: 0 })
    expect(Object.keys(await latest())).toEqual(['meilisearch', 'postgres'])
  })

  test('mends what is missing, what should not be there and what says something else, in both engines', async () => {
    const { db, services } = forum
    const whole = await meili().count()
    const [first = '', second = '', third = ''] = documents().keys()
    documents().delete(first)
    documents().set('post-88888888', { ...documents().get(second), id: 'post-88888888' })
    documents().set('post-88888889', { ...documents().get(second), id: 'post-88888889' })
    documents().set(third, { ...documents().get(third), visibility: 'staff', stamp: 'another' })
    await db.execute(sql`delete from search_documents where id = ${first}`)
    await db.execute(sql`update search_documents set visibility = 'staff' where id = ${third}`)
    await checkSearch(services)
    expect(await latest()).toMatchObject({
      meilisearch: { expected: whole, counted: whole + 1, mended: 4 },
      postgres: { expected: whole, counted: whole - 1, mended: 2 },
    })
    await checkSearch(services)
    for (const check of Object.values(await latest())) expect(check).toMatchObject({ counted: whole, differing: 0, mended: 0 })
    expect(documents().get(third)?.visibility).toBe('public')
  })

  test('looks at PostgreSQL also while Meilisearch is away', async () => {
    await forum.db.execute(sql`delete from search_checks`)
    server.mood('failing')
    await checkSearch(forum.services)
    expect(Object.keys(await latest())).toEqual(['postgres'])
  })
})

describe('who answers is told', () => {
  test('from the start on, before anybody has searched', async () => {
    server.mood('failing')
    const other = await startTestApp({ MEILI_URL: server.url, MEILI_KEY: KEY })
    await until('it is known', () => other.services.searchState().away)
    await other.close()
  })

  test('on /readyz and in the numbers, when it goes and when it comes back', async () => {
    const guest = await forum.as()
    const ready = async () => JSON.parse((await guest.get('/readyz')).body)
    expect(await ready()).toEqual({ status: 'ready', search: 'meilisearch' })
    server.mood('failing')
    for (let n = 0; n < 4; n++) await found('sojiki')
    expect(await ready()).toEqual({ status: 'ready', search: 'postgres', away: ['meilisearch'] })
    const operator = await forum.as(await makeOperator(forum.db))
    expect((await operator.get('/admin/health')).body).toContain('Meilisearchから応答がない')
    const numbers = (await guest.get('/metrics')).body
    expect(numbers).toContain('hiroba_search_breaker_open 1')
    expect(numbers).toMatch(/hiroba_search_fallbacks_total\{reason="failed"\} \d+/)
    expect(numbers).toMatch(/hiroba_search_mirror_waiting 0/)
    server.mood('well')
    await until('it is there again', async () => !(await ready()).away)
    expect(await ready()).toEqual({ status: 'ready', search: 'meilisearch' })
    const well = (await operator.get('/admin/health')).body
    expect(well).not.toContain('Meilisearchから応答がない')
    expect(well).toContain('<dd>Meilisearch</dd>')
  })

  test('a reader’s page of results is there either way', async () => {
    await makeTopic(forum.db, asker, board, { title: 'mushimeganeの選び方' })
    await caughtUp()
    const reader = await forum.as(await makeOperator(forum.db))
    for (const mood of ['well', 'failing'] as const) {
      server.mood(mood)
      const page = await reader.get('/search?q=mushimegane')
      expect(page.statusCode).toBe(200)
      expect(page.body).toContain('の選び方')
    }
  })
})

import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '../database.ts'
import { startMailServer } from '../mail_server.ts'
import { makeBoard } from '../making.ts'
import { type Forum, seeded, startForum, temporaryFolder, until } from './forum.ts'
import { jobsLeft } from './standing.ts'

vi.setConfig({ testTimeout: 240_000 })

const EVENTS = 10_000
const PEOPLE = 120
const TOPICS = 60
const REPEATED = 1_000
const KILLS = 2
const CUTS = 12
let database: TestDatabase
let folder: ReturnType<typeof temporaryFolder>
let mail: Awaited<ReturnType<typeof startMailServer>>
const workers: Forum[] = []

beforeAll(async () => {
  database = await testDatabase()
  folder = temporaryFolder()
  mail = await startMailServer()
})
afterAll(async () => {
  for (const worker of workers) await worker.kill()
  await mail.stop()
  await database.drop()
  folder.remove()
})

/** Ten thousand comments below questions, each followed by three others, with the jobs that follow from them; some jobs twice. */
async function everythingHappens(): Promise<void> {
  const { db, sql } = database
  const board = await makeBoard(db)
  await sql`insert into accounts (handle, name, email, confirmed_at) select 'p' || n, 'P', 'p' || n || '@example.com', now() from generate_series(1, ${PEOPLE}::int) n`
  await sql`insert into topics (board_id, root_board_id, kind, title, author_id)
    select ${board.id}, ${board.id}, 'question', 'topic ' || n, a.id from generate_series(1, ${TOPICS}::int) n join accounts a on a.handle = 'p' || n`
  await sql`insert into posts (topic_id, kind, author_id, body, body_html, body_text, renderer_version) select id, 'opening', author_id, 'o', 'o', 'o', 1 from topics`
  await sql`update topics t set opening_id = p.id from posts p where p.topic_id = t.id`
  await sql`insert into watches (subject, account_id, level)
    select 'topic:' || t.id, a.id, 'all' from topics t cross join generate_series(1, 3) k join accounts a on a.handle = 'p' || (${TOPICS} + (t.id * 3 + k) % ${PEOPLE - TOPICS} + 1)`
  await sql`insert into posts (topic_id, kind, parent_id, author_id, body, body_html, body_text, renderer_version)
    select t.id, 'comment', t.opening_id, a.id, 'c', 'c', 'c', 1 from generate_series(1, ${EVENTS}::int) n
    join topics t on t.id = 1 + n % ${TOPICS} join accounts a on a.handle = 'p' || (1 + n * 7 % ${PEOPLE})`
  await sql`insert into events (name, data) select 'comment.posted',
    jsonb_build_object('topicId', topic_id, 'boardId', ${board.id}::bigint, 'postId', id, 'actorId', author_id) from posts where kind = 'comment' order by id`
  const job = (limit: number) => sql`select graphile_worker.add_job('event', json_build_object('id', id, 'name', name, 'data', data)) from (
    select * from events where name = 'comment.posted' order by id limit ${limit}) e`
  await job(EVENTS)
  await job(REPEATED)
}

test('ten thousand events, jobs killed and repeated, three workers: everybody hears each once by the bell and once by mail', async () => {
  const { sql } = database
  await everythingHappens()
  const start = () => {
    const environment = {
      DATABASE_URL: database.url,
      DATA_DIR: folder.path,
      PORT: '0',
      SMTP_URL: mail.url,
      SITE_URL: 'https://hiroba.example.jp',
    }
    const worker = startForum(environment, 'serve', '--only', 'worker')
    workers.push(worker)
    return worker
  }
  const random = seeded(417)
  const living = [start(), start(), start()]
  const killOne = async () => {
    const victim = Math.floor(random() * living.length)
    await living[victim]?.kill()
    living[victim] = start()
  }
  const atMost = async (jobs: number) => {
    await pause(150) // to count twelve thousand jobs is work too
    return (await jobsLeft(database.db)) <= jobs
  }
  // Jobs die amid their statements: a process at some points, a few connections at others.
  for (let points = 0; points < KILLS + CUTS; points += 1) {
    const target = (EVENTS + REPEATED) * (1 - (points + random()) / (KILLS + CUTS + 1))
    await until('events are being told', () => atMost(target), 90_000)
    if (points % Math.floor(CUTS / KILLS) === 3) await killOne()
    else
      await sql`select pg_terminate_backend(pid) from (
        select pid from pg_stat_activity where datname = current_database() and state = 'active' and pid <> pg_backend_pid()
          and query ilike '%insert into notices%' limit 2) amid`
  }
  await until('all events are told', () => atMost(0), 90_000)

  // Ten minutes later: the mails are due, all three write and send them, and one is killed over it.
  await sql`update notices set mail_at = now() where mail_at is not null`
  for (let n = 0; n < 3; n++) await sql`select graphile_worker.add_job('notify.mail')`
  await until('mails are being sent', () => mail.received.length > 20, 60_000)
  await killOne()
  await until(
    'all mails are sent',
    async () => {
      const [left] = await sql`select
        ((select count(*) from notices where mail_at is not null) + (select count(*) from mails where sent_at is null))::int as mails,
        (select count(*) from graphile_worker.jobs where task_identifier = 'notify.mail')::int as jobs`
      // Nobody sends: what the killed one had taken is free again after five minutes, and the clock strikes.
      if (left?.mails && !left.jobs) {
        await sql`update mails set try_at = now() where try_at is not null`
        await sql`select graphile_worker.add_job('notify.mail')`
      }
      await pause(200)
      return left?.mails === 0
    },
    60_000,
  )

  const [wrong] = await sql`
    with expected as (
      select t.author_id as account_id, p.id as post_id from posts p join topics t on t.id = p.topic_id where p.kind = 'comment' and p.author_id <> t.author_id
      union select w.account_id, p.id from posts p join watches w on w.subject = 'topic:' || p.topic_id where p.kind = 'comment' and p.author_id <> w.account_id)
    select (select count(*) from expected)::int as expected, (select count(*) from notices)::int as told,
      (select count(*) from (select account_id, post_id from notices except select * from expected) x)::int as too_many,
      (select count(*) from (select * from expected except select account_id, post_id from notices) x)::int as missing,
      (select count(*) from notices where mail_id is null)::int as unmailed, (select count(*) from mails)::int as mails`
  expect(wrong).toMatchObject({ too_many: 0, missing: 0, unmailed: 0, told: wrong?.expected })
  const sent = new Set(mail.received.map(({ messageId }) => messageId))
  expect(sent.size).toBe(wrong?.mails)
  // Only what a worker was sending at the moment it died may come again, and then it is the same mail by its Message-ID.
  expect(mail.received.length - sent.size).toBeLessThanOrEqual(20)
  console.info(
    `  ${wrong?.told} notices of ${EVENTS} events in ${sent.size} mails; ${mail.received.length - sent.size} mails came twice under one Message-ID`,
  )
})

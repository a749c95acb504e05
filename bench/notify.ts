// `npm run bench:notify`: a topic with 50,000 followers is answered; how long until all of them are told, and does anybody else wait for it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { sql } from 'drizzle-orm'
import { readConfig } from '../src/platform/config.ts'
import type { Db } from '../src/platform/db.ts'
import { startServer } from '../src/server.ts'
import { makeAnswer, makeBoard, makeTopic } from '../test/making.ts'
import { makeMember } from '../test/people.ts'

const { values } = parseArgs({ options: { followers: { type: 'string', default: '50000' }, others: { type: 'string', default: '40' } } })
const [followers, others] = [Number(values.followers), Number(values.others)]

const dataDir = mkdtempSync(join(tmpdir(), 'hiroba-bench-notify-'))
const server = await startServer(readConfig({ DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error' }), ['web', 'worker'])
const { db } = server.services
try {
  const [asker, helper, board] = [await makeMember(db), await makeMember(db), await makeBoard(db)]
  const crowded = await makeTopic(db, asker, board)
  await db.execute(sql`
    with crowd as (insert into accounts (handle, name) select 'f' || n, 'F' from generate_series(1, ${followers}::int) n returning id)
    insert into watches (subject, account_id, level) select ${`topic:${crowded.id}`}, id, 'answers' from crowd`)
  await db.execute(sql`analyze accounts`)
  await db.execute(sql`analyze watches`)
  const quiet = await Promise.all(Array.from({ length: others }, async () => makeTopic(db, await makeMember(db), board)))
  await until(async () => (await waiting(db)) === 0)

  const before = await othersWait(db, helper, quiet)
  const began = performance.now()
  const answer = await makeAnswer(db, helper, crowded)
  const told = (async () => {
    await until(async () => (await toldOf(db, answer.id)) === followers + 1)
    return performance.now() - began
  })()
  await until(async () => (await toldOf(db, answer.id)) > 0)
  const during = await othersWait(db, helper, quiet)
  const all = await told
  const bell = await bellCost(db, asker.id)

  console.log(`${followers} followers told in ${(all / 1000).toFixed(1)} s, in jobs of 1,000, each of them once`)
  console.log(`another answer reaches its asker in ${before.toFixed(0)} ms (median) before, ${during.toFixed(0)} ms while they are told`)
  console.log(`the bell: ${bell.ms} ms, ${bell.scan}, with 5,000 unread notices`)
} finally {
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
}

/** The median time from an answer to the notice of whoever asked. */
async function othersWait(db: Db, helper: Awaited<ReturnType<typeof makeMember>>, quiet: Awaited<ReturnType<typeof makeTopic>>[]) {
  const waits: number[] = []
  for (const topic of quiet) {
    const began = performance.now()
    const answer = await makeAnswer(db, helper, topic)
    await until(async () => (await toldOf(db, answer.id)) > 0)
    waits.push(performance.now() - began)
  }
  return middle(waits)
}

async function bellCost(db: Db, accountId: number): Promise<{ ms: string; scan: string }> {
  await db.execute(sql`insert into notices (account_id, kind, once, thread, event_id)
    select ${accountId}, 'answer', 'bench:' || n, 'bench:' || n % 70, 0 from generate_series(1, 5000) n`)
  await db.execute(sql`vacuum analyze notices`)
  const rows = await db.execute<{ 'QUERY PLAN': string }>(sql`explain analyze select count(distinct thread)::int from (
    select n.thread from notices n where n.account_id = ${accountId} and n.read_at is null limit 100) unread`)
  const plan = rows.map(row => row['QUERY PLAN']).join('\n')
  return {
    ms: /Execution Time: ([\d.]+)/.exec(plan)?.[1] ?? '?',
    scan: /Index Only Scan using \w+|Index Scan using \w+|Seq Scan/.exec(plan)?.[0] ?? '?',
  }
}

function middle(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0
}

async function toldOf(db: Db, postId: number): Promise<number> {
  const [row] = await db.execute<{ count: number }>(sql`select count(*)::int as count from notices where post_id = ${postId}`)
  return row?.count ?? 0
}

async function waiting(db: Db): Promise<number> {
  const [row] = await db.execute<{ count: number }>(
    sql`select count(*)::int as count from graphile_worker._private_jobs where run_at <= now()`,
  )
  return row?.count ?? 0
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(5)
}

// `npm run bench:moderation`: flags that come at once, and the queue's first page when a hundred thousand items wait.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sql } from 'drizzle-orm'
import type { Actor } from '../src/accounts/actor.ts'
import { flagPost } from '../src/moderation/flags.ts'
import { countQueue, listQueue } from '../src/moderation/queue_queries.ts'
import { readConfig } from '../src/platform/config.ts'
import type { Db } from '../src/platform/db.ts'
import { startServer } from '../src/server.ts'
import { makeAnswer, makeBoard, makeTopic } from '../test/making.ts'
import { knownAgain, makeMember, makeModerator, makeOperator } from '../test/people.ts'
import { fillQueue } from '../test/queues.ts'

const { values } = parseArgs({ options: { flags: { type: 'string', default: '2000' }, items: { type: 'string', default: '100000' } } })
const [flags, items] = [Number(values.flags), Number(values.items)]

const dataDir = mkdtempSync(join(tmpdir(), 'hiroba-bench-moderation-'))
const server = await startServer(readConfig({ DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error' }), ['web'])
const { db } = server.services
try {
  const board = await makeBoard(db)
  await flagAtOnce(db, board)
  await fillQueue(db, board, items)
  await showFirstPage('an operator', await makeOperator(db))
  await showFirstPage('a board’s moderator', await makeModerator(db, board))
} finally {
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
}

/** A hundred members flag forty answers, sixteen at a time, as fast as they are taken. */
async function flagAtOnce(db: Db, board: { id: number }): Promise<void> {
  const topic = await makeTopic(db, await makeMember(db), board)
  const [writer, posts, people]: [Actor, Awaited<ReturnType<typeof makeAnswer>>[], Actor[]] = [await makeMember(db), [], []]
  const each = Math.ceil(flags / 100)
  for (let n = 0; n < each; n++) posts.push(await makeAnswer(db, writer, topic, `${n}`))
  for (let n = 0; n < 100; n++) people.push(await knownAgain(db, (await makeMember(db)).id))
  const todo = people.flatMap(person => posts.map(post => ({ person, post })))
  const began = performance.now()
  const cpu = process.cpuUsage()
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      for (let next = todo.pop(); next; next = todo.pop()) await flagPost(db, next.person, next.post, { reason: 'spam', words: '' })
    }),
  )
  const seconds = (performance.now() - began) / 1000
  const [kept] = await db.execute<{ flags: number; items: number }>(
    sql`select (select count(*) from flags)::int as flags, (select count(*) from review_items)::int as items`,
  )
  const used = process.cpuUsage(cpu)
  console.log(
    `${kept?.flags} of ${each * 100} flags taken in ${seconds.toFixed(1)} s, ${Math.round((each * 100) / seconds)} a second, ${((used.user + used.system) / 1000 / (each * 100)).toFixed(1)} ms of CPU each; ${kept?.items} items wait`,
  )
}

async function showFirstPage(who: string, actor: Actor): Promise<void> {
  const times: number[] = []
  for (let n = 0; n < 30; n++) {
    const began = performance.now()
    await Promise.all([listQueue(db, actor, {}), countQueue(db, actor)])
    times.push(performance.now() - began)
  }
  times.sort((a, b) => a - b)
  console.log(
    `${items} items wait; the first page with its counts, for ${who}: ${times[15]?.toFixed(1)} ms (median), ${times[28]?.toFixed(1)} ms (p95)`,
  )
}

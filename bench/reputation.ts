// `npm run bench:reputation`: how well the search for traded votes finds planted rings among honest members, and how long a million reactions take.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseArgs } from 'node:util'
import type postgres from 'postgres'
import { openDatabase } from '../src/platform/db.ts'
import { startEmbeddedPostgres } from '../src/platform/embedded_postgres.ts'
import { migrate } from '../src/platform/migrate.ts'
import { lookForAbuse } from '../src/reputation/abuse/looking.ts'
import { type Forum, makeForum } from './reputation_forum.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '101,102,103' },
    members: { type: 'string', default: '50000' },
    reactions: { type: 'string', default: '1000000' },
    rings: { type: 'string', default: '10' },
  },
})
const goals = { recall: 0.9, precision: 0.95, seconds: 60 }

const dataDir = mkdtempSync(join(tmpdir(), 'hiroba-bench-reputation-'))
const server = await startEmbeddedPostgres({
  dataDir,
  log: { info: () => {}, warn: message => console.warn(message) },
  settings: { fsync: 'off' },
})
const database = openDatabase(server.url, { max: 1 })
try {
  await migrate(server.url)
  for (const seed of values.seeds.split(',')) {
    const forum = makeForum(Number(seed), {
      members: Number(values.members),
      reactions: Number(values.reactions),
      ringsOfEach: Number(values.rings),
    })
    await fill(database.sql, forum)
    const [began, cpu] = [performance.now(), process.cpuUsage()]
    await lookForAbuse(database.db)
    const { user, system } = process.cpuUsage(cpu)
    await report(Number(seed), forum, (performance.now() - began) / 1000, (user + system) / 1e6)
  }
} finally {
  await database.close()
  await server.stop()
  rmSync(dataDir, { recursive: true, force: true })
}

async function fill(sql: postgres.Sql, { members, posts, reactions }: Forum): Promise<void> {
  await sql.unsafe('set statement_timeout = 0')
  // How fast it is filled is not what is measured.
  const keys = await sql`select conrelid::regclass::text as of, conname as name from pg_constraint
    where contype = 'f' and conrelid in ('posts'::regclass, 'reactions'::regclass)`
  for (const key of keys) await sql.unsafe(`alter table ${key.of} drop constraint ${key.name}`)
  await sql.unsafe('truncate accounts, boards, posts, reactions, findings restart identity cascade')
  await sql.unsafe(`insert into boards (slug, name_ja, name_en, kinds, position) values ('b', 'b', 'b', '{question}', 0)`)
  await sql.unsafe(`insert into accounts (handle, name) select 'm' || n, 'M' from generate_series(1, ${members}) n`)
  await sql.unsafe(`insert into topics (board_id, root_board_id, kind, title, author_id) values (1, 1, 'question', 'x', 1)`)
  await copy(
    sql,
    'posts (topic_id, kind, author_id, body, body_html, body_text, renderer_version, created_at)',
    posts.authors,
    (author, n) => {
      return `1\tanswer\t${author}\t\t\t\t1\t${moment(posts.at[n] ?? 0)}\n`
    },
  )
  await copy(sql, 'reactions (post_id, account_id, kind, created_at)', reactions.posts, (post, n) => {
    return `${post + 1}\t${reactions.from[n]}\t${reactions.thanks[n] ? 'thanks' : 'helpful'}\t${moment(reactions.at[n] ?? 0)}\n`
  })
  await sql.unsafe('vacuum analyze accounts, posts, reactions')
}

async function copy(sql: postgres.Sql, into: string, rows: ArrayLike<number>, lineOf: (row: number, n: number) => string): Promise<void> {
  function* lines() {
    for (let from = 0; from < rows.length; from += 1000) {
      let text = ''
      for (let n = from; n < Math.min(from + 1000, rows.length); n++) text += lineOf(rows[n] ?? 0, n)
      yield text
    }
  }
  await pipeline(Readable.from(lines()), await sql.unsafe(`copy ${into} from stdin`).writable())
}

function moment(minutesAgo: number): string {
  return new Date(Date.now() - minutesAgo * 60_000).toISOString()
}

/** A ring counts as found when one finding has at least two thirds of its members and at most a third of others. */
async function report(seed: number, { rings, reactions, posts }: Forum, seconds: number, cpu: number): Promise<void> {
  const rows = await database.sql<{ kind: string; members: number[]; evidence: Record<string, number> }[]>`
    select kind, member_ids as members, evidence from findings where kind in ('ring', 'pair')`
  const ringOf = new Map(rings.flatMap((ring, n) => ring.map(member => [member, n])))
  const named = rows.flatMap(({ members }) => members.map(Number))
  const right = named.filter(member => ringOf.has(member)).length
  const found = rings.filter(ring =>
    rows.some(({ members }) => {
      const both = members.filter(member => ring.includes(Number(member))).length
      return both >= (2 / 3) * ring.length && both >= (2 / 3) * members.length
    }),
  )
  const precision = right / Math.max(named.length, 1)
  const recall = new Set(named.filter(member => ringOf.has(member))).size / ringOf.size
  console.log(
    `\nseed ${seed}: ${reactions.from.length} reactions to ${posts.authors.length} posts, ${rings.length} rings of ${ringOf.size} members`,
  )
  console.log(
    `found   ${rows.length} groups in ${seconds.toFixed(1)} s (${cpu.toFixed(1)} s of it CPU here) ${seconds < goals.seconds ? 'ok' : 'MISSED'}`,
  )
  console.log(
    `members precision ${precision.toFixed(3)} ${mark(precision, goals.precision)}, recall ${recall.toFixed(3)} ${mark(recall, goals.recall)}`,
  )
  const bySize = [...Map.groupBy(rings, ring => ring.length)].toSorted(([a], [b]) => a - b)
  console.log(
    `rings   ${bySize.map(([size, all]) => `of ${size}: ${all.filter(ring => found.includes(ring)).length}/${all.length}`).join(', ')}`,
  )
  const wrong = rows.filter(({ members }) => !members.some(member => ringOf.has(Number(member))))
  for (const { kind, members, evidence } of wrong.slice(0, 5))
    console.log(
      `wrong   ${kind} of ${members.length}: inside ${evidence.inside?.toFixed(2)}, received ${evidence.receivedInside?.toFixed(2)}, coverage ${evidence.coverage?.toFixed(2)}`,
    )
}

function mark(value: number, goal: number): string {
  return value >= goal ? 'ok' : `MISSED (${goal})`
}

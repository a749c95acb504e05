import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/database.ts'
import { lastEvent } from '../../test/happened.ts'
import { makeBoard } from '../../test/making.ts'
import { makeMember } from '../../test/people.ts'
import { openLog } from '../platform/log.ts'
import type { SearchEngine } from '../platform/search/engine.ts'
import { createPostgresSearch } from '../platform/search/postgres.ts'
import { addSolvedTopics, SEARCHABLE } from './faq/topics.ts'
import { type FaqOptions, importFaq } from './faq.ts'
import { transferTasks } from './jobs.ts'
import { reindex } from './reindex.ts'

const LOCALGOV = fileURLToPath(new URL('../../../shared/data/localgovfaq/faq.jsonl', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'hiroba-faq-'))
let database: TestDatabase
let search: SearchEngine

beforeAll(async () => {
  database = await testDatabase()
  search = createPostgresSearch(database.db)
})
afterEach(async () => {
  await database.db.execute(sql`truncate topics, posts, boards, search_documents restart identity cascade`)
})
afterAll(async () => {
  await database.drop()
  rmSync(folder, { recursive: true })
})

let files = 0
function fileOf(content: string | Buffer): string {
  const file = join(folder, `faq-${++files}`)
  writeFileSync(file, content)
  return file
}

async function imported(content: string | Buffer, options: FaqOptions = {}) {
  const refused: [number, string][] = []
  const watcher = { refused: (line: number, reason: string) => void refused.push([line, reason]), moved: () => {} }
  const { imported, known } = await importFaq({ db: database.db, search }, fileOf(content), options, watcher)
  return { imported, known, refused }
}

type Row = {
  title: string
  board: string
  slug: string
  opening: string
  answer: string
  tags: string[]
  source: string
  url: string
  solved: boolean
  author: string
}

const listTopics = async (): Promise<Row[]> => [
  ...(await database.db.execute<Row>(sql`
    select t.title, b.name_ja as board, b.slug, o.body as opening, a.body as answer, t.tags, t.source_id as source, t.source_url as url,
      t.solved_at is not null and t.best_answer_id = a.id and t.answer_count = 1 as solved, c.handle as author
    from topics t join boards b on b.id = t.board_id join posts o on o.id = t.opening_id and o.topic_id = t.id and o.kind = 'opening'
      join posts a on a.topic_id = t.id and a.kind = 'answer' join accounts c on c.id = t.author_id and c.id = a.author_id order by t.id`)),
]

const found = async (text: string) => {
  const { hits } = await search.search({ text, visibility: ['public'], limit: 10, distinct: true })
  return hits.length
}

const SHIFT_JIS = 'board,question,answer\r\nくらし,ごみの日はいつですか,月曜日です\r\n'

describe('a file of FAQs', () => {
  test('becomes questions that are solved by their answers, and search finds them', async () => {
    const csv = 'board,question,answer,tags,url,id\nくらし,ごみの日はいつですか？,月曜日です。,"ごみ,収集",https://example.jp/1,7\n'
    expect(await imported(csv)).toEqual({ imported: 1, known: 0, refused: [] })
    const [topic] = await listTopics()
    expect(topic).toMatchObject({
      title: 'ごみの日はいつですか？',
      board: 'くらし',
      opening: '',
      answer: '月曜日です。',
      tags: ['ごみ', '収集'],
    })
    expect(topic).toMatchObject({ source: 'くらし/7', url: 'https://example.jp/1', solved: true, author: 'faq' })
    expect(await found('月曜日')).toBe(1)
    expect(await found('ごみの日')).toBe(1)
    const [board] = await database.db.execute(sql`select topic_count from boards`)
    expect(board).toEqual({ topic_count: 1 })
  })

  test('imports nothing twice, whatever the file is called, with ids and without', async () => {
    const rows =
      '{"board":"a","question":"Why is it slow?","answer":"Restart it."}\n{"board":"a","id":3,"question":"Why?","answer":"Because."}\n'
    expect(await imported(rows)).toMatchObject({ imported: 2, known: 0 })
    expect(await imported(`${rows}{"board":"b","id":"3","question":"Why?","answer":"Because."}`)).toMatchObject({ imported: 1, known: 2 })
    expect((await listTopics()).map(({ source }) => source)).toEqual([expect.stringMatching(/^a\/sha256:[\w-]{22}$/), 'a/3', 'b/3'])
  })

  test('may be written by Excel: with a byte order mark, in Shift_JIS, in UTF-16, with tabs, with old line ends', async () => {
    const shiftJis = Buffer.concat([
      Buffer.from('question,answer,board\r\n'),
      Buffer.from('82b282dd82cc93fa2c8c8e976a93fa2c82ad82e782b50d0a', 'hex'),
    ])
    expect(await imported(shiftJis)).toMatchObject({ imported: 1, refused: [] })
    expect(await imported(`\ufeff${SHIFT_JIS}`)).toMatchObject({ imported: 1, refused: [] })
    expect(await imported(Buffer.from(`\ufeff${SHIFT_JIS.replaceAll(',', '\t').replace('ごみ', '資源')}`, 'utf16le'))).toMatchObject({
      imported: 1,
      refused: [],
    })
    expect(await imported(SHIFT_JIS.replaceAll('\r\n', '\r').replace('ごみ', '粗大ごみ'))).toMatchObject({ imported: 1, refused: [] })
    expect((await listTopics()).map(({ title, board }) => [title, board])).toEqual([
      ['ごみの日', 'くらし'],
      ['ごみの日はいつですか', 'くらし'],
      ['資源の日はいつですか', 'くらし'],
      ['粗大ごみの日はいつですか', 'くらし'],
    ])
  })

  test('may name its columns in Japanese and leave the board to the command', async () => {
    expect(await imported('番号,質問,回答\n1,料金はいくらですか,無料です\n', { board: '料金' })).toMatchObject({ imported: 1 })
    expect(await listTopics()).toMatchObject([{ board: '料金', source: '料金/1' }])
  })

  test('is refused as a whole when it does not say which column is which, or is not there', async () => {
    await expect(imported('ごみの日,月曜日\n')).rejects.toThrow('question and answer')
    await expect(importFaq({ db: database.db, search }, join(folder, 'nothing'), {}, { refused() {}, moved() {} })).rejects.toThrow(
      'ENOENT',
    )
    expect(await imported('')).toEqual({ imported: 0, known: 0, refused: [] })
  })

  test('keeps quotes, commas and line breaks inside cells', async () => {
    await imported('board,question,answer\na,"He said ""no"", why?","1. off\n2. on\n\n3. wait"\na,How big is a 5" disk?,"small, really"\n')
    expect(await listTopics()).toMatchObject([
      { title: 'He said "no", why?', answer: '1. off\n2. on\n\n3. wait' },
      { title: 'How big is a 5" disk?', answer: 'small, really' },
    ])
  })
})

describe('bad rows', () => {
  test('are told with their line and a reason, and all others are imported', async () => {
    const lines = [
      'board,question,answer,url',
      'a,"First',
      'question?",good,',
      'a,,no question,',
      'a,no answer,,',
      ',no board,good,',
      'a,bad address,good,javascript:alert(1)',
      'a,too many,good,,beyond',
      `a,too long,"${'x'.repeat(40_000)}",`,
      'a,half a letter \ufffd,good,',
      'a,"never ended,good,',
      'a,Second question?,good,',
      '',
      'a,"quote" in the middle,good,',
      'a,Last question?,good',
    ]
    const { imported: count, refused } = await imported(lines.join('\n'))
    expect(refused).toEqual([
      [4, 'has no question'],
      [5, 'has no answer'],
      [6, expect.stringContaining('no board')],
      [7, expect.stringContaining('web address')],
      [8, expect.stringContaining('5 cells where the first line has 4')],
      [9, expect.stringContaining('has a text that is refused')],
      [10, expect.stringContaining('cannot be read')],
      [11, expect.stringContaining('quote')],
    ])
    expect(count).toBe(4)
    expect((await listTopics()).map(({ title }) => title)).toEqual([
      'First question?',
      'Second question?',
      '"quote" in the middle',
      'Last question?',
    ])
  })

  test('of JSON lines are told too, and nothing in a row can harm the page or the database', async () => {
    const good = { board: 'a', question: 'A\u0000 question?', answer: '<script>alert(1)</script> [x](javascript:alert(1))' }
    const { refused } = await imported(
      [
        '{"board":',
        '[1]',
        JSON.stringify(good),
        'null',
        '{"question":{"a":1},"answer":"x"}',
        '{"board":"a","question":"\\ud800?","answer":"x"}',
      ].join('\n'),
    )
    expect(refused.map(([line]) => line)).toEqual([1, 2, 4, 5, 6])
    const [post] = await database.db.execute<{ html: string }>(sql`select body_html as html from posts where kind = 'answer'`)
    expect(post?.html).not.toMatch(/<script|href="javascript/)
  })

  test('do not flood the forum with boards: a column that is something else is refused after two hundred', async () => {
    const { imported: count, refused } = await imported(
      Array.from({ length: 210 }, (_, n) => JSON.stringify({ board: `n${n}`, question: 'Why?', answer: 'So.' })).join('\n'),
    )
    expect(count).toBe(200)
    expect(refused).toHaveLength(10)
  })
})

describe('boards and authors', () => {
  test('a board is known by its address or either name; one that is not there is made', async () => {
    const known = await makeBoard(database.db, { slug: 'net', nameJa: 'ネットワーク', nameEn: 'Network' })
    const child = await makeBoard(database.db, {
      slug: 'wifi',
      nameJa: '無線',
      nameEn: 'Wireless',
      parentId: known.id,
      visibility: 'members',
    })
    const names = ['ネットワーク', 'network', 'net', 'ｎｅｔ', '無線', 'Brand New', '新しい広場']
    await imported(names.map((board, n) => JSON.stringify({ board, question: `Question ${n}?`, answer: 'Yes.' })).join('\n'))
    expect((await listTopics()).map(({ slug }) => slug)).toEqual([
      'net',
      'net',
      'net',
      'net',
      'wifi',
      'brand-new',
      expect.stringMatching(/^board-[0-9a-f]{8}$/),
    ])
    const [inChild] = await database.db.execute(sql`select root_board_id::int as root, visibility from topics where board_id = ${child.id}`)
    expect(inChild).toEqual({ root: known.id, visibility: 'members' })
  })

  test('the author is a member when one is named, and must exist; nobody can log in as the import', async () => {
    const { handle } = await makeMember(database.db)
    await imported('{"board":"a","question":"Why?","answer":"So."}', { author: `@${handle}` })
    expect(await listTopics()).toMatchObject([{ author: handle }])
    await expect(imported('', { author: 'nobody_here' })).rejects.toThrow('@nobody_here')
    await imported('')
    const [faq] = await database.db.execute(sql`select password_hash, email from accounts where handle = 'faq'`)
    expect(faq).toEqual({ password_hash: null, email: null })
  })
})

test('a long question is cut at a sensible place for its title and stands in full below', async () => {
  const sentence = `${'先日、家の光回線を新しくしてから、'.repeat(2)}夜になると動画が止まります。`
  const long = `${sentence}${'いろいろ試しましたが直りません。'.repeat(6)}`
  await imported([long, 'あ'.repeat(300)].map(question => JSON.stringify({ board: 'a', question, answer: '再起動です。' })).join('\n'))
  const [whole, cut] = await listTopics()
  expect([...(whole?.title ?? '')].length).toBeLessThanOrEqual(100)
  expect(whole?.title).toMatch(/。$/)
  expect(long.startsWith(whole?.title ?? 'x')).toBe(true)
  expect(whole?.opening).toBe(long)
  expect(cut?.title).toBe(`${'あ'.repeat(99)}…`)
})

describe('an import that is killed', () => {
  const SIZE = 3000
  const rows = Array.from({ length: SIZE }, (_, n) =>
    JSON.stringify({
      board: 'くらし',
      id: n,
      question: `質問の${n}番はどうすればよいですか`,
      answer: `答えの${n}番です。窓口で手続きをしてください。`,
    }),
  )
  const file = fileOf(rows.join('\n'))

  function start() {
    const cli = fileURLToPath(new URL('../cli.ts', import.meta.url))
    const env = { PATH: process.env.PATH, DATABASE_URL: database.url, DATA_DIR: folder }
    const child = spawn(process.execPath, [cli, 'import', 'faq', file], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stdout.on('data', chunk => (said += chunk))
    child.stderr.on('data', chunk => (said += chunk))
    const ended = new Promise<{ code: number | null; said: string }>(resolve => child.on('exit', code => resolve({ code, said })))
    return { child, ended }
  }
  const count = () => database.db.$count(sql`topics`)

  test('is completed by starting it again: nothing twice, nothing missing, all of it found', async () => {
    const first = start()
    for (const deadline = Date.now() + 30_000; (await count()) < 400 && Date.now() < deadline; ) await pause(5)
    first.child.kill('SIGKILL')
    await first.ended
    const before = await count()
    expect(before).toBeGreaterThanOrEqual(400)
    expect(before).toBeLessThan(SIZE)
    const { code, said } = await start().ended
    expect(said).toContain(`${SIZE - before} imported, ${before} there already, 0 refused`)
    expect(code).toBe(0)
    expect(await count()).toBe(SIZE)
    expect(await search.count()).toBe(SIZE)
    const left = await database.db.execute(sql`select 1 from graphile_worker.jobs where task_identifier = ${SEARCHABLE}`)
    expect(left).toHaveLength(0)
  }, 60_000)

  test('leaves a job behind by which the forum makes findable what was written last', async () => {
    const { db } = database
    const [board] = [await makeBoard(db)]
    const { id } = await makeMember(db)
    const text = { source: '答えです', html: '<p>答えです</p>', text: '答えです', version: 1 }
    const place = { id: board.id, rootId: board.id, visibility: 'public' as const }
    const topic = {
      sourceId: 'a/1',
      board: place,
      title: '迷子の書類はどこですか',
      excerpt: '',
      tags: [],
      url: null,
      opening: text,
      answer: text,
    }
    const added = await addSolvedTopics(db, id, [topic])
    expect(await found('迷子の書類')).toBe(0)
    await transferTasks({ db, search })[SEARCHABLE]?.(added, undefined as never)
    expect(await found('迷子の書類')).toBe(1)
    const left = await db.execute(sql`select 1 from graphile_worker.jobs where task_identifier = ${SEARCHABLE}`)
    expect(left).toHaveLength(0)
  })
})

test('a running forum hears once for each batch that its lists have changed, and makes no job for each row', async () => {
  const before = await lastEvent(database.db)
  await imported(
    Array.from({ length: 450 }, (_, n) => JSON.stringify({ board: 'a', question: `Question ${n}?`, answer: 'So.' })).join('\n'),
  )
  const heard = await database.db.execute<{ name: string; count: number }>(
    sql`select name, count(*)::int as count from events where id > ${before} group by name order by name`,
  )
  expect([...heard]).toEqual([
    { name: 'board.changed', count: 1 },
    { name: 'topics.imported', count: 3 },
  ])
})

test('reindex makes everything findable again, and what was hidden is not', async () => {
  await imported(
    Array.from({ length: 230 }, (_, n) =>
      JSON.stringify({ board: 'a', question: `Question ${n} about trains?`, answer: `Take number ${n}.` }),
    ).join('\n'),
  )
  await database.db.execute(sql`delete from search_documents where id in (select id from search_documents limit 100)`)
  await database.db.execute(sql`update topics set hidden_at = now() where title = 'Question 7 about trains?'`)
  await search.put([
    { id: 'post-999999', group: '999999', title: 'Gone', body: '', visibility: 'public', filters: {}, createdAt: new Date() },
  ])
  const moves: [string, number, number][] = []
  const services = { db: database.db, sql: database.sql, engines: { postgres: search }, log: openLog('silent') }
  expect(await reindex(services, (...move) => moves.push(move))).toEqual({ PostgreSQL: 229 })
  expect(moves).toEqual([
    ['PostgreSQL', 200, 230],
    ['PostgreSQL', 230, 230],
  ])
  expect(await search.count()).toBe(229)
})

const isThere = existsSync(LOCALGOV)
if (!isThere) console.warn(`\n  NO REAL INPUT: ${LOCALGOV} is not there, so the import was not tried on it.\n`)

test.skipIf(!isThere)(
  'a city’s FAQ of 1,786 questions comes in whole',
  async () => {
    const startedAt = Date.now()
    const refused: number[] = []
    const counts = await importFaq({ db: database.db, search }, LOCALGOV, {}, { refused: line => refused.push(line), moved: () => {} })
    console.info(`  ${Math.round((1000 * counts.imported) / (Date.now() - startedAt))} rows/s`)
    expect(refused).toEqual([])
    expect(counts).toMatchObject({ imported: 1786, known: 0, bytes: counts.totalBytes })
    const topics = await listTopics()
    expect(topics.every(({ solved, title }) => solved && [...title].length <= 100)).toBe(true)
    expect(topics.filter(({ opening }) => opening !== '')).toHaveLength(2)
    expect(await found('粗大ごみの出し方')).toBe(10)
  },
  60_000,
)

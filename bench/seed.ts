import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type postgres from 'postgres'
import { vectorsOf } from '../src/platform/search/vector.ts'
import { type Chance, openChance, sentences, title } from './text.ts'

/** How large the forum is. */
export type Scale = { topics: number; answers: number; members: number; sessions: number }

const LETTERS = 400
const BOARDS = 16
const RENDERER_VERSION = 1
const YEAR = 365 * 86_400_000

/** The cookie value of a member's log-in that was seeded; `member` counts from 1. */
export const sessionToken = (member: number) => `${String(member).padStart(20, 'b')}.${String(member).padStart(43, 's')}`

/** Fills an empty, migrated forum by COPY: boards, members with log-ins, topics, answers, reactions, search documents. */
export async function seed(sql: postgres.Sql, scale: Scale): Promise<void> {
  const moments = openMoments(scale.topics)
  await copy(sql, 'boards (id, slug, parent_id, name_ja, name_en, position)', boardRows())
  await copy(sql, 'accounts (id, handle, email, name, confirmed_at)', memberRows(scale.members))
  await copy(sql, 'sessions (id, account_id, secret_hash, expires_at, absolute_expires_at, device)', sessionRows(scale.sessions))
  await copy(sql, `topics (${TOPIC_COLUMNS})`, topicRows(scale, moments))
  await copy(sql, `posts (${POST_COLUMNS})`, postRows(scale, moments))
  await copy(sql, 'reactions (post_id, account_id, kind)', reactionRows(scale))
  await withoutIndex(sql, 'search_documents_tv', () => copy(sql, `search_documents (${DOCUMENT_COLUMNS})`, documentRows(scale, moments)))
  await sql`update boards set topic_count = (select count(*) from topics where board_id = boards.id)`
  for (const table of ['boards', 'accounts', 'topics', 'posts'])
    await sql.unsafe(`select setval(pg_get_serial_sequence('${table}', 'id'), (select max(id) from ${table}))`)
  await sql.unsafe('vacuum analyze')
}

const TOPIC_COLUMNS =
  'id, board_id, root_board_id, kind, title, excerpt, tags, author_id, opening_id, best_answer_id, answer_count, post_count, view_count, solved_at, created_at, active_at'
const POST_COLUMNS = 'id, topic_id, kind, author_id, body, body_html, body_text, renderer_version, helpful_count, created_at'
const DOCUMENT_COLUMNS = 'id, part, group_id, visibility, tags, created_at, words, tv'

type Cell = string | number | null
type Moments = (topic: number) => Date

function* boardRows(): Generator<Cell[]> {
  for (let id = 1; id <= BOARDS; id++) yield [id, `board-${id}`, parentOf(id), `Board ${id}`, `Board ${id}`, id]
}

/** Every fourth board stands on the first level. */
const parentOf = (board: number) => (board % 4 === 1 ? null : board - ((board - 1) % 4))
const boardOf = (topic: number) => [2, 3, 4, 6, 7, 8, 10, 11, 12, 14, 15, 16][topic % 12] ?? 2

function* memberRows(members: number): Generator<Cell[]> {
  const chance = openChance(1)
  for (let id = 1; id <= members; id++) {
    const name = `${title(chance).slice(0, 4)}${id}`
    yield [id, `member-${id}`, `member-${id}@example.com`, name, new Date(Date.now() - YEAR).toISOString()]
  }
}

function* sessionRows(sessions: number): Generator<Cell[]> {
  const ends = new Date(Date.now() + 9 * 86_400_000).toISOString()
  for (let member = 1; member <= sessions; member++) {
    const [id = '', secret = ''] = sessionToken(member).split('.')
    yield [id, member, `\\x${createHash('sha256').update(secret).digest('hex')}`, ends, ends, 'bench']
  }
}

/** Topics are spread over two years, the newest now. */
const openMoments =
  (topics: number): Moments =>
  topic =>
    new Date(Date.now() - ((topics - topic) / topics) * 2 * YEAR - 3_600_000)

const openingOf = (topic: number, { answers }: Scale) => (topic - 1) * (answers + 1) + 1
const authorOf = (post: number, { members }: Scale) => ((post * 7919) % members) + 1
/** Four of ten are solved, by their third answer. */
const isSolved = (topic: number) => topic % 5 < 2
/** Most answers were helpful to nobody or a few, one of each topic to more. */
const helpfulOf = (post: number, index: number) => (index === 4 ? 9 : post % 3)
const titleOf = (topic: number) => title(openChance(topic))

function bodyOf(post: number): string {
  const chance: Chance = openChance(1_000_000 + post)
  return `${sentences(chance, LETTERS / 2)}\n\n${sentences(chance, LETTERS / 2)}`
}

function* topicRows(scale: Scale, moments: Moments): Generator<Cell[]> {
  for (let id = 1; id <= scale.topics; id++) {
    const opening = openingOf(id, scale)
    const at = moments(id).toISOString()
    const [board, solved] = [boardOf(id), isSolved(id)]
    const place = [board, parentOf(board), 'question', titleOf(id), bodyOf(opening).slice(0, 119).replaceAll('\n', ' ')]
    const ends = [solved ? opening + 3 : null, scale.answers, scale.answers + 1, id % 1000, solved ? at : null, at, at]
    yield [id, ...place, `{${board % 2 ? 'Wi-Fi' : 'Windows'}}`, authorOf(opening, scale), opening, ...ends]
  }
}

function* eachPost(scale: Scale): Generator<{ id: number; topic: number; index: number }> {
  for (let topic = 1; topic <= scale.topics; topic++)
    for (let index = 0; index <= scale.answers; index++) yield { id: openingOf(topic, scale) + index, topic, index }
}

function* postRows(scale: Scale, moments: Moments): Generator<Cell[]> {
  for (const { id, topic, index } of eachPost(scale)) {
    const body = bodyOf(id)
    const html = `<p>${body.replace('\n\n', '</p>\n<p>')}</p>\n`
    const [kind, helpful] = index === 0 ? ['opening', 0] : ['answer', helpfulOf(id, index)]
    yield [id, topic, kind, authorOf(id, scale), body, html, body, RENDERER_VERSION, helpful, moments(topic).toISOString()]
  }
}

function* reactionRows(scale: Scale): Generator<Cell[]> {
  for (const { id, index } of eachPost(scale))
    for (let giver = 1; index > 0 && giver <= helpfulOf(id, index); giver++) yield [id, ((id + giver * 13) % scale.members) + 1, 'helpful']
}

function* documentRows(scale: Scale, moments: Moments): Generator<Cell[]> {
  for (const { id, topic, index } of eachPost(scale)) {
    const part = index === 0 ? 'opening' : 'answer'
    const board = boardOf(topic)
    const filters = [
      'kind=question',
      `solved=${isSolved(topic)}`,
      'guaranteed=false',
      `author=member-${authorOf(id, scale)}`,
      `part=${part}`,
    ]
    const tags = `{${[`board=${parentOf(board)}`, `board=${board}`, ...filters].join(',')}}`
    for (const [row, { tv, words }] of vectorsOf(titleOf(topic), bodyOf(id)).entries())
      yield [`post-${id}`, row, topic, 'public', tags, moments(topic).toISOString(), words, tv]
  }
}

/** Building a GIN index at the end takes a tenth of the time that keeping it up to date does. */
async function withoutIndex(sql: postgres.Sql, name: string, work: () => Promise<void>): Promise<void> {
  const [index] = await sql<{ indexdef: string }[]>`select indexdef from pg_indexes where indexname = ${name}`
  await sql.unsafe(`drop index ${name}`)
  await work()
  await sql.unsafe(index?.indexdef ?? '')
}

async function copy(sql: postgres.Sql, target: string, rows: Iterable<Cell[]>): Promise<void> {
  const into = await sql.unsafe(`copy ${target} from stdin`).writable()
  await pipeline(Readable.from(inChunks(rows)), into)
}

function* inChunks(rows: Iterable<Cell[]>): Generator<string> {
  let chunk = ''
  for (const row of rows) {
    chunk += `${row.map(cellText).join('\t')}\n`
    if (chunk.length > 65_536) {
      yield chunk
      chunk = ''
    }
  }
  yield chunk
}

const ESCAPED: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
const cellText = (cell: Cell) => (cell === null ? '\\N' : String(cell).replace(/[\\\n\r\t]/g, letter => ESCAPED[letter] ?? letter))

import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { Invalid } from '../platform/errors.ts'
import { plainExcerpt, renderBody } from '../platform/html.ts'
import { translate } from '../platform/i18n.ts'
import type { Services } from '../platform/services.ts'
import { DIGEST, sourceIdFrom } from '../topics/sources.ts'
import { findAuthor } from './faq/author.ts'
import { type Board, openBoards } from './faq/boards.ts'
import { linesOf } from './faq/lines.ts'
import { type FaqRow, readRow, titleOf } from './faq/row.ts'
import { rowsOf } from './faq/rows.ts'
import { addSolvedTopics, finishSearchable, makeSearchable, type NewTopic } from './faq/topics.ts'

export type FaqOptions = { board?: string; author?: string }
/** What an import did so far: rows imported, rows that were there already, rows refused; and how far it has read, in bytes. */
export type FaqCounts = { imported: number; known: number; refused: number; bytes: number; totalBytes: number }
/** Who watches an import: hears of every refused row with its line, and how far it is after every batch. */
export type FaqWatcher = { refused(line: number, reason: string): void; moved(counts: FaqCounts): void }

/** Rows that are written together: a killed import has to do no more than these again. */
const BATCH = 200
/** Batches under way: one is made findable while another is inserted. */
const AT_ONCE = 2

/**
 * Imports a file of FAQs (CSV or JSON lines, any size) as solved questions. What is there already is left as it is, so a run that was
 * killed is simply started again. Rows that cannot be taken are told to `watcher` and left out. Throws when the file cannot be read
 * at all, or the author does not exist.
 */
export async function importFaq(
  { db, search }: Pick<Services, 'db' | 'search'>,
  file: string,
  options: FaqOptions,
  watcher: FaqWatcher,
): Promise<FaqCounts> {
  const counts: FaqCounts = { imported: 0, known: 0, refused: 0, bytes: 0, totalBytes: (await stat(file)).size }
  const authorId = await findAuthor(db, options.author)
  const boards = await openBoards(db)
  await finishSearchable(db, search)
  const refuse = (line: number, reason: string) => {
    counts.refused++
    watcher.refused(line, reason)
  }
  const write = async (batch: NewTopic[]) => {
    const added = await addSolvedTopics(db, authorId, batch)
    await makeSearchable(db, search, added)
    counts.imported += added.length
    counts.known += batch.length - added.length
    watcher.moved(counts)
  }
  // While PostgreSQL writes some batches, the next is read and rendered.
  const writing: Promise<void>[] = []
  let batch: NewTopic[] = []
  const send = async () => {
    if (writing.length >= AT_ONCE) await writing.shift()
    const written = write(batch)
    written.catch(() => {})
    writing.push(written)
    batch = []
  }
  const lines = linesOf(file, bytes => {
    counts.bytes += bytes
  })
  for await (const raw of rowsOf(lines)) {
    const row = 'problem' in raw ? raw : readRow(raw.values, options)
    const topic = 'problem' in row ? row : await prepare(row, boards)
    if ('problem' in topic) refuse(raw.line, topic.problem)
    else if (batch.push(topic) >= BATCH) await send()
  }
  await send()
  await Promise.all(writing)
  await search.refresh()
  return counts
}

/** A row as the topic it becomes. The question is the title, and the body too where the title had to be cut. */
async function prepare(
  row: FaqRow,
  boards: (name: string) => Promise<Board | { problem: string }>,
): Promise<NewTopic | { problem: string }> {
  try {
    const title = titleOf(row.question)
    const isWhole = title === row.question.replace(/\s+/gu, ' ')
    const question = isWhole ? { html: '', text: '', version: 1 } : await renderBody(row.question)
    const answer = await renderBody(row.answer)
    const board = await boards(row.board)
    if ('problem' in board) return board
    return {
      sourceId: sourceIdFrom(row.board, row.id || DIGEST + digestOf(row)),
      board,
      title,
      excerpt: plainExcerpt(question.text || answer.text, 120),
      tags: row.tags,
      url: row.url,
      opening: { source: isWhole ? '' : row.question, ...question },
      answer: { source: row.answer, ...answer },
    }
  } catch (error) {
    if (!(error instanceof Invalid)) throw error
    return { problem: `has a text that is refused: ${reasonOf(error)}` }
  }
}

function digestOf({ board, question }: FaqRow): string {
  const words = `${board}\n${question}`.normalize('NFKC').toLowerCase()
  return createHash('sha256').update(words).digest('base64url').slice(0, 22)
}

function reasonOf({ fields }: Invalid): string {
  return Object.values(fields)
    .map(field => (typeof field === 'string' ? translate('en', field) : translate('en', field.key, field.values)))
    .join(' ')
}

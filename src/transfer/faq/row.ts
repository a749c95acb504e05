import { TITLE_LETTERS } from '../../topics/asking.ts'
import { readTags } from '../../topics/writing.ts'
import type { Column } from './rows.ts'

/** A question with its answer, checked. `id` is what it was called where it comes from, if it had a name there. */
export type FaqRow = { id: string; board: string; question: string; answer: string; tags: string[]; url: string | null }

const LONGEST = { board: 60, id: 200, url: 2000 }

/** Checks a row; `board` is for rows that name none. Returns the reason where it cannot be imported. */
export function readRow(values: Partial<Record<Column, unknown>>, { board = '' }: { board?: string }): FaqRow | { problem: string } {
  const question = textOf(values.question)
  const answer = textOf(values.answer)
  const row = {
    id: lineOf(values.id),
    board: lineOf(values.board) || lineOf(board),
    question,
    answer,
    tags: readTags(Array.isArray(values.tags) ? values.tags.map(textOf).join(',') : textOf(values.tags)),
    url: lineOf(values.url) || null,
  }
  const problem = problemOf(row)
  return problem ? { problem } : row
}

function problemOf({ id, board, question, answer, url }: FaqRow): string | undefined {
  if (!question) return 'has no question'
  if (!answer) return 'has no answer'
  if (!board) return 'names no board (--board names one for all such rows)'
  if (`${board}${question}${answer}`.includes('\ufffd')) return 'has letters that cannot be read'
  if ([...board].length > LONGEST.board) return `has a board name of more than ${LONGEST.board} letters`
  if (id.length > LONGEST.id) return `has an id of more than ${LONGEST.id} letters`
  if (url && (url.length > LONGEST.url || !/^https?:$/.test(URL.parse(url)?.protocol ?? ''))) return 'has a url that is not a web address'
  return undefined
}

/** Text as it can be kept: what is no letter, tab or line break goes. */
function textOf(value: unknown): string {
  if (typeof value !== 'string' && typeof value !== 'number') return ''
  return String(value)
    .toWellFormed()
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n\t]/gu, '')
    .trim()
}

const lineOf = (value: unknown) => textOf(value).replace(/\s+/gu, ' ')

/** A question as a title: itself where it is short enough, else up to the end of a sentence, a clause or a word, or just cut. */
export function titleOf(question: string): string {
  const line = question.replace(/\s+/gu, ' ').trim()
  const letters = [...line]
  if (letters.length <= TITLE_LETTERS.max) return line
  const most = letters.slice(0, TITLE_LETTERS.max - 1).join('')
  const sentence = /^.{20,}[?!\u3002\uff1f\uff01]|^.{20,}\.(?= )/su.exec(most)?.[0]
  if (sentence) return sentence
  const clause = /^.{50,}(?=[ \u3001\uff0c,])/su.exec(most)?.[0] ?? most
  return `${clause.trimEnd()}\u2026`
}

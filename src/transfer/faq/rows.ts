import { CsvError, parse } from 'csv-parse/sync'
import columns from './columns.json' with { type: 'json' }
import { type Line, LONGEST_LINE } from './lines.ts'

export type Column = keyof typeof columns
/** A row of the file as it stands there, or why it cannot be read. `line` is where it begins. */
export type RawRow = { line: number } & ({ values: Partial<Record<Column, unknown>> } | { problem: string })

/** Lines one CSV row may take: beyond, a quote was opened and never closed. */
const MOST_LINES = 500

/** The rows of a file of FAQs: JSON lines where it begins with `{`, CSV with a row of column names otherwise. Throws when those are not there. */
export async function* rowsOf(lines: AsyncGenerator<Line>): AsyncGenerator<RawRow> {
  const first = await lines.next()
  if (first.done) return
  const all = from(first.value, lines)
  yield* first.value.text.trimStart().startsWith('{') ? jsonRows(all) : csvRows(all)
}

async function* from(first: Line, rest: AsyncGenerator<Line>): AsyncGenerator<Line> {
  yield first
  yield* rest
}

async function* jsonRows(lines: AsyncGenerator<Line>): AsyncGenerator<RawRow> {
  for await (const { number, text } of lines) {
    if (text.trim() === '') continue
    const object = text.length > LONGEST_LINE ? undefined : readObject(text)
    yield { line: number, ...(object ? { values: named(object) } : { problem: 'is not a JSON object on one line' }) }
  }
}

function readObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

function named(object: object): Partial<Record<Column, unknown>> {
  const values: Partial<Record<Column, unknown>> = {}
  for (const [name, value] of Object.entries(object)) {
    const column = columnOf(name)
    if (column) values[column] = value
  }
  return values
}

async function* csvRows(lines: AsyncGenerator<Line>): AsyncGenerator<RawRow> {
  let header: (Column | undefined)[] | undefined
  let delimiter = ','
  // A row that cannot be read gives back the lines it had swallowed, so that one lost quote costs one row and not the file.
  const ahead: Line[] = []
  const next = async (): Promise<Line | undefined> => ahead.shift() ?? (await lines.next()).value
  for (let first = await next(); first; first = await next()) {
    if (first.text.trim() === '') continue
    if (!header) delimiter = likeliestDelimiter(first.text)
    const { cells, taken } = await takeRow(first, next, delimiter)
    if (!header) header = readHeader(cells ?? [])
    else if (!cells || !fits(cells, header.length)) {
      yield {
        line: first.number,
        problem: cells ? `has ${cells.length} cells where the first line has ${header.length}` : 'has a quote that does not end',
      }
      ahead.unshift(...taken)
    } else yield { line: first.number, values: pair(header, cells) }
  }
}

/** Reads on until the row is whole. `taken` are the lines after the first. */
async function takeRow(first: Line, next: () => Promise<Line | undefined>, delimiter: string) {
  const taken: Line[] = []
  let text = first.text
  for (;;) {
    const cells = text.length > LONGEST_LINE ? 'broken' : readCells(text, delimiter)
    if (cells !== 'open') return { cells: cells === 'broken' ? undefined : cells, taken }
    const more = taken.length < MOST_LINES ? await next() : undefined
    if (!more) return { cells: undefined, taken }
    taken.push(more)
    text += `\n${more.text}`
  }
}

/** `5" disk` without quotes around it is taken as it stands, but only where the row is one line. */
function readCells(text: string, delimiter: string): string[] | 'open' | 'broken' {
  const strict = parseCells(text, delimiter, false)
  return strict === 'broken' && !text.includes('\n') ? parseCells(text, delimiter, true) : strict
}

function parseCells(text: string, delimiter: string, relaxed: boolean): string[] | 'open' | 'broken' {
  try {
    return parse(text, { delimiter, relax_quotes: relaxed, record_delimiter: '\u0000' })[0] ?? []
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return error.code === 'CSV_QUOTE_NOT_CLOSED' ? 'open' : 'broken'
  }
}

function likeliestDelimiter(header: string): string {
  const count = (mark: string) => header.split(mark).length
  return [',', '\t', ';'].reduce((best, mark) => (count(mark) > count(best) ? mark : best))
}

/** Cells left out at the end are empty; cells beyond the header must be. */
function fits(cells: string[], width: number): boolean {
  return cells.slice(width).every(cell => cell.trim() === '')
}

function pair(header: (Column | undefined)[], cells: string[]): Partial<Record<Column, unknown>> {
  return Object.fromEntries(header.flatMap((column, index) => (column ? [[column, cells[index] ?? '']] : [])))
}

function readHeader(cells: string[]): (Column | undefined)[] {
  const header = cells.map(columnOf)
  const missing = (['question', 'answer'] as const).filter(column => !header.includes(column))
  if (missing.length > 0) throw new Error(`The first line must name the columns; there is none for ${missing.join(' and ')}.`)
  return header
}

function columnOf(name: string): Column | undefined {
  const known = name.normalize('NFKC').trim().toLowerCase()
  return (Object.keys(columns) as Column[]).find(column => columns[column].includes(known))
}

import { stringify } from 'csv-stringify/sync'
import type { Table } from './present_tables.ts'

/**
 * A table as a file for a spreadsheet: UTF-8 with its mark, so that Excel reads Japanese; CRLF (RFC 4180); and what a spreadsheet would take
 * for a formula (=, +, -, @ at the beginning of words somebody wrote) with an apostrophe before it.
 */
export function csvOf({ columns, rows }: Pick<Table, 'columns' | 'rows'>): string {
  const lines = [columns.map(({ label }) => label), ...rows.map(row => row.map(({ value }) => value))]
  return stringify(lines, { bom: true, escape_formulas: true, record_delimiter: 'windows' })
}

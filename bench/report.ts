import type { Figures } from './measure.ts'
import type { Goal } from './scenarios.ts'

/** One line of the report. */
export type Line = { name: string; goals: Goal[]; figures: Figures }

const LABELS = { ratio: 'ratio', cpu: 'CPU ms', sql: 'SQL', p95: 'p95', p99: 'p99' }

/** Prints the scenarios as one aligned table, each goal with its mark. Returns how many goals were missed. */
export function printScenarios(lines: Line[]): number {
  const head = ['', 'req/s', 'p50 ms', 'p95 ms', 'p99 ms', 'bytes', 'CPU ms', 'of it PG', 'core', 'SQL', 'ratio', 'CPU ratio', 'goals']
  const rows = lines.map(({ name, goals, figures }) => [name, ...columns(figures), goals.map(goal => mark(goal, figures)).join('  ')])
  printTable([head, ...rows])
  return lines.flatMap(({ goals, figures }) => goals.filter(goal => !isMet(goal, figures))).length
}

/** Prints figures that have one number each. */
export function printFigures(figures: { name: string; value: number; unit: string; atMost?: number }[]): number {
  printTable(
    figures.map(({ name, value, unit, atMost }) => [
      name,
      value.toFixed(0),
      unit,
      atMost ? `${value <= atMost ? '✓' : '✗'} at most ${atMost}` : '',
    ]),
  )
  return figures.filter(({ value, atMost }) => atMost && value > atMost).length
}

function columns({ rate, p50, p95, p99, bytes, cpu, postgresCpu, busy, sql, ratio, ceilingCpu }: Figures): string[] {
  const times = [p50, p95, p99].map(time => time.toFixed(1))
  return [
    rate.toFixed(0),
    ...times,
    String(bytes),
    cpu.toFixed(3),
    postgresCpu.toFixed(3),
    `${(busy * 100).toFixed(0)} %`,
    sql?.toFixed(1) ?? '-',
    ratio.toFixed(2),
    (ceilingCpu / cpu).toFixed(2),
  ]
}

function mark(goal: Goal, figures: Figures): string {
  const bound = goal.atLeast === undefined ? `≤ ${goal.atMost}` : `≥ ${goal.atLeast}`
  return `${isMet(goal, figures) ? '✓' : '✗'} ${LABELS[goal.of]} ${bound}`
}

function isMet({ of, atLeast = 0, atMost = Number.POSITIVE_INFINITY }: Goal, figures: Figures): boolean {
  const value = figures[of] ?? Number.NaN
  return value >= atLeast && value <= atMost
}

function printTable(rows: string[][]): void {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map(row => [...(row[column] ?? '')].length))) ?? []
  for (const row of rows) {
    const cells = row.map((cell, column) =>
      column === 0 || column === row.length - 1 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    )
    process.stdout.write(`  ${cells.join('  ').trimEnd()}\n`)
  }
}

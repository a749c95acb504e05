import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { csvOf } from './csv.ts'

const columns = [
  { label: '困りごと', isNumber: false },
  { label: '質問', isNumber: true },
]
const fileOf = (...rows: (string | number)[][]) =>
  csvOf({ columns, rows: rows.map(row => row.map(value => ({ text: String(value), value, isNumber: typeof value === 'number' }))) })

test('a file begins with the mark by which Excel knows Japanese, and its lines end as Excel wants them', () => {
  const file = fileOf(['つながらない', 3])
  expect(file).toBe('\ufeff困りごと,質問\r\nつながらない,3\r\n')
})

test.each(['=1+1', '+81 3 1234', '-cmd', '@SUM(A1)', '\tx', '\rx', '=HYPERLINK("https://evil.example","見る")', '＝1+1'])(
  'what a spreadsheet would take for a formula is words: %s',
  text => {
    const [, [cell = ''] = []] = parse(fileOf([text, 1]), { bom: true, record_delimiter: '\r\n' }) as string[][]
    expect(cell).toBe(`'${text}`)
  },
)

test('commas, quotes and line breaks in a title stay in their cell, and numbers stay numbers', () => {
  const text = '"速度"が,遅い\n夜だけ'
  expect(parse(fileOf([text, -5]), { bom: true })).toEqual([
    ['困りごと', '質問'],
    [text, '-5'],
  ])
})

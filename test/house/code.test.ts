import ts from 'typescript'
import { expect, test } from 'vitest'
import { filesOf, linesWith } from './files.ts'

const code = filesOf('src/**/*.ts', 'public/js/**/*.js')
for (const name of code.keys()) if (name.endsWith('.test.ts')) code.delete(name)
const views = filesOf('views/**/*.hbs')

test('no Japanese text is left in code or views: it lives in the locales', () => {
  const japanese = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}\u3000-\u303f\uff01-\uff5e]/u
  expect(linesWith(new Map([...code, ...views]), japanese)).toEqual([])
})

test('only config.ts reads the environment', () => {
  const readers = linesWith(code, /\bprocess\.env\b|\bfrom 'node:process'/).filter(line => !line.startsWith('src/platform/config.ts:'))
  expect(readers).toEqual([])
})

test('long functions and files are named, as a nudge', () => {
  const longFiles = [...code].map(([name, text]) => ({ name, lines: text.split('\n').length - 1 })).filter(({ lines }) => lines > 200)
  const longFunctions = [...code].flatMap(([name, text]) => functionsOf(name, text)).filter(({ lines }) => lines > 25)
  const notes = [...longFiles, ...longFunctions].sort((a, b) => b.lines - a.lines).map(({ name, lines }) => `  ${lines} lines: ${name}`)
  if (notes.length > 0) console.info(`Worth another look (functions over 25 lines, files over 200):\n${notes.join('\n')}`)
  expect(code.size).toBeGreaterThan(0)
})

function functionsOf(file: string, text: string): { name: string; lines: number }[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const found: { name: string; lines: number }[] = []
  const visit = (node: ts.Node) => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body) {
      const [start, end] = [node.getStart(), node.getEnd()].map(place => source.getLineAndCharacterOfPosition(place).line)
      const name = node.name?.getText() ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : 'a function')
      found.push({ name: `${file}:${Number(start) + 1} ${name}`, lines: Number(end) - Number(start) + 1 })
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

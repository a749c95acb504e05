import Handlebars from 'handlebars'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { filesOf, textOf } from './files.ts'

type Texts = Map<string, string>
type Used = { key: string; where: string; given?: Set<string> }

const LOCALES = { ja: flat(JSON.parse(textOf('locales/ja.json'))), en: flat(JSON.parse(textOf('locales/en.json'))) }
const SECTIONS = new Set(Object.keys(JSON.parse(textOf('locales/ja.json'))))
const EVENTS = new Set([...textOf('src/events.ts').matchAll(/'([a-z_]+\.[a-z_]+)'/g)].map(([, name]) => name))
const KEY = /^[a-z]\w*(\.\w+)+$/

const bases = { ja: byBase(LOCALES.ja), en: byBase(LOCALES.en) }
const { used, patterns, suffixes } = keysInUse()

test('Japanese and English have the same keys, and none is empty', () => {
  expect([...bases.en.keys()].sort()).toEqual([...bases.ja.keys()].sort())
  for (const texts of Object.values(LOCALES)) for (const [key, text] of texts) expect(text.trim(), key).not.toBe('')
})

test('every plural has the forms of its language', () => {
  for (const key of LOCALES.ja.keys()) expect(key).not.toMatch(/_one$/)
  const missing = [...LOCALES.en.keys()]
    .filter(key => key.endsWith('_one') !== key.endsWith('_other'))
    .filter(key => !LOCALES.en.has(otherForm(key)))
  expect(missing).toEqual([])
})

test('a text takes the same values in both languages', () => {
  const differing = [...bases.ja].filter(([key, texts]) => list(valuesOf(texts)) !== list(valuesOf(bases.en.get(key) ?? [])))
  expect(differing.map(([key]) => key)).toEqual([])
})

test('English is English', () => {
  const japanese = /[\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Han}\u3000-\u303f]/u
  // A language is named in itself; 補足 and the like may be quoted.
  const withoutNames = (text: string) => text.replace(/日本語|みんなの広場/g, '')
  expect([...LOCALES.en].filter(([, text]) => japanese.test(withoutNames(text))).map(([key, text]) => `${key}: ${text}`)).toEqual([])
})

test('every key in code and views exists', () => {
  const missing = used.filter(({ key }) => !bases.ja.has(key)).map(({ key, where }) => `${where}: ${key}`)
  const matchingNothing = patterns.filter(({ pattern }) => ![...bases.ja.keys()].some(key => pattern.test(key)))
  expect([...missing, ...matchingNothing.map(({ pattern, where }) => `${where}: ${pattern}`)]).toEqual([])
})

test('every text is used somewhere', () => {
  const literal = new Set(used.map(({ key }) => key))
  const isUsed = (key: string) => literal.has(key) || patterns.some(({ pattern }) => pattern.test(key))
  const unused = [...bases.ja.keys()].filter(
    key => !isUsed(key) && !suffixes.some(end => key.endsWith(end) && isUsed(key.slice(0, -end.length))),
  )
  expect(unused).toEqual([])
})

test('views give a text the values it asks for', () => {
  const lacking = used.flatMap(({ key, where, given }) =>
    [...valuesOf(bases.ja.get(key) ?? [])].filter(value => given && !given.has(value)).map(value => `${where}: ${key} needs ${value}`),
  )
  expect(lacking).toEqual([])
})

/** Keys written out, keys put together from a known beginning (`kinds.${kind}`), and endings put onto keys (`${key}Hint`). */
function keysInUse() {
  const used: Used[] = []
  const patterns: { pattern: RegExp; where: string }[] = []
  const suffixes: string[] = []
  const look = (where: string, text: string, given?: Set<string>) => {
    // Files have dots in their names too.
    if (/\.(json|svg)$/.test(text)) return
    if (KEY.test(text) && SECTIONS.has(text.split('.')[0] ?? '') && !EVENTS.has(text)) used.push({ key: text, where, given })
  }
  for (const [file, text] of filesOf('src/**/*.ts')) if (!file.endsWith('.test.ts')) visitCode(file, text)
  for (const [file, text] of filesOf('views/**/*.hbs')) visitView(file, Handlebars.parse(text))
  return { used, patterns, suffixes }

  function visitCode(file: string, text: string): void {
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
    const visit = (node: ts.Node) => {
      const where = `${file}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}`
      if (ts.isStringLiteralLike(node) && !namesJob(node)) look(where, node.text)
      if (ts.isTemplateExpression(node)) lookAtTemplate(where, node)
      ts.forEachChild(node, visit)
    }
    visit(source)
  }

  function lookAtTemplate(where: string, { head, templateSpans }: ts.TemplateExpression): void {
    const ends = templateSpans.map(({ literal }) => literal.text)
    const [section] = head.text.split('.')
    if (/^[a-z]\w*\.[\w.]*$/.test(head.text) && section && SECTIONS.has(section) && ends.every(end => /^[\w.]*$/.test(end))) {
      patterns.push({ pattern: new RegExp(`^${[head.text, ...ends].map(part => part.replaceAll('.', '\\.')).join('[\\w.]+')}$`), where })
    }
    if (head.text === '' && ends.length === 1 && /^[A-Z]\w+$/.test(ends[0] ?? '')) suffixes.push(ends[0] ?? '')
  }

  function visitView(file: string, node: unknown): void {
    if (Array.isArray(node)) for (const part of node) visitView(file, part)
    if (!isNode(node)) return
    const where = `${file}:${node.loc?.start.line}`
    if (node.type === 'StringLiteral') look(where, String(node.value))
    const called = ['MustacheStatement', 'SubExpression'].includes(node.type) && node.path?.original === 't'
    const [first] = called ? (node.params ?? []) : []
    if (first?.type === 'StringLiteral') look(where, String(first.value), new Set(node.hash?.pairs.map(({ key }) => key)))
    for (const part of Object.values(node)) if (typeof part === 'object') visitView(file, part)
  }
}

/** Jobs have dots in their names: in a list of tasks, as a `task`, or as what `addJob` is told. */
function namesJob(node: ts.Node): boolean {
  const { parent } = node
  if (ts.isPropertyAssignment(parent)) return parent.name === node || parent.name.getText() === 'task'
  return ts.isCallExpression(parent) && /\baddJob$/.test(parent.expression.getText())
}

type ViewNode = {
  type: string
  value?: unknown
  loc?: { start: { line: number } }
  path?: { original?: string }
  params?: ViewNode[]
  hash?: { pairs: { key: string }[] }
}

function isNode(node: unknown): node is ViewNode {
  return typeof node === 'object' && node !== null && !Array.isArray(node)
}

function flat(tree: Record<string, unknown>, before = ''): Texts {
  return new Map(
    Object.entries(tree).flatMap(([name, value]) =>
      typeof value === 'object' && value !== null
        ? [...flat(value as Record<string, unknown>, `${before}${name}.`)]
        : [[`${before}${name}`, String(value)]],
    ) as [string, string][],
  )
}

/** Texts by key, the plural forms of one key together. */
function byBase(texts: Texts): Map<string, string[]> {
  const grouped = Map.groupBy(texts, ([key]) => key.replace(/_(one|other)$/, ''))
  return new Map([...grouped].map(([base, forms]) => [base, forms.map(([, text]) => text)]))
}

function otherForm(key: string): string {
  return key.endsWith('_one') ? key.replace(/_one$/, '_other') : key.replace(/_other$/, '_one')
}

function valuesOf(texts: string[]): Set<string> {
  return new Set(texts.flatMap(text => [...text.matchAll(/\{\{-?\s*(\w+)/g)].map(([, name]) => name ?? '')))
}

function list(names: Set<string>): string {
  return [...names].sort().join(', ')
}

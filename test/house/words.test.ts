import { globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(`${root}/${file}`, 'utf8')
const filesOf = (...patterns: string[]) => globSync(patterns, { cwd: root })
const code = filesOf('src/**/*.ts', 'public/**/*.js').filter(file => !file.endsWith('.test.ts'))
const views = filesOf('views/**/*.hbs')

type Texts = { [key: string]: string | Texts }
const flat = (texts: Texts, path = ''): [string, string][] =>
  Object.entries(texts).flatMap(([key, text]): [string, string][] =>
    typeof text === 'string' ? [[path + key, text]] : flat(text, `${path}${key}.`),
  )
const ja = new Map(flat(JSON.parse(read('locales/ja.json'))))
const en = new Map(flat(JSON.parse(read('locales/en.json'))))
/** Plural forms differ by language; the key people write does not. */
const base = (key: string) => key.replace(/_(one|other)$/, '')
const keys = (texts: Map<string, string>) => new Set([...texts.keys()].map(base))

test('every text is there in Japanese and in English', () => {
  expect(
    [...keys(ja)].filter(key => !keys(en).has(key)),
    'only in Japanese',
  ).toEqual([])
  expect(
    [...keys(en)].filter(key => !keys(ja).has(key)),
    'only in English',
  ).toEqual([])
  // A letter without a closing sentence has an empty one.
  for (const [key, text] of [...ja, ...en]) if (!key.startsWith('mail.')) expect(text.trim(), key).not.toBe('')
  for (const key of ja.keys()) if (key.endsWith('_one')) expect.fail(`${key}: Japanese has one form`)
  for (const key of en.keys()) if (key.endsWith('_one')) expect(en.has(key.replace('_one', '_other')), key).toBe(true)
})

test('both languages fill in the same values', () => {
  const values = (text = '') => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(match => match[1]).toSorted()
  for (const [key, text] of ja) {
    const other = en.get(key) ?? en.get(`${base(key)}_other`)
    expect([...new Set(values(text))], key).toEqual([...new Set(values(other))])
  }
})

test('every key that a view or the code names is there', () => {
  const known = keys(ja)
  const named = [
    ...views.flatMap(file => [...read(file).matchAll(/\{\{[^}]*?\bt ['"]([\w.]+)['"]/g)].map(match => [file, match[1]])),
    ...code.flatMap(file => [...read(file).matchAll(/\bt\(['"]([a-zA-Z][\w.]+)['"]/g)].map(match => [file, match[1]])),
    ...code.flatMap(file => [...read(file).matchAll(/flash\('(\w+)'\)/g)].map(match => [file, `flash.${match[1]}`])),
    ...code.flatMap(file =>
      [...read(file).matchAll(/(?:Refused|ensure|Conflict)\([^)]*?'((?:errors)\.\w+)'/g)].map(match => [file, match[1]]),
    ),
  ]
  expect(named.length).toBeGreaterThan(200)
  expect(named.filter(([, key]) => !known.has(key ?? '')).map(([file, key]) => `${file}: ${key}`)).toEqual([])
})

test('no Japanese is left in code or views: people’s text lives in the locales', () => {
  const japanese = /[\p{scx=Hiragana}\p{scx=Katakana}\p{Script=Han}]/u
  // The middle dot and the ideographic comma part words in both languages' layouts.
  const found = [...code, ...views].filter(file => japanese.test(read(file).replaceAll(/[・、。「」（）]/g, '')))
  expect(found).toEqual([])
})

test('only the configuration reads the environment', () => {
  expect(code.filter(file => file.endsWith('.ts') && /process\.env\b/.test(read(file)) && file !== 'src/platform/config.ts')).toEqual([])
})

import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { settings } from '../src/platform/config.ts'

test('the README names every setting, with its default and what it is for', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
  const rows = [...readme.matchAll(/^\| `([A-Z0-9_]+)` \| (?:`(.*)`)? ?\| (.+) \|$/gm)].map(([, name, fallback = '', about]) => [
    name,
    fallback,
    about,
  ])
  expect(rows).toEqual(Object.entries(settings).map(([name, { fallback, about }]) => [name, fallback, about]))
})

import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { expect, test } from 'vitest'
import { filesOf, ROOT, textOf } from './files.ts'

const documents = filesOf('README.md', 'docs/**/*.md')

test('every decision stands in the list of decisions', () => {
  const written = [...documents.keys()].filter(name => /^docs\/decisions\/\d/.test(name)).map(name => posix.basename(name))
  const listed = [...textOf('docs/decisions/README.md').matchAll(/\]\((\d+[^)]*)\)/g)].map(([, name]) => name)
  expect(listed).toEqual(written)
})

test('what the documents lead to is there', () => {
  const links = [...documents].flatMap(([name, text]) =>
    [...text.replace(/```[\s\S]*?```|`[^`\n]*`/g, '').matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, target]) =>
      posix.join(posix.dirname(name), target ?? ''),
    ),
  )
  expect(links.length).toBeGreaterThan(10)
  const missing = [...new Set(links)].filter(target => !existsSync(join(ROOT, target)))
  expect(missing).toEqual([])
})

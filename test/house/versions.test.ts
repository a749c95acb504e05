import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

const lock: { packages: Record<string, { version?: string }> } = JSON.parse(
  readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
)

/** Below these, known holes are open. */
const FLOORS: Record<string, string> = {
  fastify: '5.12.3',
  '@fastify/static': '10.1.3',
  ws: '8.21.0',
  'drizzle-orm': '0.45.2',
  handlebars: '4.7.9',
  'markdown-it': '14.1.1',
  'linkify-it': '5.0.2',
}

const number = (version: string) => version.split(/[.-]/).slice(0, 3).map(Number)
function isAtLeast(version: string, floor: string): boolean {
  const [have, need] = [number(version), number(floor)]
  const at = have.findIndex((part, index) => part !== need[index])
  return at < 0 || (have[at] ?? 0) > (need[at] ?? 0)
}

const installed = (name: string) =>
  Object.entries(lock.packages).flatMap(([path, { version }]) => (path.endsWith(`node_modules/${name}`) && version ? [version] : []))

test('nothing is installed below the version that closed its holes', () => {
  for (const [name, floor] of Object.entries(FLOORS))
    for (const version of installed(name)) expect(isAtLeast(version, floor), `${name} ${version}`).toBe(true)
  for (const name of ['fastify', '@fastify/static', 'drizzle-orm', 'handlebars', 'markdown-it', 'linkify-it'])
    expect(installed(name), name).not.toEqual([])
})

test('the sanitiser is exactly the one that was measured', () => {
  expect(installed('sanitize-html')).toEqual(['2.18.1'])
})

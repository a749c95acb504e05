import { expect, test } from 'vitest'
import { textOf } from './files.ts'

type Entry = { version: string; optionalDependencies?: Record<string, string> }

const { packages }: { packages: Record<string, Entry> } = JSON.parse(textOf('package-lock.json'))
const { dependencies } = JSON.parse(textOf('package.json'))

/** SECURITY.md: older versions have known holes. `npm audit` may be unreachable, so they are held here. */
const FLOORS = {
  fastify: '5.12.3',
  '@fastify/static': '10.1.3',
  ws: '8.21.0',
  'drizzle-orm': '0.45.2',
  handlebars: '4.7.9',
  'markdown-it': '14.1.1',
  'linkify-it': '5.0.2',
  'sanitize-html': '2.18.1',
}

test.each(Object.entries(FLOORS))('%s is installed in %s or newer, wherever it is installed', (name, floor) => {
  const versions = Object.entries(packages).filter(([path]) => path.endsWith(`node_modules/${name}`))
  expect(versions.filter(([, { version }]) => isOlder(version, floor)).map(([path, { version }]) => `${path} ${version}`)).toEqual([])
  if (name in dependencies) expect(versions).not.toEqual([])
})

test('the sanitizer is the very version that was measured', () => {
  expect(dependencies['sanitize-html']).toBe('2.18.1')
})

test('the lock file is whole for every platform, so that npm ci takes it', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter(name => !resolves(path, name))
      .map(name => `${path}: ${name}`),
  )
  expect(missing).toEqual([])
})

function isOlder(version: string, floor: string): boolean {
  return version.localeCompare(floor, 'en', { numeric: true }) < 0
}

/** As Node looks packages up: in one's own node_modules, then in that of each folder above. */
function resolves(path: string, name: string): boolean {
  if (packages[`${path ? `${path}/` : ''}node_modules/${name}`]) return true
  return path !== '' && resolves(path.slice(0, Math.max(0, path.lastIndexOf('node_modules/') - 1)), name)
}

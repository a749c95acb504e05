import { afterAll, beforeAll, expect, test } from 'vitest'
import { record } from '../src/platform/outbox.ts'
import { type Browser, startTestApp, type TestApp } from './app.ts'
import { makeBoard, makeTopic } from './making.ts'
import { makeMember } from './people.ts'

let forum: TestApp
let guest: Browser

beforeAll(async () => {
  forum = await startTestApp()
  guest = await forum.as()
})
afterAll(() => forum.close())

/** Values by name and labels. */
async function numbers(): Promise<Map<string, number>> {
  const { body } = await guest.get('/metrics')
  return new Map(
    body
      .split('\n')
      .filter(line => line && !line.startsWith('#'))
      .map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  )
}

test('searches, requests, pages, jobs and the event loop are counted', async () => {
  const { db } = forum
  const member = await makeMember(db)
  const topic = await makeTopic(db, member, await makeBoard(db), { title: 'denkyuが切れました' })
  await forum.runJobs()
  await guest.get('/search?q=denkyu')
  await guest.get('/search?q=nothinglikethis')
  for (let n = 0; n < 3; n++) await guest.get(`/t/${topic.id}`)
  await record(db, 'topic.changed', { topicId: topic.id, boardId: topic.boardId, actorId: member.id })
  const found = await numbers()
  expect(found.get('hiroba_searches_total{engine="postgres",found="something"}')).toBe(1)
  expect(found.get('hiroba_searches_total{engine="postgres",found="nothing"}')).toBe(1)
  expect(found.get('hiroba_search_seconds_count{engine="postgres",kind="search"}')).toBe(2)
  expect(found.get('hiroba_http_request_seconds_count{method="GET",route="/search",status="2xx"}')).toBe(2)
  const topicPages = [...found].filter(([name]) => name.startsWith('hiroba_http_request_seconds_count') && name.includes('/t/:id'))
  expect(topicPages.reduce((sum, [, count]) => sum + count, 0)).toBe(3)
  expect(found.get('hiroba_jobs_waiting{task="event"}')).toBe(1)
  expect(found.get('hiroba_jobs_oldest_seconds{task="event"}')).toBeGreaterThanOrEqual(0)
  expect(found.get('hiroba_page_cache_misses_total')).toBeGreaterThan(0)
  expect(found.get('hiroba_page_cache_hits_total')).toBeGreaterThanOrEqual(0)
  expect([...found.keys()].some(name => name.startsWith('nodejs_eventloop_lag_p99'))).toBe(true)
})

test('nothing anybody typed or read is in them', async () => {
  await guest.get('/search?q=secretsecret')
  await guest.get('/nowhere-secretsecret')
  await guest.get('/u/secretsecret')
  const { body } = await guest.get('/metrics')
  expect(body).not.toContain('secret')
  const labels = new Set([...body.matchAll(/(\w+)="/g)].map(([, label]) => label))
  const known = [
    'method',
    'route',
    'status',
    'engine',
    'kind',
    'found',
    'task',
    'le',
    'type',
    'kind',
    'space',
    'version',
    'major',
    'minor',
    'patch',
    'quantile',
    'what',
  ]
  expect([...labels].filter(label => !known.includes(label ?? ''))).toEqual([])
})

test('only this machine reads them, and nobody through a proxy on it', async () => {
  const from = (remoteAddress: string, headers: Record<string, string> = {}) =>
    guest.send({ method: 'GET', url: '/metrics', remoteAddress, headers }).then(({ statusCode }) => statusCode)
  expect(await Promise.all(['127.0.0.1', '::1', '::ffff:127.0.0.1'].map(address => from(address)))).toEqual([200, 200, 200])
  expect(await Promise.all(['203.0.113.7', '10.0.0.1', '1.127.0.0'].map(address => from(address)))).toEqual([404, 404, 404])
  for (const header of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'via'])
    expect(await from('127.0.0.1', { [header]: '127.0.0.1' }), header).toBe(404)
})

test('with a token, whoever has it reads them from anywhere, and nobody without it', async () => {
  const other = await startTestApp({ METRICS_TOKEN: 'a-token-for-tests' })
  const reader = await other.as()
  const ask = (authorization: string | undefined, remoteAddress = '203.0.113.7') =>
    reader.send({ method: 'GET', url: '/metrics', remoteAddress, headers: { authorization } }).then(({ statusCode }) => statusCode)
  expect(await ask('Bearer a-token-for-tests')).toBe(200)
  for (const wrong of [undefined, '', 'Bearer', 'Bearer a-token', 'Basic a-token-for-tests', 'a-token-for-tests'])
    expect(await ask(wrong, '127.0.0.1'), wrong).toBe(404)
  await other.close()
})

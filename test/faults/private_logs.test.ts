import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type TestDatabase, testDatabase } from '../database.ts'
import { makeBoard, makeTopic } from '../making.ts'
import { makeMember } from '../people.ts'
import { call, type Forum, freePort, startForum, temporaryFolder, until } from './forum.ts'
import { everythingFollowed } from './standing.ts'

vi.setConfig({ testTimeout: 60_000 })

let database: TestDatabase
let folder: ReturnType<typeof temporaryFolder>
let forum: Forum

beforeAll(async () => {
  database = await testDatabase()
  folder = temporaryFolder()
  forum = startForum({ DATABASE_URL: database.url, DATA_DIR: folder.path, PORT: String(await freePort()), LOG_LEVEL: 'debug' }, 'serve')
  await forum.ready()
})
afterAll(async () => {
  await forum.kill()
  await database.drop()
  folder.remove()
})

const PASSWORD = 'Marker-Password-7431-violet'
const WRONG = 'Marker-Wrong-5512-violet'
const EMAIL = 'marker.mail.9921@example.jp'
const BODY = 'markerbodyword8842 is what I wrote'
const TITLE = 'markertitleword6617 in the question'
const SEARCH = 'markersearchword3308'
const TOKEN = 'markerTokenmarkerTokenmarkerTokenmarkerTok4'

test('whatever people do and whatever breaks, nothing they typed and no secret stands in the log', async () => {
  const { db, sql } = database
  const { port } = forum
  const member = await makeMember(db, { handle: 'marked', email: EMAIL, password: PASSWORD })
  const board = await makeBoard(db)
  const topic = await makeTopic(db, member, board)

  let cookie = ''
  const statuses: number[] = []
  const go = async (path: string, form?: Record<string, string>, headers: Record<string, string> = {}) => {
    const answer = await call({ port, path, form, headers: { ...(cookie && { cookie }), ...headers } })
    statuses.push(answer.status)
    return answer
  }
  const everyFlow = async (round: string) => {
    await go('/signup', { email: `${round}${EMAIL}`, handle: `new${round}`, name: BODY, password: PASSWORD, terms: 'yes' })
    await go('/login', { login: EMAIL, password: WRONG })
    await go('/login', { login: WRONG, password: WRONG })
    await go('/reset', { email: EMAIL })
    await go(`/reset/${TOKEN}`)
    await go(`/reset/${TOKEN}`, { password: PASSWORD })
    await go(`/confirm/${TOKEN}`)
    await go(`/search?q=${SEARCH}`)
    await go(`/search?q=${SEARCH}&after=${SEARCH}`)
    await go(`/t/${topic.id}/answers`, { body: `${BODY} ${round}`, draftKey: `key-of-${round}` })
    await go('/ask', { boardId: String(board.id), kind: 'question', title: TITLE, body: BODY, tags: 'lamp', draftKey: `ask-of-${round}` })
    await go('/preview', { body: BODY })
    await go('/login', undefined, { 'content-type': `text/${BODY.slice(0, 18)}` })
    await go(`/t/${BODY.slice(0, 18)}`)
    await go('/me/export')
  }
  const login = await go('/login', { login: 'marked', password: PASSWORD })
  expect(login.status).toBe(303)
  cookie = login.headers['set-cookie']?.find(text => text.startsWith('sid='))?.split(';')[0] ?? ''
  const secrets = cookie.slice(4).split('.')
  expect(secrets).toHaveLength(2)

  await everyFlow('a')
  await everythingFollowed(db)
  const tokens = await sql<{ link: string }[]>`select substring(text from '/(?:reset|confirm)/([A-Za-z0-9_.-]+)') as link from mails`
  expect(tokens.length).toBeGreaterThan(0)

  // A forum whose tables are not as it thinks: every write fails in the middle, and so does what follows from those before.
  await sql`alter table search_documents rename column tv to other`
  // Words much like his others would wait for a moderator, and nothing would follow from them.
  const other = 'Restarting the lamp helped me; markerbodyword8842 stood on its label.'
  const posted = await go(`/t/${topic.id}/answers`, { body: other, draftKey: 'key-just-before' })
  expect(posted.headers.location).toMatch(new RegExp(`^/t/${topic.id}\\b.*#post-`))
  await until('an effect fails', () => forum.output().includes('an effect failed'))
  await until('a job fails', () => forum.output().includes('Failed task'))
  await sql`alter table posts rename column body_html to other`
  await sql`alter table accounts rename column about to other`
  await sql`alter table throttles rename column tries to other`
  await sql`alter table drafts rename column content to other`
  await everyFlow('b')
  cookie = ''
  await everyFlow('c')
  expect(statuses.filter(status => status === 500).length).toBeGreaterThan(5)
  const failed = await sql<{ last_error: string }[]>`select last_error from graphile_worker._private_jobs where last_error is not null`
  expect(failed.length).toBeGreaterThan(0)

  const kept = `${forum.output()}\n${failed.map(job => job.last_error).join('\n')}`
  expect(kept.match(/request failed/g)?.length).toBeGreaterThan(5)
  expect(kept).toContain(`"path":"/t/${topic.id}/answers"`)
  expect(kept).toContain('"path":"/t/:id"')
  const markers = [
    PASSWORD,
    WRONG,
    EMAIL,
    'markerbodyword8842',
    'markertitleword6617',
    SEARCH,
    TOKEN,
    ...secrets,
    ...tokens.map(({ link }) => link),
  ]
  expect(markers.filter(marker => marker && kept.includes(marker))).toEqual([])
})

test('an error nobody caught, and one at the start, are told without what was written', async () => {
  const broken = startForum(
    { DATABASE_URL: 'postgres://someone:MarkerSecret4451@127.0.0.1:1/none', DATA_DIR: folder.path, PORT: '0' },
    'serve',
  )
  expect(await broken.ended).toBe(1)
  expect(broken.output()).not.toContain('MarkerSecret4451')
  expect(broken.output()).toContain('ECONNREFUSED')
})

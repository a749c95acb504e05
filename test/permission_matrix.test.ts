import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '../src/accounts/actor.ts'
import type { Post } from '../src/topics/page_queries.ts'
import type { Topic } from '../src/topics/queries.ts'
import { startTestApp, type TestApp } from './app.ts'
import { makeCompany } from './companies.ts'
import { makeAnswer, makeBoard, makeTopic, openingOf, postNow, topicNow } from './making.ts'
import { makeAdvisor, makeAgent, makeCompanyAdmin, makeMember, makeModerator, makeOperator, makeUnconfirmed, visitor } from './people.ts'

let forum: TestApp
let people: Record<Role, Actor>
let topic: Topic
let answer: Post

const ROLES = [
  'guest',
  'unconfirmed',
  'suspended',
  'member',
  'advisor',
  'agent',
  'admin',
  'otherModerator',
  'moderator',
  'asker',
  'answerer',
  'operator',
] as const
type Role = (typeof ROLES)[number]

beforeAll(async () => {
  forum = await startTestApp()
  const { db } = forum
  const [board, elsewhere] = [await makeBoard(db), await makeBoard(db)]
  const [asker, answerer] = [await makeMember(db), await makeMember(db)]
  const company = await makeCompany(db)
  people = {
    guest: visitor,
    unconfirmed: await makeUnconfirmed(db),
    suspended: await makeMember(db, { suspendedUntil: new Date(Date.now() + 86_400_000) }),
    member: await makeMember(db),
    advisor: await makeAdvisor(db),
    agent: await makeAgent(db, company),
    admin: await makeCompanyAdmin(db, company),
    otherModerator: await makeModerator(db, elsewhere),
    moderator: await makeModerator(db, board),
    asker,
    answerer,
    operator: await makeOperator(db),
  }
  topic = await makeTopic(db, asker, board)
  answer = await makeAnswer(db, answerer, topic)
})
afterAll(() => forum.close())

/** For whom each door is. A door that is not here fails the test: whoever adds one says whom it lets in. */
const DOORS: Record<string, string> = {
  everyone:
    'GET /offline · ' +
    'GET /service-worker.js · ' +
    'GET /manifest.webmanifest · ' +
    'POST /mail/events · ' +
    'POST /mail/inbound · ' +
    'POST /mail/:token · ' +
    'GET /mail/:token · ' +
    'GET / · GET /boards · GET /b/:slug · GET /t/:id · GET /t/:id/:slug · GET /t/:id/similar · GET /posts/:id · GET /posts/:id/history · GET /posts/:id/comments · ' +
    'GET /search · GET /ask/similar · GET /search/suggestions · GET /search/suggestions.json · GET /opensearch.xml · POST /search/clicks · POST /search/found · POST /preview · GET /u/:handle · GET /u/:handle/points · GET /u/:handle/level · GET /media/:name · GET /preferences · POST /preferences · POST /login · POST /logout · ' +
    'GET /guarantees · GET /guarantees/:code · GET /guarantees/:code/evidence · GET /.well-known/hiroba-guarantee-key · GET /companies · GET /c/:company · GET /c/:company/p/:product · GET /c/:company/p/:product/figures · GET /companies/prove/:token · POST /companies/prove/:token · ' +
    'GET /live · GET /t/:id/news · GET /lists/news · GET /compare · GET /posts/:id/fixed · POST /posts/:id/fixed · DELETE /posts/:id/fixed · ' +
    'GET /invitations/:token · GET /products/suggest · POST /products/guess · GET /healthz · GET /readyz · GET /metrics · GET /help/:page? · GET /people · GET /b/:slug/people · GET /c/:company/p/:product/people · GET /badges · GET /badges/:key · GET /api/v1/search · GET /api/v1/openapi.json · GET /api/docs',
  members:
    'POST /nudges/leaving · GET /t/:id/slow · POST /t/:id/slow · DELETE /t/:id/slow · GET /t/:id/tags · POST /t/:id/tags · GET /posts/:id/hiding · POST /posts/:id/hiding · DELETE /posts/:id/hiding · GET /posts/:id/suggestions · POST /posts/:id/suggestions · POST /suggestions/:id/acceptance · DELETE /suggestions/:id/acceptance · GET /ask · POST /ask · POST /ask/similar · POST /ask/solved · POST /t/:id/answers · POST /posts/:id/comments · POST /t/:id/addenda · GET /t/:id/addenda · GET /posts/:id/edit · PUT /posts/:id · ' +
    'GET /notifications · GET /notifications/unread · GET /notifications/:id · POST /notifications/read · GET /notifications/follow · POST /notifications/follow · GET /notifications/follows · ' +
    'GET /t/:id/rest · POST /t/:id/rest · DELETE /t/:id/rest · POST /nudges/leaving · GET /t/:id/slow · POST /t/:id/slow · DELETE /t/:id/slow · GET /t/:id/tags · POST /t/:id/tags · GET /posts/:id/hiding · POST /posts/:id/hiding · DELETE /posts/:id/hiding · GET /posts/:id/suggestions · POST /posts/:id/suggestions · POST /suggestions/:id/acceptance · DELETE /suggestions/:id/acceptance · GET /ask · POST /ask · POST /ask/similar · POST /ask/solved · POST /t/:id/answers · POST /posts/:id/comments · POST /t/:id/addenda · GET /t/:id/addenda · GET /posts/:id/edit · PUT /posts/:id · ' +
    'GET /posts/:id/withdraw · DELETE /posts/:id · POST /posts/:id/best · DELETE /posts/:id/best · POST /t/:id/close · DELETE /t/:id/close · ' +
    'POST /posts/:id/reactions/:kind · DELETE /posts/:id/reactions/:kind · GET /me/drafts · PUT /me/drafts · POST /me/drafts · DELETE /me/drafts · POST /pictures · GET /pictures · GET /pictures/:key · ' +
    'GET /companies/apply · POST /companies/apply · GET /companies/applications/:id · POST /companies/applications/:id/mail · POST /companies/applications/:id/record · ' +
    'POST /invitations/:token · GET /t/:id/products · PUT /t/:id/products · ' +
    'GET /people/mentoring · POST /people/mentoring · DELETE /people/mentoring · ' +
    'GET /t/:id/sealed · POST /t/:id/sealed · GET /posts/:id/flags · POST /posts/:id/flags',
  moderators:
    'GET /t/:id/moderation · GET /t/:id/moderation/:form · POST /t/:id/moderation/:form · POST /moderation/changes/:id/undo · GET /posts/:id/moderation · PUT /posts/:id/moderation · ' +
    'GET /moderation · GET /moderation/:id · GET /moderation/decided · GET /moderation/leases · POST /moderation/:id/lease · DELETE /moderation/:id/lease · POST /moderation/:id/decision · DELETE /moderation/:id/decision · ' +
    'GET /moderation/members/:handle · POST /moderation/members/:handle/sanctions · GET /moderation/sanctions/:id/lift · POST /moderation/sanctions/:id/lift',
  companies: 'GET /t/:id/inbox',
  operators: 'GET /moderation/rules · POST /moderation/rules · GET /moderation/audit',
}

/** What moderators decide about threads and members, and what one can do about it. */
const DECISIONS: Record<string, string> = {
  members: 'POST /u/:handle/ignoring · DELETE /u/:handle/ignoring · POST /posts/:id/care',
  everyone:
    'GET /transparency · GET /transparency.csv · GET /transparency/takedowns.csv · ' +
    'GET /takedown · POST /takedown · GET /takedown/receipts/:key · POST /takedown/receipts/:key/proofs',
  operators:
    'GET /moderation/takedowns · GET /moderation/takedowns/:id · POST /moderation/takedowns/:id · POST /moderation/takedowns/:id/person · ' +
    'GET /moderation/takedowns/:id/proofs/:number · POST /moderation/takedowns/:id/asking',
}

const nameOf = ({ method, url }: { method: string; url: string }) => `${method} ${url}`
const listed = (access: string) => [DOORS, DECISIONS].flatMap(doors => (doors[access] ?? '').split(' · ')).filter(Boolean)

test('every door says for whom it is: reading is open, writing is for members, a company’s place for its people, administration for operators alone', () => {
  const doors = forum.app.doors.filter(door => door.method !== 'HEAD')
  const problems = doors.flatMap(door => {
    const name = nameOf(door)
    if (door.url.startsWith('/admin')) return door.access === 'operators' ? [] : [`${name} is ${door.access}`]
    if (/^\/c\/:company\/manage(\/|$)/.test(door.url)) return door.access === 'companies' ? [] : [`${name} is ${door.access}`]
    if (/^\/me(\/|$)/.test(door.url) && !listed('members').includes(name))
      return door.access === 'members' ? [] : [`${name} is ${door.access}`]
    for (const access of ['moderators', 'operators', 'companies'])
      if (listed(access).includes(name)) return door.access === access ? [] : [`${name} is ${door.access}`]
    if (listed('everyone').includes(name)) return door.access === 'everyone' ? [] : [`${name} is ${door.access}`]
    if (listed('members').includes(name)) return door.access === 'members' ? [] : [`${name} is ${door.access}`]
    return /^\/(login|signup|setup|reset|confirm|email|logout)/.test(door.url) ? [] : [`${name} (${door.access}) is in no list`]
  })
  expect(problems).toEqual([])
  const there = new Set(doors.map(nameOf))
  expect(
    Object.keys(DOORS)
      .flatMap(listed)
      .filter(name => !there.has(name)),
    'listed and not there',
  ).toEqual([])
})

test('the gate turns guests away from every door that is not theirs, and members from the operators’', async () => {
  const [guest, member] = [await forum.as(), await forum.as(people.member)]
  const path = (url: string) => url.replace(':kind', 'helpful').replace(':form', 'lock').replace(/:\w+/g, '1')
  for (const door of forum.app.doors.filter(each => each.method !== 'HEAD' && each.access !== 'everyone' && each.access !== 'guests')) {
    const request = { method: door.method as 'GET', url: path(door.url) }
    const turned = await guest.send(request)
    expect([303, 401], nameOf(door)).toContain(turned.statusCode)
    if (turned.statusCode === 303) expect(turned.headers.location, nameOf(door)).toContain('/login')
    if (['operators', 'companies', 'moderators'].includes(door.access))
      expect((await member.send(request)).statusCode, nameOf(door)).toBe(403)
  }
})

const WRITERS: Role[] = ['member', 'advisor', 'agent', 'admin', 'otherModerator', 'moderator', 'asker', 'answerer', 'operator']
const form = { body: '試したところ、直りました。', draftKey: '' }
let keys = 0
const fresh = () => {
  keys += 1
  return { ...form, draftKey: `matrix-draft-${keys}` }
}
const warning = () => ({
  ...{ kind: 'warning', boardId: String(topic.boardId), rule: 'respect', days: '7', perDay: '3', words: 'ご注意ください。' },
  ...{ postIds: [String(answer.id)], draftKey: fresh().draftKey },
})
type Client = Awaited<ReturnType<TestApp['as']>>
const post = () => `/posts/${answer.id}`

/** What may be done to a topic and its answer, and by whom; everybody else is refused. `undo` puts things back. */
const DEEDS: { deed: string; allowed: Role[]; act(client: Client): ReturnType<Client['get']>; undo?: string }[] = [
  { deed: 'answer', allowed: WRITERS, act: client => client.post(`/t/${topic.id}/answers`, fresh()) },
  { deed: 'comment', allowed: WRITERS, act: client => client.post(`${post()}/comments`, fresh()) },
  {
    deed: 'find an answer helpful',
    allowed: WRITERS.filter(role => role !== 'answerer'),
    act: client => client.post(`${post()}/reactions/helpful`),
  },
  { deed: 'thank', allowed: WRITERS.filter(role => role !== 'answerer'), act: client => client.post(`${post()}/reactions/thanks`) },
  {
    deed: 'say whether an answer fixed it',
    allowed: ROLES.filter(role => role !== 'answerer'),
    act: client => client.post(`${post()}/fixed`, { fixed: 'yes' }),
  },
  {
    deed: 'share the trouble',
    allowed: WRITERS.filter(role => role !== 'asker'),
    act: client => client.post(`/posts/${topic.openingId}/reactions/me_too`),
  },
  {
    deed: 'pick the best answer',
    allowed: ['asker', 'moderator', 'operator'],
    act: client => client.post(`${post()}/best`),
    undo: 'update topics set best_answer_id = null, solved_at = null',
  },
  { deed: 'take the pick back', allowed: ['asker', 'moderator', 'operator'], act: client => client.delete(`${post()}/best`) },
  {
    deed: 'close',
    allowed: ['asker', 'moderator', 'operator'],
    act: client => client.post(`/t/${topic.id}/close`),
    undo: 'update topics set closed_at = null, closed_by_id = null',
  },
  { deed: 'add to the question', allowed: ['asker'], act: client => client.post(`/t/${topic.id}/addenda`, fresh()) },
  {
    deed: 'edit an answer',
    allowed: ['answerer'],
    act: client => client.put(post(), { ...form, revision: 1, reason: '' }),
    undo: `update posts set revision = 1; delete from revisions`,
  },
  {
    deed: 'mend the tags',
    allowed: ['otherModerator', 'moderator', 'asker', 'operator'],
    act: client => client.post(`/t/${topic.id}/tags`, { tags: 'ルーター', reason: '' }),
  },
  {
    deed: 'slow the topic',
    allowed: ['otherModerator', 'moderator', 'operator'],
    act: client => client.post(`/t/${topic.id}/slow`, { minutes: '5', hours: '1', reason: '少し落ち着きましょう' }),
    undo: 'update topics set slow_minutes = null, slow_until = null, slow_by_id = null, slow_reason = null',
  },
  {
    deed: 'let it run as usual again',
    allowed: ['otherModerator', 'moderator', 'operator'],
    act: client => client.delete(`/t/${topic.id}/slow`),
  },
  {
    deed: 'let the topic rest',
    allowed: ['moderator', 'operator'],
    act: client => client.post(`/t/${topic.id}/rest`, { length: '1', reason: 'check', words: '' }),
    undo: 'update topics set rest_until = null, rest_by_id = null, rest_reason = null, rest_words = null',
  },
  { deed: 'see the form to let it rest', allowed: ['moderator', 'operator'], act: client => client.get(`/t/${topic.id}/rest`) },
  { deed: 'wake the topic', allowed: ['moderator', 'operator'], act: client => client.delete(`/t/${topic.id}/rest`) },
  {
    deed: 'suggest an edit',
    allowed: ['otherModerator', 'moderator', 'operator'],
    act: client => client.post(`${post()}/suggestions`, { ...fresh(), body: '言い直すと、こうなります。', reason: '' }),
  },
  {
    deed: 'see suggested edits',
    allowed: ['otherModerator', 'moderator', 'answerer', 'operator'],
    act: client => client.get(`${post()}/suggestions`),
  },
  {
    deed: 'ask to hide an answer',
    allowed: ['otherModerator', 'moderator', 'operator'],
    act: client => client.post(`${post()}/hiding`, { reason: 'spam' }),
    undo: 'update posts set hidden_at = null; delete from hide_votes; update topics set answer_count = answer_count + 1',
  },
  { deed: 'see what was done to a thread', allowed: ['moderator', 'operator'], act: client => client.get(`/t/${topic.id}/moderation`) },
  ...(['lock', 'unlist', 'hide'] as const).map(form => ({
    deed: `put a thread in order: ${form}`,
    allowed: ['moderator', 'operator'] as Role[],
    act: (client: Client) => client.post(`/t/${topic.id}/moderation/${form}`, { reason: '話が終わったため' }),
    undo: 'update topics set closed_at = null, closed_by_id = null, unlisted_at = null, hidden_at = null',
  })),
  { deed: 'see the form to move it', allowed: ['moderator', 'operator'], act: client => client.get(`/t/${topic.id}/moderation/move`) },
  { deed: 'see the form to mend another’s words', allowed: ['moderator', 'operator'], act: client => client.get(`${post()}/moderation`) },
  {
    deed: 'mend another’s words',
    allowed: ['moderator', 'operator'],
    act: client => client.put(`${post()}/moderation`, { body: '直した文です。', reason: '言い直し', revision: 1 }),
    undo: `update posts set revision = 1, body = 'もとの文です。'; delete from revisions`,
  },
  {
    deed: 'leave a post to the moderators',
    allowed: ['advisor', 'agent', 'admin'],
    act: client => client.post(`${post()}/care`),
    undo: `delete from care_handovers; delete from review_items where kind = 'care'`,
  },
  {
    deed: 'see a member’s record',
    allowed: ['otherModerator', 'moderator', 'operator'],
    act: client => client.get(`/moderation/members/${people.answerer.handle}`),
  },
  {
    deed: 'warn a member about what he wrote here',
    allowed: ['moderator', 'operator'],
    act: client => client.post(`/moderation/members/${people.answerer.handle}/sanctions`, warning()),
  },
  { deed: 'see the form to edit it', allowed: ['answerer'], act: client => client.get(`${post()}/edit`) },
  { deed: 'see the form to take it back', allowed: ['answerer'], act: client => client.get(`${post()}/withdraw`) },
  {
    deed: 'take an answer back',
    allowed: ['answerer'],
    act: client => client.delete(post()),
    undo: 'update posts set withdrawn_at = null',
  },
]

describe('what may be done to a topic and an answer', () => {
  for (const { deed, allowed, act, undo } of DEEDS)
    test(`${deed}: ${allowed.join(', ')}; nobody else`, async () => {
      for (const role of ROLES) {
        const client = await forum.as(role === 'guest' ? undefined : people[role])
        const { statusCode, headers } = await act(client)
        const done = statusCode === 200 || (statusCode === 303 && !String(headers.location).startsWith('/login'))
        expect(done, `${role}: ${statusCode}`).toBe(allowed.includes(role))
        if (!done) expect([303, 401, 403, 404], role).toContain(statusCode)
        if (undo) for (const statement of undo.split(';')) await forum.db.execute(sql.raw(statement))
      }
    })
})

test('a closed topic takes nothing from anybody, and what a moderator closed the asker does not reopen', async () => {
  const { db } = forum
  const moderator = await forum.as(people.moderator)
  await moderator.post(`/t/${topic.id}/close`)
  for (const role of WRITERS) {
    const client = await forum.as(people[role])
    expect((await client.post(`/t/${topic.id}/answers`, fresh())).statusCode, role).toBe(403)
    expect((await client.post(`${post()}/comments`, fresh())).statusCode, role).toBe(403)
  }
  expect((await (await forum.as(people.asker)).delete(`/t/${topic.id}/close`)).statusCode).toBe(403)
  expect((await topicNow(db, topic)).closedAt).toBeInstanceOf(Date)
  expect((await moderator.delete(`/t/${topic.id}/close`)).statusCode).toBe(303)
  expect((await topicNow(db, topic)).closedAt).toBeNull()
})

test('what nobody may see is not there: a hidden answer, a hidden topic, a board for staff', async () => {
  const { db } = forum
  const closed = await makeBoard(db, { visibility: 'staff' })
  const inside = await makeTopic(db, people.operator, closed)
  const hidden = await makeTopic(db, people.asker, { id: topic.boardId })
  await db.execute(sql`update topics set hidden_at = now() where id = ${hidden.id}`)
  for (const role of ROLES) {
    const client = await forum.as(role === 'guest' ? undefined : people[role])
    const status = async (path: string) => (await client.get(path)).statusCode
    const staff = role === 'operator' || role === 'moderator' || role === 'otherModerator'
    expect(await status(`/t/${inside.id}`), role).toBe(staff ? 200 : 404)
    expect(await status(`/b/${closed.slug}`), role).toBe(staff ? 200 : 404)
    expect(await status(`/t/${hidden.id}`), role).toBe(role === 'operator' || role === 'moderator' ? 200 : 404)
    expect(await status(`/posts/${(await openingOf(db, hidden)).id}`), role).toBe(role === 'operator' || role === 'moderator' ? 303 : 404)
  }
  expect((await postNow(db, answer)).id).toBe(answer.id)
})

const SITES: [string, Record<string, string | undefined>, boolean][] = [
  ['from a page of ours', { 'sec-fetch-site': 'same-origin' }, true],
  ['from a sister site', { 'sec-fetch-site': 'same-site' }, false],
  ['from another site', { 'sec-fetch-site': 'cross-site' }, false],
  ['typed into the address bar', { 'sec-fetch-site': 'none' }, false],
  ['an old browser, from our origin', { 'sec-fetch-site': undefined, host: 'localhost', origin: 'http://localhost' }, true],
  ['an old browser, from another origin', { 'sec-fetch-site': undefined, host: 'localhost', origin: 'https://evil.example' }, false],
  ['an old browser, origin hidden', { 'sec-fetch-site': undefined, host: 'localhost', origin: 'null' }, false],
  ['nothing said at all', { 'sec-fetch-site': undefined, host: 'localhost', origin: undefined }, false],
]

/** Doors for machines and mail programs: what they send is signed, and no log-in counts there. */
const FROM_ELSEWHERE = /^\/mail\//

test('no other site can write in a member’s name, whatever the door and whatever the browser says', async () => {
  const member = await forum.as(await makeMember(forum.db))
  const unsafe = forum.app.doors.filter(({ method, url }) => !['GET', 'HEAD', 'OPTIONS'].includes(method) && !FROM_ELSEWHERE.test(url))
  expect(unsafe.length).toBeGreaterThan(25)
  for (const { method, url } of unsafe)
    for (const [said, headers, own] of SITES) {
      const { statusCode, body } = await member.send({
        method: method as 'POST',
        url: url.replace(':kind', 'helpful').replace(':form', 'lock').replace(/:\w+/g, '999999'),
        headers,
      })
      const refused = statusCode === 403 && body.includes('ほかのサイトからの操作')
      if (url !== '/logout' || !own) expect(refused, `${method} ${url} ${said}: ${statusCode}`).toBe(!own)
    }
})

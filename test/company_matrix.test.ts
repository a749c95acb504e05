import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Actor } from '../src/accounts/actor.ts'
import { askAbout } from '../src/companies/naming.ts'
import type { Product } from '../src/companies/product_queries.ts'
import { findTeamMember } from '../src/companies/queries.ts'
import { type CompanyRow, cannedAnswers, companyInvitations } from '../src/companies/schema.ts'
import { endMembership } from '../src/companies/team.ts'
import { dayInJapan, lastDay } from '../src/guarantees/days.ts'
import type { GuaranteeRow } from '../src/guarantees/schema.ts'
import { sealedNotes } from '../src/moderation/sealed/schema.ts'
import type { Topic } from '../src/topics/queries.ts'
import { type Browser, startTestApp, type TestApp } from './app.ts'
import { makeCompany, makeProduct } from './companies.ts'
import { guaranteeNow, makeGuarantee, makeOfficial } from './guarantees.ts'
import { makeAnswer, makeBoard, makeTopic, postNow, topicDraft, topicNow } from './making.ts'
import { knownAgain, makeAdvisor, makeAgent, makeCompanyAdmin, makeMember, makeModerator, makeOperator, visitor } from './people.ts'

const ROLES = [
  'guest',
  'member',
  'operator',
  'advisor',
  'moderator',
  'agent',
  'admin',
  'agentWithoutStep',
  'suspendedAgent',
  'formerAgent',
  'foreignAgent',
  'foreignAdmin',
] as const
type Role = (typeof ROLES)[number]
const [TEAM, ADMINS]: [Role[], Role[]] = [['agent', 'admin'], ['admin']]

let forum: TestApp
let people: Record<Role, Actor>
let company: CompanyRow
let foreign: CompanyRow
let product: Product
let colleague: Actor
let topic: Topic
/** What the next deed is done to, made anew for each. */
let guarantee: GuaranteeRow
let things: { answer: number; revision: number; member: string; invitation: number; version: number; text: number; sealed: number }

beforeAll(async () => {
  forum = await startTestApp()
  const { db } = forum
  ;[company, foreign] = [await makeCompany(db), await makeCompany(db)]
  product = await makeProduct(db, company, {}, ['1.0'])
  const board = await makeBoard(db)
  colleague = await makeCompanyAdmin(db, company)
  const former = await makeAgent(db, company)
  await endMembership(db, former, await findTeamMember(db, company.id, former.handle))
  people = {
    guest: visitor,
    member: await makeMember(db),
    operator: await makeOperator(db),
    advisor: await makeAdvisor(db),
    moderator: await makeModerator(db, board),
    agent: await makeAgent(db, company),
    admin: await makeCompanyAdmin(db, company),
    agentWithoutStep: await makeAgent(db, company, { twoStepAt: null }),
    suspendedAgent: await makeAgent(db, company, { suspendedUntil: new Date(Date.now() + 86_400_000) }),
    formerAgent: await knownAgain(db, former.id),
    foreignAgent: await makeAgent(db, foreign),
    foreignAdmin: await makeCompanyAdmin(db, foreign),
  }
  topic = await topicNow(db, await askAbout(db, await makeMember(db), { ...topicDraft(board), products: product.nameJa }))
  await forum.runJobs()
})
afterAll(() => forum.close())

let keys = 0
const fresh = () => `company-matrix-${++keys}`
const terms = (revision = 1) => ({ revision, [`product-${product.id}`]: 'yes', validUntil: lastDay(dayInJapan(), 6), checkedBy: '技術部' })
const file = (name: string, type: string, content: Buffer) => ({
  headers: { 'content-type': 'multipart/form-data; boundary=x' },
  payload: Buffer.concat([
    Buffer.from(`--x\r\ncontent-disposition: form-data; name="${name}"; filename="a"\r\ncontent-type: ${type}\r\n\r\n`),
    content,
    Buffer.from('\r\n--x--\r\n'),
  ]),
})
const PDF = Buffer.from('%PDF-1.7\n%%EOF')
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

type Door = { who: Role[]; send(client: Browser, path: string): ReturnType<Browser['get']> }
const get = (who: Role[]): Door => ({ who, send: (client, path) => client.get(path) })
const post = (who: Role[], form: () => Record<string, string | number> = () => ({})): Door => ({
  who,
  send: (client, path) => client.post(path, form()),
})
const remove = (who: Role[], form: () => Record<string, string | number> = () => ({})): Door => ({
  who,
  send: (client, path) => client.delete(path, form()),
})
const seen = () => ({ seen: guarantee.number })

/** Every door of a company's own place, for whom it is, and a deed that is good in itself. */
const DOORS: Record<string, Door> = {
  'GET ': get(TEAM),
  'GET /settings': get(ADMINS),
  'POST /settings': post(ADMINS, () => ({ aboutJa: 'ルーターの会社です。' })),
  'GET /team': get(TEAM),
  'POST /team': post(ADMINS, () => ({ email: `${fresh()}@example.com`, role: 'agent' })),
  'DELETE /invitations/:id': remove(ADMINS),
  'GET /team/:handle': get(ADMINS),
  'POST /team/:handle': post(ADMINS, () => ({ role: 'admin' })),
  'DELETE /team/:handle': remove(ADMINS, () => ({ successor: '' })),
  'GET /products': get(TEAM),
  'GET /products/new': get(ADMINS),
  'POST /products': post(ADMINS, () => ({ slug: fresh(), nameJa: fresh(), nameEn: fresh(), category: 'other', life: 'on_sale' })),
  'GET /products/:product': get(ADMINS),
  'POST /products/:product': post(ADMINS, () => ({
    slug: product.slug,
    nameJa: product.nameJa,
    nameEn: product.nameEn,
    category: 'network',
    life: 'on_sale',
  })),
  'POST /products/:product/picture': {
    who: ADMINS,
    send: (client, url) => client.send({ method: 'POST', url, ...file('picture', 'image/png', PNG) }),
  },
  'DELETE /products/:product/picture': remove(ADMINS),
  'POST /products/:product/versions': post(ADMINS, () => ({ label: fresh() })),
  'DELETE /products/:product/versions/:id': remove(ADMINS),
  'GET /guarantees': get(TEAM),
  'GET /guarantees/:code': get(TEAM),
  'PUT /guarantees/:code': { who: TEAM, send: (client, path) => client.put(path, { ...terms(), ...seen() }) },
  'POST /guarantees/:code/confirmation': post(TEAM, seen),
  'DELETE /guarantees/:code/confirmation': remove(TEAM, seen),
  'POST /guarantees/:code/renewal': post(TEAM, () => ({ ...seen(), validUntil: lastDay(dayInJapan(), 30) })),
  'POST /guarantees/:code/revocation': post(TEAM, () => ({ ...seen(), reason: '手順が変わりました。' })),
  'POST /guarantees/:code/recall': post(TEAM, () => ({ ...seen(), reason: '誤りがありました。' })),
  'POST /guarantees/:code/evidence': {
    who: TEAM,
    send: (client, url) => client.send({ method: 'POST', url, ...file('evidence', 'application/pdf', PDF) }),
  },
  'GET /answers/:id/guarantee': get(TEAM),
  'POST /answers/:id/guarantee': post(TEAM, () => terms(things.revision)),
  'GET /inbox': get(TEAM),
  'GET /inbox/:id': get(TEAM),
  'POST /inbox/:id/assignee': post(TEAM, () => ({ assignee: '' })),
  'POST /inbox/:id/notes': post(TEAM, () => ({ note: '確認中です。' })),
  'POST /inbox/:id/back': post(TEAM, () => ({ reason: '別の会社の製品です。' })),
  'POST /inbox/:id/answer': post(TEAM, () => ({ body: '公式の手順です。', draftKey: fresh() })),
  'GET /inbox/texts': get(TEAM),
  'POST /inbox/texts': post(TEAM, () => ({ title: fresh(), text: 'こんにちは。' })),
  'DELETE /inbox/texts/:id': remove(TEAM),
  // Only of whoever the question was given to.
  'POST /sealed/:id': post(['agent']),
  'POST /inbox/hours': post(ADMINS, () => ({ from: '09:00', to: '18:00', days: '1', target: 8 })),
  'GET /insights': get(TEAM),
  'GET /insights/charts/:chart': get(TEAM),
  'GET /insights/csv/:table': get(TEAM),
  'POST /insights/assumptions': post(ADMINS, () => ({ wouldAsk: '25', isHelped: '', elsewhere: '10', cost: '1200' })),
  'POST /insights/letters': post(ADMINS, () => ({ wants: 'yes' })),
}
const BASE = '/c/:company/manage'

test('every door of a company’s place is in this table', () => {
  const doors = forum.app.doors.filter(({ method, url }) => method !== 'HEAD' && (url === BASE || url.startsWith(`${BASE}/`)))
  expect(doors.map(({ method, url }) => `${method} ${url.slice(BASE.length)}`).sort()).toEqual(Object.keys(DOORS).sort())
})

/** Things of the company to do the deed to, as good as new. */
async function prepare(door: string): Promise<void> {
  const { db } = forum
  const answer = await makeOfficial(db, colleague, company, topic)
  const needsOther = door.endsWith('/confirmation')
  await db.execute(sql`update companies set demands_second_pair = ${needsOther} where id = ${company.id}`)
  guarantee = await makeGuarantee(db, colleague, company, answer, product)
  await db.execute(sql`update companies set demands_second_pair = false where id = ${company.id}`)
  const bare = await makeOfficial(db, colleague, company, topic)
  const idOf = async (statement: ReturnType<typeof sql>) => Number((await db.execute<{ id: number }>(statement))[0]?.id)
  things = {
    answer: bare.id,
    revision: (await postNow(db, bare)).revision,
    member: (await makeAgent(db, company)).handle,
    invitation: await idOf(sql`insert into company_invitations (company_id, email, role, invited_by_id, expires_at)
      values (${company.id}, ${`${fresh()}@example.com`}, 'agent', ${colleague.id}, now() + interval '1 day') returning id`),
    version: await idOf(sql`insert into product_versions (product_id, label, position)
      values (${product.id}, ${fresh()}, (select max(position) + 1 from product_versions where product_id = ${product.id})) returning id`),
    text: await idOf(sql`insert into canned_answers (company_id, title, body) values (${company.id}, ${fresh()}, 'x') returning id`),
    sealed: 0,
  }
  const sealed = forum.services.sealing.seal('x', `sealed:${topic.id}:${company.id}`)
  const note = { topicId: topic.id, companyId: company.id, authorId: topic.authorId, sealed }
  things.sealed = (await db.insert(sealedNotes).values(note).returning())[0]?.id ?? 0
  await db.execute(sql`update inbox_questions set assignee_id = ${people.agent.id} where company_id = ${company.id}`)
  await db.execute(sql`update inbox_questions set handed_back_at = null, answered_at = null where company_id = ${company.id}`)
}

const pathTo = (door: string, slug: string): string => {
  const [, path = ''] = door.split(' ')
  const id = path.startsWith('/answers')
    ? things.answer
    : path.startsWith('/invitations')
      ? things.invitation
      : path.startsWith('/inbox/texts')
        ? things.text
        : path.startsWith('/sealed')
          ? things.sealed
          : path.startsWith('/inbox')
            ? topic.id
            : things.version
  return `/c/${slug}/manage${path}`
    .replace(':id', String(id))
    .replace(':handle', things.member)
    .replace(':product', product.slug)
    .replace(':code', guarantee.code)
    .replace(':chart', 'days')
    .replace(':table', 'troubles')
}

async function expectToStand(): Promise<void> {
  const [invitation] = await forum.db.select().from(companyInvitations).where(eq(companyInvitations.id, things.invitation))
  expect(invitation?.withdrawnAt).toBeNull()
  expect(await forum.db.$count(cannedAnswers, eq(cannedAnswers.id, things.text))).toBe(1)
}

describe('what may be done in a company’s place', () => {
  for (const [door, { who, send }] of Object.entries(DOORS))
    test(`${door || '/'}: ${who.join(', ')} of the company; nobody else`, async () => {
      for (const role of ROLES) {
        if (who.includes(role) || role === 'guest') await prepare(door)
        const client = await forum.as(role === 'guest' ? undefined : people[role])
        const { statusCode, headers } = await send(client, pathTo(door, company.slug))
        const isLed = /^\/(login|me\/two-step)/.test(String(headers.location ?? ''))
        const done = statusCode === 200 || (statusCode === 303 && !isLed)
        expect(done, `${role}: ${statusCode} ${headers.location ?? ''}`).toBe(who.includes(role))
        if (!done) expect([303, 401, 403, 404], role).toContain(statusCode)
      }
    })

  test('nobody reaches one company’s things through another company’s place', async () => {
    const client = await forum.as(people.foreignAdmin)
    // Charts and tables have the same names everywhere: what is in them is of the place they are asked in.
    for (const [door, { send }] of Object.entries(DOORS).filter(([door]) => door.includes(':') && !door.includes('/insights/'))) {
      await prepare(door)
      const { statusCode } = await send(client, pathTo(door, foreign.slug))
      // What is not there to be removed is removed: pressing twice is no mistake.
      if (/^DELETE .*(invitations|texts)/.test(door)) await expectToStand()
      else expect([403, 404], `${door}: ${statusCode}`).toContain(statusCode)
    }
  })
})

test('a question on its table is found by its number alone, by its own people', async () => {
  for (const role of ROLES) {
    const client = await forum.as(role === 'guest' ? undefined : people[role])
    const { statusCode, headers } = await client.get(`/t/${topic.id}/inbox`)
    expect(statusCode === 303 && headers.location === `/c/${company.slug}/manage/inbox/${topic.id}`, role).toBe(TEAM.includes(role))
  }
})

test('outside its place: only the writer of an answer agrees to a guarantee or declines it', async () => {
  const { db } = forum
  for (const role of [...ROLES, 'writer'] as const) {
    const writer = await makeMember(db)
    const answer = await makeAnswer(db, writer, topic)
    const { code } = await makeGuarantee(db, colleague, company, answer, product)
    const person = role === 'writer' ? writer : role === 'guest' ? undefined : people[role]
    const client = await forum.as(person)
    for (const press of [() => client.post(`/me/guarantees/${code}`), () => client.delete(`/me/guarantees/${code}`)]) {
      const { statusCode, headers } = await press()
      const stands = (await guaranteeNow(db, { code })).state
      if (role !== 'writer') expect([stands, statusCode === 303 ? headers.location : statusCode], role).not.toContain('/me/guarantees')
      expect(stands, role).toBe(role === 'writer' ? 'given' : 'asked')
    }
  }
})

test('outside its place: whom a topic is named by, answered by and vouched for', async () => {
  const { db } = forum
  const elsewhere = await makeTopic(db, people.member, await makeBoard(db))
  for (const role of ROLES) {
    const client = await forum.as(role === 'guest' ? undefined : people[role])
    const answered = await client.post(`/t/${elsewhere.id}/answers`, { body: '公式です。', draftKey: fresh(), company: company.id })
    expect(answered.statusCode === 303 && !String(answered.headers.location).startsWith('/login'), `${role} answers`).toBe(
      TEAM.includes(role),
    )
    const named = await client.put(`/t/${elsewhere.id}/products`, { products: product.nameJa })
    const mayName: Role[] = ['member', 'operator', ...TEAM]
    expect(named.statusCode === 303 && !String(named.headers.location).startsWith('/login'), `${role} names`).toBe(mayName.includes(role))
    await db.execute(sql`delete from topic_products where topic_id = ${elsewhere.id}`)
    await db.execute(sql`update topics set product_ids = '{}', company_ids = '{}' where id = ${elsewhere.id}`)
  }
})

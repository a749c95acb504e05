import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeCompany, makeProduct } from '../../test/companies.ts'
import { makeGuarantee, makeOfficial } from '../../test/guarantees.ts'
import { makeAnswer, makeBoard, makeTopic, postNow, topicNow } from '../../test/making.ts'
import { makeCompanyAdmin, makeMember } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import { nameProducts } from '../companies/naming.ts'

let forum: TestApp

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())

async function aboutProduct() {
  const { db } = forum
  const company = await makeCompany(db)
  const product = await makeProduct(db, company, {}, ['1.0', '2.0'])
  const asker = await makeMember(db)
  const topic = await makeTopic(db, asker, await makeBoard(db))
  const answer = await makeAnswer(db, await makeMember(db), topic)
  await nameProducts(db, asker, topic, product.nameJa)
  return { company, product, asker, answer: await postNow(db, answer), topic: await topicNow(db, topic) }
}

test('a guest says it without JavaScript, is asked what he has, changes it and takes it back; his page shows no other guest his word', async () => {
  const { answer, topic, product } = await aboutProduct()
  const guest = await forum.as()
  const page = async () => (await (await forum.as()).get(`/t/${topic.id}`)).body
  expect(await page()).toContain(`action="/posts/${answer.id}/fixed"`)
  const said = await guest.post(`/posts/${answer.id}/fixed`, { fixed: 'no' })
  expect([said.statusCode, said.headers.location]).toEqual([303, `/posts/${answer.id}/fixed`])
  const form = (await guest.get(`/posts/${answer.id}/fixed`)).body
  expect(form).toMatch(/value="no" checked/)
  const [newest] = product.versions
  expect(form).toContain(`<option value="v${newest?.id}">`)
  const more = await guest.post(`/posts/${answer.id}/fixed`, { fixed: 'yes', having: `v${newest?.id}` })
  expect(more.headers.location).toContain(`#post-${answer.id}`)
  expect((await postNow(forum.db, answer)).fixes).toMatchObject({
    all: { guestFixed: 1 },
    [newest?.id ?? 0]: { guestFixed: 1, guestFailed: 0 },
  })
  const other = await page()
  expect(other).toContain('登録していない方：1人中1人')
  expect(other).not.toContain('aria-pressed="true"')
  await guest.delete(`/posts/${answer.id}/fixed`)
  expect(await page()).not.toContain('登録していない方')
})

test('with JavaScript the answer’s own box changes, and asks for the version', async () => {
  const { answer, asker } = await aboutProduct()
  const reader = await forum.as(asker)
  const stream = await reader.post(`/posts/${answer.id}/fixed`, { fixed: 'yes' }, { accept: 'text/vnd.turbo-stream.html' })
  expect(stream.statusCode).toBe(200)
  expect(stream.body).toContain(`target="fixed-${answer.id}"`)
  expect(stream.body).toContain('1人中1人が「直った」と答えました')
  expect(stream.body).toContain('<optgroup')
})

test('what cannot be taken is said at the vote on the open page: one’s own answer, one that is gone, too many', async () => {
  const { answer, asker } = await aboutProduct()
  const press = async (person: Actor) =>
    (await forum.as(person)).post(`/posts/${answer.id}/fixed`, { fixed: 'yes' }, { accept: 'text/vnd.turbo-stream.html' })
  const expectSaid = async (person: Actor, status: number, words: string) => {
    const { statusCode, body, headers } = await press(person)
    expect([statusCode, headers['content-type']]).toEqual([status, 'text/vnd.turbo-stream.html; charset=utf-8'])
    expect(body).toContain(`<turbo-stream action="append" target="fixed-${answer.id}">`)
    expect(body).toContain(words)
    expect(body).not.toContain('<html')
  }
  await expectSaid({ ...(await makeMember(forum.db)), id: answer.authorId }, 403, 'この回答には答えられません')
  await forum.db.execute(
    sql`insert into throttles (key, window_start, tries) values (${`fixed:${asker.id}`}, date_trunc('hour', now()), 120)`,
  )
  await expectSaid(asker, 429, '分')
  const plain = await (await forum.as(asker)).post(`/posts/${answer.id}/fixed`, { fixed: 'yes' })
  expect([plain.statusCode, plain.body.includes('<html')]).toEqual([429, true])
  const reader = await makeMember(forum.db)
  await forum.db.execute(sql`update posts set withdrawn_at = now(), comment_count = 1 where id = ${answer.id}`)
  await expectSaid(reader, 403, 'この回答は、もう表示されていません')
  await forum.db.execute(sql`update posts set hidden_at = now() where id = ${answer.id}`)
  await expectSaid(reader, 403, 'この回答は、もう表示されていません')
})

test('a product the topic does not name is refused at its field, with what was said kept', async () => {
  const { answer, asker } = await aboutProduct()
  const refused = await (await forum.as(asker)).post(`/posts/${answer.id}/fixed`, { fixed: 'no', having: 'v999999' })
  expect(refused.statusCode).toBe(422)
  expect(refused.body).toContain('id="having-error"')
  expect(refused.body).toMatch(/value="no" checked/)
})

test('who looks after a guarantee hears that it fails, with the version, and not again that week', async () => {
  const { company, topic, product } = await aboutProduct()
  const admin = await makeCompanyAdmin(forum.db, company)
  const answer = await makeOfficial(forum.db, admin, company, topic)
  const guarantee = await makeGuarantee(forum.db, admin, company, answer, product)
  const [newest] = product.versions
  for (let n = 0; n < 5; n++) {
    const guest = await forum.as()
    const headers = { 'user-agent': `browser ${n}` }
    await guest.post(`/posts/${answer.id}/fixed`, { fixed: n < 2 ? 'yes' : 'no', having: `v${newest?.id}` }, headers)
  }
  await forum.runJobs()
  const sent = async () => [
    ...(await forum.db.execute<{ recipient: string; subject: string; text: string }>(
      sql`select recipient, subject, text from mails where subject like '%直らない%'`,
    )),
  ]
  const [mail, ...others] = await sent()
  expect(mail).toMatchObject({ recipient: `${admin.handle}@example.com`, subject: expect.stringContaining(guarantee.code) })
  expect(mail?.text).toContain('(2.0)')
  expect(others).toEqual([])
  await forum.db.execute(sql`update posts set fixes = '{}' where id = ${answer.id}`)
  for (let n = 0; n < 4; n++) await (await forum.as(await makeMember(forum.db))).post(`/posts/${answer.id}/fixed`, { fixed: 'no' })
  await forum.runJobs()
  expect(await sent()).toHaveLength(1)
})

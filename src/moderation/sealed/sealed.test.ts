import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/app.ts'
import { makeCompany, makeProduct } from '../../../test/companies.ts'
import { makeBoard, topicDraft, topicNow } from '../../../test/making.ts'
import { makeAgent, makeCompanyAdmin, makeMember, makeOperator } from '../../../test/people.ts'
import { askAbout } from '../../companies/naming.ts'
import { openSealing } from '../../platform/sealing.ts'
import { closeTopic } from '../../topics/closing.ts'

let forum: TestApp
beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())

test('what an asker seals is read by the person in charge alone, each time logged, and goes when the topic is closed', async () => {
  const { db } = forum
  const company = await makeCompany(db)
  const product = await makeProduct(db, company)
  const asker = await makeMember(db)
  const asked = await askAbout(db, asker, { ...topicDraft(await makeBoard(db)), products: product.nameJa })
  await forum.runJobs()
  const [agent, admin] = [await makeAgent(db, company), await makeCompanyAdmin(db, company)]
  const [own, agents, admins] = [await forum.as(asker), await forum.as(agent), await forum.as(admin)]
  const words = '契約番号は CAF-0000-1234 です'
  expect((await own.post(`/t/${asked.id}/sealed`, { words: '', company: company.id })).statusCode).toBe(422)
  expect((await own.post(`/t/${asked.id}/sealed`, { words, company: 999_999 })).body).toContain(words)
  expect((await own.post(`/t/${asked.id}/sealed`, { words, company: company.id })).statusCode).toBe(303)
  expect((await own.get(`/t/${asked.id}/sealed`)).body).toContain('まだ開いていません')
  for (const stranger of [await forum.as(await makeMember(db)), agents])
    expect((await stranger.get(`/t/${asked.id}/sealed`)).statusCode).toBe(404)
  const [row] = await db.execute<{ id: number; sealed: Buffer }>(sql`select id::int as id, sealed from sealed_notes`)
  expect(Buffer.from(row?.sealed ?? '').toString('latin1'), 'at rest it is not readable').not.toContain('CAF')

  const inbox = `/c/${company.slug}/manage/inbox/${asked.id}`
  const open = `/c/${company.slug}/manage/sealed/${row?.id}`
  expect((await agents.post(open)).statusCode, 'nobody is in charge yet').toBe(403)
  await agents.post(`${inbox}/assignee`, { assignee: agent.id })
  expect((await agents.get(inbox)).body).toContain(open)
  expect((await admins.get(inbox)).body).not.toContain(open)
  expect((await admins.post(open)).statusCode).toBe(403)
  expect((await (await forum.as(await makeOperator(db))).post(open)).statusCode).toBe(403)
  const rival = await makeCompany(db)
  expect((await (await forum.as(await makeCompanyAdmin(db, rival))).post(`/c/${rival.slug}/manage/sealed/${row?.id}`)).statusCode).toBe(404)
  const opened = await agents.post(open)
  expect(opened.body).toContain(words)
  expect(opened.headers['cache-control']).toBe('no-store')
  await agents.post(open)
  const logged = await db.execute(sql`select 1 from audit_entries where deed = 'sealed_opened' and actor_id = ${agent.id}`)
  expect(logged).toHaveLength(2)
  expect((await own.get(`/t/${asked.id}/sealed`)).body).toContain('開きました')

  await closeTopic(db, asker, await topicNow(db, asked))
  await forum.runJobs()
  expect(await db.execute(sql`select 1 from sealed_notes`)).toHaveLength(0)
  expect((await agents.post(open)).statusCode).toBe(404)
})

test('another key, another topic and a changed box open nothing', async () => {
  const [one, two] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)].map(key => key.toString('base64'))
  const [ours, theirs] = [await openSealing({ dataDir: '', key: one }), await openSealing({ dataDir: '', key: two })]
  const sealed = ours.seal('090-0000-1234', 'sealed:1:2')
  expect(ours.unseal(sealed, 'sealed:1:2')).toBe('090-0000-1234')
  expect(() => theirs.unseal(sealed, 'sealed:1:2')).toThrow()
  expect(() => ours.unseal(sealed, 'sealed:1:3')).toThrow()
  sealed[sealed.length - 1] = (sealed[sealed.length - 1] ?? 0) ^ 1
  expect(() => ours.unseal(sealed, 'sealed:1:2')).toThrow()
  await expect(openSealing({ dataDir: '', key: 'short' })).rejects.toThrow('SEAL_KEY')
})

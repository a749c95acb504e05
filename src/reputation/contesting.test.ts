import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeMember, makeOperator } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import { Conflict } from '../platform/errors.ts'
import { mails } from '../platform/schema.ts'
import { contest, decideContest } from './contesting.ts'
import { mailContester } from './effects.ts'
import { contests } from './schema.ts'

let forum: TestApp

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())

const words = 'この点数には納得がいきません。'
const letters = () => forum.db.select().from(mails).orderBy(mails.id)

async function objection(member: Actor): Promise<number> {
  await contest(forum.db, member, { words })
  const [row] = await forum.db.select({ id: contests.id }).from(contests).where(sql`account_id = ${member.id} and decided_at is null`)
  return row?.id ?? 0
}

test('whose level was changed on his objection is told by mail, once, with the reason and for how long; of two who decide one wins', async () => {
  const [member, operator] = [await makeMember(forum.db, { level: 1 }), await makeOperator(forum.db)]
  const id = await objection(member)
  const verdict = { outcome: 'changed', level: 2, reason: '数え直したところ、そのとおりでした。' } as const
  await decideContest(forum.db, operator, id, verdict)
  await expect(decideContest(forum.db, operator, id, verdict)).rejects.toThrow(Conflict)
  await forum.runJobs()
  await mailContester(forum.services, { id: 1, name: 'contest.decided', data: { contestId: id, accountId: member.id } })
  const sent = await letters()
  expect(sent).toHaveLength(1)
  expect(sent[0]?.subject).toContain('レベルを変えました')
  for (const part of ['レベル2', verdict.reason, `/u/${member.handle}/level`, 'まで続きます']) expect(sent[0]?.text).toContain(part)
})

test('whose level was kept hears why; who has left hears nothing', async () => {
  const [member, leaver, operator] = [await makeMember(forum.db), await makeMember(forum.db), await makeOperator(forum.db)]
  const [id, other] = [await objection(member), await objection(leaver)]
  const before = (await letters()).length
  await forum.db.execute(sql`update accounts set closed_at = now(), email = null where id = ${leaver.id}`)
  for (const each of [id, other]) await decideContest(forum.db, operator, each, { outcome: 'kept', reason: '基準のとおりに数えています。' })
  await forum.runJobs()
  const sent = (await letters()).slice(before)
  expect(sent).toHaveLength(1)
  expect(sent[0]?.text).toContain('今のままとしました')
  expect(sent[0]?.text).toContain('基準のとおりに数えています。')
})

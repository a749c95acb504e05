import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeAnswer, makeBoard, makeTopic } from '../../test/making.ts'
import { makeMember, makeModerator } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import { type Effect, effects } from '../effects.ts'
import type { EventName, EventOf } from '../events.ts'
import { sayFixed } from '../fixes/fixes.ts'
import { LOCALES, translate } from '../platform/i18n.ts'
import { record } from '../platform/outbox.ts'
import { suggestEdit } from '../topics/helping/suggesting.ts'
import { tellAbout } from './effects.ts'
import { kinds } from './kinds.ts'
import { listNotices } from './queries.ts'
import { tell } from './telling.ts'

let forum: TestApp

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())

async function toldTo(person: Actor) {
  await forum.runJobs()
  return (await listNotices(forum.db, person, { which: 'all' })).rows.map(({ notice }) => notice.kind)
}
const pageOf = async (person: Actor) => (await (await forum.as(person)).get('/notifications')).body.replace(/<[^>]+>/g, '')

test('every kind follows from an event that tells it, has its words in each language, and its statement runs', async () => {
  const { id } = await makeMember(forum.db)
  const ids = {
    topicId: 1,
    boardId: 1,
    postId: 1,
    actorId: id,
    accountId: id,
    companyId: 1,
    guaranteeId: 1,
    itemId: 1,
    number: 1,
    kind: 'x',
  }
  for (const [kind, { on }] of kinds) {
    for (const locale of LOCALES) expect(translate(locale, `notices.kinds.${kind}`), kind).not.toBe(`notices.kinds.${kind}`)
    for (const name of on) {
      const follows = (effects as Partial<Record<EventName, Effect<EventName>[]>>)[name] ?? []
      expect(
        follows.map(effect => effect.name),
        `${kind} after ${name}`,
      ).toContain(tellAbout.name)
      await tell(forum.db, { id: 1, name, data: ids } as unknown as EventOf)
    }
  }
})

test('whose answer failed hears it without a name, once however many guests say so; and whose answer helped', async () => {
  const { db } = forum
  const [asker, helper] = [await makeMember(db), await makeMember(db)]
  const topic = await makeTopic(db, asker, await makeBoard(db))
  const [answer, good] = [await makeAnswer(db, helper, topic), await makeAnswer(db, helper, topic, 'もう一つの方法です。')]
  const guest = await forum.as()
  for (let n = 0; n < 3; n++) await (n ? await forum.as() : guest).post(`/posts/${answer.id}/fixed`, { fixed: 'no' })
  await sayFixed(db, asker, answer, { device: 'asker', visitor: 'asker' }, { fixed: false })
  await sayFixed(db, asker, good, { device: 'asker', visitor: 'asker' }, { fixed: true })
  const told = await toldTo(helper)
  expect(told.filter(kind => kind === 'unfixed')).toHaveLength(2)
  expect(told).toContain('fixed')
  expect(await pageOf(helper)).toContain('「直らなかった」という声がありました')
  expect(await pageOf(helper)).not.toContain(asker.name)
})

test('suggested edits reach the writer, what became of them who suggested', async () => {
  const { db } = forum
  const [writer, friend] = [await makeMember(db), await makeMember(db, { level: 5 })]
  const topic = await makeTopic(db, await makeMember(db), await makeBoard(db))
  const answer = await makeAnswer(db, writer, topic)
  await suggestEdit(db, friend, answer, { body: '言い直すと、こうなります。', reason: '', draftKey: 'suggested-told' })
  expect(await toldTo(writer)).toContain('suggested')
  const [offered] = await db.execute<{ id: number }>(sql`select id from suggested_edits order by id desc limit 1`)
  await (await forum.as(writer)).post(`/suggestions/${offered?.id}/acceptance`)
  expect(await toldTo(friend)).toContain('suggestion_accepted')
})

test('a badge is told by its name, a level only when it rises, a waiting case only to those who may decide it', async () => {
  const { db } = forum
  const member = await makeMember(db)
  await record(db, 'badge.granted', { accountId: member.id, badge: 'first_answer' })
  const decide = async (before: number, level: number) => {
    await db.execute(sql`insert into level_decisions (account_id, before, level, facts) values (${member.id}, ${before}, ${level}, '{}')`)
    await record(db, 'level.changed', { accountId: member.id })
    await forum.runJobs()
  }
  await decide(2, 1)
  expect(await toldTo(member)).toEqual(['badge'])
  await decide(1, 2)
  expect(await toldTo(member)).toEqual(['level', 'badge'])
  expect(await pageOf(member)).toContain('バッジ「はじめての回答」を受け取りました')
  const [here, elsewhere] = [await makeBoard(db), await makeBoard(db)]
  const [own, other] = [await makeModerator(db, here), await makeModerator(db, elsewhere)]
  const [item] = await db.execute<{ id: number }>(sql`
    insert into review_items (kind, subject, subject_id, board_id, tier) values ('flag', 'post', 1, ${here.id}, 1) returning id`)
  await record(db, 'review.opened', { itemId: Number(item?.id) })
  expect(await toldTo(own)).toEqual(['review'])
  expect(await toldTo(other)).toEqual([])
})

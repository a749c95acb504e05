import { randomUUID } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/app.ts'
import { makeAnswer, makeBoard, makeTopic } from '../../../test/making.ts'
import { makeMember, makeModerator, makeOperator } from '../../../test/people.ts'
import { findAccount } from '../../accounts/queries.ts'
import { sanction } from '../sanctions/sanctioning.ts'
import { decideTakedown } from '../takedowns/deciding.ts'
import { fileTakedown } from '../takedowns/filing.ts'
import { findByKey } from '../takedowns/queries.ts'
import { unlistTopic } from '../threads/marking.ts'
import { listChanges } from '../threads/queries.ts'
import { undoChange } from '../threads/undoing.ts'
import { listFigures, listTakedownYears } from './queries.ts'

let forum: TestApp

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())

test('what was decided is counted by month and kind with its hours, what was taken back is not; a page for guests that is never stale, and CSV', async () => {
  const { db } = forum
  const board = await makeBoard(db)
  const [moderator, operator, member] = [await makeModerator(db, board), await makeOperator(db), await makeMember(db)]
  const topic = await makeTopic(db, await makeMember(db), board)
  const post = await makeAnswer(db, member, topic)
  const guest = await forum.as()
  expect((await guest.get('/transparency')).body).toContain('この月の判断はありません')
  const step = { kind: 'warning' as const, rule: 'respect' as const, words: 'ご注意ください。', days: 7, perDay: 3 }
  await sanction(db, moderator, await findAccount(db, member.id), {
    ...step,
    boardId: board.id,
    postIds: [post.id],
    draftKey: randomUUID(),
  })
  await unlistTopic(db, moderator, topic, { reason: '理由です' })
  const [change] = await listChanges(db, topic.id)
  await undoChange(db, moderator, change?.change.id ?? 0)
  const person = { name: '田中', email: 'tanaka@example.com', relation: 'self' as const, locale: 'ja' as const, words: '理由です' }
  const key = await fileTakedown(db, operator, { ...person, post: `/posts/${post.id}`, right: 'copyright', draftKey: randomUUID() })
  await db.execute(sql`update takedowns set received_at = now() - interval '36 hours'`)
  await decideTakedown(db, operator, await findByKey(db, key), post, { outcome: 'kept', answer: '引用の範囲です。', urgent: false })
  await forum.runJobs()
  const figures = await listFigures(db, 12)
  expect(figures.map(({ area, what, count }) => [area, what, count])).toEqual([
    ['sanction', 'warning', 1],
    ['takedown', 'kept', 1],
  ])
  expect(figures.find(({ area }) => area === 'takedown')?.hours).toBe(36)
  expect((await listTakedownYears(db))[0]).toMatchObject({ right: 'copyright', received: 1, kept: 1, removed: 0, inTime: 1, hours: 36 })
  const page = (await guest.get('/transparency')).body
  expect(page).toContain('注意')
  for (const name of [member.name, member.handle, '田中']) expect(page).not.toContain(name)
  const csv = await guest.get('/transparency.csv')
  expect(csv.headers['content-type']).toContain('text/csv')
  expect(csv.body).toMatch(/\d{4}-\d\d,takedown,kept,1,36\r\n/)
  expect((await guest.get('/transparency/takedowns.csv')).body).toContain(',copyright,1,0,1,0,0,0,1,36')
})

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/app.ts'
import { makeAnswer, makeBoard, makeTopic, postNow } from '../../../test/making.ts'
import { makeMember } from '../../../test/people.ts'
import type { BoardRow } from '../../boards/schema.ts'
import { translator } from '../../platform/i18n.ts'
import { pickBest } from '../../topics/best_answers.ts'
import type { Actor } from '../actor.ts'
import { presentCalendar } from '../present_calendar.ts'
import { PARTS } from '../profile_parts.ts'

let forum: TestApp
let board: BoardRow
let member: Actor
let asker: Actor

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())
beforeEach(async () => {
  const { db } = forum
  await db.execute(sql`truncate accounts, boards, events cascade`)
  board = await makeBoard(db, { slug: 'net', nameJa: 'ネットの広場' })
  member = await makeMember(db, { handle: 'yuko', certification: { name: { ja: '資格X', en: 'X' }, year: 2012 } })
  asker = await makeMember(db)
  const answer = await makeAnswer(db, member, await makeTopic(db, asker, board, { title: '得意を見る質問です', tags: 'ルーター' }))
  await pickBest(db, asker, await postNow(db, answer))
  await forum.runJobs()
})

/** What a part shows of itself. */
const SIGNS: Record<string, string | RegExp> = {
  solved: 'ベストアンサー</dt>',
  thanks: 'ありがとう</dt>',
  skills: /href="\/b\/net">ネットの広場<\/a>/,
  calendar: 'class="calendar"',
  badges: '/badges/first_solved',
  certification: '資格のしるしについて',
  level: '/u/yuko/level',
  posts: 'aria-label="投稿の種類"',
}

const shownTo = async (who?: Actor) => {
  const { body } = await (await forum.as(who)).get('/u/yuko')
  return Object.keys(SIGNS).filter(part => {
    const sign = SIGNS[part] ?? ''
    return typeof sign === 'string' ? body.includes(sign) : sign.test(body)
  })
}

test('a profile shows what somebody is good at, what he did for others, his year, badges, certificate and posts', async () => {
  expect(await shownTo()).toEqual(Object.keys(SIGNS))
})

test('each number leads to the page that says why, as far as that is open', async () => {
  const leads = async () => [...new Set((await (await forum.as()).get('/u/yuko')).body.match(/(?<=<dd><a href=")[^"]+/g))]
  expect(await leads()).toEqual(['/u/yuko?list&#x3D;answers', '/u/yuko?list&#x3D;topics', '/u/yuko/points'])
  for (const lead of await leads()) expect((await (await forum.as()).get(lead.replace('&#x3D;', '='))).statusCode, lead).toBe(200)
  await (await forum.as(member)).post('/me/profile/parts', { parts: PARTS.filter(part => part !== 'level') })
  expect(await leads()).not.toContain('/u/yuko/points')
})

test('each part has a switch; what is off its owner alone sees, and that others do not', async () => {
  const own = await forum.as(member)
  for (const part of Object.keys(SIGNS)) {
    const others = PARTS.filter(each => each !== part)
    expect((await own.post('/me/profile/parts', { parts: [...others] })).statusCode).toBe(303)
    expect(await shownTo(), part).toEqual(Object.keys(SIGNS).filter(each => each !== part))
    expect(await shownTo(asker), part).not.toContain(part)
    expect(await shownTo(member), part).toContain(part)
  }
  expect((await own.get('/u/yuko')).body).toContain('自分だけに見えます')
  await own.post('/me/profile/parts', {})
  expect(await shownTo()).toEqual([])
  expect((await (await forum.as()).get('/u/yuko')).body).toContain('資格X')
})

test('a board one may not read is not among what somebody is good at', async () => {
  await forum.db.execute(sql`update boards set visibility = 'staff'`)
  await forum.db.execute(sql`update topics set visibility = 'staff'`)
  expect(await shownTo(asker)).not.toContain('skills')
  expect((await (await forum.as()).get('/u/yuko')).body).toContain('この1年で0日')
})

test('the calendar is a year of days in Japan, drawn and in words', () => {
  const now = Date.UTC(2026, 10, 24, 15, 30)
  const counts = new Map([
    ['2026-11-25', 7],
    ['2026-11-24', 1],
    ['2025-11-23', 2],
    ['2024-01-01', 9],
  ])
  const { days, months, summary, byMonth } = presentCalendar(counts, translator('ja'), now)
  expect([days.length, days[0]?.at.getUTCDay(), days.at(-1)?.tone, days.at(-2)?.tone, days[0]?.tone]).toEqual([368, 0, 4, 1, 2])
  expect(days.at(-1)?.text).toBe('11月25日：7件')
  expect(summary).toBe('この1年で3日、10件の投稿')
  expect(byMonth.map(({ name, posts }) => `${name} ${posts}`)).toEqual(['2026年11月 8', '2025年11月 2'])
  expect(months.length).toBeGreaterThanOrEqual(11)
})

import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { anOperator, makeAnswer, makeBoard, makeTopic } from '../../test/making.ts'
import { knownAgain, makeMember, makeOperator } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import type { BoardRow } from '../boards/schema.ts'
import { mails } from '../platform/schema.ts'
import { posts, topics } from '../topics/schema.ts'
import { callMentors } from './mentoring.ts'
import { listNewcomerWeeks } from './newcomer_queries.ts'
import { mentorTellings } from './people/schema.ts'

let forum: TestApp
let board: BoardRow
let newcomer: Actor

beforeAll(async () => {
  forum = await startTestApp()
})
afterAll(() => forum.close())
beforeEach(async () => {
  await forum.db.execute(sql`truncate accounts, boards, events, mails cascade`)
  board = await makeBoard(forum.db, { slug: 'net' })
  newcomer = await makeMember(forum.db, { handle: 'newcomer' })
})

const account = async (who: Actor) => (await forum.db.select().from(accounts).where(eq(accounts.id, who.id)))[0] ?? expect.fail()
const ago = (topic: { id: number }, minutes: number) =>
  forum.db.execute(sql`update topics set created_at = now() - make_interval(mins => ${minutes}) where id = ${topic.id}`)

describe('a newcomer', () => {
  test('is shown three cards on his first visit, until he has seen or skipped them; never again', async () => {
    const [own, guest] = [await forum.as(newcomer), await forum.as()]
    const card = async (path: string) => /(\d) \/ 3/.exec((await own.get(path)).body)?.[1]
    expect([await card('/'), await card('/?tour=2'), await card('/?tour=3'), await card('/?tour=9')]).toEqual(['1', '2', '3', '1'])
    expect((await guest.get('/?tour=2')).body).not.toContain('id="tour"')
    expect((await own.post('/me/tour')).statusCode).toBe(303)
    expect(await card('/')).toBeUndefined()
  })

  test('is led by questions, whose answers become one body under headings', async () => {
    const own = await forum.as(newcomer)
    const draftKey = /name="draftKey" value="([^"]+)"/.exec((await own.get('/ask')).body)?.[1] ?? ''
    const form = { guided: 'yes', kind: 'question', boardId: board.id, title: 'つながらなくなりました', tags: '', draftKey }
    const without = await own.post('/ask', { ...form, happened: ' ', tried: '再起動しました' })
    expect([without.statusCode, without.body.includes('id="happened-error"'), without.body.includes('再起動しました')]).toEqual([
      422,
      true,
      true,
    ])
    const asked = await own.post('/ask', { ...form, happened: '今朝から表示されません', tried: '', product: 'AX-3200' })
    expect(asked.statusCode).toBe(303)
    const [opening] = await forum.db.select().from(posts)
    expect(opening?.body).toBe('**起きていること**\n\n今朝から表示されません\n\n**製品とバージョン**\n\nAX-3200')
    await forum.runJobs()
    expect((await own.get('/ask')).body).not.toContain('name="happened"')
    expect((await (await forum.as()).get('/')).body).toContain('はじめての質問')
  })

  test('may write freely instead, and takes along what he wrote', async () => {
    const own = await forum.as(newcomer)
    expect((await own.post('/me/guide?on=no', { title: '動画が止まります', happened: '夜だけです', tried: '' })).headers.location).toBe(
      '/ask',
    )
    const { body } = await own.get('/ask')
    expect([body.includes('name="happened"'), body.includes('動画が止まります'), body.includes('夜だけです')]).toEqual([false, true, true])
    await own.post('/me/guide?on=yes', { title: '動画が止まります', body: '夜だけです' })
    expect((await own.get('/ask')).body).toMatch(/name="happened"[^>]*>夜だけです/)
  })

  test('is thanked for his first answer, and those who answer him are asked to be kind', async () => {
    const topic = await makeTopic(forum.db, newcomer, board)
    const helper = await makeMember(forum.db)
    const own = await forum.as(helper)
    expect((await own.get(`/t/${topic.id}`)).body).toContain('はじめての質問です。')
    expect((await (await forum.as(newcomer)).get(`/t/${topic.id}`)).body).not.toContain('はじめての質問です。')
    const answer = async (n: number) => {
      await own.post(`/t/${topic.id}/answers`, { body: `回答 ${n} です`, draftKey: `first-answer-${n}` })
      await forum.runJobs()
      return own.cookies.get('flash')
    }
    expect([await answer(1), await answer(2)]).toEqual(['answeredFirst', 'answered'])
  })

  test('who uses the forum on a later day has come back, which is noted once', async () => {
    const own = await forum.as(newcomer)
    await own.get('/boards')
    expect((await account(newcomer)).cameBackAt).toBeNull()
    await forum.db.execute(sql`update accounts set created_at = now() - interval '2 days'`)
    await own.get('/boards')
    const { cameBackAt } = await account(newcomer)
    expect(cameBackAt).toBeInstanceOf(Date)
    await own.get('/boards')
    expect((await account(newcomer)).cameBackAt).toEqual(cameBackAt)
  })
})

describe('mentors', () => {
  const mentor = (handle: string, more = {}) => makeMember(forum.db, { handle, level: 3, mentors: true, ...more })
  const called = async () => (await forum.db.select().from(mentorTellings)).length
  const letters = async () => (await forum.db.select().from(mails).orderBy(mails.recipient)).map(({ recipient }) => recipient.split('@')[0])

  test('are those of the level who like to be; others are told what it takes', async () => {
    const [low, high] = [await forum.as(newcomer), await forum.as(await makeMember(forum.db, { level: 3 }))]
    expect((await low.get('/people/mentoring')).body).toContain('レベル3から')
    expect((await low.post('/people/mentoring')).statusCode).toBe(403)
    expect((await high.post('/people/mentoring')).statusCode).toBe(303)
    expect((await high.get('/people/mentoring')).body).toContain('あなたは見守る人です')
    await high.delete('/people/mentoring')
    expect(await forum.db.$count(accounts, eq(accounts.mentors, true))).toBe(0)
  })

  test('are called when a first question has waited, five at most, each once, first those who like the board', async () => {
    for (let n = 0; n < 6; n++) await mentor(`mentor_${n}`)
    await mentor('likes_it', { boardIds: [board.id] })
    await mentor('too_low', { level: 2 })
    await mentor('away', { suspendedUntil: new Date(Date.now() + 86_400_000) })
    const topic = await makeTopic(forum.db, newcomer, board)
    await callMentors(forum.db)
    expect(await called()).toBe(0)
    await ago(topic, 20)
    await Promise.all([callMentors(forum.db), callMentors(forum.db)])
    await callMentors(forum.db)
    await forum.runJobs()
    expect([await called(), (await letters()).length, (await letters()).includes('likes_it')]).toEqual([5, 5, true])
    expect(await letters()).not.toEqual(expect.arrayContaining(['too_low']))
    expect(await letters()).not.toEqual(expect.arrayContaining(['away']))
  })

  test('are called three times a day at most, never for what was answered or is not a first question', async () => {
    const only = await mentor('only')
    for (let n = 0; n < 5; n++) await ago(await makeTopic(forum.db, await makeMember(forum.db), board), 30 + n)
    await ago(await makeTopic(forum.db, only, board), 30)
    const answered = await makeTopic(forum.db, newcomer, board)
    await makeAnswer(forum.db, await makeMember(forum.db), answered)
    await ago(answered, 30)
    await callMentors(forum.db)
    expect(await called()).toBe(3)
    const rows = await forum.db
      .select({ author: topics.authorId })
      .from(mentorTellings)
      .innerJoin(topics, eq(topics.id, mentorTellings.topicId))
    expect(rows.map(({ author }) => author)).not.toContain(newcomer.id)
    expect(rows.map(({ author }) => author)).not.toContain(only.id)
  })

  test('see what waits, and are not written to about what was answered meanwhile', async () => {
    const person = await mentor('only')
    const topic = await makeTopic(forum.db, newcomer, board, { title: 'はじめて質問いたします' })
    await ago(topic, 20)
    expect((await (await forum.as(person)).get('/people/mentoring')).body).toContain('はじめて質問いたします')
    await callMentors(forum.db)
    await makeAnswer(forum.db, await makeMember(forum.db), topic)
    await forum.runJobs()
    expect(await letters()).toEqual([])
    expect((await (await forum.as(person)).get('/people/mentoring')).body).not.toContain('はじめて質問いたします')
  })
})

describe('how newcomers fare', () => {
  test('is counted week by week: answered by somebody else within an hour, back within seven days', async () => {
    const { db } = forum
    const helper = await makeMember(db)
    await db.execute(sql`update accounts set created_at = now() - interval '200 days'`)
    const asked = async (answeredAfter?: number, by = helper) => {
      const asker = await makeMember(db)
      await db.execute(sql`update accounts set created_at = now() - interval '200 days' where id = ${asker.id}`)
      const topic = await makeTopic(db, asker, board)
      await ago(topic, 180)
      if (answeredAfter === undefined) return
      const answer = await makeAnswer(db, by === newcomer ? asker : by, topic)
      await db.execute(sql`update posts set created_at = now() - make_interval(mins => ${180 - answeredAfter}) where id = ${answer.id}`)
    }
    await asked(59)
    await asked(61)
    await asked()
    await asked(5, newcomer)
    for (const days of [1, 6, 8, null]) {
      const { id } = await makeMember(db)
      await db.execute(sql`update accounts set came_back_at = created_at + make_interval(days => ${days}) where id = ${id}`)
    }
    const weeks = await listNewcomerWeeks(db, anOperator)
    expect(weeks).toHaveLength(12)
    const total = (name: 'questions' | 'inAnHour' | 'joined' | 'cameBack') => weeks.reduce((sum, week) => sum + week[name], 0)
    expect([total('questions'), total('inAnHour'), total('joined'), total('cameBack')]).toEqual([4, 1, 4, 2])
    expect(weeks.every(({ week }) => week.getUTCDay() === 1)).toBe(true)
  })

  test('is drawn for the operator in the colours of the page, with the numbers beneath', async () => {
    const operator = await forum.as(await makeOperator(forum.db))
    await makeTopic(forum.db, newcomer, board)
    const { statusCode, body } = await operator.get('/admin/newcomers')
    expect(statusCode).toBe(200)
    const drawing = /<div class="chart[^>]*>(<svg[\s\S]*?<\/svg>)/.exec(body)?.[1] ?? ''
    expect(drawing).toContain('var(--brand)')
    expect(drawing).not.toMatch(/style=|<style|<script|#[0-9a-f]{6}/i)
    expect(body.match(/<tbody>[\s\S]*<\/tbody>/)?.[0].match(/<tr>/g)).toHaveLength(12)
    expect((await (await forum.as(newcomer)).get('/admin/newcomers')).statusCode).toBe(403)
    expect((await knownAgain(forum.db, newcomer.id)).toured).toBe(false)
  })
})

describe('the board for newcomers', () => {
  test('is opened with its guides by one press, once; others may not', async () => {
    const operator = await forum.as(await makeOperator(forum.db))
    expect((await operator.get('/admin/newcomers')).body).toContain('action="/admin/newcomers/guides"')
    for (let n = 0; n < 2; n++) expect((await operator.post('/admin/newcomers/guides')).statusCode).toBe(303)
    expect((await operator.get('/admin/newcomers')).body).not.toContain('action="/admin/newcomers/guides"')
    expect(await forum.db.$count(topics)).toBe(4)
    expect((await (await forum.as()).get('/b/welcome')).body).toContain('答えが届きやすい質問の書き方')
    expect((await (await forum.as(newcomer)).post('/admin/newcomers/guides')).statusCode).toBe(403)
  })
})

import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { Actor } from '../src/accounts/actor.ts'
import type { BoardRow } from '../src/boards/schema.ts'
import { record } from '../src/platform/outbox.ts'
import { react } from '../src/reactions/reactions.ts'
import type { Topic } from '../src/topics/queries.ts'
import { startTestApp, type TestApp } from './app.ts'
import { makeAnswer, makeBoard, makeTopic, openingOf } from './making.ts'
import { makeMember, makeOperator } from './people.ts'

let forum: TestApp
let address: string
let asker: Actor
let helper: Actor
let operator: Actor
let board: BoardRow
let staff: BoardRow
let topic: Topic
const lines: WebSocket[] = []

beforeAll(async () => {
  forum = await startTestApp()
  address = (await forum.app.listen({ port: 0, host: '127.0.0.1' })).replace('http', 'ws')
  const { db } = forum
  ;[asker, helper, operator] = await Promise.all([makeMember(db), makeMember(db), makeOperator(db)])
  ;[board, staff] = [await makeBoard(db), await makeBoard(db, { visibility: 'staff' })]
  topic = await makeTopic(db, asker, board)
})
afterEach(() => {
  for (const line of lines.splice(0)) line.terminate()
})
afterAll(() => forum.close())

type Message = { subject?: string; name?: string; event?: number; at?: number; you?: string; post?: number; within?: number }

/** An open page of somebody: what it says, what it heard. */
async function openLine(person?: Actor, headers: Record<string, string> = {}) {
  const { cookies } = await forum.as(person)
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const line = new WebSocket(`${address}/live`, { headers: { origin: address.replace('ws', 'http'), cookie, ...headers } })
  lines.push(line)
  const heard: Message[] = []
  line.on('message', data => heard.push(JSON.parse(data.toString())))
  const closed = new Promise<number>(resolve => line.once('close', resolve))
  await new Promise((resolve, reject) => line.once('open', resolve).once('error', reject))
  return {
    heard,
    closed,
    say: (message: unknown) => line.send(typeof message === 'string' ? message : JSON.stringify(message)),
    hears: (message: Message) => expect.poll(() => heard, { timeout: 3_000 }).toContainEqual(expect.objectContaining(message)),
  }
}
const settled = () => pause(150)

test('whoever follows a topic hears that it moved, and nothing of what was written', async () => {
  const [guest, elsewhere] = [await openLine(), await openLine()]
  guest.say({ follow: [`topic:${topic.id}`] })
  elsewhere.say({ follow: ['lists'] })
  await settled()
  const answer = await makeAnswer(forum.db, helper, topic, 'とても長い秘密の答え')
  await guest.hears({ subject: `topic:${topic.id}`, name: 'changed' })
  await react(forum.db, asker, answer, 'helpful')
  await guest.hears({ name: 'counted', post: answer.id })
  expect(JSON.stringify(guest.heard)).not.toContain('秘密')
  expect(elsewhere.heard.filter(({ subject }) => subject)).toEqual([])
})

test('nobody follows what he may not see: not a staff board, not another’s bell, not the review queue', async () => {
  const hidden = await makeTopic(forum.db, operator, staff)
  const [member, mine] = [await openLine(asker), await openLine(operator)]
  const asked = [`topic:${hidden.id}`, `board:${staff.id}`, 'review', `bell:${helper.id}`, 'topic:999999']
  member.say({ follow: asked })
  mine.say({ follow: asked.slice(0, 3) })
  for (const subject of asked) await member.hears({ subject, name: 'gone' })
  await settled()
  await makeAnswer(forum.db, operator, hidden)
  await record(forum.db, 'review.opened', { itemId: 1 })
  await mine.hears({ subject: `topic:${hidden.id}`, name: 'changed' })
  await mine.hears({ subject: 'review', name: 'changed' })
  expect(member.heard.filter(({ name }) => name !== 'gone' && name !== undefined)).toEqual([])
})

test('a topic that is hidden stops at once for those who may not see it any more', async () => {
  const gone = await makeTopic(forum.db, asker, board)
  const [guest, mine] = [await openLine(), await openLine(operator)]
  for (const line of [guest, mine]) line.say({ follow: [`topic:${gone.id}`] })
  await settled()
  await forum.db.execute(sql`update topics set hidden_at = now() where id = ${gone.id}`)
  const { id: postId } = await openingOf(forum.db, gone)
  await record(forum.db, 'post.hidden', { topicId: gone.id, boardId: board.id, actorId: operator.id, postId })
  await mine.hears({ subject: `topic:${gone.id}`, name: 'changed' })
  await guest.hears({ subject: `topic:${gone.id}`, name: 'gone' })
  await record(forum.db, 'comment.posted', { topicId: gone.id, boardId: board.id, actorId: operator.id, postId })
  await settled()
  expect(guest.heard.filter(({ name }) => name === 'changed')).toEqual([])
})

test('a line whose log-in ended is closed', async () => {
  const person = await makeMember(forum.db)
  const line = await openLine(person)
  line.say({ follow: ['bell'] })
  await settled()
  await forum.app.sessions.revokeAll(person.id)
  await record(forum.db, 'account.password_changed', { accountId: person.id })
  expect(await line.closed).toBe(4001)
})

test('a page that was away catches up by number; one that was away too long asks anew', async () => {
  const line = await openLine()
  await expect.poll(() => line.heard.length).toBe(1)
  const since = line.heard[0]?.at ?? 0
  await makeAnswer(forum.db, helper, topic)
  await settled()
  const back = await openLine()
  back.say({ follow: [`topic:${topic.id}`], since })
  await back.hears({ subject: `topic:${topic.id}`, name: 'changed' })
  const late = await openLine()
  late.say({ follow: [`topic:${topic.id}`], since: 0 })
  await late.hears({ name: 'missed' }).catch(() => late.hears({ name: 'changed' }))
})

test('the bell of one person rings on all his pages and on nobody else’s', async () => {
  await forum.runJobs()
  const [one, two, other] = [await openLine(asker), await openLine(asker), await openLine(helper)]
  for (const line of [one, two, other]) line.say({ follow: ['bell'] })
  await settled()
  await makeAnswer(forum.db, helper, topic, '通知になる答え')
  await forum.runJobs()
  await one.hears({ subject: 'bell', name: 'changed' })
  await two.hears({ subject: 'bell', name: 'changed' })
  expect(other.heard.some(({ subject }) => subject === 'bell')).toBe(false)
})

test('that somebody writes is said without his name, never by a guest', async () => {
  const [reader, writer, guest] = [await openLine(), await openLine(helper), await openLine()]
  for (const line of [reader, writer, guest]) line.say({ follow: [`topic:${topic.id}`] })
  await settled()
  guest.say({ writing: `topic:${topic.id}` })
  await settled()
  expect(reader.heard.some(({ name }) => name === 'writing')).toBe(false)
  writer.say({ writing: `topic:${topic.id}` })
  await reader.hears({ name: 'writing', subject: `topic:${topic.id}` })
})

test('another site’s page gets no line, whatever cookie its browser sends along', async () => {
  await expect(openLine(asker, { origin: 'https://evil.example' })).rejects.toThrow('403')
  await expect(openLine(asker, { origin: '' })).rejects.toThrow('403')
  expect((await (await forum.as()).get('/live')).statusCode).toBe(426)
})

test.for([
  ['a flood', (say: (message: unknown) => void) => Array.from({ length: 60 }, () => say({ follow: ['lists'] }))],
  ['what is no message', (say: (message: unknown) => void) => say('{"follow')],
] as const)('%s ends the line', async ([, speak]) => {
  const line = await openLine()
  speak(line.say)
  expect(await line.closed).toBe(1008)
})

test('odd messages do no harm: too many subjects, wrong kinds, too long', async () => {
  const line = await openLine()
  line.say({ follow: Array.from({ length: 200 }, (_, i) => `topic:${i}`), leave: 7, since: 'x', writing: { a: 1 } })
  line.say({ follow: ['topic:1; drop', 'TOPIC:1', null, ['lists'], 'nothing:1'] })
  line.say([])
  await settled()
  const { lines: open } = forum.app.live.figures()
  expect(open).toBeGreaterThan(0)
  line.say('x'.repeat(10_000))
  expect(await line.closed).toBe(1009)
})

import { randomUUID } from 'node:crypto'
import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browser, startTestApp, type TestApp } from '../../../test/app.ts'
import { makeBoard, makeTopic, openingOf } from '../../../test/making.ts'
import { makeMember, makeOperator } from '../../../test/people.ts'
import type { Actor } from '../../accounts/actor.ts'
import { findDraft } from '../../topics/drafts.ts'
import type { Topic } from '../../topics/queries.ts'
import { posts } from '../../topics/schema.ts'
import { settleOldNudges } from './nudging.ts'
import { nudges } from './schema.ts'
import { addWords, seedWordLists } from './words.ts'

let forum: TestApp
let topic: Topic
let writer: Actor
let browser: Browser

beforeAll(async () => {
  forum = await startTestApp()
  await seedWordLists(forum.db)
  topic = await makeTopic(forum.db, await makeMember(forum.db), await makeBoard(forum.db))
  writer = await makeMember(forum.db)
  browser = await forum.as(writer)
})
afterAll(() => forum.close())

const answers = () => `/t/${topic.id}/answers`
const HARSH_WORDS = 'お前は馬鹿か。それくらい自分で調べろ。'
const written = (body: string) => forum.db.$count(posts, eq(posts.body, body))
const outcomeOf = async (draftKey: string) => (await forum.db.select().from(nudges).where(eq(nudges.draftKey, draftKey)))[0]?.outcome

test('who writes a harsh reply is asked to look again, with the words marked; nothing is posted and nothing is lost', async () => {
  const draftKey = randomUUID()
  const asked = await browser.post(answers(), { body: HARSH_WORDS, draftKey })
  expect(asked.statusCode).toBe(422)
  expect(asked.body).toContain('このまま投稿しますか？')
  expect(asked.body).toContain('<mark>馬鹿</mark>')
  expect(await written(HARSH_WORDS)).toBe(0)
  expect((await findDraft(forum.db, writer, `answer:${topic.id}`)).content.body).toBe(HARSH_WORDS)
  expect(await outcomeOf(draftKey)).toBeNull()
  expect((await browser.post(answers(), { body: HARSH_WORDS, draftKey, nudged: 'yes', anyway: 'yes' })).statusCode).toBe(303)
  expect([await written(HARSH_WORDS), await outcomeOf(draftKey)]).toEqual([1, 'as_is'])
})

test('who changes it posts what he changed, and that is counted; what is harsh still is asked about again', async () => {
  const draftKey = randomUUID()
  const opening = await openingOf(forum.db, topic)
  const comments = `/posts/${opening.id}/comments`
  expect((await browser.post(comments, { body: HARSH_WORDS, draftKey })).body).toContain(`action="${comments}"`)
  expect((await browser.post(comments, { body: 'お前、うざい。', draftKey, nudged: 'yes' })).statusCode).toBe(422)
  expect((await browser.post(comments, { body: '一度調べてみてください。', draftKey, nudged: 'yes' })).statusCode).toBe(303)
  expect([await written('一度調べてみてください。'), await outcomeOf(draftKey)]).toEqual([1, 'changed'])
})

test('who leaves it keeps his words as a draft; nobody leaves for another', async () => {
  const draftKey = randomUUID()
  await browser.post(answers(), { body: HARSH_WORDS, draftKey })
  const stranger = await forum.as(await makeMember(forum.db))
  expect((await stranger.post('/nudges/leaving', { draftKey })).statusCode).toBe(403)
  expect((await browser.post('/nudges/leaving', { draftKey })).headers.location).toBe(`/t/${topic.id}`)
  expect(await outcomeOf(draftKey)).toBe('withdrawn')
  expect((await findDraft(forum.db, writer, `answer:${topic.id}`)).content.body).toBe(HARSH_WORDS)
})

test('friendly words are posted without a question, and cost no statement more', async () => {
  const body = 'ルーターを再起動すると直りました。'
  forum.statements.length = 0
  expect((await browser.post(answers(), { body, draftKey: randomUUID() })).statusCode).toBe(303)
  expect(forum.statements.filter(statement => /nudges/.test(statement))).toEqual([])
  expect(await written(body)).toBe(1)
})

test('who neither posts nor says so within a day has let it be; who posted from another page is found', async () => {
  const { db } = forum
  const keys = [randomUUID(), randomUUID(), randomUUID()]
  for (const draftKey of keys) await browser.post(answers(), { body: `${HARSH_WORDS}${draftKey}`, draftKey })
  await db.update(nudges).set({ askedAt: sql`now() - interval '25 hours'` }).where(sql`${nudges.draftKey} <> ${keys[2]}`)
  await browser.post(answers(), { body: `言い直します。${keys[1]}`, draftKey: keys[1] ?? '' })
  await settleOldNudges(db)
  expect(await Promise.all(keys.map(outcomeOf))).toEqual(['withdrawn', 'changed', null])
})

test('words that cannot be posted are named at the field, and the text is kept', async () => {
  const kept = {
    exceptions: '',
    exact: false,
    aimed: false,
    language: 'any',
    boardId: topic.boardId,
    kind: 'other',
    weight: 3,
    action: 'block',
  } as const
  await addWords(forum.db, await makeOperator(forum.db), { ...kept, words: 'もちもちコイン' })
  const refused = await browser.post(answers(), { body: 'モチモチ・コインで稼げます。', draftKey: randomUUID(), anyway: 'yes' })
  expect(refused.statusCode).toBe(422)
  expect(refused.body).toContain('モチモチ・コインで稼げます。')
  expect(refused.body).toMatch(/id="answer-body-error">.*次の言葉は、ここでは使えません：モチモチ・コイン/s)
  // Whoever asks or edits hears the same.
  const ask = {
    kind: 'question',
    boardId: topic.boardId,
    title: 'もちもちコインは安全ですか',
    body: '教えてください。',
    draftKey: randomUUID(),
  }
  const asked = await browser.post('/ask', ask)
  expect(asked.statusCode).toBe(422)
  expect(asked.body).toContain('次の言葉は、ここでは使えません：もちもちコイン')
})

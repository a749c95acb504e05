import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/app.ts'
import { makeBoard, makeTopic, postNow, topicDraft } from '../../../test/making.ts'
import { makeMember } from '../../../test/people.ts'
import type { Topic } from '../../topics/queries.ts'

let forum: TestApp
let topic: Topic

beforeAll(async () => {
  forum = await startTestApp()
  topic = await makeTopic(forum.db, await makeMember(forum.db), await makeBoard(forum.db))
})
afterAll(() => forum.close())

const body = '詳しくは090-0000-1234（山田）まで。ルーターの再起動で直ります。'
const answers = () => `/t/${topic.id}/answers`

test('the writer is shown the personal data before anybody else is, and one press hides it; without JavaScript too', async () => {
  const browser = await forum.as(await makeMember(forum.db))
  const form = { body, draftKey: randomUUID() }
  const asked = await browser.post(answers(), form)
  expect(asked.statusCode).toBe(422)
  for (const part of ['<mark>090-0000-1234</mark>', '電話番号', form.draftKey, 'name="personal" value="mask"'])
    expect(asked.body).toContain(part)
  expect((await (await forum.as()).get(`/t/${topic.id}`)).body).not.toContain('090-0000-1234')
  const posted = await browser.post(answers(), { ...form, personal: 'mask' })
  expect(posted.statusCode).toBe(303)
  const page = (await (await forum.as(await makeMember(forum.db))).get(`/t/${topic.id}`)).body
  expect(page).toContain('詳しくは（電話番号）（山田）まで。')
})

test('what is meant to be shown waits for a moderator; a card number is never shown', async () => {
  const browser = await forum.as(await makeMember(forum.db, { level: 3 }))
  const meant = await browser.post(answers(), { body: `${body}二度目。`, draftKey: randomUUID(), personal: 'as_is' })
  const id = Number(/\/me\/held\/(\d+)/.exec(String(meant.headers.location))?.[1])
  expect(await postNow(forum.db, { id })).toMatchObject({ heldAt: expect.any(Date) })
  const card = { body: 'カードは4111-1111-1111-1111です', draftKey: randomUUID() }
  const refused = await browser.post(answers(), { ...card, personal: 'as_is' })
  expect(refused.statusCode).toBe(422)
  expect(refused.body).not.toContain('value="as_is"')
})

test('a question, a comment, an addendum and an edit are looked at too', async () => {
  const asker = await makeMember(forum.db)
  const browser = await forum.as(asker)
  const { company: _, held: __, ...draft } = topicDraft({ id: topic.boardId }, { body })
  const asked = await browser.post('/ask', { ...draft, products: '' })
  expect(asked.statusCode).toBe(422)
  expect(asked.body).toContain(`name="title" value="${draft.title}"`)
  expect((await browser.post('/ask', { ...draft, products: '', personal: 'mask' })).statusCode).toBe(303)
  expect((await browser.post(`/posts/${topic.openingId}/comments`, { body, draftKey: randomUUID() })).statusCode).toBe(422)
  const own = await makeTopic(forum.db, asker, { id: topic.boardId })
  expect((await browser.post(`/t/${own.id}/addenda`, { body, draftKey: randomUUID() })).statusCode).toBe(422)
  expect((await browser.put(`/posts/${own.openingId}`, { body, revision: 1, reason: '', title: own.title, tags: '' })).statusCode).toBe(422)
})

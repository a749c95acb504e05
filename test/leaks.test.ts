import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '../src/accounts/actor.ts'
import type { BoardRow } from '../src/boards/schema.ts'
import { addAddendum } from '../src/topics/adding.ts'
import { editPost } from '../src/topics/editing.ts'
import type { Post } from '../src/topics/page_queries.ts'
import type { Topic } from '../src/topics/queries.ts'
import { withdrawPost } from '../src/topics/withdrawing.ts'
import { type Browser, startTestApp, type TestApp } from './app.ts'
import { makeAnswer, makeBoard, makeComment, makeTopic, openingOf, postNow } from './making.ts'
import { makeMember, makeModerator } from './people.ts'

let forum: TestApp
let writer: Actor
let other: Actor
let board: BoardRow

beforeAll(async () => {
  forum = await startTestApp()
  const { db } = forum
  ;[writer, other, board] = [await makeMember(db), await makeMember(db), await makeBoard(db)]
})
afterAll(() => forum.close())

const SECRET = 'himitsunokotoba'

/** A topic whose every post says the secret, edited once, so that histories say it too. */
async function secretTopic(inBoard: { id: number }, author: Actor, answerer: Actor): Promise<{ topic: Topic; posts: Post[] }> {
  const { db } = forum
  const topic = await makeTopic(db, author, inBoard, { title: '題名には何も書きません', body: `本文に${SECRET}と書きます。`, tags: SECRET })
  const opening = await openingOf(db, topic)
  await editPost(db, author, opening, { title: topic.title, tags: '', body: `直しても${SECRET}です。`, reason: SECRET, revision: 1 })
  await addAddendum(db, author, topic, { body: `補足にも${SECRET}です。`, draftKey: `leak-key-${topic.id}` })
  const answer = await makeAnswer(db, answerer, topic, `回答にも${SECRET}です。`)
  await editPost(db, answerer, answer, { body: `直した回答にも${SECRET}です。`, reason: '', revision: 1 })
  const comment = await makeComment(db, answerer, answer, `コメントにも${SECRET}です。`)
  await makeComment(db, other, opening, '静かなコメントです。')
  await makeComment(db, other, answer, '静かなコメントです。')
  await forum.runJobs()
  return { topic, posts: [await postNow(db, opening), await postNow(db, answer), comment] }
}

/** Every page that could say it, as addresses. */
const pagesOf = ({ topic, posts }: { topic: Topic; posts: Post[] }, inBoard: BoardRow, people: Actor[]) => [
  '/',
  '/?list=active',
  '/?list=unanswered',
  '/boards',
  `/b/${inBoard.slug}`,
  `/t/${topic.id}`,
  `/t/${topic.id}?order=new`,
  `/t/${topic.id}/similar`,
  ...posts.flatMap(({ id }) => [
    `/t/${topic.id}?at=${id}`,
    `/t/${topic.id}?quote=${id}`,
    `/posts/${id}`,
    `/posts/${id}/history`,
    `/posts/${id}/comments`,
    `/posts/${id}/edit`,
    `/posts/${id}/withdraw`,
  ]),
  `/t/${topic.id}/addenda`,
  `/search?q=${SECRET}`,
  `/search?tag=${SECRET}`,
  `/api/v1/search?q=${SECRET}`,
  `/ask/similar?title=${SECRET}`,
  `/search/suggestions?q=${SECRET.slice(0, 4)}`,
  `/search/suggestions.json?q=${SECRET.slice(0, 4)}`,
  ...people.flatMap(({ handle }) => [`/u/${handle}`, `/u/${handle}?list=answers`]),
]

/** The pages on which a reader finds the secret; what he asked for himself does not count. */
async function leaksTo(browser: Browser, pages: string[]): Promise<string[]> {
  const leaks = []
  for (const page of pages) {
    const { statusCode, body, headers } = await browser.get(page)
    expect(statusCode, page).toBeLessThan(500)
    const said =
      page.includes('/search') || page.includes('/ask/')
        ? body.replace(/<(input|title|h1|a)[^>]*>|<(title|h1)>[^<]*|href="[^"]*"/g, '').replaceAll(`「${SECRET}」`, '')
        : body
    if (said.includes(SECRET) || String(headers.location).includes(SECRET)) leaks.push(page)
  }
  return leaks
}

async function readers(...people: Actor[]): Promise<Browser[]> {
  return [await forum.as(), ...(await Promise.all(people.map(person => forum.as(person))))]
}

test('what everybody may read is found on many pages: the search for leaks sees what there is', async () => {
  const secret = await secretTopic(board, writer, writer)
  for (const reader of await readers(other)) expect((await leaksTo(reader, pagesOf(secret, board, [writer]))).length).toBeGreaterThan(12)
  await forum.db.execute(sql`update topics set withdrawn_at = now() where id = ${secret.topic.id}`)
  forum.app.cache.dropAll()
})

test('words that were taken back come out of no page, neither for guests nor for members', async () => {
  const { db } = forum
  const secret = await secretTopic(board, writer, writer)
  for (const post of secret.posts.toReversed()) await withdrawPost(db, writer, await postNow(db, post))
  await forum.runJobs()
  await new Promise(resolve => setTimeout(resolve, 200))
  for (const reader of await readers(other, writer)) {
    expect((await reader.get(`/t/${secret.topic.id}`)).statusCode).toBe(200)
    expect(await leaksTo(reader, pagesOf(secret, board, [writer]))).toEqual([])
  }
})

test('hidden posts come out of no page, except for the moderators of the board', async () => {
  const { db } = forum
  const secret = await secretTopic(board, writer, writer)
  await db.execute(sql`update posts set hidden_at = now() where topic_id = ${secret.topic.id} and kind <> 'opening'`)
  await db.execute(sql`update posts set body = '', body_html = '', body_text = '' where id = ${secret.topic.openingId}`)
  await db.execute(sql`delete from revisions where post_id = ${secret.topic.openingId}`)
  await db.execute(sql`delete from addenda where post_id = ${secret.topic.openingId}`)
  await db.execute(sql`update topics set excerpt = '' where id = ${secret.topic.id}`)
  forum.app.cache.dropAll()
  const pages = pagesOf(secret, board, [writer])
  const elsewhere = await makeModerator(db, await makeBoard(db))
  for (const reader of await readers(other, elsewhere)) expect(await leaksTo(reader, pages)).toEqual([])
  const moderator = await forum.as(await makeModerator(db, board))
  expect(await leaksTo(moderator, pages)).toContain(`/t/${secret.topic.id}`)
})

test('a hidden topic comes out of no page, not even for its writer', async () => {
  const { db } = forum
  const secret = await secretTopic(board, writer, writer)
  await db.execute(sql`update topics set hidden_at = now() where id = ${secret.topic.id}`)
  forum.app.cache.dropAll()
  for (const reader of await readers(other, writer)) expect(await leaksTo(reader, pagesOf(secret, board, [writer]))).toEqual([])
})

test('a board for members says nothing to guests, and one for staff nothing to members', async () => {
  const { db } = forum
  const members = await makeBoard(db, { visibility: 'members' })
  const staff = await makeBoard(db, { visibility: 'staff' })
  const moderator = await makeModerator(db, staff)
  const forMembers = await secretTopic(members, writer, writer)
  const forStaff = await secretTopic(staff, moderator, moderator)
  const guest = await forum.as()
  expect(await leaksTo(guest, pagesOf(forMembers, members, [writer]))).toEqual([])
  expect(await leaksTo(guest, pagesOf(forStaff, staff, [moderator]))).toEqual([])
  const member = await forum.as(other)
  expect(await leaksTo(member, pagesOf(forMembers, members, [writer]))).toContain(`/t/${forMembers.topic.id}`)
  const found = await leaksTo(
    member,
    pagesOf(forStaff, staff, [moderator]).filter(page => !/^\/(\?|$|search|api|u\/|boards|ask)/.test(page)),
  )
  expect(found).toEqual([])
})

import { sql } from 'drizzle-orm'
import { parse } from 'parse5'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/app.ts'
import { makeAnswer, makeBoard, makeComment, makeTopic, openingOf } from '../../../test/making.ts'
import { makeMember } from '../../../test/people.ts'
import type { Actor } from '../../accounts/actor.ts'
import type { BoardRow } from '../../boards/schema.ts'
import { addAddendum } from '../adding.ts'
import { posts } from '../schema.ts'

let forum: TestApp
let board: BoardRow
let asker: Actor
let helper: Actor

beforeAll(async () => {
  forum = await startTestApp()
  board = await makeBoard(forum.db)
  ;[asker, helper] = await Promise.all([makeMember(forum.db), makeMember(forum.db, { handle: 'helper_1' })])
})
afterAll(() => forum.close())

const ownTopic = () => makeTopic(forum.db, asker, board)
const written = (page: string) => /<textarea id="answer-body".*?>([^<>]*)<\/textarea>/s.exec(page)?.[1] ?? ''

describe('a quote', () => {
  test('stands at the head of the answer, every line of it marked', async () => {
    const topic = await ownTopic()
    const answer = await makeAnswer(forum.db, helper, topic, '一行目です。\n二行目です。')
    const page = (await (await forum.as(asker)).get(`/t/${topic.id}?quote=${answer.id}`)).body
    expect(written(page)).toBe('&gt; 一行目です。\n&gt; 二行目です。\n\n')
  })

  test('goes below what was begun already, once', async () => {
    const topic = await ownTopic()
    const answer = await makeAnswer(forum.db, helper, topic, '電源を入れ直しました。')
    const writer = await forum.as(asker)
    await writer.post(`/me/drafts?place=answer:${topic.id}`, { body: '書きかけです。' })
    const begun = '書きかけです。\n\n&gt; 電源を入れ直しました。\n\n'
    expect(written((await writer.get(`/t/${topic.id}?quote=${answer.id}`)).body)).toBe(begun)
    await writer.post(`/me/drafts?place=answer:${topic.id}`, { body: '書きかけです。\n\n> 電源を入れ直しました。\n\nそれから' })
    expect(written((await writer.get(`/t/${topic.id}?quote=${answer.id}`)).body)).toBe(
      '書きかけです。\n\n&gt; 電源を入れ直しました。\n\nそれから',
    )
  })

  test('of another topic’s post is none', async () => {
    const [topic, other] = [await ownTopic(), await ownTopic()]
    const answer = await makeAnswer(forum.db, helper, other)
    expect(written((await (await forum.as(asker)).get(`/t/${topic.id}?quote=${answer.id}`)).body)).toBe('')
  })
})

test('a mention leads to the person, and a name nobody has is text', async () => {
  const topic = await ownTopic()
  await makeAnswer(forum.db, asker, topic, '@helper_1 さん、@nobody_here さん')
  const page = (await (await forum.as()).get(`/t/${topic.id}`)).body
  expect(page).toMatch(/<a [^>]*href="\/u\/helper_1"[^>]*>@helper_1<\/a>/)
  expect(page).not.toContain('/u/nobody_here')
})

test('the link of a post leads to it on the page where it stands: opening, answer, comment', async () => {
  const topic = await ownTopic()
  const opening = await openingOf(forum.db, topic)
  const answer = await makeAnswer(forum.db, helper, topic)
  const comment = await makeComment(forum.db, asker, answer)
  const guest = await forum.as()
  for (const [id, anchor] of [
    [opening.id, `#post-${opening.id}`],
    [answer.id, `?at=${answer.id}#post-${answer.id}`],
    [comment.id, `?at=${answer.id}#post-${comment.id}`],
  ] as const) {
    const { statusCode, headers } = await guest.get(`/posts/${id}`)
    expect([statusCode, String(headers.location).slice(-anchor.length)]).toEqual([303, anchor])
    expect((await guest.get(String(headers.location).replace(/#.*/, ''))).body).toContain(`id="post-${id}"`)
  }
})

test('a time is told as how long ago, and in full on it, in the reader’s language', async () => {
  const topic = await ownTopic()
  const at = new Date(Date.now() - 3 * 86_400_000)
  await forum.db.execute(sql`update ${posts} set created_at = ${at.toISOString()} where id = ${topic.openingId}`)
  const timeIn = async (language: string) => {
    const page = (await (await forum.as()).get(`/t/${topic.id}`, { 'accept-language': language })).body
    const opening = page.slice(page.indexOf(`id="post-${topic.openingId}"`))
    const [, iso, title, text] = /<time datetime="([^"]*)" title="([^"]*)">([^<]*)</.exec(opening) ?? []
    expect(iso).toBe(at.toISOString())
    return { title, text }
  }
  const [ja, en] = [await timeIn('ja'), await timeIn('en')]
  const inJapan = (locale: string) =>
    new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short', timeZone: 'Asia/Tokyo' }).format(at)
  expect(ja).toEqual({ text: '3日前', title: inJapan('ja') })
  expect(en).toEqual({ text: '3 days ago', title: inJapan('en') })
})

test('an addendum stands below the question with its time', async () => {
  const topic = await ownTopic()
  await addAddendum(forum.db, asker, topic, { body: '機種はAX-3200です。', draftKey: 'addendum-key-1' })
  const page = (await (await forum.as()).get(`/t/${topic.id}`)).body
  expect(page).toMatch(/class="addendum"[\s\S]{0,400}機種はAX-3200です。/)
})

test('fifty answers stand on a page, and the pages after it lead through all of them', async () => {
  const topic = await ownTopic()
  for (let n = 0; n < 120; n += 1) await makeAnswer(forum.db, helper, topic, `${n}番目の回答です。`)
  const guest = await forum.as()
  const seen: string[] = []
  let path: string | undefined = `/t/${topic.id}`
  const sizes: number[] = []
  while (path && sizes.length < 9) {
    const page: string = (await guest.get(path)).body
    const found = [...page.matchAll(/(\d+)番目の回答です。<\/p>/g)].map(([, number]) => number ?? '')
    sizes.push(found.length)
    seen.push(...found)
    path = /rel="next" href="([^"]*)/.exec(page)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=').replace(/#.*/, '')
  }
  expect(sizes).toEqual([50, 50, 20])
  expect(new Set(seen).size).toBe(120)
})

test('a page is whole HTML: nothing is left open, nothing nests wrongly', async () => {
  const topic = await ownTopic()
  const answer = await makeAnswer(forum.db, helper, topic)
  await makeComment(forum.db, asker, answer)
  for (const reader of [undefined, asker, helper]) {
    const page = (await (await forum.as(reader)).get(`/t/${topic.id}`)).body
    const problems: string[] = []
    parse(page, { sourceCodeLocationInfo: true, onParseError: ({ code, startLine }) => problems.push(`${code} in line ${startLine}`) })
    expect(problems).toEqual([])
  }
})

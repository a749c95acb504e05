import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/app.ts'
import { makeAnswer, makeBoard, makeComment, makeTopic, openingOf } from '../../../test/making.ts'
import { knownAgain, makeMember, makeModerator, makeOperator } from '../../../test/people.ts'
import type { Actor } from '../../accounts/actor.ts'
import type { BoardRow } from '../../boards/schema.ts'
import { flagPost } from '../flags.ts'
import type { FlagReason } from '../schema.ts'

let forum: TestApp
let board: BoardRow
let elsewhere: BoardRow
let moderator: Actor

beforeAll(async () => {
  forum = await startTestApp()
  ;[board, elsewhere] = await Promise.all([makeBoard(forum.db), makeBoard(forum.db)])
  moderator = await makeModerator(forum.db, board)
})
afterAll(() => forum.close())

async function flagged(reason: FlagReason = 'spam', place: { id: number } = board, body = '今すぐ買うならこちらがお得です。') {
  const topic = await makeTopic(forum.db, await makeMember(forum.db), place)
  const answer = await makeAnswer(forum.db, await makeMember(forum.db), topic, body)
  await flagPost(forum.db, await makeMember(forum.db), answer, { reason, words: 'よく見てください' })
  const [item] = await forum.db.execute<{ id: number }>(
    sql`select id::int as id from review_items where subject_id = ${answer.id} order by id desc`,
  )
  return { topic, answer, id: item?.id ?? 0 }
}

test('what may do harm stands first, then what is oldest; a board’s moderator sees his boards alone, an operator all of them', async () => {
  const [first, second] = [await flagged('spam'), await flagged('off_topic')]
  const grave = await flagged('personal')
  const foreign = await flagged('dangerous', elsewhere)
  const own = await forum.as(moderator)
  const page = (await own.get('/moderation')).body
  const places = [grave, first, second].map(({ id }) => page.indexOf(`href="/moderation/${id}"`))
  expect(places.every(place => place > 0)).toBe(true)
  expect(places.toSorted((a, b) => a - b)).toEqual(places)
  expect(page).not.toContain(`/moderation/${foreign.id}`)
  expect((await own.get(`/moderation/${foreign.id}`)).statusCode).toBe(404)
  const operator = await forum.as(await makeOperator(forum.db))
  expect((await operator.get('/moderation')).body).toContain(`/moderation/${foreign.id}`)
  const narrowed = (await operator.get(`/moderation?board=${elsewhere.slug}&kind=flag`)).body
  expect(narrowed).toContain(`/moderation/${foreign.id}?kind&#x3D;flag&amp;board&#x3D;${elsewhere.slug}`)
  expect(narrowed).not.toContain(`/moderation/${first.id}?`)
  expect((await (await forum.as(await makeMember(forum.db))).get('/moderation')).statusCode).toBe(403)
  for (const odd of ['?kind=x', '?board=nowhere', '?after=1~2', '?after=1~2026-13-99T00:00:00.000Z~4'])
    expect((await own.get(`/moderation${odd}`)).statusCode, odd).toBe(200)
})

test('one page holds all a decision needs: the post in its thread, the flags, both members’ records, how the like was decided', async () => {
  const decided = await flagged('hidden_ad')
  const browser = await forum.as(moderator)
  await browser.post(`/moderation/${decided.id}/decision`, {
    decision: 'hide',
    reason: 'hidden_ad',
    words: '企業の方はその旨を示してください。',
  })
  const { id, answer, topic } = await flagged('hidden_ad', board, 'この製品が一番です。<script>')
  await makeComment(forum.db, await makeMember(forum.db), answer, 'その後の一言です。')
  const opening = await openingOf(forum.db, topic)
  const page = (await browser.get(`/moderation/${id}`)).body
  for (const part of [
    'この製品が一番です。&lt;script&gt;',
    'その後の一言です。',
    opening.bodyText,
    'よく見てください',
    '投稿した方',
    '通報した方',
    '企業の方はその旨を示してください。',
  ])
    expect(page, part).toContain(part)
})

test('taken by one, the other’s page says so; decided by one, the other gets 409 with what was decided, and it can be taken back', async () => {
  const { id, answer, topic } = await flagged('abuse')
  const [one, two] = [await forum.as(moderator), await forum.as(await makeModerator(forum.db, board))]
  const verdict = { decision: 'hide', reason: 'abuse', words: '' }
  const stream = { accept: 'text/vnd.turbo-stream.html' }
  expect((await one.post(`/moderation/${id}/lease`, {}, stream)).body).toContain('あなたが担当中・残り')
  expect((await two.get(`/moderation/${id}`)).body).toContain(`${moderator.name}さんが担当中`)
  expect((await two.get(`/moderation/leases?ids=${id},0,x`)).body).toContain(moderator.name)
  const taken = await two.post(`/moderation/${id}/decision`, verdict)
  expect(taken.statusCode).toBe(409)
  expect(taken.body).toContain(`${moderator.name}さんが担当しています`)
  expect((await two.post(`/moderation/${id}/lease`)).statusCode).toBe(409)
  expect((await one.post(`/moderation/${id}/decision`, verdict)).statusCode).toBe(303)
  const late = await two.post(`/moderation/${id}/decision`, { ...verdict, decision: 'keep', reason: 'opinion' })
  expect(late.statusCode).toBe(409)
  expect(late.body).toContain(`${moderator.name}さんが先に「投稿を隠す」と判断しました。`)
  expect((await (await forum.as()).get(`/t/${topic.id}`)).body).not.toContain(answer.bodyText)
  expect((await two.get('/moderation/decided')).body).toContain(`/moderation/${id}`)
  expect((await two.delete(`/moderation/${id}/decision`)).statusCode).toBe(303)
  await forum.runJobs()
  expect((await (await forum.as()).get(`/t/${topic.id}`)).body).toContain(answer.bodyText)
  expect((await two.delete(`/moderation/${id}/decision`)).statusCode).toBe(409)
})

test('a decision without its reason shows the form again, open where it was, with the words kept', async () => {
  const { id } = await flagged()
  const browser = await forum.as(moderator)
  const again = await browser.post(`/moderation/${id}/decision`, { decision: 'hide', words: 'これは宣伝です' })
  expect(again.statusCode).toBe(422)
  expect(again.body).toMatch(/<details name="decision" open>[\s\S]*これは宣伝です/)
  expect((await browser.post(`/moderation/${id}/decision`, {})).statusCode).toBe(422)
})

test('what waits for a day says so, and louder after two', async () => {
  const { id } = await flagged()
  await forum.db.execute(sql`update review_items set opened_at = now() - interval '30 hours' where id = ${id}`)
  const browser = await forum.as(moderator)
  expect((await browser.get(`/moderation/${id}`)).body).toContain('24時間以上お待たせ')
  await forum.db.execute(sql`update review_items set opened_at = now() - interval '50 hours' where id = ${id}`)
  expect((await browser.get(`/moderation/${id}`)).body).toContain('48時間以上お待たせ')
})

test('the queue pages through everything, nothing twice and nothing left out', async () => {
  const quiet = await makeBoard(forum.db)
  for (let n = 0; n < 45; n++) await flagged(n % 3 ? 'spam' : 'abuse', quiet)
  const browser = await forum.as(await makeModerator(forum.db, quiet))
  const seen: string[] = []
  for (let path: string | undefined = '/moderation'; path; ) {
    const page: string = (await browser.get(path)).body
    seen.push(...[...page.matchAll(/id="line-lease-(\d+)"/g)].map(([, id]) => id ?? ''))
    path = /rel="next" href="([^"]*)"/.exec(page)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=')
  }
  expect(seen).toHaveLength(45)
  expect(new Set(seen).size).toBe(45)
})

test('a flag is sent by its form, wants a reason, and tells its sender where it stands', async () => {
  const topic = await makeTopic(forum.db, await makeMember(forum.db), board)
  const answer = await makeAnswer(forum.db, await makeMember(forum.db), topic)
  expect((await (await forum.as()).get(`/t/${topic.id}`)).body).toContain(`/posts/${answer.id}/flags`)
  const browser = await forum.as(await makeMember(forum.db))
  expect((await browser.get(`/posts/${answer.id}/flags`)).body).toContain('この投稿を通報する')
  expect((await browser.post(`/posts/${answer.id}/flags`, { words: '困ります' })).body).toContain('困ります')
  const other = await browser.post(`/posts/${answer.id}/flags`, { reason: 'other', words: '' })
  expect(other.statusCode).toBe(422)
  expect(other.body).toContain('id="words-error"')
  expect((await browser.post(`/posts/${answer.id}/flags`, { reason: 'abuse' })).statusCode).toBe(303)
  expect((await browser.get(`/posts/${answer.id}/flags`)).body).toContain('モデレーターが確認しています。')
})

test('both are told what came of a flag: who raised it, and whose post it was, with the reason, the sentence and the words', async () => {
  const { id, answer } = await flagged('abuse', board, 'ここは大丈夫です。でも、ここが問題です。')
  const browser = await forum.as(moderator)
  const verdict = { decision: 'ask_to_mend', reason: 'harsh', words: '言い方をやわらげてください。', mark: 'でも、ここが問題です。' }
  expect((await browser.get(`/moderation/${id}`)).body).toContain('<option>でも、ここが問題です。</option>')
  await browser.post(`/moderation/${id}/decision`, verdict)
  await forum.runJobs()
  const [flagger] = await forum.db.execute<{ account_id: number }>(sql`select account_id::int from flags where post_id = ${answer.id}`)
  const [hisPage, writer] = [
    await forum.as(await knownAgain(forum.db, flagger?.account_id ?? 0)),
    await forum.as(await knownAgain(forum.db, answer.authorId)),
  ]
  expect((await hisPage.get('/notifications')).body).toContain('通報を確認し、対応しました')
  const flags = (await hisPage.get('/me/flags')).body
  expect(flags).toContain('言い方をやわらげてください。')
  expect((await writer.get('/notifications?list=rules')).body).toContain('見直しを、モデレーターがお願いしています')
  const told = (await writer.get(`/me/decisions/${id}`)).body
  for (const part of ['言い方をやわらげてください。', '言葉がきつい', '<mark>でも、ここが問題です。</mark>', `/posts/${answer.id}/edit`])
    expect(told).toContain(part)
  const flaggerName = (await knownAgain(forum.db, flagger?.account_id ?? 0)).name
  expect(told, 'nobody is told who flagged').not.toContain(flaggerName)
  expect((await hisPage.get(`/me/decisions/${id}`)).statusCode).toBe(404)
})

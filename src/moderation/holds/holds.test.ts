import { randomUUID } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Browser, startTestApp, type TestApp } from '../../../test/app.ts'
import { happened } from '../../../test/happened.ts'
import { anOperator, makeAnswer, makeBoard, makeTopic, postNow, topicDraft, topicNow } from '../../../test/making.ts'
import { makeMember, makeModerator, makeOperator } from '../../../test/people.ts'
import type { Actor } from '../../accounts/actor.ts'
import type { BoardRow } from '../../boards/schema.ts'
import { topics } from '../../topics/schema.ts'
import { decideItem, undoDecision } from '../deciding.ts'
import { findItem } from '../queue_queries.ts'
import { addWords } from '../words/words.ts'
import { answeredBy } from './due.ts'
import { fingerprintOf, NEAR } from './fingerprint.ts'
import { changeHoldRules, HOLD_RULES } from './settings.ts'
import { weigh } from './weighing.ts'

let forum: TestApp
let board: BoardRow
let moderator: Actor
let operator: Actor

beforeAll(async () => {
  forum = await startTestApp()
  board = await makeBoard(forum.db)
  ;[moderator, operator] = [await makeModerator(forum.db, board), await makeOperator(forum.db)]
})
afterAll(() => forum.close())

const spam = 'こちらのお店が安いです。https://a.example/x と https://b.example/y をどうぞ。'
const send = (browser: Browser, topic: { id: number }, body: string) =>
  browser.post(`/t/${topic.id}/answers`, { body, draftKey: randomUUID() })
const heldIdOf = (answer: { headers: Record<string, unknown> }) =>
  Number(/^\/me\/held\/(\d+)$/.exec(String(answer.headers.location))?.[1] ?? 0)
const itemOf = async (postId: number, kind = 'hold') => {
  const [row] = await forum.db.execute<{ id: number }>(
    sql`select id::int as id from review_items where subject_id = ${postId} and kind = ${kind} order by id desc limit 1`,
  )
  return findItem(forum.db, anOperator, row?.id ?? 0)
}
const talk = async () => makeTopic(forum.db, await makeMember(forum.db), board)

test('what is held is seen by its writer and the moderators alone: not on the page, in lists, searches, feeds, counts or the API, and nobody hears of it', async () => {
  const topic = await talk()
  const writer = await makeMember(forum.db)
  const [own, guest] = [await forum.as(writer), await forum.as()]
  await guest.get(`/t/${topic.id}`)
  const id = heldIdOf(await send(own, topic, `${spam} 秘密のキーワードABC`))
  expect(id).toBeGreaterThan(0)
  await forum.runJobs()
  expect(await topicNow(forum.db, topic)).toMatchObject({ answerCount: 0, postCount: 1 })
  const stranger = await forum.as(await makeMember(forum.db))
  for (const browser of [guest, stranger])
    for (const path of [
      `/t/${topic.id}`,
      `/u/${writer.handle}`,
      '/search?q=秘密のキーワードABC',
      '/api/v1/search?q=秘密のキーワードABC',
      '/',
    ])
      expect((await browser.get(path)).body.replace(/value="[^"]*"|"query":"[^"]*"/g, '').includes('お店が安い'), path).toBe(false)
  for (const path of [`/posts/${id}`, `/posts/${id}/history`, `/posts/${id}/flags`, `/me/held/${id}`]) {
    expect((await stranger.get(path)).statusCode, path).toBe(404)
  }
  expect((await stranger.put(`/me/held/${id}`, { body: '書き換えます', revision: 1 })).statusCode).toBe(404)
  expect(await happened(forum.db)).not.toContain('answer.posted')
  const seen = (await own.get(`/me/held/${id}`)).body
  for (const part of ['モデレーターが確認します', '外部へのリンク', '<mark>https://a.example/x</mark>', '目安'])
    expect(seen, part).toContain(part)
  expect((await own.get(`/t/${topic.id}`)).body).toContain(`/me/held/${id}`)
  expect((await own.get('/me/held')).body).toContain(`/me/held/${id}`)
  expect((await (await forum.as(moderator)).get('/moderation')).body).toContain('外部へのリンク')
})

test('a held question opens no topic for anybody until it is shown; then it is new, counted, found and told of', async () => {
  const writer = await makeMember(forum.db)
  const own = await forum.as(writer)
  const before = (await forum.db.execute<{ n: number }>(sql`select topic_count as n from boards where id = ${board.id}`))[0]?.n ?? 0
  const { company: _, held: __, ...form } = topicDraft(board, { title: '珍しい題名のおすすめ商品', body: spam })
  const id = heldIdOf(await own.post('/ask', { ...form, products: '' }))
  const [row] = await forum.db.select().from(topics).where(sql`opening_id = ${id}`)
  const guest = await forum.as()
  expect((await guest.get(`/t/${row?.id}`)).statusCode).toBe(404)
  expect((await guest.get(`/b/${board.slug}`)).body).not.toContain('珍しい題名')
  await decideItem(forum.db, moderator, await itemOf(id), { decision: 'approve', reason: 'fine', words: '' })
  await forum.runJobs()
  expect((await guest.get(`/t/${row?.id}`)).statusCode).toBe(200)
  expect((await guest.get(`/b/${board.slug}`)).body).toContain('珍しい題名')
  expect((await guest.get('/search?q=珍しい題名')).body).toContain(`/t/${row?.id}`)
  expect((await forum.db.execute<{ n: number }>(sql`select topic_count as n from boards where id = ${board.id}`))[0]?.n).toBe(before + 1)
  expect((await own.get('/notifications')).body).toContain('表示しました')
  expect((await own.get(`/me/held/${id}`)).headers.location).toBe(`/posts/${id}`)
  await undoDecision(forum.db, moderator, await itemOf(id))
  await forum.runJobs()
  expect((await guest.get(`/t/${row?.id}`)).statusCode).toBe(404)
  expect((await itemOf(id)).decidedAt).toBeNull()
})

test('sent back, it is mended and handed in again, its words kept, and looked at by another moderator', async () => {
  const topic = await talk()
  const own = await forum.as(await makeMember(forum.db))
  const id = heldIdOf(await send(own, topic, spam))
  const verdict = { decision: 'reject', reason: 'spam', words: 'お店のリンクは外してください。', mark: 'こちらのお店が安いです。' }
  await decideItem(forum.db, moderator, await itemOf(id), verdict)
  await forum.runJobs()
  expect((await own.get('/notifications')).body).toContain('直していただきたいところがあります')
  const asked = (await own.get(`/me/held/${id}`)).body
  for (const part of ['お店のリンクは外してください。', '宣伝・迷惑な投稿', '<mark>こちらのお店が安いです。</mark>', 'https://b.example/y'])
    expect(asked).toContain(part)
  expect((await own.put(`/me/held/${id}`, { body: '', revision: 1 })).statusCode).toBe(422)
  expect((await own.put(`/me/held/${id}`, { body: '近所の量販店で比べてみてください。', revision: 1 })).statusCode).toBe(303)
  const again = await itemOf(id, 'second_look')
  expect(again).toMatchObject({ notById: moderator.id, decidedAt: null })
  await expect(decideItem(forum.db, moderator, again, { decision: 'approve', reason: 'fine', words: '' })).rejects.toThrow()
  await decideItem(forum.db, operator, again, { decision: 'approve', reason: 'fine', words: '' })
  await forum.runJobs()
  expect((await (await forum.as()).get(`/t/${topic.id}`)).body).toContain('近所の量販店で比べてみてください。')
  expect(await topicNow(forum.db, topic)).toMatchObject({ answerCount: 1, postCount: 2 })
})

test('what waits can be changed and taken back by its writer, and is then nobody’s work any more', async () => {
  const topic = await talk()
  const own = await forum.as(await makeMember(forum.db))
  const id = heldIdOf(await send(own, topic, spam))
  await own.put(`/me/held/${id}`, { body: 'リンクなしにしました。', revision: 1 })
  expect((await itemOf(id)).decidedAt).toBeNull()
  expect((await own.put(`/me/held/${id}`, { body: '古い画面からです。', revision: 1 })).statusCode).toBe(409)
  expect((await own.delete(`/me/held/${id}`)).statusCode).toBe(303)
  expect(await itemOf(id)).toMatchObject({ decision: 'dropped' })
  expect(await postNow(forum.db, { id })).toMatchObject({ heldAt: null, withdrawnAt: expect.any(Date) })
  expect((await own.get(`/me/held/${id}`)).statusCode).toBe(404)
})

test('the same draft sent twice is held once; a comment and an edit are held like an answer', async () => {
  const topic = await talk()
  const writer = await makeMember(forum.db)
  const own = await forum.as(writer)
  const form = { body: `${spam} 一度だけ`, draftKey: randomUUID() }
  const [one, two] = [await own.post(`/t/${topic.id}/answers`, form), await own.post(`/t/${topic.id}/answers`, form)]
  expect(heldIdOf(one)).toBe(heldIdOf(two))
  const comment = heldIdOf(await own.post(`/posts/${topic.openingId}/comments`, { body: `${spam} 別のコメント`, draftKey: randomUUID() }))
  expect(await postNow(forum.db, { id: comment })).toMatchObject({ kind: 'comment', heldAt: expect.any(Date) })
  const answer = await makeAnswer(forum.db, writer, topic, 'まともな回答です。')
  const edited = await own.put(`/posts/${answer.id}`, { body: `まともな回答です。${spam}`, revision: 1, reason: '' })
  expect(heldIdOf(edited)).toBe(answer.id)
  expect(await topicNow(forum.db, topic)).toMatchObject({ answerCount: 0, postCount: 1 })
  await decideItem(forum.db, moderator, await itemOf(answer.id), { decision: 'approve', reason: 'fine', words: '' })
  await decideItem(forum.db, moderator, await itemOf(comment), { decision: 'approve', reason: 'fine', words: '' })
  expect(await topicNow(forum.db, topic)).toMatchObject({ answerCount: 1, postCount: 3 })
  const asker = await makeMember(forum.db)
  const asked = await makeTopic(forum.db, asker, board)
  const addendum = await (await forum.as(asker)).post(`/t/${asked.id}/addenda`, { body: spam, draftKey: randomUUID() })
  expect(addendum.statusCode).toBe(422)
  expect(addendum.body).toContain('コメントとして投稿すると')
})

describe('each rule holds what it is for', () => {
  const weighed = async (actor: Actor, body: string) => (await weigh(forum.db, actor, { body, boardIds: [board.id] })).reasons
  const plain = 'ルーターの電源を入れ直したら、また使えるようになりました。'

  test('links to elsewhere at level 0: two or more', async () => {
    expect(await weighed(await makeMember(forum.db), 'https://a.example だけです')).toEqual([])
    expect(await weighed(await makeMember(forum.db), 'https://a.example https://a.example')).toEqual([])
    expect(await weighed(await makeMember(forum.db), 'https://a.example、https://b.example')).toEqual(['links'])
    expect(await weighed(await makeMember(forum.db, { level: 1 }), '比べた表です。https://a.example https://b.example')).toEqual([])
  })

  test('words on the lists hold everybody’s, but not the staff’s', async () => {
    const word = { words: 'ひみつの売薬', exceptions: '', exact: false, aimed: false, language: 'any', boardId: null } as const
    await addWords(forum.db, operator, { ...word, kind: 'other', weight: 2, action: 'hold' })
    expect(await weighed(await makeMember(forum.db, { level: 3 }), 'これは「ひみつの売薬」です')).toEqual(['word'])
    expect(await weighed(moderator, 'ひみつの売薬')).toEqual([])
  })

  test('a text newcomers have posted twice before, in nearly the same words', async () => {
    const text = '今だけの特別なご案内です。無料の相談会に申し込むと、豪華な景品がもらえます。お早めにどうぞ。'
    for (const words of [text, `${text}！`]) {
      expect(await weighed(await makeMember(forum.db), words)).toEqual([])
      await send(await forum.as(await makeMember(forum.db)), await talk(), words)
    }
    expect(await weighed(await makeMember(forum.db), text.replace('お早めに', 'すぐに'))).toEqual(['alike'])
    expect(await weighed(await makeMember(forum.db), plain)).toEqual([])
    expect(await weighed(await makeMember(forum.db), 'ありがとうございます。')).toEqual([])
  })

  test('more topics in five minutes than somebody reads on his first day', async () => {
    await changeHoldRules(forum.db, operator, { ...HOLD_RULES, burst: 3 })
    const [sprayer, talker] = [await makeMember(forum.db), await makeMember(forum.db)]
    const one = await talk()
    for (let n = 0; n < 6; n++) {
      await makeAnswer(forum.db, sprayer, await talk(), `${n}つ目の回答です。`)
      await makeAnswer(forum.db, talker, one, `${n}つ目の回答です。`)
    }
    expect(await weighed(sprayer, plain)).toEqual(['burst'])
    expect(await weighed(talker, plain)).toEqual([])
    await forum.db.execute(sql`update accounts set created_at = now() - interval '2 days' where id = ${sprayer.id}`)
    expect(await weighed(sprayer, plain)).toEqual([])
    await changeHoldRules(forum.db, operator, HOLD_RULES)
  })

  test('pictures of the very new', async () => {
    const picture = `${plain}\n\n![写真](/media/abc.webp)`
    expect(await weighed(await makeMember(forum.db, { level: 1 }), picture)).toEqual(['pictures'])
    expect(await weighed(await makeMember(forum.db, { level: 2 }), picture)).toEqual([])
  })

  test('first posts, as soon as the operator wants it; and members who are known cost no statement', async () => {
    const writer = await makeMember(forum.db)
    expect(await weighed(writer, plain)).toEqual([])
    await changeHoldRules(forum.db, operator, { ...HOLD_RULES, firstPosts: 1 })
    expect(await weighed(writer, plain)).toEqual(['first_post'])
    const known = await makeMember(forum.db, { createdAt: new Date(Date.now() - 2 * 86_400_000) })
    const topic = await talk()
    for (let n = 0; n < 5; n++) await makeAnswer(forum.db, known, topic, `${n}つ目です。`)
    expect(await weighed(known, plain)).toEqual([])
    await weighed(known, plain)
    forum.statements.length = 0
    await weighed(known, plain)
    await weighed({ ...known, id: 0, level: 2 }, plain)
    expect(forum.statements).toEqual([])
    await changeHoldRules(forum.db, operator, HOLD_RULES)
  })
})

test('the operator changes the rules in a form; nobody else does, and it is logged', async () => {
  const browser = await forum.as(operator)
  const form = { firstPosts: 2, links: 0, burst: 4, pictures: 3, repeated: 'yes' }
  expect((await browser.post('/moderation/rules', { ...form, burst: 'viele' })).statusCode).toBe(422)
  expect((await browser.post('/moderation/rules', form)).statusCode).toBe(303)
  expect((await browser.get('/moderation/rules')).body).toMatch(/name="firstPosts"[^>]*value="2"/)
  expect(
    (await weigh(forum.db, await makeMember(forum.db), { body: 'https://a.example https://b.example', boardIds: [] })).reasons,
  ).toEqual(['first_post'])
  expect((await (await forum.as(moderator)).post('/moderation/rules', form)).statusCode).toBe(403)
  expect((await browser.get('/moderation/audit?deed=holds_changed')).body).toContain('承認待ちの決まりを変えました')
  await changeHoldRules(forum.db, operator, HOLD_RULES)
})

const differing = (one = 0n, two = 0n) => [...BigInt.asUintN(64, one ^ two).toString(2)].filter(bit => bit === '1').length

test('texts that say the same have prints that are near; of the many texts of the demo no two have', () => {
  const text = 'いまなら中継器が半額です。詳しくは私のお店のページをご覧ください。在庫限り、お早めにどうぞ。'
  expect(differing(fingerprintOf(text), fingerprintOf(text.replaceAll('。', '！\n')))).toBe(0)
  expect(differing(fingerprintOf(text), fingerprintOf(text.replace('中継器', 'ルーター')))).toBeLessThanOrEqual(NEAR)
  expect(fingerprintOf('ありがとうございます')).toBeUndefined()
  const files = globSync('src/transfer/demo/topics/*.json').map(
    file => JSON.parse(readFileSync(file, 'utf8')) as { body: string; answers: { body: string }[] }[],
  )
  const prints = files
    .flat()
    .flatMap(({ body, answers }) => [body, ...answers.map(each => each.body)].map(fingerprintOf).filter(print => print !== undefined))
  expect(prints.length).toBeGreaterThan(200)
  const near = prints.flatMap((print, place) => prints.slice(0, place).filter(other => differing(print, other) <= NEAR))
  expect(near).toEqual([])
})

test.each([
  ['2026-11-24T10:00:00+09:00', '2026-11-24T13:00:00+09:00'],
  ['2026-11-24T20:00:00+09:00', '2026-11-25T11:00:00+09:00'],
  ['2026-11-24T23:30:00+09:00', '2026-11-25T12:00:00+09:00'],
  ['2026-11-24T03:00:00+09:00', '2026-11-24T12:00:00+09:00'],
])('what comes at %s is looked at by %s', (at, by) => {
  expect(answeredBy(new Date(at)).toISOString()).toBe(new Date(by).toISOString())
})

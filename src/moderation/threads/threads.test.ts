import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/app.ts'
import { makeCompany, makeProduct } from '../../../test/companies.ts'
import { makeAnswer, makeBoard, makeComment, makeTopic, openingOf, postNow, topicNow } from '../../../test/making.ts'
import { knownAgain, makeAgent, makeMember, makeModerator, makeOperator } from '../../../test/people.ts'
import type { Actor } from '../../accounts/actor.ts'
import type { BoardRow } from '../../boards/schema.ts'
import { nameProducts } from '../../companies/naming.ts'
import type { Db } from '../../platform/db.ts'
import { Conflict, Invalid, Refused } from '../../platform/errors.ts'
import { react } from '../../reactions/reactions.ts'
import { pickBest } from '../../topics/best_answers.ts'
import { postPath } from '../../topics/paths.ts'
import { listTopics, type Topic } from '../../topics/queries.ts'
import { hideTopic, lockThread, markDuplicate, unlistTopic } from './marking.ts'
import { mergeTopic } from './merging.ts'
import { moveTopic } from './moving.ts'
import { listChanges } from './queries.ts'
import { rewritePost } from './rewriting.ts'
import { splitTopic } from './splitting.ts'
import { undoChange } from './undoing.ts'

let forum: TestApp
let db: Db
let board: BoardRow
let moderator: Actor

beforeAll(async () => {
  forum = await startTestApp()
  db = forum.db
  board = await makeBoard(db)
  moderator = await makeModerator(db, board)
})
afterAll(() => forum.close())

const why = { reason: '同じ話を一か所にまとめます' }

async function thread(place: BoardRow = board) {
  const [asker, helper] = [await makeMember(db), await makeMember(db)]
  const topic = await makeTopic(db, asker, place)
  const answer = await makeAnswer(db, helper, topic)
  const comment = await makeComment(db, asker, answer)
  return { asker, helper, topic: await topicNow(db, topic), answer, comment }
}
const newest = async (topic: { id: number }) => (await listChanges(db, topic.id))[0]?.change.id ?? expect.fail('nothing was done')
const undo = async (topic: { id: number }) => undoChange(db, moderator, await newest(topic))
const raw = async (id: number) => (await db.execute(sql`select * from topics where id = ${id}`))[0] ?? expect.fail('no topic')
const topicsIn = async ({ id }: { id: number }) =>
  Number((await db.execute<{ n: number }>(sql`select topic_count as n from boards where id = ${id}`))[0]?.n)
const pointsOf = async ({ id }: { id: number }) =>
  Number((await db.execute<{ points: number }>(sql`select points from accounts where id = ${id}`))[0]?.points)
const found = async (words: string) => (await (await forum.as()).get(`/search?q=${encodeURIComponent(words)}`)).body

describe('moving', () => {
  test('a topic goes to another board with its counts; its address stays, and it comes back', async () => {
    const { topic } = await thread()
    const elsewhere = await makeBoard(db)
    const [here, there] = [await topicsIn(board), await topicsIn(elsewhere)]
    await moveTopic(db, moderator, topic, { boardId: elsewhere.id, ...why })
    expect(await topicNow(db, topic)).toMatchObject({ boardId: elsewhere.id, rootBoardId: elsewhere.id })
    expect([await topicsIn(board), await topicsIn(elsewhere)]).toEqual([here - 1, there + 1])
    await expect(undo(topic), 'it is no longer his').rejects.toThrow(Refused)
    await undoChange(db, await makeOperator(db), await newest(topic))
    expect(await topicNow(db, topic)).toMatchObject({ boardId: board.id })
    expect([await topicsIn(board), await topicsIn(elsewhere)]).toEqual([here, there])
  })

  test('ten who move it at once move it once, and guests see it where it is', async () => {
    const { topic } = await thread()
    const boards = await Promise.all(Array.from({ length: 10 }, () => makeBoard(db)))
    const before = await topicsIn(board)
    const guest = await forum.as()
    expect((await guest.get(`/b/${board.slug}`)).body).toContain(`/t/${topic.id}/`)
    const outcomes = await Promise.allSettled(boards.map(({ id }) => moveTopic(db, moderator, topic, { boardId: id, ...why })))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    expect((await Promise.all(boards.map(topicsIn))).reduce((sum, n) => sum + n)).toBe(1)
    expect(await topicsIn(board)).toBe(before - 1)
    await forum.runJobs()
    const now = await topicNow(db, topic)
    expect((await guest.get(`/b/${board.slug}`)).body).not.toContain(`/t/${topic.id}/`)
    expect((await guest.get(`/b/${now.board.slug}`)).body).toContain(`/t/${topic.id}/`)
  })

  test('not to where its kind is not taken, nor by who does not moderate it', async () => {
    const { topic } = await thread()
    const tips = await makeBoard(db, { kinds: ['tip'] })
    await expect(moveTopic(db, moderator, topic, { boardId: tips.id, ...why })).rejects.toThrow(Invalid)
    await expect(moveTopic(db, moderator, topic, { boardId: board.id, ...why })).rejects.toThrow(Invalid)
    await expect(moveTopic(db, moderator, topic, { boardId: tips.id, reason: ' \u200b ' })).rejects.toThrow(Invalid)
    await expect(moveTopic(db, await makeMember(db, { level: 4 }), topic, { boardId: tips.id, ...why })).rejects.toThrow(Refused)
  })
})

describe('merging', () => {
  test('everything stands in the other topic, the old addresses lead there, points stay right; undone, it is as before', async () => {
    const [one, other] = [await thread(), await thread()]
    await pickBest(db, one.asker, one.answer)
    await react(db, one.asker, one.answer, 'thanks')
    await forum.runJobs()
    const [before, countsBefore] = [await pointsOf(one.helper), await raw(one.topic.id)]
    const otherBefore = await raw(other.topic.id)
    const here = await topicsIn(board)
    await mergeTopic(db, moderator, one.topic, { into: `https://example.com/t/${other.topic.id}/x`, ...why })
    await forum.runJobs()
    expect(await topicNow(db, other.topic)).toMatchObject({ answerCount: 2, postCount: 6 })
    expect(await topicsIn(board)).toBe(here - 1)
    const guest = await forum.as()
    const led = await guest.get(`/t/${one.topic.id}/any`)
    expect([led.statusCode, led.headers.location]).toEqual([
      302,
      `/t/${other.topic.id}?at=${one.topic.openingId}#post-${one.topic.openingId}`,
    ])
    expect((await guest.get(`/t/${one.topic.id}?at=${one.answer.id}`)).statusCode).toBe(302)
    expect((await guest.get(`/posts/${one.comment.id}`)).headers.location).toContain(`/t/${other.topic.id}/`)
    const page = (await guest.get(`/t/${other.topic.id}`)).body
    expect(page).toContain(`id="post-${one.topic.openingId}"`)
    expect(page).toContain('からまとめました')
    expect(await pointsOf(one.helper), 'no best answer there, the thanks stay').toBe(before - 20)
    expect(await pointsOf(one.asker), 'a question among answers is none').toBe(1)
    await undo(one.topic)
    await forum.runJobs()
    expect(await raw(one.topic.id)).toEqual(countsBefore)
    expect(await raw(other.topic.id)).toMatchObject({ answer_count: otherBefore.answer_count, post_count: otherBefore.post_count })
    expect(await postNow(db, { id: one.topic.openingId ?? 0 })).toMatchObject({ kind: 'opening', askedAs: null, topicId: one.topic.id })
    expect(await pointsOf(one.helper)).toBe(before)
    expect((await guest.get(`/t/${one.topic.id}`)).statusCode).toBe(200)
  })

  test('of ten who merge at once, here and there, one does; posts that come meanwhile are never in a topic nobody reads', async () => {
    const [one, other] = [await thread(), await thread()]
    const writers = await Promise.all(Array.from({ length: 6 }, () => makeMember(db)))
    const merges = Array.from({ length: 10 }, (_, n) =>
      n % 2
        ? mergeTopic(db, moderator, one.topic, { into: String(other.topic.id), ...why })
        : mergeTopic(db, moderator, other.topic, { into: String(one.topic.id), ...why }),
    )
    const posted = await Promise.allSettled([
      ...merges.map(each => each.then(() => 'merged')),
      ...writers.map(each => makeAnswer(db, each, one.topic).then(() => 'posted')),
    ])
    const done = posted.flatMap(each => (each.status === 'fulfilled' ? [each.value] : []))
    expect(done.filter(each => each === 'merged')).toHaveLength(1)
    const lost = await db.execute(sql`select p.id from posts p join topics t on t.id = p.topic_id
      where t.id in (${one.topic.id}, ${other.topic.id}) and t.merged_into_id is not null`)
    expect(lost).toHaveLength(0)
    await ensureCounted([one.topic, other.topic])
  })

  test('not with itself, not with what is not there or another’s, not with a topic for other readers', async () => {
    const { topic } = await thread()
    const foreign = await makeTopic(db, await makeMember(db), await makeBoard(db))
    const inside = await makeTopic(db, moderator, await makeBoard(db, { visibility: 'members', parentId: board.id }))
    const again = await knownAgain(db, moderator.id)
    for (const into of [String(topic.id), '999999', 'なんでもない', `/t/${foreign.id}/x`, `/t/${inside.id}`])
      await expect(mergeTopic(db, again, topic, { into, ...why }), into).rejects.toThrow(Invalid)
  })

  test('who was writing in the old topic keeps his words', async () => {
    const [one, other] = [await thread(), await thread()]
    await mergeTopic(db, moderator, one.topic, { into: String(other.topic.id), ...why })
    const member = await forum.as(await makeMember(db))
    const late = await member.post(`/t/${one.topic.id}/answers`, { body: '書いていた回答です。', draftKey: 'late-to-merge' })
    expect(late.statusCode).toBe(409)
    expect(late.body).toContain('書いていた回答です。')
  })
})

describe('splitting', () => {
  test('answers become a topic with their comments; links to them lead there; undone, they are back and so is what came since', async () => {
    const { topic, answer, comment } = await thread()
    const stays = await makeAnswer(db, await makeMember(db), topic)
    const opened = await splitTopic(db, moderator, topic, { postIds: [answer.id], title: '分けたあとの話題です', kind: 'question', ...why })
    expect(await topicNow(db, topic)).toMatchObject({ answerCount: 1, postCount: 2 })
    expect(await topicNow(db, opened)).toMatchObject({ answerCount: 0, postCount: 2, authorId: answer.authorId, boardId: board.id })
    const guest = await forum.as()
    expect((await guest.get(`/t/${topic.id}?at=${answer.id}`)).headers.location).toBe(postPath(opened, answer))
    expect((await guest.get(`/posts/${comment.id}`)).headers.location).toContain(`/t/${opened.id}/`)
    expect((await guest.get(`/t/${topic.id}?at=${stays.id}`)).statusCode).toBe(200)
    await makeAnswer(db, await makeMember(db), await topicNow(db, opened))
    await undo(topic)
    expect(await topicNow(db, topic)).toMatchObject({ answerCount: 3, postCount: 5 })
    expect((await guest.get(`/t/${opened.id}`)).headers.location).toContain(`/t/${topic.id}?at=${answer.id}`)
    await ensureCounted([topic])
  })

  test('of ten who split the same answer off one does', async () => {
    const { topic, answer } = await thread()
    const split = { postIds: [answer.id], title: '分けたあとの話題です', kind: 'question' as const, ...why }
    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => splitTopic(db, moderator, topic, split)))
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const outcome of outcomes) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(Conflict)
    await expect(splitTopic(db, moderator, topic, { ...split, postIds: [] })).rejects.toThrow(Invalid)
  })
})

test('any walk of merges, splits and their undoing keeps every post once, in a topic that is read, and counted', async () => {
  const start = await Promise.all(Array.from({ length: 3 }, () => thread()))
  const all = () =>
    db.execute<{ id: number; merged_into_id: number | null }>(
      sql`select id::int as id, merged_into_id from topics where board_id = ${board.id} and id >= ${start[0]?.topic.id ?? 0} order by id`,
    )
  const standing = async () => (await all()).filter(row => row.merged_into_id === null).map(row => row.id)
  const posts = await countPosts(start[0]?.topic.id ?? 0)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.constantFrom('merge', 'split', 'undo'), fc.nat(9), fc.nat(9)), { maxLength: 6 }), async steps => {
      for (const [step, a, b] of steps) {
        const ids = await standing()
        const topic = await topicNow(db, { id: ids[a % ids.length] ?? 0 })
        await takeStep(step, topic, ids[b % ids.length] ?? 0).catch(error => {
          if (![Conflict, Invalid].some(kind => error instanceof kind)) throw error
        })
      }
      const now = await all()
      expect(await countPosts(start[0]?.topic.id ?? 0)).toBe(posts)
      const unread = await db.execute(
        sql`select p.id from posts p join topics t on t.id = p.topic_id where t.merged_into_id is not null and t.id >= ${start[0]?.topic.id ?? 0}`,
      )
      expect(unread).toHaveLength(0)
      await ensureCounted(now.filter(row => row.merged_into_id === null))
    }),
    { numRuns: 12, seed: 20261124 },
  )
}, 60_000)

async function takeStep(step: string, topic: Topic, otherId: number): Promise<unknown> {
  if (step === 'merge') return mergeTopic(db, moderator, topic, { into: String(otherId), ...why })
  if (step === 'undo') return (await listChanges(db, topic.id)).length > 0 ? undo(topic) : undefined
  const rows = await db.execute<{ id: number }>(
    sql`select id::int as id from posts where topic_id = ${topic.id} and kind = 'answer' order by id desc limit 1`,
  )
  return splitTopic(db, moderator, topic, { postIds: rows.map(({ id }) => id), title: '分けたあとの話題です', kind: 'question', ...why })
}
const countPosts = async (from: number) =>
  Number(
    (
      await db.execute<{ n: number }>(
        sql`select count(*) as n from posts p join topics t on t.id = p.topic_id where t.board_id = ${board.id} and t.id >= ${from}`,
      )
    )[0]?.n,
  )

/** Each topic has one opening, and says how many posts and answers stand in it. */
async function ensureCounted(all: { id: number }[]): Promise<void> {
  for (const { id } of all) {
    const [row] = await db.execute<{ openings: number; answers: number; posts: number; merged: boolean }>(sql`
      select count(*) filter (where kind = 'opening')::int as openings, count(*) filter (where kind = 'answer' and asked_as is null)::int as answers,
        count(*)::int as posts, (select merged_into_id is not null from topics where id = ${id}) as merged from posts where topic_id = ${id}`)
    if (row?.merged) continue
    expect(row?.openings).toBe(1)
    expect(await topicNow(db, { id })).toMatchObject({ answerCount: row?.answers, postCount: row?.posts })
  }
}

describe('marking', () => {
  test('a duplicate is closed and points to the original, until that is undone', async () => {
    const [one, other] = [await thread(), await thread()]
    await markDuplicate(db, moderator, one.topic, { of: `/t/${other.topic.id}`, ...why })
    const guest = await forum.as()
    expect((await guest.get(`/t/${one.topic.id}`)).body).toContain(`href="/t/${other.topic.id}/`)
    await expect(makeAnswer(db, one.helper, await topicNow(db, one.topic))).rejects.toThrow(Refused)
    await expect(markDuplicate(db, moderator, other.topic, { of: String(one.topic.id), ...why }), 'no circle').rejects.toThrow(Invalid)
    await undo(one.topic)
    expect(await topicNow(db, one.topic)).toMatchObject({ duplicateOfId: null, closedAt: null, closedById: null })
  })

  test('a lock is not opened by the asker; undone, it is as open or closed as before', async () => {
    const { topic, asker } = await thread()
    await lockThread(db, moderator, topic, why)
    expect((await (await forum.as(asker)).delete(`/t/${topic.id}/close`)).statusCode).toBe(403)
    await undo(topic)
    expect(await topicNow(db, topic)).toMatchObject({ closedAt: null })
    await makeAnswer(db, asker, await topicNow(db, topic))
  })

  test('an unlisted topic is in no list and not found, and read by its address', async () => {
    const asker = await makeMember(db)
    const topic = await makeTopic(db, asker, board, { title: 'ひとりだけの珍しい題名カモノハシ' })
    await forum.runJobs()
    expect(await found('カモノハシ')).toContain(`/t/${topic.id}/`)
    await unlistTopic(db, moderator, topic, why)
    await forum.runJobs()
    expect(await found('カモノハシ')).not.toContain(`/t/${topic.id}/`)
    expect((await listTopics(db, asker, { list: 'new', board })).rows.map(({ id }) => id)).not.toContain(topic.id)
    expect((await (await forum.as()).get(`/t/${topic.id}`)).statusCode).toBe(200)
    await undo(topic)
    await forum.runJobs()
    expect(await found('カモノハシ')).toContain(`/t/${topic.id}/`)
  })

  test('a hidden topic is for moderators alone; its points go and come back', async () => {
    const { topic, asker } = await thread()
    await react(db, await makeMember(db), await openingOf(db, topic), 'me_too')
    await forum.runJobs()
    const before = await pointsOf(asker)
    const here = await topicsIn(board)
    await hideTopic(db, moderator, topic, why)
    await forum.runJobs()
    expect((await (await forum.as(asker)).get(`/t/${topic.id}`)).statusCode).toBe(404)
    expect(await pointsOf(asker)).toBe(before - 1)
    expect(await topicsIn(board)).toBe(here - 1)
    const both = await Promise.allSettled([undo(topic), undo(topic)])
    expect(both.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    await forum.runJobs()
    expect(await topicsIn(board)).toBe(here)
    expect(await pointsOf(asker)).toBe(before)
    expect((await (await forum.as(asker)).get(`/t/${topic.id}`)).statusCode).toBe(200)
  })

  test('words are mended with a reason, as a version in the moderator’s name; undone, the old ones stand and nothing is lost', async () => {
    const { answer, helper } = await thread()
    await expect(rewritePost(db, moderator, answer, { body: '別の文です。', reason: '', revision: 1 })).rejects.toThrow(Invalid)
    await rewritePost(db, moderator, answer, { body: '電話番号を消した文です。', reason: '電話番号を消しました', revision: 1 })
    expect(await postNow(db, answer)).toMatchObject({ body: '電話番号を消した文です。', revision: 2, authorId: helper.id })
    await undo({ id: answer.topicId })
    expect(await postNow(db, answer)).toMatchObject({ body: answer.body, revision: 3 })
  })
})

test('who works for a company the topic is about puts nothing in order there, whatever else he is', async () => {
  const { topic, answer } = await thread()
  const company = await makeCompany(db)
  const product = await makeProduct(db, company)
  await nameProducts(db, await makeOperator(db), topic, product.nameJa)
  const { id } = await makeAgent(db, company)
  await db.execute(sql`insert into board_moderators (account_id, board_id) values (${id}, ${board.id})`)
  await db.execute(sql`update accounts set moderates = true where id = ${id}`)
  const agent = await knownAgain(db, id)
  const about = await topicNow(db, topic)
  for (const deed of [hideTopic, lockThread, unlistTopic]) await expect(deed(db, agent, about, why)).rejects.toThrow(Refused)
  await expect(rewritePost(db, agent, await postNow(db, answer), { body: '別の文です。', ...why, revision: 1 })).rejects.toThrow(Refused)
  const browser = await forum.as(agent)
  expect((await browser.post(`/t/${topic.id}/moderation/hide`, why)).statusCode).toBe(403)
  expect((await browser.get(`/t/${topic.id}/moderation`)).body).toContain('ほかのモデレーターが行います')
})

test('what was done is in the audit, once each, also by the buttons that members have; its author is told where his topic stands', async () => {
  const [one, other] = [await thread(), await thread()]
  const deedsAbout = async (subject: string, id: number) =>
    (
      await db.execute<{ deed: string }>(
        sql`select deed from audit_entries where subject = ${subject} and subject_id = ${id} order by number`,
      )
    ).map(({ deed }) => deed)
  const browser = await forum.as(moderator)
  await browser.post(`/posts/${one.answer.id}/hiding`, { reason: 'spam' })
  await browser.delete(`/posts/${one.answer.id}/hiding`)
  await browser.post(`/t/${one.topic.id}/close`)
  await browser.delete(`/t/${one.topic.id}/close`)
  await (await forum.as(one.asker)).post(`/t/${one.topic.id}/close`)
  await (await forum.as(one.asker)).delete(`/t/${one.topic.id}/close`)
  await mergeTopic(db, moderator, one.topic, { into: String(other.topic.id), ...why })
  await undo(one.topic)
  expect(await deedsAbout('post', one.answer.id)).toEqual(['post_hidden', 'post_shown'])
  expect(await deedsAbout('topic', one.topic.id)).toEqual(['topic_closed', 'topic_reopened', 'thread_merged', 'thread_undone'])
  await forum.runJobs()
  const told = await db.execute<{ kind: string; actor: number | null }>(
    sql`select kind, actor_id as actor from notices where account_id = ${one.asker.id} and kind = 'merged'`,
  )
  expect(told).toEqual([{ kind: 'merged', actor: null }])
})

test('the pages: a menu, a form that says what is missing, a log with its undo; everybody else is turned away', async () => {
  const { topic, answer, comment, asker } = await thread()
  const browser = await forum.as(moderator)
  const menu = (await browser.get(`/t/${topic.id}`)).body
  expect(menu).toContain(`/t/${topic.id}/moderation"`)
  expect(menu).toContain(`/posts/${answer.id}/moderation"`)
  expect(menu, 'a comment too').toContain(`/posts/${comment.id}/moderation"`)
  for (const form of ['move', 'merge', 'split', 'duplicate', 'lock', 'unlist', 'hide']) {
    const wrong = await browser.post(`/t/${topic.id}/moderation/${form}`, { reason: '' })
    expect(wrong.statusCode, form).toBe(422)
    expect(wrong.body).toContain('id="reason-error"')
  }
  const wrong = await browser.post(`/t/${topic.id}/moderation/merge`, { into: '/t/0', ...why })
  expect(wrong.body).toContain('id="into-error"')
  expect(wrong.body).toContain(`value="${why.reason}"`)
  expect((await browser.post(`/t/${topic.id}/moderation/lock`, why)).statusCode).toBe(303)
  const log = (await browser.get(`/t/${topic.id}/moderation`)).body
  expect(log).toContain(why.reason)
  const path = /action="(\/moderation\/changes\/\d+\/undo)"/.exec(log)?.[1] ?? ''
  expect((await browser.post(path)).statusCode).toBe(303)
  expect((await browser.post(path)).statusCode).toBe(409)
  const other = await forum.as(await makeModerator(db, await makeBoard(db)))
  for (const each of [await forum.as(asker), other]) {
    expect([403, 404]).toContain((await each.get(`/t/${topic.id}/moderation`)).statusCode)
    expect([403, 404]).toContain((await each.post(`/t/${topic.id}/moderation/lock`, why)).statusCode)
  }
})

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { anOperator, boardDraft, makeAnswer, makeBoard, makeTopic, openingOf, postNow, topicNow } from '../../test/making.ts'
import { knownAgain, makeMember, makeModerator, visitor } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import { editBoard } from '../boards/boards.ts'
import { listBoards } from '../boards/queries.ts'
import type { BoardRow } from '../boards/schema.ts'
import { record } from '../platform/outbox.ts'
import { addAddendum } from '../topics/adding.ts'
import { pickBest } from '../topics/best_answers.ts'
import { closeTopic } from '../topics/closing.ts'
import { editPost } from '../topics/editing.ts'
import { withdrawPost } from '../topics/withdrawing.ts'
import { findSimilar, searchForum } from './queries.ts'

let forum: TestApp
let asker: Actor
let helper: Actor
let board: BoardRow

beforeAll(async () => {
  forum = await startTestApp()
  const { db } = forum
  ;[asker, helper, board] = [await makeMember(db), await makeMember(db), await makeBoard(db)]
})
afterAll(() => forum.close())

/** What a search finds; the tests use words that share no letter with others, because parts of Japanese words match too. */
async function found(q: string, reader: Actor = visitor, asked: object = {}) {
  const { db, services } = forum
  const result = await searchForum(db, services.search, reader, { q, ...asked }, await listBoards(db, reader))
  return result?.results.map(({ topic, postId }) => ({ topicId: topic.id, postId })) ?? []
}

test('what was asked and answered is found once its job has run, and leads to the post that says it', async () => {
  const { db } = forum
  const topic = await makeTopic(db, asker, board, { title: 'suihankiの予約が消えます' })
  const answer = await makeAnswer(db, helper, topic, 'botandenchiを交換してください。')
  expect(await found('suihanki')).toEqual([])
  await forum.runJobs()
  expect(await found('suihanki')).toMatchObject([{ topicId: topic.id }])
  expect(await found('botandenchi')).toEqual([{ topicId: topic.id, postId: answer.id }])
})

test('an event whose job runs again changes nothing', async () => {
  const { db, services } = forum
  const topic = await makeTopic(db, asker, board, { title: 'senpukiから異音がします' })
  await forum.runJobs()
  const count = await services.search.count()
  for (let n = 0; n < 3; n++)
    await record(db, 'topic.asked', { topicId: topic.id, boardId: board.id, actorId: asker.id, postId: topic.openingId ?? 0 })
  await forum.runJobs()
  expect(await services.search.count()).toBe(count)
  expect(await found('senpuki')).toHaveLength(1)
})

test('an edited post is found by its new words and no longer by the old; a new title counts for the answers too', async () => {
  const { db } = forum
  const topic = await makeTopic(db, asker, board, { title: 'reizokoが冷えません', body: 'shimoが付いています。' })
  const answer = await makeAnswer(db, helper, topic, 'まずtobiragomuを見てください。')
  await editPost(db, helper, answer, { body: 'konsentoを抜いて一晩待ちます。', reason: '', revision: 1 })
  await editPost(db, asker, await openingOf(db, topic), {
    title: 'seihyokiが動きません',
    body: '氷ができません。',
    reason: '',
    revision: 1,
  })
  await forum.runJobs()
  expect(await found('konsento')).toMatchObject([{ postId: answer.id }])
  expect(await found('seihyoki')).toMatchObject([{ topicId: topic.id }])
  for (const old of ['tobiragomu', 'reizoko', 'shimo']) expect(await found(old), old).toEqual([])
})

test('an addendum is found', async () => {
  const { db } = forum
  const topic = await makeTopic(db, asker, board, { title: '洗濯機が途中で止まります' })
  await addAddendum(db, asker, topic, { body: '表示はエラーE7です。haisuihosuは替えました。', draftKey: 'one-draft-key' })
  await forum.runJobs()
  expect(await found('haisuihosu')).toMatchObject([{ topicId: topic.id }])
})

test('what was taken back is found no more, post by post and as a whole', async () => {
  const { db } = forum
  const topic = await makeTopic(db, asker, board, { title: 'denshirenjiが温まりません' })
  const answer = await makeAnswer(db, helper, topic, 'magunetoronの寿命でしょう。')
  await forum.runJobs()
  await withdrawPost(db, helper, answer)
  expect(await found('magunetoron'), 'before its job ran').toEqual([])
  await forum.runJobs()
  expect(await found('magunetoron')).toEqual([])
  expect(await found('denshirenji')).toHaveLength(1)
  await withdrawPost(db, asker, await openingOf(db, topic))
  await forum.runJobs()
  expect(await found('denshirenji')).toEqual([])
  const left = await db.execute(sql`select 1 from search_documents where group_id = ${String(topic.id)}`)
  expect(left).toHaveLength(0)
})

test('what was hidden is found no more, at once and by nobody', async () => {
  const { db, services } = forum
  const topic = await makeTopic(db, asker, board, { title: 'sojikiの吸引力が落ちた' })
  const answer = await makeAnswer(db, helper, topic, 'firutaを水洗いします。')
  await forum.runJobs()
  await db.execute(sql`update posts set hidden_at = now() where id = ${answer.id}`)
  for (const reader of [visitor, asker]) expect(await found('firuta', reader)).toEqual([])
  await record(db, 'topic.changed', { topicId: topic.id, boardId: board.id, actorId: asker.id })
  await forum.runJobs()
  const documents = await db.execute<{ id: string }>(sql`select id from search_documents where group_id = ${String(topic.id)}`)
  expect(documents.map(document => document.id)).toEqual([`post-${topic.openingId}`])
  await db.execute(sql`update topics set hidden_at = now() where id = ${topic.id}`)
  expect(await found('sojiki')).toEqual([])
  expect(await findSimilar(db, services.search, visitor, 'sojiki', { limit: 5, solvedFirst: false })).toEqual([])
})

test('topics of boards for members and staff are found by those alone, also after the board changed', async () => {
  const { db } = forum
  const closed = await makeBoard(db, { visibility: 'staff' })
  const moderator = await makeModerator(db, closed)
  const topic = await makeTopic(db, moderator, closed, { title: 'nairankaiの段取りについて' })
  await forum.runJobs()
  expect(await found('nairankai')).toEqual([])
  expect(await found('nairankai', await makeMember(db))).toEqual([])
  expect(await found('nairankai', await knownAgain(db, moderator.id))).toMatchObject([{ topicId: topic.id }])
  await editBoard(db, anOperator, closed, boardDraft({ slug: closed.slug, visibility: 'public', moderators: [moderator.handle] }))
  await forum.runJobs()
  expect(await found('nairankai')).toMatchObject([{ topicId: topic.id }])
  await editBoard(db, anOperator, { ...closed, visibility: 'public' }, boardDraft({ slug: closed.slug, visibility: 'members' }))
  expect(await found('nairankai'), 'before its job ran').toEqual([])
})

test('solved and unsolved, kinds, boards and tags narrow a search', async () => {
  const { db } = forum
  const parent = await makeBoard(db)
  const child = await makeBoard(db, { parentId: parent.id })
  const topic = await makeTopic(db, asker, child, { title: 'kashitsukiから白い粉が出ます', tags: 'Dainichi' })
  const tip = await makeTopic(db, asker, parent, { title: 'kashitsukiの掃除はクエン酸で', kind: 'tip' })
  const answer = await makeAnswer(db, helper, topic)
  await forum.runJobs()
  const ids = async (asked: object) => (await found('kashitsuki', visitor, asked)).map(hit => hit.topicId).toSorted((a, b) => a - b)
  expect(await ids({})).toEqual([topic.id, tip.id])
  expect(await ids({ board: parent.slug })).toEqual([topic.id, tip.id])
  expect(await ids({ board: child.slug })).toEqual([topic.id])
  expect(await ids({ board: board.slug })).toEqual([])
  expect(await ids({ kind: 'tip' })).toEqual([tip.id])
  expect(await ids({ tag: 'dainichi' })).toEqual([topic.id])
  expect(await ids({ solved: 'yes' })).toEqual([])
  await pickBest(db, asker, await postNow(db, answer))
  await forum.runJobs()
  expect(await ids({ solved: 'yes' })).toEqual([topic.id])
  expect(await ids({ solved: 'no' })).toEqual([tip.id])
})

test('similar topics lead with solved questions, leave out the topic itself and what is still unanswered', async () => {
  const { db, services } = forum
  const make = (title: string) => makeTopic(db, asker, board, { title })
  const [waiting, solved, answered] = [
    await make('kukiseijokiが入らない'),
    await make('kukiseijokiが切れる'),
    await make('kukiseijokiが落ちる'),
  ]
  await closeTopic(db, asker, solved, { solved: true })
  await makeAnswer(db, helper, answered)
  await forum.runJobs()
  const similar = (options: { except?: number; solvedFirst: boolean }) =>
    findSimilar(db, services.search, visitor, 'kukiseijoki', { limit: 5, ...options }).then(topics => topics.map(topic => topic.id))
  expect(await similar({ solvedFirst: true })).toEqual([solved.id, answered.id])
  expect((await similar({ solvedFirst: false, except: solved.id })).toSorted((a, b) => a - b)).toEqual([waiting.id, answered.id])
})

test('a tag leads to the topics that carry it', async () => {
  const { db, services } = forum
  const topic = await makeTopic(db, asker, board, { title: '録画した番組が消えました', tags: 'ＨＤＤレコーダー' })
  const [tag] = (await topicNow(db, topic)).tags
  const tagged = async (asked: string) =>
    (await searchForum(db, services.search, visitor, { tag: asked }, []))?.results.map(hit => hit.topic.id)
  expect(tag).toBe('HDDレコーダー')
  expect(await tagged('HDDレコーダー')).toEqual([topic.id])
  expect(await tagged('ない札')).toEqual([])
})

test('two jobs of one topic at once leave what stands now', async () => {
  const { db, services } = forum
  const { refreshTopicDocuments } = await import('./documents.ts')
  const topic = await makeTopic(db, asker, board, { title: '体重計の表示がおかしい', body: 'safaiaです。' })
  const opening = await openingOf(db, topic)
  let edited = false
  // The slower job has read the old words when the topic is edited and the faster job puts the new ones.
  const slow = {
    ...services.search,
    put: async (documents: Parameters<typeof services.search.put>[0]) => {
      if (!edited) {
        edited = true
        await editPost(db, asker, opening, { body: 'emerarudoです。', reason: '', revision: 1 })
        await forum.runJobs()
      }
      await services.search.put(documents)
    },
  }
  await refreshTopicDocuments(db, slow, topic.id)
  expect(await found('safaia')).toEqual([])
  expect(await found('emerarudo')).toMatchObject([{ topicId: topic.id }])
})

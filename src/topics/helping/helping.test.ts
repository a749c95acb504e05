import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../../test/app.ts'
import { makeAnswer, makeBoard, makeComment, makeTopic, openingOf, postNow, topicNow } from '../../../test/making.ts'
import { makeMember, makeModerator } from '../../../test/people.ts'
import type { BoardRow } from '../../boards/schema.ts'
import type { Db } from '../../platform/db.ts'
import { Conflict, Invalid, Refused } from '../../platform/errors.ts'
import { react } from '../../reactions/reactions.ts'
import { pickBest } from '../best_answers.ts'
import { editPost, listRevisions } from '../editing.ts'
import { withdrawPost } from '../withdrawing.ts'
import { showPostAgain, voteToHide } from './hiding.ts'
import { suggestedEdits } from './schema.ts'
import { decideSuggestion, findSuggestion, listSuggestions, suggestEdit } from './suggesting.ts'
import { editTags, listTagChanges } from './tagging.ts'

let forum: TestApp
let db: Db
let board: BoardRow

beforeAll(async () => {
  forum = await startTestApp()
  db = forum.db
  board = await makeBoard(db)
})
afterAll(() => forum.close())

async function answered() {
  const [asker, helper] = [await makeMember(db), await makeMember(db)]
  const topic = await makeTopic(db, asker, board, { tags: 'ルーター' })
  return { asker, helper, topic, answer: await makeAnswer(db, helper, topic), moderator: await makeModerator(db, board) }
}
const ofLevel = (level: number) => makeMember(db, { level })
const pointsOf = async ({ id }: { id: number }) =>
  (await db.execute<{ points: number }>(sql`select points from accounts where id = ${id}`))[0]?.points

test('tags are mended by who has reached the level, with everything kept; not by others', async () => {
  const { topic, asker } = await answered()
  await expect(editTags(db, await ofLevel(1), topic, { tags: 'x', reason: '' })).rejects.toThrow(Refused)
  const friend = await ofLevel(2)
  await editTags(db, friend, topic, { tags: 'ルーター Wi-Fi', reason: '見つけやすく' })
  await editTags(db, friend, topic, { tags: 'ルーター Wi-Fi', reason: '' })
  await editTags(db, asker, topic, { tags: 'Wi-Fi', reason: '' })
  expect((await topicNow(db, topic)).tags).toEqual(['Wi-Fi'])
  expect((await listTagChanges(db, topic.id)).map(({ before, after, editor }) => [before.join(), after.join(), editor.id])).toEqual([
    ['ルーター,Wi-Fi', 'Wi-Fi', asker.id],
    ['ルーター', 'ルーター,Wi-Fi', friend.id],
  ])
})

test('three of the level hide a post, its points and counts go along; a moderator shows it again', async () => {
  const { asker, helper, topic, answer, moderator } = await answered()
  await pickBest(db, asker, answer)
  await react(db, asker, answer, 'thanks')
  await forum.runJobs()
  const before = await pointsOf(helper)
  const [first, second, third] = [await ofLevel(3), await ofLevel(3), await ofLevel(3)]
  await expect(voteToHide(db, await ofLevel(2), answer, 'spam')).rejects.toThrow(Refused)
  expect(await voteToHide(db, first, answer, 'spam')).toBe(false)
  expect(await voteToHide(db, first, answer, 'spam')).toBe(false)
  expect(await voteToHide(db, second, answer, 'abuse')).toBe(false)
  expect(await voteToHide(db, third, answer, 'spam')).toBe(true)
  await forum.runJobs()
  expect(await topicNow(db, topic)).toMatchObject({ answerCount: 0, postCount: 1, bestAnswerId: null, solvedAt: null })
  expect(await pointsOf(helper)).toBe(0)
  expect((await (await forum.as(first)).get(`/t/${topic.id}`)).body).not.toContain(answer.bodyText)
  await expect(showPostAgain(db, third, await postNow(db, answer))).rejects.toThrow(Refused)
  await showPostAgain(db, moderator, await postNow(db, answer))
  await forum.runJobs()
  expect(await topicNow(db, topic)).toMatchObject({ answerCount: 1, postCount: 2 })
  expect(Number(await pointsOf(helper)), 'the best answer again').toBe(Number(before))
  expect(await voteToHide(db, await ofLevel(3), await postNow(db, answer), 'spam'), 'votes that were settled do not count').toBe(false)
})

test('fifty votes at once hide a comment once; a moderator hides alone; questions are hidden by nobody’s vote', async () => {
  const { topic, answer, helper, moderator } = await answered()
  const comment = await makeComment(db, helper, answer)
  const voters = await Promise.all(Array.from({ length: 50 }, () => ofLevel(3)))
  await Promise.all(voters.map(voter => voteToHide(db, voter, comment, 'spam').catch(() => true)))
  expect(await postNow(db, answer)).toMatchObject({ commentCount: 0 })
  expect(await topicNow(db, topic)).toMatchObject({ postCount: 2 })
  expect(await voteToHide(db, moderator, answer, 'dangerous')).toBe(true)
  await expect(voteToHide(db, moderator, await openingOf(db, topic), 'spam')).rejects.toThrow(Refused)
})

test('what was hidden and then taken back is not counted when it is shown again', async () => {
  const { topic, answer, moderator } = await answered()
  await voteToHide(db, moderator, answer, 'spam')
  await db.execute(sql`update posts set withdrawn_at = now() where id = ${answer.id}`)
  await showPostAgain(db, moderator, await postNow(db, answer))
  expect(await topicNow(db, topic)).toMatchObject({ answerCount: 0, postCount: 1 })
})

test('a suggested edit becomes a version in its writer’s name when the author accepts it, and brings points', async () => {
  const { helper, answer } = await answered()
  const friend = await ofLevel(2)
  const better = { body: 'ルーターの電源を切り、30秒待って入れ直すと直りました。', reason: '順番をはっきり', draftKey: 'suggest-key-1' }
  await expect(suggestEdit(db, await ofLevel(1), answer, better)).rejects.toThrow(Refused)
  await expect(suggestEdit(db, friend, answer, { ...better, body: answer.body })).rejects.toThrow(Invalid)
  await suggestEdit(db, friend, answer, better)
  await suggestEdit(db, friend, answer, better)
  const offered = await listSuggestions(db, answer.id)
  expect(offered).toHaveLength(1)
  const suggestion = await findSuggestion(db, offered[0]?.suggestion.id ?? 0)
  await expect(decideSuggestion(db, friend, answer, suggestion, 'accepted')).rejects.toThrow(Refused)
  await expect(decideSuggestion(db, await ofLevel(3), answer, suggestion, 'accepted')).rejects.toThrow(Refused)
  await decideSuggestion(db, helper, answer, suggestion, 'accepted')
  await forum.runJobs()
  expect(await postNow(db, answer)).toMatchObject({ body: better.body, authorId: helper.id, revision: 2 })
  expect((await listRevisions(db, answer.id)).map(({ editor }) => editor.id)).toEqual([helper.id, friend.id])
  expect(await pointsOf(friend)).toBe(2)
  await expect(decideSuggestion(db, helper, await postNow(db, answer), suggestion, 'accepted')).rejects.toThrow(Conflict)
  await withdrawPost(db, helper, await postNow(db, answer))
  await forum.runJobs()
  expect(await pointsOf(friend)).toBe(0)
})

test('what was offered for an older version cannot be accepted any more, but declined', async () => {
  const { helper, answer } = await answered()
  await suggestEdit(db, await ofLevel(4), answer, { body: '言い直した文です。', reason: '', draftKey: 'suggest-key-2' })
  await editPost(db, helper, answer, { body: '先に自分で直しました。', reason: '', revision: 1 })
  const [row] = await db.select().from(suggestedEdits).where(sql`post_id = ${answer.id}`)
  const offered = await findSuggestion(db, row?.id ?? 0)
  const now = await postNow(db, answer)
  await expect(decideSuggestion(db, helper, now, offered, 'accepted')).rejects.toThrow(Conflict)
  await decideSuggestion(db, helper, now, offered, 'declined')
  expect(await listSuggestions(db, answer.id)).toEqual([])
  expect((await postNow(db, answer)).body).toBe('先に自分で直しました。')
})

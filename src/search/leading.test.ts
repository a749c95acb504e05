import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeCompany } from '../../test/companies.ts'
import { makeAnswer, makeBoard, makeTopic, postNow } from '../../test/making.ts'
import { knownAgain, makeAgent, makeMember, visitor } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import type { BoardRow } from '../boards/schema.ts'
import { react } from '../reactions/reactions.ts'
import { postAnswer } from '../topics/answers.ts'
import { pickBest } from '../topics/best_answers.ts'
import { posts, topics } from '../topics/schema.ts'
import { searchForum } from './queries.ts'

let forum: TestApp
let asker: Actor
let helper: Actor
let board: BoardRow

beforeAll(async () => {
  forum = await startTestApp()
  ;[asker, helper, board] = [await makeMember(forum.db), await makeMember(forum.db), await makeBoard(forum.db)]
})
afterAll(() => forum.close())

const lead = async (q: string, more: object = {}, reader = visitor) =>
  (await searchForum(forum.db, forum.services.search, reader, { q, ...more }, []))?.lead

test('an answer nobody has said anything about does not lead; one that helped does, and the best one before it', async () => {
  const { db } = forum
  const topic = await makeTopic(db, asker, board, { title: 'mikisaaが回りません' })
  const [first, second] = [
    await makeAnswer(db, helper, topic, 'buretokaを上げます。'),
    await makeAnswer(db, await makeMember(db), topic, 'yōkiを一度はずして、付け直してください。'),
  ]
  await forum.runJobs()
  expect(await lead('mikisaa')).toBeUndefined()
  await react(db, asker, first, 'helpful')
  expect(await lead('mikisaa')).toMatchObject({ claim: 'helpful', post: { id: first.id } })
  await pickBest(db, asker, await postNow(db, second))
  expect(await lead('mikisaa')).toMatchObject({ claim: 'best', post: { id: second.id } })
  expect(await lead('mikisaa', {}, asker)).toMatchObject({ post: { given: [] } })
})

test('a guaranteed answer leads, also from the second topic that fits; in other orders and on later pages none does', async () => {
  const { db } = forum
  const [plain, vouched] = [
    await makeTopic(db, asker, board, { title: 'hanafubukiが映りません' }),
    await makeTopic(db, asker, board, { title: 'hanafubukiが映りません。電源は入ります' }),
  ]
  const best = await makeAnswer(db, helper, plain, '線を挿し直してください。')
  await pickBest(db, asker, best)
  const answer = await makeAnswer(db, helper, vouched, '入力を切り替えてください。')
  await db.update(posts).set({ guaranteedAt: new Date() }).where(eq(posts.id, answer.id))
  await db.update(topics).set({ guaranteedAt: new Date() }).where(eq(topics.id, vouched.id))
  await forum.runJobs()
  expect(await lead('hanafubuki')).toMatchObject({ claim: 'guaranteed', post: { id: answer.id } })
  for (const more of [{ sort: 'new' }, { sort: 'helpful' }, { after: '0.1~post-1' }]) expect(await lead('hanafubuki', more)).toBeUndefined()
})

test('a tip that helped is its own answer', async () => {
  const { db } = forum
  const tip = await makeTopic(db, asker, board, { title: 'enpitsukezuriの詰まりを取るこつ', kind: 'tip', body: '逆に三回まわします。' })
  await forum.runJobs()
  await react(db, helper, await postNow(db, { id: tip.openingId ?? 0 }), 'helpful')
  expect(await lead('enpitsukezuri')).toMatchObject({ claim: 'helpful', post: { kind: 'opening' } })
})

test('an answer that was hidden or taken back a moment ago does not lead', async () => {
  const { db } = forum
  const topic = await makeTopic(db, asker, board, { title: 'tokeidaiの音が止まりません' })
  const answer = await makeAnswer(db, helper, topic, 'denchiをはずしてください。')
  await pickBest(db, asker, answer)
  await forum.runJobs()
  expect(await lead('tokeidai')).toMatchObject({ post: { id: answer.id } })
  for (const gone of [{ hiddenAt: new Date() }, { withdrawnAt: new Date(), hiddenAt: null }]) {
    await db.update(posts).set(gone).where(eq(posts.id, answer.id))
    expect(await lead('tokeidai')).toBeUndefined()
  }
})

test('the page shows the answer with its sentence, who said it, a word of care where it is old, and a button to thank', async () => {
  const { db } = forum
  const topic = await makeTopic(db, asker, board, { title: 'fukurotojiの印が消えます' })
  const answer = await makeAnswer(db, helper, topic, 'まず落ち着きます。次にhosonagaiボタンを三秒押します。')
  await pickBest(db, asker, answer)
  await forum.runJobs()
  const page = async () => (await (await forum.as(asker)).get('/search?q=fukurotoji+hosonagai')).body
  const card = /<section class="answer-card plain"[\s\S]*?<\/section>/.exec(await page())?.[0] ?? ''
  expect(card).toContain('ベストアンサー')
  expect(card).toContain('<mark>hosonagai</mark>')
  expect(card).toContain(`${helper.name}さんの回答`)
  expect(card).toContain(`action="/posts/${answer.id}/reactions/thanks"`)
  expect(card).not.toContain('2年以上前')
  await db
    .update(posts)
    .set({ createdAt: new Date('2020-01-01') })
    .where(eq(posts.id, answer.id))
  expect(await page()).toContain('2年以上前の回答です')
  await db.update(posts).set({ guaranteedAt: new Date() }).where(eq(posts.id, answer.id))
  expect(await page()).not.toContain('2年以上前の回答です')
})

test('what was written for a company or by somebody who works for it carries its label on the answer on top, too', async () => {
  const { db } = forum
  const company = await makeCompany(db, { nameJa: 'サクラネット株式会社' })
  const agent = await knownAgain(db, (await makeAgent(db, company)).id)
  const topic = await makeTopic(db, asker, board, { title: 'kasasutandoが倒れます' })
  const { id } = await postAnswer(db, agent, topic, { body: '足を広げてください。', draftKey: 'company-answer', company: company.id })
  await pickBest(db, asker, await postNow(db, { id }))
  await forum.runJobs()
  for (const path of ['/search?q=kasasutando', '/ask/similar?title=kasasutando'])
    expect((await (await forum.as(asker)).get(path)).body, path).toContain('サクラネット株式会社 公式')
})

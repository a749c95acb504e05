import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeCompany, makeProduct } from '../../test/companies.ts'
import { guaranteeNow, makeGuarantee, makeOfficial } from '../../test/guarantees.ts'
import { makeAnswer, makeBoard, makeTopic, postNow, topicNow } from '../../test/making.ts'
import { knownAgain, makeAgent, makeMember, visitor } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import type { BoardRow } from '../boards/schema.ts'
import { nameProducts } from '../companies/naming.ts'
import { dayInJapan, lastDay } from '../guarantees/days.ts'
import { recallGuarantee, renewGuarantee, revokeGuarantee } from '../guarantees/deeds.ts'
import { dayText } from '../platform/i18n.ts'
import { react } from '../reactions/reactions.ts'
import { postAnswer } from '../topics/answers.ts'
import { pickBest } from '../topics/best_answers.ts'
import type { Topic } from '../topics/queries.ts'
import { posts } from '../topics/schema.ts'
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
  const { answer } = await vouchedFor(vouched)
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
})

describe('a guarantee on the answer on top', () => {
  const card = async (q: string, locale = 'ja') => {
    const { body } = await (await forum.as()).get(`/search?q=${q}`, { 'accept-language': locale })
    return /<section class="answer-card[\s\S]*?<\/section>/.exec(body)?.[0] ?? ''
  }

  test('says who vouches, for which products and versions, until when, and leads to its certificate', async () => {
    const topic = await makeTopic(forum.db, asker, board, { title: 'kazagurumaが止まります' })
    const { answer, guarantee, product } = await vouchedFor(topic, ['1.0', '2.3'], { from: '2.3', validUntil: lastDay(dayInJapan(), 6) })
    await forum.db
      .update(posts)
      .set({ createdAt: new Date('2020-01-01') })
      .where(eq(posts.id, answer.id))
    await forum.runJobs()
    const until = dayText('ja', new Date(`${guarantee.validUntil}T12:00:00+09:00`))
    const shown = await card('kazaguruma')
    expect(shown).toContain(`風車工業株式会社が保証・${product.nameJa} / 2.3 以降・${until}まで`)
    expect(shown).toContain(`href="/guarantees/${guarantee.code}"`)
    expect(shown).not.toContain('2年以上前の回答です')
    expect(await card('kazaguruma', 'en')).toContain(`Guaranteed by Kazaguruma Inc. · ${product.nameEn} / 2.3 and later`)
  })

  test('that is over, stopped or revoked is said there as it is on the page; what was recalled leads no more', async () => {
    const { db } = forum
    const topic = await makeTopic(db, asker, board, { title: 'hyoushigiが鳴りません' })
    const { agent, answer, guarantee } = await vouchedFor(topic)
    await pickBest(db, asker, answer)
    const stand = async (end: string) => {
      await db.execute(sql`update guarantees set valid_until = ${end} where id = ${guarantee.id}`)
      await forum.runJobs()
    }
    await stand('2026-01-31')
    expect(await card('hyoushigi')).toContain('期限切れ・要再確認')
    expect(await lead('hyoushigi')).toMatchObject({ claim: 'best' })
    await stand(guarantee.validUntil)
    const renewed = await renewGuarantee(db, agent, guarantee, {
      seen: (await guaranteeNow(db, guarantee)).number,
      validUntil: guarantee.validUntil,
    })
    await revokeGuarantee(db, agent, guarantee, { seen: renewed.number, reason: '部品が変わりました。' })
    for (const words of ['保証が取り消されました。', '部品が変わりました。']) expect(await card('hyoushigi')).toContain(words)
    expect(await card('hyoushigi')).not.toContain('seal-mark')
    await recallGuarantee(db, agent, guarantee, { seen: renewed.number + 1, reason: '誤りがありました。' })
    expect(await lead('hyoushigi')).toBeUndefined()
  })
})

/** An answer its company has guaranteed; nothing of it is a mark of our own. */
async function vouchedFor(topic: Topic, versions: string[] = [], { from, ...terms }: { from?: string; validUntil?: string } = {}) {
  const { db } = forum
  const company = await makeCompany(db, { nameJa: '風車工業株式会社', nameEn: 'Kazaguruma Inc.' })
  const product = await makeProduct(db, company, {}, versions)
  const agent = await makeAgent(db, company)
  await nameProducts(db, asker, topic, product.nameJa)
  const answer = await makeOfficial(db, agent, company, await topicNow(db, topic))
  const fromVersionId = product.versions.find(({ label }) => label === from)?.id ?? null
  const scope = [{ productId: product.id, fromVersionId, toVersionId: null }]
  return { company, product, agent, answer, guarantee: await makeGuarantee(db, agent, company, answer, product, { scope, ...terms }) }
}

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

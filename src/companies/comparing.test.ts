import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeCompany, makeProduct } from '../../test/companies.ts'
import { makeBoard, postNow, topicDraft, topicNow } from '../../test/making.ts'
import { makeAgent, makeMember, visitor } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import type { BoardRow } from '../boards/schema.ts'
import { Invalid, Refused } from '../platform/errors.ts'
import { editPost } from '../topics/editing.ts'
import type { Topic } from '../topics/queries.ts'
import { listVoices } from './compare_queries.ts'
import { answerAbout, commentAbout } from './comparing.ts'
import { askAbout, nameProducts } from './naming.ts'
import type { Product } from './product_queries.ts'
import type { CompanyRow } from './schema.ts'

let forum: TestApp
let board: BoardRow
let asker: Actor
let ours: { company: CompanyRow; product: Product; agent: Actor }
let theirs: { company: CompanyRow; product: Product; agent: Actor }
let topic: Topic

let keys = 0
const draft = (body = '') => ({ body, draftKey: `compare-draft-${++keys}` })
const words = (report: { good: string; bad: string }) => [report.good, report.bad].filter(Boolean).join('\n')
const report = (product: { id: number } | undefined, more = {}) => ({
  product: String(product?.id ?? ''),
  since: '',
  purpose: '',
  good: '',
  bad: '',
  ...more,
})

beforeAll(async () => {
  forum = await startTestApp()
  const { db } = forum
  board = await makeBoard(db)
  asker = await makeMember(db)
  const make = async (specsJa: string) => {
    const company = await makeCompany(db)
    return { company, product: await makeProduct(db, company, { specsJa }), agent: await makeAgent(db, company) }
  }
  ours = await make('重さ：300 g\n色：白')
  theirs = await make('重さ：420 g')
  const names = `${ours.product.nameJa}、${theirs.product.nameJa}`
  const asked = await askAbout(db, asker, {
    ...topicDraft(board, { kind: 'comparison', title: 'どちらを買うか迷っています' }),
    products: names,
  })
  topic = await topicNow(db, asked)
})
afterAll(() => forum.close())

test('what is compared is two products or more, from the first word on', async () => {
  const { db } = forum
  for (const products of ['', ours.product.nameJa])
    await expect(askAbout(db, asker, { ...topicDraft(board, { kind: 'comparison' }), products })).rejects.toThrow(Invalid)
  await expect(nameProducts(db, asker, topic, ours.product.nameJa)).rejects.toThrow(Invalid)
})

test('an owner reports in the column of his product; a report without one, or of another product, is asked again', async () => {
  const { db } = forum
  const owner = await makeMember(db)
  const other = await makeProduct(db, ours.company)
  for (const product of [undefined, other])
    await expect(answerAbout(db, owner, topic, { ...draft(), report: report(product, { good: '軽い' }) }, words)).rejects.toThrow(Invalid)
  const post = await answerAbout(
    db,
    owner,
    topic,
    { ...draft('写真も撮りました。'), report: report(ours.product, { good: '軽い', bad: '熱い' }) },
    words,
  )
  expect(post.body).toBe('軽い\n熱い\n\n写真も撮りました。')
  const voices = await listVoices(db, visitor, [ours.product.id, theirs.product.id])
  expect(voices.map(({ side, words, postId }) => [side, words, postId])).toEqual([
    ['good', '軽い', post.id],
    ['bad', '熱い', post.id],
  ])
  await editPost(db, owner, await postNow(db, post), { body: 'やはり重いです。', reason: '', revision: 1 })
  expect(await listVoices(db, visitor, [ours.product.id])).toEqual([])
})

describe('a company answers only in its own column', () => {
  const asCompany = (by: typeof ours, product?: Product) =>
    answerAbout(forum.db, by.agent, topic, { ...draft('弊社の製品の仕様です。'), company: by.company.id, report: report(product) }, words)

  test('in that of another or in none it is asked to choose, and where nothing of its own is compared it is refused', async () => {
    const third = await makeCompany(forum.db)
    const agent = await makeAgent(forum.db, third)
    await expect(asCompany(ours, theirs.product)).rejects.toThrow(Invalid)
    await expect(asCompany(ours)).rejects.toThrow(Invalid)
    await expect(asCompany({ ...ours, company: third, agent }, ours.product)).rejects.toThrow(Refused)
    expect((await asCompany(ours, ours.product)).companyId).toBe(ours.company.id)
  })

  test('nor does it comment in that of another', async () => {
    const { db } = forum
    const post = await postNow(db, await asCompany(theirs, theirs.product))
    const comment = { ...draft('弊社の製品のほうが軽いです。'), company: ours.company.id }
    await expect(commentAbout(db, ours.agent, post, comment)).rejects.toThrow(Invalid)
    await expect(commentAbout(db, theirs.agent, post, { ...draft('補います。'), company: theirs.company.id })).resolves.toBeDefined()
  })

  test('what its people write of their own product is no owner’s praise', async () => {
    const { db } = forum
    await answerAbout(
      db,
      ours.agent,
      topic,
      { ...draft(), company: ours.company.id, report: report(ours.product, { good: '業界で一番です' }) },
      words,
    )
    expect((await listVoices(db, visitor, [ours.product.id])).map(voice => voice.words)).not.toContain('業界で一番です')
  })
})

describe('side by side', () => {
  const path = () => `/compare?products=${ours.company.slug}/${ours.product.slug},${theirs.company.slug}/${theirs.product.slug}`

  test('rows of both, figures with their counts, owners’ words with their posts, and the topics that compare them', async () => {
    const owner = await makeMember(forum.db)
    const post = await answerAbout(forum.db, owner, topic, { ...draft(), report: report(theirs.product, { good: '電波が届く' }) }, words)
    const { body, statusCode } = await (await forum.as()).get(path())
    expect(statusCode).toBe(200)
    expect(body).toMatch(/<tr class="differs"><th scope="row">重さ<\/th><td>300 g<\/td><td>420 g<\/td>/)
    expect(body).toContain('記載なし')
    expect(body).toContain(`#post-${post.id}">電波が届く</a>`)
    expect(body).toContain(`/t/${topic.id}/`)
    expect(body).toContain('この6か月で0件')
  })

  test('names as people call them do, too; one product, or one nobody knows, is told at the field', async () => {
    const guest = await forum.as()
    const ask = (products: string) => guest.get(`/compare?products=${encodeURIComponent(products)}`)
    expect((await ask(`${ours.product.nameJa}、${theirs.product.nameJa}`)).statusCode).toBe(200)
    for (const products of [ours.product.nameJa, 'nobody/knows,this/one', 'だれも知らない、製品', 'a,b,c,d,e,f']) {
      const { statusCode, body } = await ask(products)
      expect(statusCode, products).toBe(422)
      expect(body).toContain('id="products-error"')
    }
    expect((await guest.get('/compare')).statusCode).toBe(200)
  })

  test('a guest’s page is kept and follows what is asked', async () => {
    const guest = await forum.as()
    await guest.get(path())
    await askAbout(forum.db, asker, { ...topicDraft(board, { title: '夜になると切れてしまいます' }), products: ours.product.nameJa })
    await expect.poll(async () => (await guest.get(path())).body).toContain('この6か月で1件')
  })
})

test('without JavaScript the form of an answer takes a report, and keeps it when something is to be mended', async () => {
  const owner = await forum.as(await makeMember(forum.db))
  expect((await owner.get(`/t/${topic.id}`)).body).toContain('name="good"')
  const form = { ...draft(), product: '', since: '去年から', purpose: '', good: '静かです', bad: '' }
  const again = await owner.post(`/t/${topic.id}/answers`, form)
  expect(again.statusCode).toBe(422)
  expect(again.body).toContain('id="product-error"')
  expect(again.body).toContain('静かです')
  expect((await owner.post(`/t/${topic.id}/answers`, { ...form, product: ours.product.id })).statusCode).toBe(303)
  expect((await owner.get(`/t/${topic.id}`)).body).toContain(`${ours.product.nameJa}について`)
})

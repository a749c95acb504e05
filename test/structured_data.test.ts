import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askAbout } from '../src/companies/naming.ts'
import type { Product } from '../src/companies/product_queries.ts'
import type { CompanyRow } from '../src/companies/schema.ts'
import { pickBest } from '../src/topics/best_answers.ts'
import type { Topic } from '../src/topics/queries.ts'
import { startTestApp, type TestApp } from './app.ts'
import { makeCompany, makeProduct } from './companies.ts'
import { makeGuarantee, makeOfficial } from './guarantees.ts'
import { makeAnswer, makeBoard, makeTopic, postNow, topicDraft, topicNow } from './making.ts'
import { makeAgent, makeMember } from './people.ts'

type Data = { '@type': string } & Record<string, unknown>
type Check = (value: unknown) => boolean

const text: Check = value => typeof value === 'string' && value.trim() !== ''
const address: Check = value => text(value) && URL.canParse(String(value))
const moment: Check = value => text(value) && new Date(String(value)).toISOString() === value
const count: Check = value => Number.isInteger(value) && Number(value) >= 0
const one =
  (...types: string[]): Check =>
  value =>
    types.includes((value as Data)['@type'])
const some =
  (check: Check): Check =>
  value =>
    Array.isArray(value) && value.length > 0 && value.every(check)

const person = one('Person', 'Organization')
/** The types we use, each with the names schema.org gives it and what may stand there; `*` is what Google calls required. */
const TYPES: Record<string, Record<string, Check>> = {
  QAPage: { '@context': value => value === 'https://schema.org', '*mainEntity': one('Question') },
  Question: {
    ...{ '*name': text, url: address, text, '*answerCount': count, datePublished: moment, dateModified: moment, author: person },
    ...{ acceptedAnswer: some(one('Answer')), suggestedAnswer: some(one('Answer')) },
  },
  Answer: { '*text': text, url: address, upvoteCount: count, datePublished: moment, dateModified: moment, author: person },
  Person: { '*name': text, url: address, worksFor: one('Organization') },
  Organization: { '*name': text, url: address },
  Brand: { '*name': text },
  PropertyValue: { '*name': text, '*value': text },
  Product: {
    ...{
      '@context': value => value === 'https://schema.org',
      '*name': text,
      url: address,
      category: text,
      description: text,
      image: address,
    },
    ...{
      alternateName: some(text),
      brand: one('Brand'),
      manufacturer: one('Organization'),
      additionalProperty: some(one('PropertyValue')),
    },
  },
}

/** What is wrong with structured data, as sentences; nothing when it is as schema.org and Google say. */
function wrongIn(data: Data): string[] {
  const { '@type': type, ...values } = data
  const names = TYPES[type] ?? expect.fail(`no type ${type}`)
  const missing = Object.keys(names).flatMap(name =>
    name.startsWith('*') && !(name.slice(1) in values) ? `${type} has no ${name.slice(1)}` : [],
  )
  const wrong = Object.entries(values).flatMap(([name, value]) => {
    const check = names[name] ?? names[`*${name}`]
    const below = [value].flat().filter((each): each is Data => typeof each === 'object' && each !== null)
    return [...(check?.(value) ? [] : [`${type}.${name} is ${JSON.stringify(value)}`]), ...below.flatMap(wrongIn)]
  })
  const isUnanswered = type === 'Question' && !values.acceptedAnswer && !values.suggestedAnswer
  return [...missing, ...wrong, ...(isUnanswered ? ['a question without an answer'] : [])]
}

let forum: TestApp
let company: CompanyRow
let product: Product

beforeAll(async () => {
  forum = await startTestApp()
  company = await makeCompany(forum.db, { nameJa: 'サクラネット株式会社', nameEn: 'Sakuranet Inc.' })
  product = await makeProduct(forum.db, company, {
    ...{ nameJa: 'AX-3200', nameEn: 'AX-3200', aliases: 'AX3200HP、</script>', aboutJa: '家じゅうに届く\nWi-Fiルーター' },
    specsJa: '重さ：300 g\n規格：Wi-Fi 6',
  })
})
afterAll(() => forum.close())

const LD = /<script type="application\/ld\+json">([\s\S]*?)<\/script>/g
async function dataOf(path: string, headers: Record<string, string> = {}): Promise<Data[]> {
  const { body, statusCode } = await (await forum.as()).get(path, headers)
  expect(statusCode).toBe(200)
  return [...body.matchAll(LD)].map(([, json = '']) => JSON.parse(json) as Data)
}

async function question(draft: object = {}): Promise<Topic> {
  const { db } = forum
  const asked = await askAbout(db, await makeMember(db, { name: 'たろう' }), {
    ...topicDraft(await makeBoard(db), draft),
    products: 'AX-3200',
  })
  return topicNow(db, asked)
}

test('a question with answers is a QAPage: the accepted ones apart, each with its writer as he is labelled', async () => {
  const { db } = forum
  const topic = await question({
    title: '夜だけ遅い <b>のは</b> </script><script>alert(1)</script>',
    body: '毎晩21時から\n\n- 動画が止まる & 音も切れる',
  })
  const agent = await makeAgent(db, company)
  const [plain, related] = [await makeAnswer(db, await makeMember(db, { name: 'はなこ' }), topic), await makeAnswer(db, agent, topic)]
  const official = await makeOfficial(db, agent, company, topic, '公式の**手順**です。')
  const best = await makeAnswer(db, await makeMember(db), topic, '電源を入れ直します。')
  await pickBest(db, { ...(await makeMember(db)), id: topic.authorId }, await postNow(db, best))
  await makeGuarantee(db, agent, company, official, product)
  const [data = expect.fail('no data'), ...more] = await dataOf(`/t/${topic.id}`)
  expect(more).toEqual([])
  expect(wrongIn(data)).toEqual([])
  const main = data.mainEntity as Record<string, unknown>
  const answers = (list: unknown) =>
    (list as { url: string; author: Data; text: string }[]).map(({ url, author, text }) => ({ id: url.split('/').at(-1), author, text }))
  expect(main).toMatchObject({
    name: topic.title,
    answerCount: 4,
    text: '毎晩21時から\n動画が止まる & 音も切れる',
    author: { '@type': 'Person', name: 'たろう' },
  })
  expect(answers(main.acceptedAnswer)).toEqual([
    {
      id: String(official.id),
      author: expect.objectContaining({ '@type': 'Organization', name: 'サクラネット株式会社' }),
      text: '公式の手順です。',
    },
    { id: String(best.id), author: expect.objectContaining({ '@type': 'Person' }), text: '電源を入れ直します。' },
  ])
  expect(answers(main.suggestedAnswer)).toEqual([
    { id: String(plain.id), author: expect.objectContaining({ name: 'はなこ' }), text: expect.any(String) },
    {
      id: String(related.id),
      author: expect.objectContaining({ '@type': 'Person', worksFor: expect.objectContaining({ name: 'サクラネット株式会社' }) }),
      text: expect.any(String),
    },
  ])
})

test('nothing is claimed where it is not true: no answer, an answer taken back, no question, what not everybody may read, another page of it', async () => {
  const { db } = forum
  const none = await question()
  const gone = await question()
  const answer = await makeAnswer(db, await makeMember(db), gone)
  await db.execute(sql`update posts set withdrawn_at = now(), comment_count = 1 where id = ${answer.id}`)
  const talk = await makeTopic(db, await makeMember(db), await makeBoard(db), { kind: 'discussion' })
  await makeAnswer(db, await makeMember(db), talk)
  for (const topic of [none, gone, talk]) expect(await dataOf(`/t/${topic.id}`)).toEqual([])
  const answered = await question()
  await makeAnswer(db, await makeMember(db), answered)
  expect(await dataOf(`/t/${answered.id}`)).toHaveLength(1)
  expect(await dataOf(`/t/${answered.id}?order=new`)).toEqual([])
  expect((await (await forum.as(await makeMember(db))).get(`/t/${answered.id}`)).body).not.toContain('ld+json')
  await db.execute(sql`update topics set visibility = 'members' where id = ${answered.id}`)
  expect((await (await forum.as(await makeMember(db))).get(`/t/${answered.id}`)).body).not.toContain('ld+json')
})

test('a product is a Product: who makes it and what it is, without prices and stars nobody gave', async () => {
  const [data = expect.fail('no data')] = await dataOf(`/c/${company.slug}/p/${product.slug}`)
  expect(wrongIn(data)).toEqual([])
  expect(data).toMatchObject({
    name: 'AX-3200',
    alternateName: ['AX3200HP', '</script>'],
    brand: { name: 'サクラネット株式会社' },
    description: '家じゅうに届く\nWi-Fiルーター',
    additionalProperty: [
      { name: '重さ', value: '300 g' },
      { name: '規格', value: 'Wi-Fi 6' },
    ],
  })
  for (const name of ['aggregateRating', 'review', 'offers']) expect(data).not.toHaveProperty(name)
  const [english] = await dataOf(`/c/${company.slug}/p/${product.slug}`, { 'accept-language': 'en' })
  expect(english).toMatchObject({ brand: { name: 'Sakuranet Inc.' } })
})

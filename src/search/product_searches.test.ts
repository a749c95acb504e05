import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeCompany, makeProduct } from '../../test/companies.ts'
import { anOperator, makeBoard, topicDraft } from '../../test/making.ts'
import { makeMember, visitor } from '../../test/people.ts'
import type { Visibility } from '../accounts/visibility.ts'
import { askAbout } from '../companies/naming.ts'
import type { Product } from '../companies/product_queries.ts'
import type { CompanyRow } from '../companies/schema.ts'
import { today } from '../platform/day_salt.ts'
import { learnEarlierSearches } from './learning.ts'
import { learnProductSearches, listSearchesAbout } from './product_searches.ts'
import { searchClicks, searches } from './schema.ts'

let forum: TestApp
let company: CompanyRow
let router: Product
let small: Product
let topicId = 0

beforeAll(async () => {
  forum = await startTestApp()
  const { db } = forum
  company = await makeCompany(db, { nameJa: 'サクラネット株式会社', nameEn: 'Sakuranet Inc.' })
  router = await makeProduct(db, company, { nameJa: 'AX-3200', nameEn: 'AX-3200', aliases: 'おうちルーター' })
  small = await makeProduct(db, company, { nameJa: 'AX-320', nameEn: 'AX-320' })
  const draft = topicDraft(await makeBoard(db), { title: '夜だけ遅くなります' })
  topicId = (await askAbout(db, await makeMember(db), { ...draft, products: 'AX-3200' })).id
})
afterAll(() => forum.close())

async function searched(
  words: string,
  people: number,
  { daysAgo = 0, reader = 'public', opens = 0 }: { daysAgo?: number; reader?: Visibility; opens?: number } = {},
) {
  const day = today(new Date(Date.now() - daysAgo * 86_400_000))
  const keys = Array.from({ length: people }, () => randomBytes(16))
  await forum.db.insert(searches).values(keys.map(key => ({ key, day, words, reader, results: 3, shown: [topicId] })))
  if (opens) await forum.db.insert(searchClicks).values(keys.slice(0, opens).map(key => ({ key, day, topicId })))
}

test('a product’s page shows what several people looked for about it: in words that name it, or that led them to its topics', async () => {
  const { db } = forum
  await searched('ax3200 初期化', 6)
  await searched('ＡＸ－３２００ 遅い', 5)
  await searched('おうちルーター つながらない', 3)
  await searched('夜だけ遅い', 6, { opens: 4 })
  await searched('夜だけ切れる', 6, { opens: 2 })
  await searched('ax-3200', 9, { opens: 5 })
  await searched('サクラネット株式会社 ax-3200', 9)
  await searched('ax3200 わたしだけの悩み', 2)
  for (const daysAgo of [0, 1, 2]) await searched('ax3200 毎日ひとりで', 1, { daysAgo, opens: 1 })
  await searched('ax3200 会員の合言葉', 4, { reader: 'members' })
  await searched('ax3200 社外秘', 4, { reader: 'staff', opens: 4 })
  await searched('ax-320 電源', 4)
  await searched('プリンター 電源', 4)
  for (let n = 0; n < 2; n++) {
    await learnEarlierSearches(db)
    await learnProductSearches(db)
  }
  const seen = ['ax3200 初期化', 'ＡＸ－３２００ 遅い', '夜だけ遅い', 'おうちルーター つながらない']
  expect(await listSearchesAbout(db, visitor, router.id)).toEqual(seen)
  expect(await listSearchesAbout(db, await makeMember(db), router.id)).toEqual(expect.arrayContaining([...seen, 'ax3200 会員の合言葉']))
  expect(await listSearchesAbout(db, visitor, small.id)).toEqual(['ax-320 電源'])
  expect((await listSearchesAbout(db, anOperator, router.id)).join()).not.toMatch(/わたしだけ|ひとり|切れる/)

  const page = (await (await forum.as()).get(`/c/${company.slug}/p/${router.slug}`)).body
  for (const words of seen) expect(page).toContain(`${words}</a>`)
  expect(page).not.toMatch(/合言葉|社外秘/)
  const path = (params: Record<string, string>) =>
    `/search?${new URLSearchParams(params)}`.replaceAll('=', '&#x3D;').replaceAll('&p', '&amp;p')
  expect(page).toContain(path({ q: 'ax3200 初期化' }))
  expect(page).toContain(path({ q: '夜だけ遅い', product: 'AX-3200' }))
})

test('what nobody looks for any more leaves the page', async () => {
  const { db } = forum
  await db.delete(searches)
  await db.delete(searchClicks)
  await learnEarlierSearches(db)
  await learnProductSearches(db)
  expect(await listSearchesAbout(db, anOperator, router.id)).toEqual([])
})

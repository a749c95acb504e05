import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeCompany, makeProduct } from '../../test/companies.ts'
import { makeGuarantee, makeOfficial } from '../../test/guarantees.ts'
import { makeAnswer, makeBoard, topicDraft, topicNow } from '../../test/making.ts'
import { KEY, type MeiliDouble, startMeiliDouble } from '../../test/meilisearch/server.ts'
import { makeAgent, makeCompanyAdmin, makeMember, visitor } from '../../test/people.ts'
import { askAbout } from '../companies/naming.ts'
import type { Product } from '../companies/product_queries.ts'
import { addVersion } from '../companies/products.ts'
import type { CompanyRow } from '../companies/schema.ts'
import type { Topic } from '../topics/queries.ts'
import type { Asked } from './asked.ts'
import { mirrorOutdated } from './mirroring.ts'
import { searchForum } from './queries.ts'

let server: MeiliDouble
let forum: TestApp
let company: CompanyRow
let router: Product
let printer: Product
let silent: Topic
let guaranteed: Topic
let other: Topic

beforeAll(async () => {
  server = await startMeiliDouble()
  forum = await startTestApp({ MEILI_URL: server.url, MEILI_KEY: KEY })
  const { db } = forum
  const [board, asker] = [await makeBoard(db), await makeMember(db)]
  company = await makeCompany(db, { nameJa: '雪割草電機株式会社', nameEn: 'Yukiwari Electric' })
  router = await makeProduct(db, company, { nameJa: 'ゆきわりルーター', nameEn: 'Yukiwari Router', aliases: 'QZ-7300、QZ7300HP' }, [
    '1.0',
    '2.0',
    '3.0',
  ])
  printer = await makeProduct(db, await makeCompany(db), { nameJa: 'はつゆきプリンター', nameEn: 'Hatsuyuki Printer' }, ['A4', 'A3'])
  const ask = async (title: string, products: string) =>
    topicNow(db, await askAbout(db, asker, { ...topicDraft(board, { title, body: '困っています。', tags: '' }), products }))
  silent = await ask('夜だけ遅くなるのはなぜですか', 'QZ-7300 1.0')
  guaranteed = await ask('朝だけ遅くなるのはなぜですか', 'ゆきわりルーター')
  other = await ask('印刷が遅くなるのはなぜですか', 'はつゆきプリンター A3')
  for (const topic of [silent, other]) await makeAnswer(db, await makeMember(db), topic, '待つと遅くなるのが直ります。')
  const agent = await makeAgent(db, company)
  const answer = await makeOfficial(db, agent, company, guaranteed, '遅くなるのは設定で直ります。')
  const [from = null] = router.versions.filter(({ label }) => label === '2.0').map(({ id }) => id)
  await makeGuarantee(db, agent, company, answer, router, { scope: [{ productId: router.id, fromVersionId: from, toVersionId: null }] })
  await settled()
})
afterAll(async () => {
  await forum.close()
  await server.down()
})

async function settled(): Promise<void> {
  await forum.runJobs()
  await mirrorOutdated(forum.services)
}

describe.each(['meilisearch', 'postgres'] as const)('with %s', name => {
  const found = async (asked: Asked) => {
    const engine = forum.services.engines[name] ?? expect.fail('there is no such engine')
    const result = (await searchForum(forum.db, engine, visitor, asked, [])) ?? expect.fail('nothing was asked')
    return { ids: result.results.map(({ topic }) => topic.id), facets: result.facets ?? {} }
  }

  test('a question is found by its product’s names and model numbers, in any writing, though its words name none', async () => {
    for (const q of ['QZ-7300', 'qz7300', 'ＱＺ－７３００', 'QZ 7300', 'ゆきわりルーター 夜', 'Yukiwari Router'])
      expect((await found({ q })).ids, q).toContain(silent.id)
    expect((await found({ q: 'QZ-7300' })).ids).not.toContain(other.id)
  })

  test('results are counted by product, version, company and guarantee', async () => {
    const { facets } = await found({ q: '遅くなる' })
    expect(facets.product).toEqual({ [router.nameJa]: 2, [printer.nameJa]: 1 })
    expect(facets.version).toEqual({
      'ゆきわりルーター 1.0': 1,
      'ゆきわりルーター 2.0': 1,
      'ゆきわりルーター 3.0': 1,
      'はつゆきプリンター A3': 1,
    })
    expect(facets.company).toMatchObject({ [company.nameJa]: 2 })
    expect(facets.guaranteed).toEqual({ true: 1, false: 2 })
  })

  test('and narrowed by each; a guaranteed answer by every version it is guaranteed for', async () => {
    const narrowed = async (asked: Asked) => (await found({ q: '遅くなる', ...asked })).ids.sort()
    expect(await narrowed({ product: router.nameJa })).toEqual([silent.id, guaranteed.id].sort())
    expect(await narrowed({ version: 'ゆきわりルーター 1.0' })).toEqual([silent.id])
    expect(await narrowed({ version: ['ゆきわりルーター 2.0', 'ゆきわりルーター 3.0'] })).toEqual([guaranteed.id])
    expect(await narrowed({ company: company.nameJa, guaranteed: 'yes' })).toEqual([guaranteed.id])
    expect(await narrowed({ version: 'はつゆきプリンター A3' })).toEqual([other.id])
  })
})

test('a version that comes out is one more to narrow by, where a guarantee has no end', async () => {
  const admin = await makeCompanyAdmin(forum.db, company)
  await addVersion(forum.db, admin, router, { label: '4.0', releasedOn: '' })
  await settled()
  const { body } = await (await forum.as()).get(`/search?${new URLSearchParams({ q: '遅くなる', version: 'ゆきわりルーター 4.0' })}`)
  expect(body).toContain(`data-topic="${guaranteed.id}"`)
  expect(body).not.toContain(`data-topic="${silent.id}"`)
  expect(body).toContain('name="version" value="ゆきわりルーター 4.0" checked')
})

test('an English reader sees them by their English names, also what he chose', async () => {
  const guest = await forum.as()
  const page = async (asked: Record<string, string>) =>
    (await guest.get(`/search?${new URLSearchParams({ q: '遅くなる', ...asked })}`, { 'accept-language': 'en' })).body
  for (const name of ['Yukiwari Router', 'Yukiwari Router 2.0', 'Hatsuyuki Printer', 'Yukiwari Electric'])
    expect(await page({})).toContain(`<span>${name}</span>`)
  const chosen = /<ul class="chosen"[\s\S]*?<\/ul>/.exec(await page({ version: 'ゆきわりルーター 2.0' }))?.[0]
  expect(chosen).toContain('<span>Yukiwari Router 2.0</span>')
})

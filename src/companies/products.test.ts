import { eq, sql } from 'drizzle-orm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startTestApp, type TestApp } from '../../test/app.ts'
import { makeCompany, makeProduct, productDraft } from '../../test/companies.ts'
import { makeAnswer, makeBoard, makeComment, makeTopic, openingOf, postNow, topicDraft, topicNow } from '../../test/making.ts'
import { knownAgain, makeAgent, makeCompanyAdmin, makeMember, makeModerator, makeOperator } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import type { BoardRow } from '../boards/schema.ts'
import { writeMails } from '../notifications/mailing.ts'
import { Invalid, Refused } from '../platform/errors.ts'
import { mails } from '../platform/schema.ts'
import { postAnswer } from '../topics/answers.ts'
import { posts } from '../topics/schema.ts'
import { askAbout, nameProducts } from './naming.ts'
import { namesIt } from './product_names.ts'
import { findNamed, findProduct, guessProducts, type Product, suggestProducts } from './product_queries.ts'
import { addVersion, readSpecs } from './products.ts'
import { listTeam } from './queries.ts'
import type { CompanyRow } from './schema.ts'
import { endMembership } from './team.ts'

let forum: TestApp
let board: BoardRow
let company: CompanyRow
let product: Product
let asker: Actor
let agent: Actor

beforeAll(async () => {
  forum = await startTestApp()
  const { db } = forum
  board = await makeBoard(db)
  company = await makeCompany(db, { nameJa: 'サクラネット株式会社', nameEn: 'Sakuranet Inc.' })
  product = await makeProduct(db, company, { slug: 'ax-3200', nameJa: 'AX-3200', nameEn: 'AX-3200', aliases: 'SN-AX3200、桜ルーター' }, [
    '2.3',
    '2.4',
    '2.4.1',
  ])
  asker = await makeMember(db)
  agent = await makeAgent(db, company)
})
afterAll(() => forum.close())

const about = (products: string, person = asker) => askAbout(forum.db, person, { ...topicDraft(board), products })

describe('products', () => {
  test.each([
    ['AX-3200の電源が入りません', 'AX-3200', true],
    ['ＡＸ３２００です', 'AX-3200', true],
    ['ax 3200', 'AX-3200', true],
    ['AXー3200', 'AX-3200', true],
    ['MAX-3200', 'AX-3200', false],
    ['AX-32001', 'AX-3200', false],
    ['うちの桜ルーターが', '桜ルーター', true],
    ['まちレジを使っています', 'まちレジ', true],
    ['町のレジ', 'まちレジ', false],
    ['A', 'A', false],
  ])('「%s」 names %s: %s', (text, name, named) => {
    expect(namesIt(text, name)).toBe(named)
  })

  test('are found by name, alias or model number, in any writing, with company and version', async () => {
    const [byName, byAlias, withMaker, withVersion, none] = await findNamed(forum.db, [
      'ax3200',
      'さくら',
      'サクラネット株式会社 AX-3200',
      'AX-3200 2.4.1',
      'AX-3200 9.9',
    ])
    expect([byName, withMaker].map(found => found?.[0]?.productId)).toEqual([product.id, product.id])
    expect(byAlias).toEqual([])
    expect(withVersion?.[0]).toMatchObject({ productId: product.id, version: '2.4.1' })
    expect(none).toEqual([])
    expect((await suggestProducts(forum.db, 'sn-ax'))[0]).toMatchObject({ nameJa: 'AX-3200' })
    expect(await guessProducts(forum.db, '桜ルーターの再起動')).toEqual([expect.objectContaining({ productId: product.id })])
    expect(await guessProducts(forum.db, '何もない文章')).toEqual([])
  })

  test('stand on a topic as the asker named them; what cannot be read is said at the field and nothing is asked', async () => {
    const topic = await topicNow(forum.db, await about('ax 3200 2.4'))
    expect([topic.productIds, topic.companyIds]).toEqual([[product.id], [company.id]])
    const before = await forum.db.execute(sql`select count(*) from topics`)
    const browser = await forum.as(asker)
    for (const products of ['ありえない製品', Array.from({ length: 6 }, (_, n) => `P${n}`).join(',')]) {
      const draft = { ...topicDraft(board), products }
      const { statusCode, body } = await browser.post('/ask', { ...draft, company: '' })
      expect(statusCode).toBe(422)
      expect(body).toContain('id="products-error"')
      expect(body).toContain(draft.title)
    }
    expect(await forum.db.execute(sql`select count(*) from topics`)).toEqual(before)
    expect((await browser.get(`/t/${topic.id}`)).body).toContain('製品：AX-3200 2.4')
  })

  test('two of the same name are told apart by their companies', async () => {
    const other = await makeCompany(forum.db, { nameJa: 'ウメ電機株式会社' })
    await makeProduct(forum.db, other, { nameJa: 'ツイン', nameEn: 'Twin' })
    await makeProduct(forum.db, company, { nameJa: 'ツイン', nameEn: 'Twin' })
    await expect(about('ツイン')).rejects.toMatchObject({ fields: { products: { key: 'companies.products.several' } } })
    expect((await topicNow(forum.db, await about('サクラネット株式会社ツイン'))).companyIds).toEqual([company.id])
  })

  test('are offered after asking when only the words name them, without JavaScript', async () => {
    const browser = await forum.as(asker)
    const asked = await browser.post('/ask', {
      ...topicDraft(board, { title: 'AX-3200が再起動をくり返します' }),
      products: '',
      company: '',
    })
    expect(asked.headers.location).toMatch(/^\/t\/\d+\/products$/)
    const page = await browser.get(String(asked.headers.location))
    expect(page.body).toContain('value="AX-3200"')
    const saved = await browser.put(String(asked.headers.location), { products: 'AX-3200' })
    expect((await browser.get(String(saved.headers.location))).body).toContain('製品：AX-3200')
  })

  test('their page lists troubles, the guaranteed first, tips, the solved rate and the rows of what they are', async () => {
    const { db } = forum
    const own = await makeProduct(db, company, { slug: 'lamp', nameJa: 'ランプ', nameEn: 'Lamp', specsJa: '明るさ：800 lm\n色：昼白色' }, [
      '1',
    ])
    const ask = async (title: string, kind: 'question' | 'tip' = 'question') =>
      askAbout(db, asker, { ...topicDraft(board, { title, kind }), products: 'ランプ' })
    const [quiet, loud, sure] = [await ask('ランプが暗いのです'), await ask('ランプがちらつきます'), await ask('ランプが熱くなります')]
    await ask('ランプを長持ちさせるコツ', 'tip')
    await db.execute(sql`update topics set me_too_count = 9 where id = ${loud.id}`)
    await db.execute(sql`update topics set guaranteed_at = now(), solved_at = now() where id = ${sure.id}`)
    const { body } = await (await forum.as()).get(`/c/${company.slug}/p/${own.slug}`)
    const order = [sure, loud, quiet].map(({ title }) => body.indexOf(title))
    expect(order.every(place => place > 0)).toBe(true)
    expect([...order].sort((a, b) => a - b)).toEqual(order)
    expect(body).toContain('33%')
    expect(body).toContain('800 lm')
    expect(body).toContain('ランプを長持ちさせるコツ')
    const all = await (await forum.as()).get(`/c/${company.slug}/p/${own.slug}?list=all`)
    expect(all.body.indexOf('長持ち')).toBeLessThan(all.body.indexOf('ランプが暗い'))
  })

  test('are arranged by the company’s admins alone, each mistake told at its field', async () => {
    const [admin, agents] = [await forum.as(await makeCompanyAdmin(forum.db, company)), await forum.as(agent)]
    const stranger = await forum.as(await makeCompanyAdmin(forum.db, await makeCompany(forum.db)))
    const manage = `/c/${company.slug}/manage/products`
    const form = { ...productDraft({ slug: 'kettle', nameJa: 'やかん', nameEn: 'Kettle' }) }
    expect((await agents.post(manage, form)).statusCode).toBe(404)
    expect((await stranger.post(manage, form)).statusCode).toBe(404)
    expect((await admin.post(manage, form)).headers.location).toBe(`${manage}/kettle`)
    for (const [draft, field] of [
      [{ slug: 'kettle' }, 'slug'],
      [{ slug: 'Nope!' }, 'slug'],
      [{ specsJa: '色\n' }, 'specsJa'],
      [{ nameJa: '・' }, 'nameJa'],
    ] as const) {
      const { statusCode, body } = await admin.post(manage, { ...form, slug: 'pot', ...draft })
      expect(statusCode, field).toBe(422)
      expect(body).toContain(`id="${field}-error"`)
    }
    for (const [draft, field] of [
      [{ label: ' ', releasedOn: '' }, 'label'],
      [{ label: '1.0', releasedOn: '2026-02-30' }, 'releasedOn'],
    ] as const)
      expect((await admin.post(`${manage}/kettle/versions`, draft)).body).toContain(`id="${field}-error"`)
    expect((await admin.post(`${manage}/kettle/versions`, { label: '1.0', releasedOn: '2026-02-28' })).statusCode).toBe(303)
    expect((await admin.post(`${manage}/kettle/versions`, { label: '1.0', releasedOn: '' })).body).toContain('id="label-error"')
    const reversed = await admin.post(`${manage}/kettle/versions`, { label: '1.1', releasedOn: '2026-02-27' })
    expect([reversed.statusCode, reversed.body.includes('id="releasedOn-error"')]).toEqual([422, true])
    expect(reversed.body).toContain('value="1.1"')
    expect((await admin.post(`${manage}/kettle`, { ...form, life: 'ended' })).statusCode).toBe(303)
    expect((await (await forum.as()).get(`/c/${company.slug}/p/kettle`)).body).toContain('販売終了')
  })

  test('versions added by several at once each have a place of their own, and one label is one version', async () => {
    const admin = await makeCompanyAdmin(forum.db, company)
    const pot = await makeProduct(forum.db, company, { slug: 'crowded-pot' })
    const labels = Array.from({ length: 24 }, (_, n) => `v${n % 12}`)
    const added = await Promise.allSettled(labels.map(label => addVersion(forum.db, admin, pot, { label, releasedOn: '' })))
    expect(added.filter(({ status }) => status === 'fulfilled')).toHaveLength(12)
    const { versions } = await findProduct(forum.db, company.slug, pot.slug)
    expect(versions.map(({ position }) => position)).toEqual(Array.from({ length: 12 }, (_, n) => 12 - n))
  })

  test('a version that topics name stays', async () => {
    const admin = await forum.as(await makeCompanyAdmin(forum.db, company))
    await about('AX-3200 2.3')
    const id = product.versions.find(({ label }) => label === '2.3')?.id
    const { statusCode, body } = await admin.delete(`/c/${company.slug}/manage/products/ax-3200/versions/${id}`)
    expect([statusCode, body.includes('id="label-error"')]).toEqual([422, true])
  })

  test('rows of what a product is are read as they are typed', () => {
    expect(readSpecs('寸法：180 × 140\nWi-Fi: 6: ax\n\n', 'specs')).toEqual([
      { name: '寸法', value: '180 × 140' },
      { name: 'Wi-Fi', value: '6: ax' },
    ])
    expect(() => readSpecs('a：b\nただの文', 'specs')).toThrow('specs')
  })
})

describe('a company’s people', () => {
  test('add their own product to a topic, and neither take one away, change its version nor add another’s', async () => {
    const { db } = forum
    const other = await makeProduct(db, await makeCompany(db), { nameJa: 'よその製品' }, ['1'])
    const topic = await about('よその製品 1')
    const names = async (typed: string) => nameProducts(db, agent, await topicNow(db, topic), typed)
    await names('よその製品 1、AX-3200')
    expect((await topicNow(db, topic)).productIds).toEqual([other.id, product.id])
    for (const typed of ['AX-3200', 'よその製品、AX-3200', 'よその製品 1', ''])
      await expect(names(typed)).rejects.toMatchObject({ fields: { products: 'companies.naming.onlyAdd' } })
    const bare = await makeTopic(db, asker, board)
    await expect(nameProducts(db, agent, await topicNow(db, bare), 'よその製品')).rejects.toBeInstanceOf(Invalid)
    expect((await topicNow(db, topic)).productIds).toEqual([other.id, product.id])
    const form = await (await forum.as(agent)).get(`/t/${bare.id}/products`)
    expect(form.body).toContain('自社の製品を加えることだけができます')
  })

  test('do so only with a second step', async () => {
    const without = await makeAgent(forum.db, company, { twoStepAt: null })
    const topic = await makeTopic(forum.db, asker, board)
    await expect(nameProducts(forum.db, without, await topicNow(forum.db, topic), 'AX-3200')).rejects.toBeInstanceOf(Refused)
  })
})

describe('the label of a company', () => {
  const LABEL = 'サクラネット株式会社 公式'

  test('stands on what is written for it: on the topic, in lists, in search, for machines, on the writer’s page', async () => {
    const browser = await forum.as(agent)
    const topic = await topicNow(forum.db, await about('AX-3200'))
    await browser.post(`/t/${topic.id}/answers`, {
      body: '公式にお答えするしるし札の話です。',
      draftKey: 'official-1',
      company: String(company.id),
    })
    const asked = await browser.post('/ask', {
      ...topicDraft(board, { kind: 'tip', title: 'しるし札のお知らせです' }),
      products: '',
      company: String(company.id),
    })
    await forum.runJobs()
    await forum.services.search.refresh()
    const guest = await forum.as()
    for (const path of [
      `/t/${topic.id}`,
      String(asked.headers.location),
      '/',
      `/b/${board.slug}`,
      '/search?q=しるし札',
      `/u/${agent.handle}`,
    ])
      expect((await guest.get(encodeURI(path))).body, path).toContain(LABEL)
    const found = (await guest.get(encodeURI('/api/v1/search?q=しるし札'))).json()
    expect(found.results.map((result: { label: object }) => result.label)).toEqual(
      found.results.map(() => ({ kind: 'official', company: company.slug, name: 'サクラネット株式会社' })),
    )
    expect(found.results.length).toBeGreaterThan(0)
  })

  test('stands on an employee’s own words about his company’s product too, and nowhere else', async () => {
    const topic = await topicNow(forum.db, await about('AX-3200'))
    const answer = await makeAnswer(forum.db, agent, topic)
    expect(answer.capacity).toMatchObject({ as: 'related', slug: company.slug })
    const elsewhere = await makeTopic(forum.db, asker, board)
    expect((await makeAnswer(forum.db, agent, elsewhere)).capacity).toBeNull()
    expect((await (await forum.as()).get(`/t/${topic.id}`)).body).toContain('サクラネット株式会社 関係者')
  })

  test('stands in the mail that tells of it, in both capacities', async () => {
    const reader = await makeMember(forum.db)
    const asked = await askAbout(forum.db, reader, { ...topicDraft(board), products: 'AX-3200' })
    const topic = await topicNow(forum.db, asked)
    await postAnswer(forum.db, agent, topic, { body: '公式の回答です。', draftKey: 'mailed-official', company: company.id })
    await makeAnswer(forum.db, agent, topic, '個人としての回答です。')
    await forum.runJobs()
    while ((await writeMails(forum.services, new Date(Date.now() + 11 * 60_000))) > 0);
    const [mail] = await forum.db
      .select()
      .from(mails)
      .where(eq(mails.recipient, `${reader.handle}@example.com`))
    for (const body of [mail?.text, mail?.html]) for (const label of [LABEL, 'サクラネット株式会社 関係者']) expect(body).toContain(label)
  })

  test('comes to words written before the product was named, and stays when it is named no longer', async () => {
    const topic = await makeTopic(forum.db, asker, board)
    const before = await makeAnswer(forum.db, agent, topic)
    const comment = await makeComment(forum.db, agent, await openingOf(forum.db, topic))
    await nameProducts(forum.db, asker, await topicNow(forum.db, topic), 'AX-3200')
    expect((await postNow(forum.db, before)).capacity?.as).toBe('related')
    expect((await postNow(forum.db, comment)).capacity?.as).toBe('related')
    await nameProducts(forum.db, asker, await topicNow(forum.db, topic), '')
    expect((await postNow(forum.db, before)).capacity?.as).toBe('related')
  })

  test('comes to an answer that is sent while the product is being named', async () => {
    for (let round = 0; round < 10; round++) {
      const topic = await makeTopic(forum.db, asker, board)
      const [answer] = await Promise.all([
        postAnswer(forum.db, agent, topic, { body: '同時に書いています。', draftKey: `racing-${round}` }),
        nameProducts(forum.db, asker, topic, 'AX-3200'),
      ])
      expect((await postNow(forum.db, answer)).capacity?.as, `round ${round}`).toBe('related')
    }
  })

  test('cannot be taken off by an edit, by leaving, or by hand in the database', async () => {
    const leaver = await makeAgent(forum.db, company)
    const topic = await topicNow(forum.db, await about('AX-3200'))
    const { id } = await postAnswer(forum.db, leaver, topic, { body: '公式の回答です。', draftKey: 'leaver-1', company: company.id })
    const team = await listTeam(forum.db, company.id)
    await endMembership(forum.db, leaver, team.find(each => each.accountId === leaver.id) ?? expect.fail())
    const left = await forum.as(await knownAgain(forum.db, leaver.id))
    expect((await left.put(`/posts/${id}`, { body: '書き換え', revision: 1, reason: '' })).statusCode).toBe(403)
    const colleague = await forum.as(agent)
    expect((await colleague.put(`/posts/${id}`, { body: '同僚が直した公式の回答です。', revision: 1, reason: '' })).statusCode).toBe(303)
    const { body } = await (await forum.as()).get(`/t/${topic.id}`)
    expect(body).toContain('同僚が直した')
    expect(body).toContain(LABEL)
    await expect(forum.db.update(posts).set({ capacity: null, companyId: null }).where(eq(posts.id, id))).rejects.toThrow()
  })

  test('nobody puts on a company that is not his', async () => {
    const topic = await topicNow(forum.db, await about('AX-3200'))
    const stranger = await forum.as(await makeAgent(forum.db, await makeCompany(forum.db)))
    const form = { body: '他社のふりをします。', company: String(company.id) }
    expect((await stranger.post(`/t/${topic.id}/answers`, { ...form, draftKey: 'pretender-1' })).statusCode).toBe(403)
    expect((await stranger.post(`/posts/${topic.openingId}/comments`, { ...form, draftKey: 'pretender-2' })).statusCode).toBe(403)
    expect((await stranger.post('/ask', { ...topicDraft(board), products: '', company: String(company.id) })).statusCode).toBe(403)
  })
})

test('who works for the company neither reacts, picks nor moderates where it is about its product', async () => {
  const { db } = forum
  const judge = await makeModerator(db, board)
  const staff = await makeAgent(db, company, { moderates: true })
  await db.execute(sql`insert into board_moderators (board_id, account_id) values (${board.id}, ${staff.id})`)
  const insider = await knownAgain(db, staff.id)
  const owner = await makeOperator(db)
  const own = await topicNow(db, await askAbout(db, insider, { ...topicDraft(board), products: 'AX-3200' }))
  const topic = await topicNow(db, await about('AX-3200'))
  const [answer, theirs] = [await makeAnswer(db, asker, own), await makeAnswer(db, await makeMember(db), topic)]
  const press = async (person: Actor, path: string) => (await (await forum.as(person)).post(path)).statusCode
  expect(await press(insider, `/posts/${theirs.id}/reactions/helpful`)).toBe(403)
  expect(await press(insider, `/posts/${theirs.id}/reactions/thanks`)).toBe(403)
  expect(await press(insider, `/posts/${topic.openingId}/reactions/me_too`)).toBe(403)
  expect(await press(insider, `/posts/${answer.id}/best`)).toBe(403)
  expect(await press(insider, `/posts/${theirs.id}/best`)).toBe(403)
  expect(await press(insider, `/t/${topic.id}/close`)).toBe(403)
  const free = await topicNow(db, await makeTopic(db, asker, board))
  expect(await press(insider, `/posts/${(await makeAnswer(db, judge, free)).id}/reactions/helpful`)).toBe(303)
  expect(await press(judge, `/t/${topic.id}/close`)).toBe(303)
  expect(await press(owner, `/posts/${theirs.id}/best`)).toBe(303)
  expect((await (await forum.as(insider)).get(`/t/${topic.id}`)).body).not.toContain('ベストアンサーに選ぶ')
})

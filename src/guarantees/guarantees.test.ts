import { sql } from 'drizzle-orm'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Browser, startTestApp, type TestApp } from '../../test/app.ts'
import { makeCompany, makeProduct } from '../../test/companies.ts'
import { guaranteeNow, makeGuarantee, makeOfficial, termsDraft } from '../../test/guarantees.ts'
import { makeAnswer, makeBoard, openingOf, postNow, topicDraft, topicNow } from '../../test/making.ts'
import { makeAgent, makeCompanyAdmin, makeMember, makeOperator, visitor } from '../../test/people.ts'
import type { Actor } from '../accounts/actor.ts'
import type { BoardRow } from '../boards/schema.ts'
import { askAbout } from '../companies/naming.ts'
import type { Product } from '../companies/product_queries.ts'
import { addVersion } from '../companies/products.ts'
import { listTeam } from '../companies/queries.ts'
import type { CompanyRow } from '../companies/schema.ts'
import { endMembership } from '../companies/team.ts'
import { sayFixed } from '../fixes/fixes.ts'
import { follow } from '../notifications/follows.ts'
import { listNotices } from '../notifications/queries.ts'
import { Conflict, Invalid, Refused } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { react } from '../reactions/reactions.ts'
import type { Post } from '../topics/page_queries.ts'
import type { Topic } from '../topics/queries.ts'
import { dayInJapan, lastDay } from './days.ts'
import { confirmGuarantee, recallGuarantee, recheckGuarantee, renewGuarantee, revokeGuarantee, suspendGuarantee } from './deeds.ts'
import { followCalendar } from './following.ts'
import { agreeToGuarantee, declineGuarantee, offerGuarantee } from './offering.ts'
import { listRelying } from './relying.ts'

let forum: TestApp
let db: TestApp['db']
let board: BoardRow
let company: CompanyRow
let careful: CompanyRow
let product: Product
let carefulProduct: Product
let agent: Actor
let colleague: Actor
let writer: Actor
let operator: Actor
let guest: Browser

beforeAll(async () => {
  forum = await startTestApp()
  db = forum.db
  board = await makeBoard(db)
  company = await makeCompany(db, { nameJa: 'サクラネット株式会社', nameEn: 'Sakuranet Inc.' })
  careful = await makeCompany(db, { nameJa: '慎重堂株式会社', demandsSecondPair: true })
  await makeProduct(db, careful, {}, ['an', 'other'])
  product = await makeProduct(db, company, { slug: 'ax-3200', nameJa: 'AX-3200', nameEn: 'AX-3200', versionWordJa: 'ファームウェア' }, [
    '2.2',
    '2.3',
    '2.4',
  ])
  carefulProduct = await makeProduct(db, careful, { nameJa: '慎重ランプ', nameEn: 'Careful lamp' })
  agent = await makeAgent(db, company)
  colleague = await makeCompanyAdmin(db, company)
  writer = await makeMember(db, { name: 'えむえぬ' })
  operator = await makeOperator(db)
  guest = await forum.as()
})
afterAll(() => forum.close())

const ask = async (products = 'AX-3200'): Promise<Topic> =>
  topicNow(db, await askAbout(db, await makeMember(db), { ...topicDraft(board), products }))
const versionId = (label: string) => product.versions.find(version => version.label === label)?.id ?? 0
const settled = async () => {
  await forum.runJobs()
  await new Promise(resolve => setTimeout(resolve, 150))
}
const page = async (topic: Topic) => (await guest.get(`/t/${topic.id}`)).body
const official = async (): Promise<{ topic: Topic; answer: Post }> => {
  const topic = await ask()
  return { topic, answer: await makeOfficial(db, agent, company, topic) }
}
const states = async (guarantee: { code: string }) =>
  (await guaranteeNow(db, guarantee)).history.map(({ deed, state, by }) => `${deed} ${state} ${by}`)
const edit = async (person: Actor, answer: { id: number }, body = '直した手順です。') =>
  (await forum.as(person)).put(`/posts/${answer.id}`, { body, revision: (await postNow(db, answer)).revision, reason: '' })

describe('a guarantee is given', () => {
  test('to a company’s own answer at once: seal, company, scope, end and code above all others', async () => {
    const topic = await ask()
    const other = await makeAnswer(db, writer, topic, 'ほかの人の回答です。')
    await db.execute(sql`update posts set helpful_count = 90 where id = ${other.id}`)
    const answer = await makeOfficial(db, agent, company, topic, '保証したい手順です。')
    const scope = [{ productId: product.id, fromVersionId: versionId('2.3'), toVersionId: null }]
    const guarantee = await makeGuarantee(db, agent, company, answer, product, { scope, validUntil: lastDay(dayInJapan(), 6) })
    expect(guarantee).toMatchObject({ state: 'given', revision: 1 })
    expect((await postNow(db, answer)).guaranteedAt).toBeInstanceOf(Date)
    expect((await topicNow(db, topic)).guaranteedAt).toBeInstanceOf(Date)
    const body = await page(topic)
    expect(body.indexOf('保証したい手順です。')).toBeLessThan(body.indexOf('ほかの人の回答です。'))
    for (const words of ['サクラネット株式会社が内容を確認し、保証しています', 'AX-3200 / 2.3 以降', guarantee.code, 'class="seal-mark"'])
      expect(body, words).toContain(words)
  })

  test('to a member’s answer when he agrees; he is asked by mail, credited by name, and may decline', async () => {
    const topic = await ask()
    const [answer, another] = [
      await makeAnswer(db, writer, topic, 'メンバーの手順です。'),
      await makeAnswer(db, writer, topic, '別の手順です。'),
    ]
    const asked = await makeGuarantee(db, agent, company, answer, product)
    const declined = await makeGuarantee(db, agent, company, another, product)
    expect([asked.state, (await postNow(db, answer)).guaranteedAt]).toEqual(['asked', null])
    await settled()
    const [mail] = await db.execute<{ text: string }>(
      sql`select text from mails where recipient = ${`${writer.handle}@example.com`} order by id desc limit 1`,
    )
    expect(mail?.text).toContain('/me/guarantees')
    const browser = await forum.as(writer)
    expect((await browser.get('/me/guarantees')).body).toContain('サクラネット株式会社が、この回答を保証したい')
    expect((await (await forum.as(agent)).post(`/me/guarantees/${asked.code}`)).statusCode).toBe(403)
    expect((await guest.get(`/guarantees/${asked.code}`)).statusCode).toBe(404)
    await browser.post(`/me/guarantees/${asked.code}`)
    await browser.delete(`/me/guarantees/${declined.code}`)
    expect([(await guaranteeNow(db, asked)).state, (await guaranteeNow(db, declined)).state]).toEqual(['given', 'declined'])
    expect((await guest.get(`/guarantees/${asked.code}`)).body).toContain('えむえぬ')
    const body = await page(topic)
    expect(body.match(/class="guarantee"/g)).toHaveLength(1)
    expect((await postNow(db, another)).guaranteedAt).toBeNull()
  })

  test('after a second pair of eyes where the company demands it, and never by the same person', async () => {
    const [first, second] = [await makeAgent(db, careful), await makeAgent(db, careful)]
    const topic = await ask('慎重ランプ')
    const guarantee = await makeGuarantee(db, first, careful, await makeOfficial(db, first, careful, topic), carefulProduct)
    expect(guarantee.state).toBe('pending')
    expect(await page(topic)).not.toContain('class="guarantee"')
    await expect(confirmGuarantee(db, first, guarantee, { seen: 1 })).rejects.toBeInstanceOf(Refused)
    await expect(confirmGuarantee(db, agent, guarantee, { seen: 1 })).rejects.toBeInstanceOf(Refused)
    expect((await confirmGuarantee(db, second, guarantee, { seen: 1 })).state).toBe('given')
    await settled()
    expect(await page(topic)).toContain('class="guarantee"')
    const member = await makeAnswer(db, writer, topic)
    const asked = await makeGuarantee(db, first, careful, member, carefulProduct)
    expect((await agreeToGuarantee(db, writer, asked)).state).toBe('pending')
    await expect(declineGuarantee(db, writer, asked)).rejects.toBeInstanceOf(Conflict)
  })

  test('for what was read: an answer edited meanwhile is not vouched for', async () => {
    const { answer } = await official()
    await edit(agent, answer)
    await expect(
      offerGuarantee(db, agent, company, await postNow(db, answer), { ...termsDraft(product), revision: 1 }),
    ).rejects.toBeInstanceOf(Conflict)
  })

  test('only for one’s own products, in topics that name them, by one’s own people', async () => {
    const { topic, answer } = await official()
    const browser = async (person: Actor) => forum.as(person)
    const path = (slug: string) => `/c/${slug}/manage/answers/${answer.id}/guarantee`
    const form = { revision: 1, [`product-${product.id}`]: 'yes', checkedBy: '一人', validUntil: lastDay(dayInJapan(), 3) }
    const stranger = await makeAgent(db, await makeCompany(db))
    for (const person of [stranger, operator, writer]) {
      const client = await browser(person)
      expect([403, 404]).toContain((await client.post(path(company.slug), form)).statusCode)
    }
    const carefulAgent = await browser(await makeAgent(db, careful))
    expect((await carefulAgent.post(path(careful.slug), form)).statusCode).toBe(403)
    const own = await browser(agent)
    const shownForm = (await own.get(path(company.slug))).body
    const offered = new RegExp(`<select id="from-${product.id}"[^]*?</select>`).exec(shownForm)?.[0].match(/<option value="\d+">[^<]+/g)
    expect(offered?.map(option => option.replace(/.*>/, ''))).toEqual(['2.2', '2.3', '2.4'])
    const wrong: [Record<string, string>, string][] = [
      [{ [`product-${product.id}`]: '' }, 'products-error'],
      [{ [`product-${carefulProduct.id}`]: 'yes' }, 'products-error'],
      [{ [`from-${product.id}`]: String(versionId('2.4')), [`to-${product.id}`]: String(versionId('2.2')) }, `to-${product.id}-error`],
      [{ [`from-${product.id}`]: '999999' }, `from-${product.id}-error`],
      [{ validUntil: '2020-01-01' }, 'validUntil-error'],
      [{ validUntil: lastDay(dayInJapan(), 40) }, 'validUntil-error'],
      [{ evidenceUrl: 'javascript:alert(1)' }, 'evidenceUrl-error'],
      [{ checkedBy: ' ' }, 'checkedBy-error'],
    ]
    for (const [draft, field] of wrong) {
      const { statusCode, body } = await own.post(path(company.slug), { ...form, conditions: '消えない条件', ...draft })
      expect([statusCode, body.includes(`id="${field}"`)], field).toEqual([422, true])
      expect(body).toContain('消えない条件')
    }
    expect((await own.post(path(company.slug), form)).statusCode).toBe(303)
    expect((await own.get(path(company.slug))).headers.location).toMatch(/manage\/guarantees\/HG-/)
    const comment = await makeAnswer(db, writer, await ask('慎重ランプ'))
    await expect(
      offerGuarantee(db, agent, company, await postNow(db, comment), { ...termsDraft(product), revision: 1 }),
    ).rejects.toBeInstanceOf(Refused)
    expect(topic.id).toBeGreaterThan(0)
  })
})

describe('what becomes of it', () => {
  test('an edit takes it down at once and asks the company; a new check puts it up again', async () => {
    const { topic, answer } = await official()
    const guarantee = await makeGuarantee(db, agent, company, answer, product)
    await page(topic)
    await edit(colleague, answer)
    // Before any job has run: nobody vouches for the new words.
    expect((await postNow(db, answer)).guaranteedAt).toBeNull()
    await settled()
    expect(await states(guarantee)).toEqual(['offered given company', 'suspended suspended edit'])
    const body = await page(topic)
    expect(body).not.toContain('class="guarantee"')
    expect(body).toContain('保証を一時止めています。')
    const [mail] = await db.execute<{ text: string }>(
      sql`select text from mails where recipient = ${`${agent.handle}@example.com`} order by id desc limit 1`,
    )
    expect(mail?.text).toContain(guarantee.code)
    const again = await recheckGuarantee(db, agent, guarantee, { ...termsDraft(product), revision: 2, seen: 2 })
    expect(again).toMatchObject({ state: 'given', revision: 2 })
    expect(again.digest).not.toBe(guarantee.digest)
    await settled()
    expect(await page(topic)).toContain('class="guarantee"')
    expect((await guest.get(`/guarantees/${guarantee.code}`)).body).toContain('回答が編集されたため、保証を一時止めました。')
  })

  test('a recheck that meets an edit nobody has followed yet does not vouch for the new words', async () => {
    const { answer } = await official()
    const guarantee = await makeGuarantee(db, agent, company, answer, product)
    await edit(colleague, answer)
    await expect(recheckGuarantee(db, agent, guarantee, { ...termsDraft(product), revision: 1, seen: 1 })).rejects.toBeInstanceOf(Conflict)
    await expect(renewGuarantee(db, agent, guarantee, { seen: 1, validUntil: '' })).rejects.toBeInstanceOf(Conflict)
    expect((await postNow(db, answer)).guaranteedAt).toBeNull()
  })

  test('an edit or a withdrawal before the writer has agreed ends it', async () => {
    const topic = await ask()
    const [edited, withdrawn] = [await makeAnswer(db, writer, topic), await makeAnswer(db, writer, topic)]
    const [one, two] = [
      await makeGuarantee(db, agent, company, edited, product),
      await makeGuarantee(db, agent, company, withdrawn, product),
    ]
    await edit(writer, edited)
    await (await forum.as(writer)).delete(`/posts/${withdrawn.id}`)
    await settled()
    expect([await states(one), await states(two)]).toEqual([
      ['offered asked company', 'declined declined edit'],
      ['offered asked company', 'declined declined withdrawal'],
    ])
    expect((await makeGuarantee(db, agent, company, edited, product)).state).toBe('asked')
  })

  test('an answer that is taken back is vouched for no longer, and its words are not shown on the certificate', async () => {
    const topic = await ask()
    const answer = await makeAnswer(db, writer, topic, '取り下げる手順です。')
    const guarantee = await agreeToGuarantee(db, writer, await makeGuarantee(db, agent, company, answer, product))
    const reader = await makeMember(db)
    await react(db, reader, await postNow(db, answer), 'helpful')
    await (await forum.as(writer)).delete(`/posts/${answer.id}`)
    await settled()
    expect((await states(guarantee)).at(-1)).toBe('revoked revoked withdrawal')
    const letters = await db.execute<{ recipient: string; text: string }>(sql`
      select recipient, text from mails where once_key like ${`guarantee.revoked:${guarantee.id}:%`}`)
    expect(letters.map(({ recipient }) => recipient)).toContain(`${reader.handle}@example.com`)
    expect(letters.map(({ recipient }) => recipient)).not.toContain(`${writer.handle}@example.com`)
    expect(letters[0]?.text).toContain('回答が取り下げられたため')
    expect((await topicNow(db, topic)).guaranteedAt).toBeNull()
    const { body } = await guest.get(`/guarantees/${guarantee.code}`)
    expect(body).toContain('回答が取り下げられたため')
    expect(body).not.toContain('取り下げる手順です。')
  })

  test('an answer that is hidden keeps its guarantee, and its topic is not said to have it until it is shown again', async () => {
    const { topic, answer } = await official()
    const guarantee = await makeGuarantee(db, agent, company, answer, product)
    const topicKnows = async () => (await topicNow(db, topic)).guaranteedAt !== null
    const hide = async (name: 'post.hidden' | 'post.shown') => {
      await db.execute(sql`update posts set hidden_at = ${name === 'post.hidden' ? sql`now()` : sql`null`} where id = ${answer.id}`)
      await db.transaction(tx => record(tx, name, { topicId: topic.id, boardId: topic.boardId, actorId: operator.id, postId: answer.id }))
      await settled()
    }
    await hide('post.hidden')
    expect([await topicKnows(), (await guaranteeNow(db, guarantee)).state]).toEqual([false, 'given'])
    expect((await guest.get(`/guarantees/${guarantee.code}`)).body).not.toContain('公式の手順です。')
    await hide('post.shown')
    expect([await topicKnows(), await states(guarantee)]).toEqual([true, ['offered given company']])
    expect(await page(topic)).toContain(guarantee.code)
  })

  test('its last day is a day it holds; the day after, it moves down and says so; renewed, it is up again', async () => {
    const { topic, answer } = await official()
    const guarantee = await makeGuarantee(db, agent, company, answer, product, { validUntil: lastDay(dayInJapan(), 2) })
    await followCalendar(db, guarantee.validUntil)
    expect((await guaranteeNow(db, guarantee)).state).toBe('given')
    await followCalendar(db, lastDay(guarantee.validUntil, 1))
    await followCalendar(db, lastDay(guarantee.validUntil, 1))
    await settled()
    expect((await states(guarantee)).filter(row => row.startsWith('expired'))).toEqual(['expired expired clock'])
    const body = await page(topic)
    expect(body).toContain('期限切れ・要再確認')
    expect(body).not.toContain('class="guarantee"')
    const { number } = await guaranteeNow(db, guarantee)
    const renewed = await renewGuarantee(db, agent, guarantee, { seen: number, validUntil: lastDay(dayInJapan(), 12) })
    expect(renewed).toMatchObject({ state: 'given', renewalAskedAt: null })
    expect((await postNow(db, answer)).guaranteedAt).toBeInstanceOf(Date)
  })

  test('thirty days before the end, and with a new version, the company is asked for a renewal, once', async () => {
    const { answer } = await official()
    const soon = await makeGuarantee(db, agent, company, answer, product, { validUntil: lastDay(dayInJapan(), 2) })
    const due = () => db.execute(sql`select from events where name = 'guarantee.renewal_due' and (data->>'guaranteeId')::int = ${soon.id}`)
    await followCalendar(db, dayInJapan())
    expect(await due()).toHaveLength(0)
    const day = new Date(new Date(soon.validUntil).getTime() - 29 * 86_400_000).toISOString().slice(0, 10)
    await followCalendar(db, day)
    await followCalendar(db, day)
    expect(await due()).toHaveLength(1)
    await db.execute(sql`update guarantees set renewal_asked_at = null where id = ${soon.id}`)
    const bounded = await makeGuarantee(db, agent, company, (await official()).answer, product, {
      scope: [{ productId: product.id, fromVersionId: null, toVersionId: versionId('2.4') }],
    })
    await addVersion(db, colleague, product, { label: `3.${Math.random()}`, releasedOn: '' })
    await settled()
    expect(await due()).toHaveLength(2)
    expect((await guaranteeNow(db, bounded)).renewalAskedAt).toBeNull()
    expect((await (await forum.as(agent)).get(`/c/${company.slug}/manage/guarantees`)).body).toContain(soon.code)
  })

  test('revoked or recalled, it says why to everybody, keeps the words and tells what others listen for', async () => {
    for (const [end, deed, words] of [
      [revokeGuarantee, 'revoked', '保証が取り消されました。'],
      [recallGuarantee, 'recalled', '保証が回収されました。'],
    ] as const) {
      const { topic, answer } = await official()
      const guarantee = await makeGuarantee(db, agent, company, answer, product)
      await expect(end(db, agent, guarantee, { seen: 1, reason: ' ・ ' })).rejects.toBeInstanceOf(Invalid)
      await end(db, agent, guarantee, { seen: 1, reason: '手順3で設定が消えることがわかりました。' })
      await settled()
      const body = await page(topic)
      for (const said of [words, '手順3で設定が消えることがわかりました。']) expect(body, deed).toContain(said)
      expect(body).not.toContain('class="guarantee"')
      const certificate = (await guest.get(`/guarantees/${guarantee.code}`)).body
      expect(certificate).toContain('手順3で設定が消える')
      expect(certificate).toContain('公式の手順です。')
      const events = await db.execute<{ data: object }>(
        sql`select data from events where name = ${`guarantee.${deed}`} and (data->>'guaranteeId')::int = ${guarantee.id}`,
      )
      expect([...events].map(({ data }) => data)).toEqual([
        expect.objectContaining({ guaranteeId: guarantee.id, postId: answer.id, topicId: topic.id, companyId: company.id, number: 2 }),
      ])
      expect((await makeGuarantee(db, agent, company, answer, product)).state).toBe('given')
    }
  })

  test('revoked or recalled, everybody who relied on it hears why, once, and its writer; nobody else', async () => {
    const readers: Record<string, Actor> = {}
    for (const name of ['helpful', 'thanks', 'fixed', 'failed', 'meToo', 'both', 'follower', 'deaf', 'nobody', 'left', 'english'])
      readers[name] = await makeMember(db, { locale: name === 'english' ? 'en' : 'ja' })
    const { helpful, thanks, fixed, failed, meToo, both, follower, deaf, nobody, left, english } = readers as Record<
      string,
      Actor & { handle: string }
    >
    const asker = await makeMember(db)
    const topic = await topicNow(db, await askAbout(db, asker, { ...topicDraft(board), products: 'AX-3200' }))
    const answer = await makeAnswer(db, writer, topic)
    const guarantee = await agreeToGuarantee(db, writer, await makeGuarantee(db, agent, company, answer, product))
    for (const [reader, kind] of [
      [helpful, 'helpful'],
      [both, 'helpful'],
      [both, 'thanks'],
      [thanks, 'thanks'],
      [left, 'thanks'],
      [english, 'helpful'],
    ] as const)
      if (reader) await react(db, reader, await postNow(db, answer), kind)
    if (meToo) await react(db, meToo, await openingOf(db, topic), 'me_too')
    for (const reader of [fixed, both, failed])
      if (reader) await sayFixed(db, reader, await postNow(db, answer), { device: '', visitor: '' }, { fixed: reader !== failed })
    for (const [reader, level] of [
      [follower, 'answers'],
      [deaf, 'nothing'],
    ] as const)
      if (reader) await follow(db, reader, { subject: `topic:${topic.id}` }, level)
    await db.execute(sql`update accounts set closed_at = now() where id = ${left?.id ?? 0}`)
    await settled()
    const revoked = await revokeGuarantee(db, agent, guarantee, { seen: 2, reason: '手順が古くなりました。' })
    await recallGuarantee(db, colleague, revoked, { seen: 3, reason: '手順3で設定が消えます。' })
    await settled()
    await forum.services.db.execute(sql`select graphile_worker.add_job('event', json_build_object('id', id, 'name', name, 'data', data)) from events
      where name = 'guarantee.recalled' and (data->>'guaranteeId')::int = ${guarantee.id}`)
    await settled()
    const letters = async (person: Actor | undefined) =>
      [
        ...(await db.execute<{ subject: string; text: string }>(
          sql`select subject, text from mails where recipient = ${`${person?.handle}@example.com`} and subject ~ '回収|取り消|recalled|revoked' order by id`,
        )),
      ].map(({ subject, text }) => `${subject}\n${text}`)
    for (const person of [helpful, thanks, fixed, meToo, both, follower, asker]) {
      expect(await letters(person)).toEqual([
        expect.stringMatching(/回答の保証が取り消されました[\s\S]*サクラネット株式会社[\s\S]*手順が古くなりました。/),
        expect.stringMatching(/回答の保証が回収されました[\s\S]*サクラネット株式会社[\s\S]*手順3で設定が消えます。/),
      ])
    }
    expect(await letters(writer)).toEqual([
      expect.stringContaining('あなたの回答の保証が取り消されました'),
      expect.stringContaining('あなたの回答の保証が回収されました'),
    ])
    expect((await letters(english))[1]).toMatch(/Sakuranet Inc. has recalled[\s\S]*guarantees\/HG-/)
    for (const person of [failed, deaf, nobody, left, agent, colleague]) expect(await letters(person), person?.handle).toEqual([])
    const noticed = async (person: Actor | undefined) =>
      (await listNotices(db, person ?? visitor, { which: 'all' })).rows
        .filter(({ notice }) => notice.topicId === topic.id && /recalled|revoked/.test(notice.kind))
        .map(({ notice, by }) => [notice.kind, by])
    for (const person of [helpful, thanks, fixed, meToo, both, follower])
      expect(await noticed(person)).toEqual([
        ['recalled', null],
        ['revoked', null],
      ])
    expect((await noticed(writer)).map(([kind]) => kind)).toEqual(['recalled_own', 'revoked_own'])
    for (const person of [failed, deaf, nobody, agent, colleague]) expect(await noticed(person), person?.handle).toEqual([])
  })

  test('readers beyond the first two hundred hear of it too, each once', async () => {
    const { answer, topic } = await official()
    await db.execute(
      sql`insert into accounts (handle, name, email, confirmed_at) select 'crowd_' || n, 'Crowd', 'crowd_' || n || '@example.com', now() from generate_series(1, 450) n`,
    )
    await db.execute(
      sql`insert into reactions (post_id, account_id, kind) select ${answer.id}, id, k from accounts, unnest(array['helpful', 'thanks']) k where handle like 'crowd_%'`,
    )
    await db.execute(
      sql`insert into fixes (post_id, account_id, fixed) select ${answer.id}, id, true from accounts where handle like 'crowd_%' and id % 2 = 0`,
    )
    // Who has left, even as many as fill a page, keeps nobody else from hearing of it.
    await db.execute(sql`update accounts set closed_at = now() where handle like 'crowd_%' and id in (
      select id from accounts where handle like 'crowd_%' order by id limit 230)`)
    await db.execute(sql`delete from fixes where post_id = ${answer.id} and account_id in (
      select id from accounts where handle like 'crowd_%' order by id limit 300)`)
    const told: number[] = []
    const about = { postId: answer.id, topicId: topic.id }
    for (let page = await listRelying(db, about); page.next; page = await listRelying(db, about, page.next))
      told.push(...page.people.map(({ id }) => id))
    const crowd = await db.execute<{ id: number }>(sql`
      select id from accounts where closed_at is null and (handle like 'crowd_%' or id = ${topic.authorId}) order by id`)
    expect(told).toEqual([...crowd].map(({ id }) => Number(id)))
  })

  test('the operator may stop it and let it go on; the company cannot get round him', async () => {
    const { topic, answer } = await official()
    const guarantee = await makeGuarantee(db, agent, company, answer, product)
    const operators = await forum.as(operator)
    const path = `/admin/guarantees/${guarantee.code}/suspension`
    expect((await operators.post(path, { seen: 1, reason: '' })).statusCode).toBe(422)
    expect((await operators.post(path, { seen: 1, reason: '苦情を確認しています。' })).statusCode).toBe(303)
    await settled()
    expect(await page(topic)).toContain('苦情を確認しています。')
    await expect(recheckGuarantee(db, agent, guarantee, { ...termsDraft(product), revision: 1, seen: 2 })).rejects.toBeInstanceOf(Refused)
    expect((await operators.delete(path, { seen: 2 })).statusCode).toBe(303)
    expect((await guaranteeNow(db, guarantee)).state).toBe('given')
    expect((await (await forum.as(agent)).post(path, { seen: 3, reason: 'x' })).statusCode).toBe(403)
    await expect(suspendGuarantee(db, agent, guarantee, { seen: 3, reason: 'x' })).rejects.toBeInstanceOf(Refused)
  })

  test('who leaves the company hands over what he looked after', async () => {
    const leaver = await makeAgent(db, company)
    const { answer } = await official()
    const guarantee = await makeGuarantee(db, leaver, company, answer, product)
    const team = await listTeam(db, company.id)
    const member = team.find(each => each.accountId === leaver.id) ?? expect.fail()
    await endMembership(db, colleague, member, agent.id)
    await settled()
    expect((await guaranteeNow(db, guarantee)).personInChargeId).toBe(agent.id)
    expect((await guaranteeNow(db, guarantee)).state).toBe('given')
  })

  test('its history is only ever added to, even by hand', async () => {
    const { answer } = await official()
    const { id } = await makeGuarantee(db, agent, company, answer, product)
    for (const statement of [
      sql`update guarantee_history set reason = 'x' where guarantee_id = ${id}`,
      sql`delete from guarantee_history where guarantee_id = ${id}`,
      sql`truncate guarantee_history`,
    ])
      await expect(db.execute(statement)).rejects.toThrow()
  })
})

test('guaranteed for different versions, a reader picks his and sees his answer', async () => {
  const topic = await ask()
  const scope = (from: string | null, to: string | null) =>
    [{ productId: product.id, fromVersionId: from && versionId(from), toVersionId: to && versionId(to) }] as {
      productId: number
      fromVersionId: number | null
      toVersionId: number | null
    }[]
  const [old, recent] = [
    await makeOfficial(db, agent, company, topic, '古い版の手順です。'),
    await makeOfficial(db, agent, company, topic, '新しい版の手順です。'),
  ]
  await makeGuarantee(db, agent, company, old, product, { scope: scope(null, '2.2') })
  await makeGuarantee(db, agent, company, recent, product, { scope: scope('2.3', null) })
  await settled()
  const shown = async (label: string) => {
    const { body } = await guest.get(`/t/${topic.id}?version=${versionId(label)}`)
    const [seen = '', aside = ''] = body.split('ほかのバージョン向けの保証付き回答')
    return [
      seen.includes('古い版の手順'),
      seen.includes('新しい版の手順'),
      aside.includes('古い版の手順'),
      aside.includes('新しい版の手順'),
    ]
  }
  expect(await shown('2.2')).toEqual([true, false, false, true])
  expect(await shown('2.4')).toEqual([false, true, true, false])
  expect((await guest.get(`/t/${topic.id}?version=`)).body).toMatch(/古い版[\s\S]*新しい版|新しい版[\s\S]*古い版/)
  expect((await guest.get(`/t/${topic.id}?version=999999`)).statusCode).toBe(200)
})

test('a company’s page shows its newest guaranteed answers and leads to all of them', async () => {
  const own = await makeCompany(db, { nameJa: 'たくさん保証株式会社' })
  const lamp = await makeProduct(db, own, { nameJa: 'たくさんランプ', nameEn: 'Many lamps' })
  const person = await makeAgent(db, own)
  const codes: string[] = []
  for (let n = 0; n < 12; n++) {
    const topic = await ask('たくさんランプ')
    codes.push((await makeGuarantee(db, person, own, await makeOfficial(db, person, own, topic), lamp)).code)
  }
  const shownIn = async (path: string) => {
    const { body } = await guest.get(path)
    return { body, codes: codes.filter(code => body.includes(code)) }
  }
  const first = await shownIn(`/c/${own.slug}`)
  expect(first.codes).toEqual(codes.slice(2))
  expect(first.body).toContain(`href="/c/${own.slug}?list&#x3D;guaranteed"`)
  const all = await shownIn(`/c/${own.slug}?list=guaranteed`)
  expect(all.codes).toEqual(codes)
  expect(all.body).toContain('企業のページへ')
  expect(all.body).not.toContain('rel="next"')
})

describe('fifty presses at once', () => {
  const fifty = <T>(press: (index: number) => Promise<T>) => Promise.all(Array.from({ length: 50 }, (_, index) => press(index)))
  const rows = (code: string) =>
    db.execute<{ deed: string }>(
      sql`select h.deed from guarantee_history h join guarantees g on g.id = h.guarantee_id where g.code = ${code} order by h.number`,
    )

  test('give one guarantee, and the same answer to all', async () => {
    const { answer } = await official()
    const browser = await forum.as(agent)
    const form = { revision: 1, [`product-${product.id}`]: 'yes', checkedBy: '一人', validUntil: lastDay(dayInJapan(), 3) }
    const answers = await fifty(() => browser.post(`/c/${company.slug}/manage/answers/${answer.id}/guarantee`, form))
    expect(new Set(answers.map(({ statusCode, headers }) => `${statusCode} ${headers.location}`)).size).toBe(1)
    expect(await db.execute(sql`select from guarantees where post_id = ${answer.id}`)).toHaveLength(1)
    const other = await forum.as(colleague)
    expect(
      (await other.post(`/c/${company.slug}/manage/answers/${answer.id}/guarantee`, { ...form, checkedBy: '別の人' })).statusCode,
    ).toBe(409)
  })

  test('renew once; from two people with two ends, one is done and the others hear that something has changed', async () => {
    const { answer } = await official()
    const { code } = await makeGuarantee(db, agent, company, answer, product)
    const path = `/c/${company.slug}/manage/guarantees/${code}/renewal`
    const browser = await forum.as(agent)
    const same = await fifty(() => browser.post(path, { seen: 1, validUntil: lastDay(dayInJapan(), 24) }))
    expect(new Set(same.map(({ statusCode }) => statusCode))).toEqual(new Set([303]))
    expect([...(await rows(code))].map(({ deed }) => deed)).toEqual(['offered', 'renewed'])
    const browsers = [browser, await forum.as(colleague)]
    const mixed = await fifty(index =>
      (browsers[index % 2] ?? browser).post(path, { seen: 2, validUntil: lastDay(dayInJapan(), 25 + (index % 2)) }),
    )
    expect([...(await rows(code))].map(({ deed }) => deed)).toEqual(['offered', 'renewed', 'renewed'])
    const counted = Object.groupBy(mixed, ({ statusCode }) => String(statusCode))
    expect(counted['303']).toHaveLength(25)
    expect(counted['409']).toHaveLength(25)
  })

  test('revoke, recall and renew at once leave one row of one of them', async () => {
    for (let round = 0; round < 3; round++) {
      const { answer } = await official()
      const { code } = await makeGuarantee(db, agent, company, answer, product)
      const path = `/c/${company.slug}/manage/guarantees/${code}`
      const browser = await forum.as(agent)
      const forms: [string, Record<string, string>][] = [
        ['revocation', { reason: '古くなりました。' }],
        ['recall', { reason: '誤りでした。' }],
        ['renewal', { validUntil: lastDay(dayInJapan(), 24) }],
      ]
      const answers = await fifty(index => {
        const [deed, form] = forms[index % 3] ?? expect.fail()
        return browser.post(`${path}/${deed}`, { seen: 1, ...form })
      })
      expect([...(await rows(code))]).toHaveLength(2)
      for (const { statusCode } of answers) expect([303, 409]).toContain(statusCode)
    }
  })
})

test('whatever is pressed in whatever order, the rows tell the same story as the guarantee, and the answer’s column follows', async () => {
  const press: Record<string, (guarantee: Awaited<ReturnType<typeof guaranteeNow>>) => Promise<unknown>> = {
    edit: guarantee => edit(agent, { id: guarantee.postId }, `手順 ${Math.random()}`),
    recheck: guarantee =>
      recheckGuarantee(db, agent, guarantee, { ...termsDraft(product), seen: guarantee.number, revision: guarantee.post.revision }),
    renew: guarantee => renewGuarantee(db, colleague, guarantee, { seen: guarantee.number, validUntil: lastDay(dayInJapan(), 13) }),
    expire: () => followCalendar(db, lastDay(dayInJapan(), 37)),
    stop: guarantee => suspendGuarantee(db, operator, guarantee, { seen: guarantee.number, reason: '確認します。' }),
    revoke: guarantee => revokeGuarantee(db, agent, guarantee, { seen: guarantee.number, reason: '古い。' }),
    recall: guarantee => recallGuarantee(db, agent, guarantee, { seen: guarantee.number, reason: '誤り。' }),
  }
  await fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...Object.keys(press)), { minLength: 1, maxLength: 8 }), async deeds => {
      const { answer } = await official()
      const { code } = await makeGuarantee(db, agent, company, answer, product)
      for (const deed of deeds) {
        await press[deed]?.(await guaranteeNow(db, { code })).catch(error => {
          if (!(error instanceof Conflict || error instanceof Refused)) throw error
        })
        await forum.runJobs()
        const { state, number, history, post, revision } = await guaranteeNow(db, { code })
        expect(history.map(row => row.number)).toEqual(Array.from({ length: number }, (_, index) => index + 1))
        expect(history.at(-1)?.state).toBe(state)
        expect((await postNow(db, answer)).guaranteedAt !== null).toBe(state === 'given')
        if (state === 'given') expect(revision).toBe(post.revision)
      }
    }),
    { numRuns: 12, seed: 20261124 },
  )
}, 60_000)

import { eq, isNotNull, sql } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '../../src/accounts/actor.ts'
import { accounts } from '../../src/accounts/schema.ts'
import { guarantees } from '../../src/guarantees/schema.ts'
import { decideItem } from '../../src/moderation/deciding.ts'
import { findItem, listQueue } from '../../src/moderation/queue_queries.ts'
import { makeKey } from '../../src/moderation/takedowns/filing.ts'
import { receiptPath } from '../../src/moderation/takedowns/present.ts'
import { seedWordLists } from '../../src/moderation/words/words.ts'
import { applyForCertification } from '../../src/reputation/certifying.ts'
import { contest } from '../../src/reputation/contesting.ts'
import { findings } from '../../src/reputation/schema.ts'
import { addSynonyms } from '../../src/search/synonyms.ts'
import { keepDraft } from '../../src/topics/drafts.ts'
import { editPost } from '../../src/topics/editing.ts'
import { topics } from '../../src/topics/schema.ts'
import { seedDemo } from '../../src/transfer/demo.ts'
import { axe, describeInBrowser } from '../browser.ts'
import { makeAnswer, makeBoard, makeTopic } from '../making.ts'
import { knownAgain, makeMember, makeOperator } from '../people.ts'
import { xssPayloads } from '../xss_payloads.ts'
import { type Forum, soon, startForum } from './forum.ts'
import { walk } from './walk.ts'

let forum: Forum
let topicPath = ''
let openingId = 0
let heatedPath = ''
let offerPath = ''
let fixedPath = ''
let decisionPath = ''
let heldPath = ''
let receiptAt = ''
/** A certificate in each state. */
const certificates: Record<string, string> = {}

const person = async (handle: string) => {
  const [account] = await forum.db.select({ id: accounts.id }).from(accounts).where(eq(accounts.handle, handle))
  return knownAgain(forum.db, account?.id ?? 0)
}

beforeAll(async () => {
  forum = await startForum()
  await seedDemo(forum.services)
  const [shown] = await forum.db
    .select()
    .from(topics)
    .where(eq(topics.title, '無線LANルーターを再起動しても、特定のスマホだけ接続できません'))
  topicPath = `/t/${shown?.id}`
  const [heated] = await forum.db.select({ id: topics.id }).from(topics).where(isNotNull(topics.heatedAt))
  heatedPath = `/t/${heated?.id}`
  openingId = shown?.openingId ?? 0
  await makeQueues()
  for (const { state, code, companyId } of await forum.db.select().from(guarantees))
    if (companyId === 1 || !certificates[state]) certificates[state] = `/guarantees/${code}`
  const [answer] = await forum.db.execute<{ id: number }>(sql`
    select p.id from posts p join topics t on t.id = p.topic_id join companies c on c.id = any(t.company_ids) and c.slug = 'sakuranet'
    where p.kind = 'answer' and not exists (select from guarantees g where g.post_id = p.id) order by p.id limit 1`)
  offerPath = `/c/sakuranet/manage/answers/${answer?.id}/guarantee`
  const [waiting] = await forum.db.execute<{ id: number }>(sql`
    select p.id from posts p join accounts a on a.id = p.author_id where a.handle = 'ayu' and p.held_at is not null`)
  heldPath = `/me/held/${waiting?.id}`
  const [request] = await forum.db.execute<{ id: number }>(sql`select id::int as id from takedowns order by id limit 1`)
  receiptAt = receiptPath(await makeKey(forum.db, request?.id ?? 0))
  decisionPath = `/me/decisions/${await askedToMend(await person('kenji'))}`
  fixedPath = `/posts/${answer?.id}/fixed`
}, 60_000)
afterAll(() => forum.close())

/** A decision on something this member wrote. */
async function askedToMend(member: Actor): Promise<number> {
  const moderator = await person('moderator')
  const { rows } = await listQueue(forum.db, moderator, { kind: 'flag' })
  const item = await findItem(forum.db, moderator, rows.find(({ aboutName }) => aboutName === member.name)?.id ?? 0)
  await decideItem(forum.db, moderator, item, { decision: 'ask_to_mend', reason: 'harsh', words: '言い方を見直していただけますか。' })
  return item.id
}

/** Something in each of the operator's lists, so that there is something to look at. */
async function makeQueues(): Promise<void> {
  const { db } = forum
  const [tamaki, operator] = [await person('tamaki'), await person('operator')]
  const picture = sharp({ create: { width: 600, height: 400, channels: 3, background: '#ffffff' } }).png()
  const certificate = { grade: 'dotcom_master_2013/basic', edition: '2024', number: '1234567', issuedOn: '2025-04-01', expiresOn: '' }
  await applyForCertification(forum.services, tamaki, { ...certificate, wantsAdvisor: false }, await picture.toBuffer())
  await contest(db, tamaki, { words: 'この点数には納得がいきません。' })
  await seedWordLists(db)
  await addSynonyms(db, operator, { way: 'both', words: '冷蔵庫, 冷ぞう庫', from: '' })
  await db.insert(findings).values({ kind: 'pair', memberIds: [tamaki.id, operator.id], mark: 'pair:1', evidence: {} })
}

const NO_LINK = 'not-a-link-of-ours'
const FAULTS: Partial<Record<string, number>> = {
  '/nowhere': 404,
  [`/mail/${NO_LINK}`]: 404,
  [`/reset/${NO_LINK}`]: 422,
  [`/confirm/${NO_LINK}`]: 422,
  [`/email/${NO_LINK}`]: 422,
  [`/companies/prove/${NO_LINK}`]: 422,
  [`/invitations/${NO_LINK}`]: 422,
}

/** Doors that only lead on, and those whose address only a program, a mail or the first visitor has. */
const NO_PAGES =
  /^\/(live$|lists\/news|moderation\/leases|notifications\/unread|t\/:id\/(inbox|news)|(posts|notifications)\/:id$|pictures\/:key|admin\/mailbox\/:id|setup|media|assets|api\/v1)|\/(picture|evidence|proofs\/:number|charts\/:chart)$|\.(webmanifest|js)$/

const width = (page: Page) => page.evaluate('document.documentElement.scrollWidth - innerWidth')

/** Doors that may lead to pages. */
const doors = () => forum.app.doors.filter(({ method, url }) => method === 'GET' && !NO_PAGES.test(url)).map(({ url }) => url)

/** States of pages that no link leads to, and pages that only a mail leads to, by whose they are. */
const STATES: Record<string, () => string[]> = {
  '': () => [
    '/?list=unanswered',
    '/search?q=Wi-Fi',
    '/search?q=zzzzzz',
    '/search?q=スマホ&solved=yes&kind=question',
    '/offline',
    '/signup/sent',
    '/reset/sent',
    '/api/docs',
    receiptAt,
    fixedPath,
    heatedPath,
    ...['expired', 'suspended', 'revoked', 'recalled'].map(state => certificates[state] ?? ''),
    ...Object.keys(FAULTS),
  ],
  tamaki: () => [
    topicPath,
    '/pictures',
    `/posts/${openingId}/edit`,
    `/posts/${openingId}/withdraw`,
    `/posts/${openingId}/comments`,
    `/t/${topicPath.split('/')[2]}/sealed`,
    `/posts/${openingId + 1}/fixed`,
    '/compare?products=sakuranet/ax-3200,shiokaze/wr-900',
    `${topicPath}/addenda`,
    `${topicPath}/products`,
    '/people/mentoring',
  ],
  kanrinin: () => [
    '/',
    offerPath,
    `/c/sakuranet/manage${certificates.pending}`,
    `/c/sakuranet/manage${certificates.given}`,
    '/me/two-step/passkey',
  ],
  kenji: () => [decisionPath, '/me/standing'],
  ayu: () => [heldPath],
  operator: () => [
    '/moderation/members/nishiki_ya',
    '/moderation/takedowns?list=decided',
    '/admin/calm?week=2020-01-01',
    `${heatedPath}/rest`,
    '/admin/certifications?list=decided',
    '/admin/search/alerts?words=kindle',
    '/admin/findings',
  ],
}

describeInBrowser('every page', newPage => {
  const walked = new Map<string, string>()
  const others = new Set<string>()
  const pages: Record<string, string[]> = {}

  beforeAll(async () => {
    for (const [handle, states] of Object.entries(STATES)) {
      const browser = await forum.as(handle ? await person(handle) : undefined)
      const found = await walk(browser, doors(), [topicPath, ...states()])
      const fresh = [...found.pages].filter(([kind, path]) => !walked.has(kind) && !states().includes(path))
      pages[handle] = [...states(), ...fresh.map(([, path]) => path)]
      for (const [kind, path] of found.pages) walked.set(kind, path)
      for (const kind of found.others) others.add(kind)
    }
  }, 60_000)

  test('is looked at here: none is forgotten', () => {
    const seen = (door: string) =>
      walked.has(door) || others.has(door) || Object.keys(FAULTS).some(path => path.startsWith(door.replace(/:.*/, '')))
    expect(doors().filter(door => !seen(door))).toEqual([])
  })

  for (const handle of Object.keys(STATES))
    for (const theme of ['light', 'dark'] as const)
      test(`of ${handle || 'a guest'} is open to everybody (WCAG 2.2 AA), ${theme}, and fits a narrow and a wide screen`, {
        timeout: 180_000,
      }, async () => {
        const page = await newPage({ site: forum.site, theme, width: 1360, locale: theme === 'dark' ? 'en' : 'ja' })
        if (handle) await forum.enter(page, await person(handle))
        for (const path of pages[handle] ?? []) {
          const answer = await page.goto(path)
          expect(answer?.status(), path).toBe(FAULTS[path] ?? 200)
          expect(await width(page), `${path} at 1360`).toBe(0)
          if (theme === 'light') expect(await axe(page), path).toEqual([])
          await page.setViewportSize({ width: 360, height: 780 })
          expect(await width(page), `${path} at 360`).toBe(0)
          if (theme === 'dark') expect(await axe(page), path).toEqual([])
          await page.setViewportSize({ width: 1360, height: 900 })
        }
      })

  test('a form with mistakes says so to everybody too, in both themes', { timeout: 60_000 }, async () => {
    for (const [theme, handle, path] of [
      ['light', '', '/signup'],
      ['dark', 'tamaki', '/ask'],
      ['light', 'operator', '/admin/boards/new'],
    ] as const) {
      const page = await newPage({ site: forum.site, theme, width: 360 })
      if (handle) await forum.enter(page, await person(handle))
      await page.goto(path)
      await page.evaluate('document.querySelector("main form").noValidate = true')
      await page.locator('main form button.primary').first().click()
      await page.locator('main [aria-invalid=true]').first().waitFor()
      expect(await axe(page), path).toEqual([])
      expect(await width(page), path).toBe(0)
    }
  })

  test('the three type sizes are three, and each fits a screen of 360 px', { timeout: 120_000 }, async () => {
    const page = await newPage({ site: forum.site, width: 360 })
    const member = await person('tamaki')
    const heights: number[] = []
    const guests = ['/', '/boards', topicPath, '/search?q=Wi-Fi', '/login', '/signup', '/preferences', '/help/asking']
    for (const size of ['normal', 'large', 'largest'] as const) {
      await page.context().clearCookies()
      await page.context().addCookies([{ name: 'prefs', value: `ja.${size}.light`, url: forum.site }])
      for (const path of guests) await fits(path)
      heights.push(Number(await page.evaluate('parseFloat(getComputedStyle(document.body).fontSize)')))
      await forum.db.update(accounts).set({ typeSize: size }).where(eq(accounts.id, member.id))
      await forum.enter(page, member)
      for (const path of [topicPath, '/ask', '/me/profile', '/me/devices', `/posts/${openingId}/edit`]) await fits(path)
      expect(await page.evaluate('parseFloat(getComputedStyle(document.body).fontSize)')).toBe(heights.at(-1))

      async function fits(path: string): Promise<void> {
        expect((await page.goto(path))?.status(), path).toBe(200)
        expect(await width(page), `${path} in ${size}`).toBe(0)
      }
    }
    expect(heights).toEqual([17, 19, 21.5])
  })

  test('the topic page weighs at most 60 kB without pictures, and nothing on it moves while it loads', { timeout: 60_000 }, async () => {
    const page = await newPage({ site: forum.site })
    const session = await page.context().newCDPSession(page)
    await session.send('Network.enable')
    let bytes = 0
    session.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes += encodedDataLength
    })
    await page.addInitScript(
      'window.shift = 0; new PerformanceObserver(list => { for (const entry of list.getEntries()) window.shift += entry.value }).observe({ type: "layout-shift", buffered: true })',
    )
    await page.goto(topicPath)
    await page.waitForLoadState('networkidle')
    expect(bytes).toBeGreaterThan(20_000)
    expect(bytes).toBeLessThan(60_000)
    expect(await page.evaluate('window.shift')).toBe(0)
  })

  test('whatever people type, nothing of it ever runs', { timeout: 120_000 }, async () => {
    const { db } = forum
    // PostgreSQL keeps no NUL and no half letters; the doors take them out before anything is written.
    const all = Object.values(xssPayloads)
      .flat()
      .map(payload => payload.replaceAll('\0', '').toWellFormed())
    const writer = await makeMember(db, {
      handle: 'attacker',
      name: '<img src=x onerror=alert(1)>',
      about: all.slice(0, 40).join('\n').slice(0, 900),
    })
    const operator = await makeOperator(db)
    const board = await makeBoard(db, {
      slug: 'attack',
      nameJa: '<script>alert(1)</script>',
      descriptionJa: '"><img src=x onerror=alert(1)>',
      rulesJa: all.slice(0, 60).join('\n\n'),
    })
    const paths = [
      '/b/attack',
      '/u/attacker',
      '/boards',
      '/search?q=%3Cscript%3Ealert(1)%3C/script%3E',
      `/ask?title=${encodeURIComponent('"><svg onload=alert(1)>')}`,
      '/admin/boards',
      '/admin/members',
    ]
    for (let at = 0; at < all.length; at += 60) {
      const body = all.slice(at, at + 60).join('\n\n')
      const topic = await makeTopic(db, writer, board, {
        title: `${(all[at] ?? '').replace(/\s+/g, ' ').slice(0, 90)} を試しています`,
        body,
        tags: '<script>alert(1)</script> "onload=alert(1)',
      })
      const answer = await makeAnswer(db, operator, topic, body)
      await editPost(db, operator, answer, { body: `${body}\n\n${all[at + 1] ?? ''}`, reason: (all[at] ?? '').slice(0, 200), revision: 1 })
      await keepDraft(db, operator, `answer:${topic.id}`, { body })
      paths.push(`/t/${topic.id}`, `/posts/${answer.id}/history`)
    }
    paths.push('/me/drafts', `/search?q=${encodeURIComponent('試しています')}`)
    const page = await newPage({ site: forum.site })
    await forum.enter(page, operator)
    // Some payloads name pictures that are not there: that is no fault.
    await page.route('**/media/**', route => route.fulfill({ status: 200, contentType: 'image/svg+xml', body: '' }))
    const ran: string[] = []
    page.on('dialog', async dialog => {
      ran.push(`${page.url()}: ${dialog.message()}`)
      await dialog.dismiss()
    })
    await soon(async () => {
      await page.goto(paths.at(-1) ?? '')
      await page.locator('.result mark').first().waitFor({ timeout: 1_000 })
    })
    for (const path of paths) {
      expect((await page.goto(path))?.status(), path).toBe(200)
      for (const hover of await page.locator('.prose a, .prose img').all()) await hover.dispatchEvent('mouseover').catch(() => {})
    }
    expect(ran).toEqual([])
  })
})

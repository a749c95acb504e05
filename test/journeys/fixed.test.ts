import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { askAbout } from '../../src/companies/naming.ts'
import type { Product } from '../../src/companies/product_queries.ts'
import type { CompanyRow } from '../../src/companies/schema.ts'
import { translator } from '../../src/platform/i18n.ts'
import { axe, describeInBrowser } from '../browser.ts'
import { makeCompany, makeProduct } from '../companies.ts'
import { makeGuarantee, makeOfficial } from '../guarantees.ts'
import { makeBoard, topicDraft, topicNow } from '../making.ts'
import { makeCompanyAdmin, makeMember } from '../people.ts'
import { type Forum, soon, startForum } from './forum.ts'

const [ja, en] = [translator('ja'), translator('en')]

let forum: Forum
let company: CompanyRow
let product: Product
let rival: Product

beforeAll(async () => {
  forum = await startForum()
  company = await makeCompany(forum.db)
  const shared = { specsJa: '重さ：300 g', specsEn: 'Weight: 300 g' }
  product = await makeProduct(forum.db, company, { nameJa: 'かぜ100', nameEn: 'Kaze 100', ...shared }, ['1.0', '2.0'])
  rival = await makeProduct(forum.db, await makeCompany(forum.db), { nameJa: 'なみ200', nameEn: 'Nami 200', specsEn: 'Weight: 420 g' })
})
afterAll(() => forum.close())

describeInBrowser('what fixed it, and products side by side', newPage => {
  test('three readers press 直らない, one without JavaScript and one with, and the company that guarantees the answer hears of it', async () => {
    const { db } = forum
    const admin = await makeCompanyAdmin(db, company)
    const asked = await askAbout(db, await makeMember(db), { ...topicDraft(await makeBoard(db)), products: 'かぜ100' })
    const topic = await topicNow(db, asked)
    const answer = await makeOfficial(db, admin, company, topic)
    const guarantee = await makeGuarantee(db, admin, company, answer, product)

    const plain = await newPage({ site: forum.site, javaScript: false, width: 390 })
    await plain.goto(`/t/${topic.id}`)
    await plain.getByRole('button', { name: ja('fixes.no') }).click()
    expect(await plain.getByRole('radio', { name: ja('fixes.no') }).isChecked()).toBe(true)
    await plain.getByLabel(ja('fixes.having')).selectOption({ label: 'かぜ100 2.0' })
    await plain.getByRole('button', { name: ja('fixes.send') }).click()
    await plain.getByText(ja('flash.fixSaid')).waitFor()
    await plain.getByText(ja('fixes.guests', { fixed: '0', count: 1 })).waitFor()

    for (let n = 0; n < 2; n++) {
      const page = await newPage({ site: forum.site })
      await forum.enter(page, await makeMember(db))
      await page.goto(`/t/${topic.id}`)
      await page.getByRole('button', { name: ja('fixes.no') }).click()
      await page.locator('.fixed select').selectOption({ label: 'かぜ100 2.0' })
      await page.getByRole('button', { name: ja('fixes.send') }).click()
      await page
        .getByRole('status')
        .filter({ hasText: ja('flash.fixSaid') })
        .waitFor()
      expect(page.url()).toContain(`/t/${topic.id}`)
      expect(await axe(page)).toEqual([])
    }
    // An answer that went while the page was open says so at the vote.
    const late = await newPage({ site: forum.site })
    await forum.enter(late, await makeMember(db))
    await late.goto(`/t/${topic.id}`)
    await db.execute(sql`update posts set hidden_at = now() where id = ${answer.id}`)
    await late.getByRole('button', { name: ja('fixes.yes') }).click()
    await late
      .getByRole('alert')
      .filter({ hasText: ja('fixes.errors.gone') })
      .waitFor()
    expect(late.url()).toContain(`/t/${topic.id}`)
    await db.execute(sql`update posts set hidden_at = null where id = ${answer.id}`)

    await soon(async () => {
      const mails = await db.execute<{ subject: string }>(sql`select subject from mails where recipient = ${`${admin.handle}@example.com`}`)
      expect([...mails].map(({ subject }) => subject).join()).toContain(
        ja('mail.guaranteeFailing.subject', { site: 'みんなの広場', code: guarantee.code }),
      )
    })
  })

  test('an owner reports where two products are compared, and his words stand beside those products', async () => {
    const { db } = forum
    const asker = await makeMember(db)
    const draft = topicDraft(await makeBoard(db), { kind: 'comparison', title: 'Which of the two is quieter?' })
    const { id } = await askAbout(db, asker, { ...draft, products: 'Kaze 100, Nami 200' })
    const page = await newPage({ site: forum.site, locale: 'en', width: 390 })
    await forum.enter(page, await makeMember(db, { locale: 'en' }))
    await page.goto(`/t/${id}`)
    await page.getByLabel(en('compare.report.product')).selectOption({ label: rival.nameEn })
    await page.getByLabel(en('compare.report.good'), { exact: true }).fill('Hardly a sound at night')
    await page.getByRole('button', { name: en('topics.reply.send') }).click()
    await page.getByText(en('compare.column', { product: rival.nameEn })).waitFor()
    await page.getByRole('link', { name: en('compare.open') }).click()
    await page.getByRole('heading', { name: en('compare.titleOf', { names: 'Kaze 100 and Nami 200' }) }).waitFor()
    expect(await page.getByRole('row', { name: /Weight/ }).textContent()).toMatch(/300 g\s*420 g/)
    expect(await axe(page)).toEqual([])
    await page.getByRole('link', { name: 'Hardly a sound at night' }).click()
    await page.waitForURL(/#post-/)
  })
})

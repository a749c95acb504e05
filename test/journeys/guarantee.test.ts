import { Secret, TOTP } from 'otpauth'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '../../src/accounts/actor.ts'
import { nameProducts } from '../../src/companies/naming.ts'
import { translator } from '../../src/platform/i18n.ts'
import { describeInBrowser } from '../browser.ts'
import { corporateNumber, makeCompany, makeProduct } from '../companies.ts'
import { makeGuarantee, makeOfficial } from '../guarantees.ts'
import { makeBoard, makeTopic, topicNow } from '../making.ts'
import { makeAgent, makeMember, makeOperator } from '../people.ts'
import { type Forum, soon, startForum } from './forum.ts'

const PASSWORD = 'a-long-password-4711'
let forum: Forum
let operator: Actor

beforeAll(async () => {
  forum = await startForum()
  operator = await makeOperator(forum.db)
  await makeBoard(forum.db, { slug: 'network', nameJa: 'ネットワーク', nameEn: 'Network' })
})
afterAll(() => forum.close())

const words = {
  ja: {
    name: 'サクラネット株式会社',
    answer: '設定の画面で、古い端末を消してください。',
    again: '設定の画面で、古い端末を消し、入れ直してください。',
    reason: '手順に誤りがありました。',
  },
  en: {
    name: 'Sakuranet Inc.',
    answer: 'Delete the old device on the settings page.',
    again: 'Delete the old device, then connect again.',
    reason: 'The steps were wrong.',
  },
}

/** What was last written to somebody. */
async function mailTo({ handle }: Actor): Promise<string> {
  const rows = await forum.database.sql<{ text: string }[]>`
    select text from mails where recipient = ${`${handle}@example.com`} order by id desc limit 1`
  return rows[0]?.text ?? ''
}

/** The newest mail to an address, as the operator's mailbox shows it; resolves to the link in it. */
async function linkTo(address: string): Promise<string> {
  let link = ''
  await soon(async () => {
    const rows = await forum.database.sql<{ text: string }[]>`select text from mails where recipient = ${address} order by id desc limit 1`
    link = /https?:\S+/.exec(rows[0]?.text ?? '')?.[0] ?? ''
    expect(link).not.toBe('')
  })
  return link
}

async function logIn(page: Page, handle: string, t: (key: string) => string): Promise<void> {
  await page.goto('/login')
  await page.getByLabel(t('accounts.login.login')).fill(handle)
  await page.getByLabel(t('accounts.password.label')).fill(PASSWORD)
  await page
    .getByRole('main')
    .getByRole('button', { name: t('accounts.login.submit') })
    .click()
  await page
    .getByText(t('flash.loggedIn'))
    .or(page.getByRole('heading', { name: t('accounts.step.title') }))
    .waitFor()
}

describeInBrowser('a company stands behind an answer', newPage => {
  test.for([
    { locale: 'ja', javaScript: false },
    { locale: 'en', javaScript: true },
  ] as const)(
    'from its application to the first guaranteed answer; an edit stops it, a recall says why and tells who relied on it ($locale, JavaScript: $javaScript)',
    { timeout: 120_000 },
    async options => {
      const { locale, javaScript } = options
      const t = translator(locale)
      const { name, answer, again, reason } = words[locale]
      const slug = `sakura-${locale}`
      const product = `AX-32${locale === 'ja' ? '00' : '50'}`
      const applicant = await makeMember(forum.db, { handle: `boss_${locale}`, password: PASSWORD, locale })
      const open = () => newPage({ ...options, site: forum.site })
      const [boss, admin, asker, reader] = [await open(), await open(), await open(), await open()]
      const readerPerson = await makeMember(forum.db, { locale })
      await forum.enter(admin, operator)
      await forum.enter(reader, readerPerson)

      await logIn(boss, applicant.handle, t)
      await boss.goto('/companies')
      await boss.getByRole('link', { name: t('companies.apply.link') }).click()
      for (const [label, value] of [
        ['companies.apply.nameJa', 'サクラネット株式会社'],
        ['companies.apply.nameEn', 'Sakuranet Inc.'],
        ['companies.apply.number', corporateNumber()],
        ['companies.apply.domain', `${slug}.example`],
        ['companies.apply.slug', slug],
      ] as const)
        await boss.getByLabel(t(label)).fill(value)
      await boss.getByRole('button', { name: t('companies.apply.submit') }).click()
      await boss.getByLabel(t('companies.domain.mailboxLabel')).fill('info')
      await boss.getByRole('button', { name: t('companies.domain.sendMail') }).click()
      await boss.goto(await linkTo(`info@${slug}.example`))
      await boss.getByRole('button', { name: t('companies.domain.linkSubmit') }).click()
      await boss.getByText(t('companies.application.waiting')).waitFor()

      await admin.goto('/admin/companies')
      await admin.getByRole('row', { name: slug }).getByRole('link').click()
      await admin.getByRole('button', { name: translator('ja')('admin.companies.admit') }).click()
      await admin.getByText(translator('ja')('flash.companyAdmitted')).waitFor()

      await logIn(boss, applicant.handle, t)
      await boss.goto(`/c/${slug}/manage`)
      await boss.getByText(t('accounts.step.needed')).waitFor()
      await boss.getByRole('link', { name: t('accounts.step.addApp') }).click()
      const secret = ((await boss.locator('code').first().textContent()) ?? '').replaceAll(' ', '')
      const app = new TOTP({ secret: Secret.fromBase32(secret), digits: 6, period: 30 })
      await boss.getByLabel(t('accounts.step.digits')).fill(app.generate())
      await boss.getByLabel(t('accounts.password.current')).fill(PASSWORD)
      await boss.getByRole('button', { name: t('accounts.step.start') }).click()
      expect(await boss.locator('.codes code').count()).toBe(10)

      await boss.goto(`/c/${slug}/manage/products`)
      await boss.getByRole('link', { name: t('companies.products.add') }).click()
      await boss.getByLabel(t('companies.products.nameJa')).fill(product)
      await boss.getByLabel(t('companies.products.nameEn')).fill(product)
      await boss.getByLabel(t('companies.products.slug')).fill(product.toLowerCase())
      await boss.getByRole('button', { name: t('companies.settings.save') }).click()
      await boss.getByLabel(t('companies.versions.label')).fill('2.3')
      await boss.getByRole('button', { name: t('companies.versions.add'), exact: true }).click()
      await boss.getByText('2.3', { exact: true }).first().waitFor()

      await forum.enter(asker, await makeMember(forum.db, { locale }))
      await asker.goto('/ask')
      await asker.getByLabel(t('topics.ask.titleLabel')).fill(`${product} ${locale === 'ja' ? 'につながりません' : 'does not connect'}`)
      await asker.getByLabel(t('topics.guided.happened')).fill(locale === 'ja' ? 'スマホだけつながりません。' : 'Only my phone does not.')
      await asker.getByLabel(t('topics.ask.board'), { exact: false }).selectOption({ label: locale === 'ja' ? 'ネットワーク' : 'Network' })
      if (javaScript) await asker.getByRole('button', { name: product }).click()
      await asker.getByRole('button', { name: t('topics.ask.send') }).click()
      // Without JavaScript the product is offered on a page of its own.
      if (!javaScript) await asker.getByRole('button', { name: t('companies.naming.save') }).click()
      await asker.getByRole('link', { name: t('companies.naming.chip', { product }) }).waitFor()
      const topic = new URL(asker.url()).pathname

      await boss.goto(topic)
      await boss.locator('#answer-company').selectOption({ label: t('people.official', { company: name }) })
      await boss.getByLabel(t('topics.reply.label')).fill(answer)
      await boss.getByRole('button', { name: t('topics.reply.send'), exact: true }).click()
      await boss
        .getByRole('article')
        .getByRole('link', { name: t('people.official', { company: name }) })
        .waitFor()
      await boss.getByRole('link', { name: t('guarantees.offer.as', { company: name }) }).click()
      await boss.getByLabel(t('guarantees.offer.from')).selectOption({ label: '2.3' })
      await boss.getByLabel(t('guarantees.offer.checkedBy')).fill(locale === 'ja' ? '技術サポート部 2名' : 'Support, two people')
      await boss.getByRole('button', { name: t('guarantees.offer.submit') }).click()
      await boss
        .locator('.guarantee')
        .getByText(t('guarantees.says', { company: name }))
        .waitFor()

      await asker.goto(topic)
      await asker
        .locator('.guarantee')
        .getByText(t('guarantees.range.from', { from: '2.3' }))
        .waitFor()
      await asker.locator('.guarantee dd a').click()
      await asker.getByRole('heading', { level: 1, name: t('guarantees.certificate.heading') }).waitFor()
      await asker.getByText(t('guarantees.history.began')).waitFor()

      await boss.locator('.guarantee summary', { hasText: t('topics.more') }).click()
      await boss
        .locator('.guarantee')
        .getByRole('link', { name: t('topics.edit.label'), exact: true })
        .click()
      await boss.getByLabel(t('topics.edit.body')).fill(again)
      await boss.getByRole('button', { name: t('topics.edit.save'), exact: true }).click()
      await soon(async () => {
        await asker.goto(topic)
        await asker.getByText(t('guarantees.note.suspended')).waitFor({ timeout: 300 })
        expect(await asker.locator('.guarantee').count()).toBe(0)
      })

      await boss.goto(`/c/${slug}/manage/guarantees`)
      await boss.getByRole('main').locator('.lines a').first().click()
      await boss.getByText(t('guarantees.manage.edited')).waitFor()
      await boss.getByRole('button', { name: t('guarantees.manage.recheckSubmit') }).click()
      await boss.getByText(t('flash.guaranteeGiven')).waitFor()
      await soon(async () => {
        await asker.goto(topic)
        await asker.locator('.guarantee').getByText(again).waitFor({ timeout: 300 })
      })

      await reader.goto(topic)
      await reader.getByRole('button', { name: t('fixes.yes') }).click()
      await reader.getByText(t('flash.fixSaid')).or(reader.locator('.fixed select')).first().waitFor()

      await boss.getByLabel(t('guarantees.reasonLabel')).fill(reason)
      await boss.getByRole('button', { name: t('guarantees.manage.recall') }).click()
      await boss.getByText(t('flash.guaranteeRecalled')).waitFor()
      await soon(async () => {
        await asker.goto(topic)
        await asker.getByText(reason).waitFor({ timeout: 300 })
        expect(await asker.locator('.guarantee').count()).toBe(0)
      })
      // Who asked and who said that it fixed it hear of it, behind the bell and by mail.
      const title = `${product} ${locale === 'ja' ? 'につながりません' : 'does not connect'}`
      for (const page of [asker, reader]) {
        const notice = page.getByRole('link', { name: t('notices.kinds.recalled', { title }) })
        await soon(async () => {
          await page.goto('/notifications')
          await notice.waitFor({ timeout: 300 })
        })
        await notice.click()
        await page.getByText(reason).waitFor()
      }
      await soon(async () => expect(await mailTo(readerPerson)).toContain(reason))
    },
  )

  test('a passkey opens the door after the password, made and used in the browser', { timeout: 60_000 }, async () => {
    const t = translator('ja')
    const site = forum.site.replace('127.0.0.1', 'localhost')
    forum.services.siteUrl = site
    const page = await newPage({ site })
    const device = await page.context().newCDPSession(page)
    await device.send('WebAuthn.enable')
    await device.send('WebAuthn.addVirtualAuthenticator', {
      options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true },
    })
    const person = await makeMember(forum.db, { handle: 'passkeyed', password: PASSWORD })
    await logIn(page, person.handle, t)
    await page.getByText(t('flash.loggedIn')).waitFor()
    await page.goto('/me/two-step')
    await page.getByRole('link', { name: t('accounts.step.addPasskey') }).click()
    await page.getByLabel(t('accounts.password.current')).fill(PASSWORD)
    await page.getByLabel(t('accounts.step.passkeyName')).fill('会社のパソコン')
    await page.getByRole('button', { name: t('accounts.step.addPasskey') }).click()
    await page.getByRole('heading', { name: t('accounts.step.codesTitle') }).waitFor()
    await page.goto('/me/two-step')
    await page.getByText('会社のパソコン').waitFor()
    await page.context().clearCookies()
    await logIn(page, person.handle, t)
    await page.getByRole('button', { name: t('accounts.step.usePasskey') }).click()
    await page.getByText(t('flash.loggedIn')).waitFor()
  })

  test('a certificate prints on one A4 page', { timeout: 60_000 }, async () => {
    const { db } = forum
    const company = await makeCompany(db, { nameJa: 'とても長い名前のついた精密電機工業株式会社東日本カスタマーサポート' })
    const product = await makeProduct(db, company, {}, ['1', '2'])
    const agent = await makeAgent(db, company)
    const asker = await makeMember(db)
    const topic = await makeTopic(db, asker, await makeBoard(db), { title: '百文字に近い題名'.repeat(11) })
    await nameProducts(db, asker, topic, product.nameJa)
    const answer = await makeOfficial(db, agent, company, await topicNow(db, topic))
    const { code } = await makeGuarantee(db, agent, company, answer, product, {
      conditions: '条件を細かく書きました。'.repeat(20),
      evidenceUrl: `https://example.jp/${'long/'.repeat(30)}`,
    })
    const page = await newPage({ site: forum.site })
    await page.goto(`/guarantees/${code}`)
    const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1')
    expect(pdf.match(/\/Type\s*\/Page[^s]/g)).toHaveLength(1)
  })
})

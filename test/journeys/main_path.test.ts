import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '../../src/accounts/actor.ts'
import { translator } from '../../src/platform/i18n.ts'
import { describeInBrowser } from '../browser.ts'
import { makeBoard } from '../making.ts'
import { makeOperator } from '../people.ts'
import { type Forum, soon, startForum } from './forum.ts'

let forum: Forum
let operator: Actor

beforeAll(async () => {
  forum = await startForum()
  operator = await makeOperator(forum.db)
  await makeBoard(forum.db, { slug: 'network', nameJa: 'ネット・通信', nameEn: 'Internet' })
})
afterAll(() => forum.close())

const words = {
  ja: {
    asker: { handle: 'hanako_67', name: '花子' },
    helper: { handle: 'taro_58', name: '太郎' },
    title: '無線LANが寝室まで届きません',
    body: '居間では速いのですが、寝室では**途切れます**。',
    answer: '中継機を廊下に置くと、届くようになります。',
    query: '中継機',
  },
  en: {
    asker: { handle: 'mary_ann', name: 'Mary Ann' },
    helper: { handle: 'old_tom', name: 'Old Tom' },
    title: 'The printer prints blank pages only',
    body: 'It worked **yesterday**. Today every page is blank.',
    answer: 'Clean the nozzles twice from the maintenance menu.',
    query: 'nozzles',
  },
}

describeInBrowser('the main path', newPage => {
  test.for([
    { locale: 'ja', javaScript: false },
    { locale: 'en', javaScript: true },
  ] as const)(
    'sign up, ask, answer, thank, pick the best, find it ($locale, JavaScript: $javaScript)',
    { timeout: 60_000 },
    async options => {
      const { locale } = options
      const t = translator(locale)
      const { asker, helper, title, body, answer, query } = words[locale]
      const open = () => newPage({ ...options, site: forum.site })
      const [askers, helpers, mailbox] = [await open(), await open(), await open()]
      await forum.enter(mailbox, operator)

      for (const [page, person] of [
        [askers, asker],
        [helpers, helper],
      ] as const) {
        await signUp(page, person)
        await openMail(mailbox, page, person.handle)
        await logIn(page, person.handle)
      }

      await askers
        .getByRole('link', { name: t('frame.ask') })
        .first()
        .click()
      await askers.getByLabel(t('topics.ask.titleLabel')).fill(title)
      await askers.getByLabel(t('topics.guided.happened')).fill(body)
      await askers
        .getByLabel(t('topics.ask.board'), { exact: false })
        .selectOption({ label: locale === 'ja' ? 'ネット・通信' : 'Internet' })
      await askers.getByRole('button', { name: t('topics.ask.send') }).click()
      await askers.getByRole('heading', { level: 1, name: title }).waitFor()
      await askers.getByText(t('flash.asked')).waitFor()
      expect(await askers.locator('.prose strong').allTextContents()).toEqual([
        t('topics.guided.happened'),
        locale === 'ja' ? '途切れます' : 'yesterday',
      ])
      const address = askers.url()

      await helpers.goto('/')
      await helpers.getByRole('link', { name: title }).click()
      await helpers.getByLabel(t('topics.reply.label')).fill(answer)
      await helpers.getByRole('button', { name: t('topics.reply.send'), exact: true }).click()
      await helpers.getByText(t('flash.answeredFirst')).waitFor()
      await helpers.getByRole('article').getByText(answer).waitFor()

      await askers.goto(address)
      const thanks = askers.getByRole('button', { name: t('reactions.thanks') })
      await thanks.click()
      await askers.locator('button[aria-pressed=true]', { hasText: t('reactions.thanks') }).waitFor()
      expect(await thanks.textContent()).toMatch(/1$/)
      await askers.getByRole('button', { name: t('topics.pickBest') }).click()
      await askers.getByText(t('flash.picked')).waitFor()
      expect(await askers.locator('article.best').getByText(answer).count()).toBe(1)
      await askers.getByText(t('topics.state.solved'), { exact: true }).first().waitFor()

      const guest = await open()
      await soon(async () => {
        await guest.goto('/')
        await guest.locator('[name=q]').first().fill(query)
        await guest.locator('[name=q]').first().press('Enter')
        await guest.getByRole('heading', { level: 1, name: query }).waitFor()
        await guest.locator('.result', { hasText: title }).locator('mark').first().waitFor({ timeout: 300 })
      })
      await guest.locator('.result').getByRole('link', { name: title }).click()
      await guest.getByRole('heading', { level: 1, name: title }).waitFor()
      await guest.getByText(answer).waitFor()

      async function signUp(page: Page, { handle, name }: { handle: string; name: string }): Promise<void> {
        await page.goto('/')
        await page
          .getByRole('link', { name: t('frame.signup') })
          .first()
          .click()
        await page.getByLabel(t('accounts.email.label')).fill(`${handle}@example.com`)
        await page.getByLabel(t('accounts.handle.label')).fill(handle)
        await page.getByLabel(t('accounts.name.label')).fill(name)
        await page.getByLabel(t('accounts.password.label')).fill(passwordOf(handle))
        await page.getByLabel(t('accounts.signup.terms')).check()
        await page.getByRole('button', { name: t('accounts.signup.submit') }).click()
        await page.getByRole('heading', { name: t('accounts.signup.sentTitle') }).waitFor()
      }

      async function openMail(mailbox: Page, page: Page, handle: string): Promise<void> {
        await soon(async () => {
          await mailbox.goto('/admin/mailbox')
          await mailbox.getByRole('link', { name: `${handle}@example.com` }).click({ timeout: 300 })
        })
        const link = mailbox.locator('.mail-text a').first()
        await page.goto((await link.getAttribute('href')) ?? '')
        await page.getByRole('button', { name: t('accounts.confirm.submit') }).click()
        await page.getByText(t('flash.confirmed')).waitFor()
      }

      async function logIn(page: Page, handle: string): Promise<void> {
        await page.goto('/login')
        await page.getByLabel(t('accounts.login.login')).fill(handle)
        await page.getByLabel(t('accounts.password.label')).fill(passwordOf(handle))
        await page.getByRole('button', { name: t('accounts.login.submit') }).click()
        await page.getByText(t('flash.loggedIn')).waitFor()
      }
    },
  )
})

const passwordOf = (handle: string) => `kumo-no-ue-${handle.length}-sanpo`

import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '../../src/accounts/actor.ts'
import { nameProducts } from '../../src/companies/naming.ts'
import type { CompanyRow } from '../../src/companies/schema.ts'
import { countInsights } from '../../src/insights/calendar.ts'
import { groupAll } from '../../src/insights/grouping.ts'
import { countReaders } from '../../src/insights/readers.ts'
import { translator } from '../../src/platform/i18n.ts'
import { pickBest } from '../../src/topics/best_answers.ts'
import { describeInBrowser } from '../browser.ts'
import { makeCompany, makeProduct } from '../companies.ts'
import { makeAnswer, makeBoard, makeTopic } from '../making.ts'
import { makeCompanyAdmin, makeMember } from '../people.ts'
import { type Forum, soon, startForum } from './forum.ts'

let forum: Forum
let company: CompanyRow
let asker: Actor
const TITLES = ['IPアドレスが取得できません', 'IPアドレスを取得できないのはなぜですか']
let solvedPath = ''
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1'

beforeAll(async () => {
  forum = await startForum()
  const { db } = forum
  company = await makeCompany(db, { nameJa: 'サクラネット株式会社', nameEn: 'Sakuranet Inc.' })
  await makeProduct(db, company, { nameJa: 'AX-3200', nameEn: 'AX-3200' })
  await makeProduct(db, company, { nameJa: 'AX-1500', nameEn: 'AX-1500' })
  const board = await makeBoard(db)
  asker = await makeMember(db)
  const helper = await makeMember(db, { name: 'ゆうこ' })
  for (const title of TITLES) {
    const topic = await makeTopic(db, asker, board, { title })
    await nameProducts(db, asker, topic, 'AX-3200')
    await pickBest(db, asker, await makeAnswer(db, helper, topic))
    solvedPath = `/t/${topic.id}`
  }
})
afterAll(() => forum.close())

describeInBrowser('a company reads its figures', newPage => {
  test.for([
    { locale: 'ja', javaScript: false, number: 1 },
    { locale: 'en', javaScript: true, number: 2 },
  ] as const)(
    'from somebody who reads a solved question to a file for a spreadsheet ($locale, JavaScript: $javaScript)',
    { timeout: 90_000 },
    async ({ number, ...options }) => {
      const { locale, javaScript } = options
      const t = translator(locale)
      const [reader, page] = [
        await newPage({ site: forum.site, ...options, width: 390 - number }),
        await newPage({ site: forum.site, ...options }),
      ]
      await forum.enter(reader, await makeMember(forum.db))
      // A browser that says it is driven by a program is no reader.
      await reader.setExtraHTTPHeaders({ 'user-agent': SAFARI })
      await reader.goto(solvedPath)
      await forum.enter(page, await makeCompanyAdmin(forum.db, company, { locale }))
      await soon(async () => {
        await countReaders(forum.db)
        const [row] = await forum.database.sql`select readers from insight_readers where product_id = 0`
        expect(row?.readers).toBe(number)
      })
      await countInsights(forum.db)
      await groupAll(forum.db)

      await page.goto(`/c/${company.slug}/manage`)
      await page.getByRole('link', { name: t('companies.manage.insightsOpen') }).click()
      const kpi = (key: string) =>
        page
          .locator('.kpi')
          .filter({ hasText: t(`insights.kpis.${key}`) })
          .first()
      expect(await kpi('solvedRate').locator('b').textContent()).toBe('100%')
      expect(await kpi('readers').locator('b').textContent()).toBe(t('insights.people', { count: number, number }))
      await page.getByRole('cell', { name: t('insights.noGuarantee') }).waitFor()
      if (javaScript) await page.locator('#chart-days svg').waitFor()

      await page.getByRole('link', { name: t('insights.periods.90') }).click()
      await page.getByText(t('insights.before.90')).waitFor()
      await page.getByLabel(t('insights.product'), { exact: true }).selectOption({ label: 'AX-1500' })
      await page.getByRole('button', { name: t('insights.choose') }).click()
      await page.getByRole('heading', { name: t('insights.none') }).waitFor()
      await page.getByLabel(t('insights.product'), { exact: true }).selectOption({ label: 'AX-3200' })
      await page.getByRole('button', { name: t('insights.choose') }).click()
      await kpi('solvedRate').waitFor()

      const [file] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: t('insights.csv', { table: t('insights.troubles.title') }) }).click(),
      ])
      expect(file.suggestedFilename()).toMatch(new RegExp(`^${company.slug}-troubles-\\d{4}-\\d\\d-\\d\\d-`))
      const text = await readFile(await file.path(), 'utf8')
      expect(text.startsWith(`\ufeff${t('insights.columns.trouble')},${t('insights.columns.questions')},`)).toBe(true)
      expect(TITLES.some(title => text.includes(`AX-3200 — ${title},2,0,100,`))).toBe(true)

      await page.getByLabel(t('insights.assumptions.cost')).fill('高い')
      await page.locator('#assumptions').getByRole('button').click()
      await page.locator('#cost-error').waitFor()
      await page.getByLabel(t('insights.assumptions.cost')).fill('1500')
      await page.locator('#assumptions').getByRole('button').click()
      await page.getByText(t('flash.saved')).waitFor()
      await page
        .locator('#letters')
        .getByRole('button', { name: t('insights.letters.stop') })
        .click()
      await page.locator('#letters').getByText(t('insights.letters.off')).waitFor()
    },
  )
})

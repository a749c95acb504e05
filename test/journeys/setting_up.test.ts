import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureSetupCode } from '../../src/admin/setup.ts'
import { translator } from '../../src/platform/i18n.ts'
import { describeInBrowser } from '../browser.ts'
import { type Forum, startForum } from './forum.ts'

const t = translator('ja')
let forum: Forum

beforeAll(async () => {
  forum = await startForum()
})
afterAll(() => forum.close())

describeInBrowser('the first visit', newPage => {
  test('whoever holds the printed code names the site, runs it and opens its first board, without JavaScript', async () => {
    const code = await ensureSetupCode(forum.db)
    const page = await newPage({ site: forum.site, javaScript: false })
    await page.goto('/setup')
    const submit = () => page.getByRole('button', { name: t('setup.submit') }).click()
    const fill = (label: string, text: string) => page.getByLabel(t(label)).fill(text)
    await fill('setup.code', 'AAAA-BBBB-CCCC')
    await fill('setup.site', 'ひかりの広場')
    await fill('accounts.email.label', 'unei@example.com')
    await fill('accounts.handle.label', 'unei')
    await fill('accounts.name.label', '運営')
    await fill('accounts.password.label', 'hashi-no-ue-no-kaze')
    await submit()
    await page.getByText(t('setup.codeWrong')).first().waitFor()
    expect(await page.getByLabel(t('setup.site')).inputValue()).toBe('ひかりの広場')

    await fill('setup.code', code?.toLowerCase() ?? '')
    await fill('accounts.password.label', 'hashi-no-ue-no-kaze')
    await submit()
    await page.getByText(t('flash.setUp')).waitFor()
    await page.goto('/admin/boards/new')
    await page.getByLabel(t('admin.boards.nameJa')).fill('電話')
    await page.getByLabel(t('admin.boards.nameEn')).fill('Telephones')
    await page.getByLabel(t('admin.boards.slug')).fill('phone')
    await page.getByRole('button', { name: t('admin.save') }).click()
    await page.goto('/')
    await page.getByRole('link', { name: 'ひかりの広場' }).first().waitFor()
    await page.getByRole('link', { name: '電話' }).first().waitFor()

    const late = await newPage({ site: forum.site })
    expect((await late.goto('/setup'))?.status()).toBe(404)
  })
})

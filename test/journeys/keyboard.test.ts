import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { translator } from '../../src/platform/i18n.ts'
import { describeInBrowser } from '../browser.ts'
import { makeBoard } from '../making.ts'
import { makeMember } from '../people.ts'
import { type Forum, startForum } from './forum.ts'

const t = translator('en')
const TITLE = 'The remote control opens the wrong input'
const MOST_TABS = 80

let forum: Forum

beforeAll(async () => {
  forum = await startForum()
  await makeBoard(forum.db, { slug: 'tv', nameEn: 'Television' })
})
afterAll(() => forum.close())

describeInBrowser('without a mouse', newPage => {
  const sit = async (handle: string, options: Parameters<typeof newPage>[0] = {}) => {
    const page = await newPage({ site: forum.site, locale: 'en', ...options })
    await forum.enter(page, await makeMember(forum.db, { handle, locale: 'en', guided: false }))
    await page.goto('/')
    return page
  }

  test('the keyboard alone asks, answers, thanks and picks the best answer; what has the focus is seen', { timeout: 60_000 }, async () => {
    const asker = await sit('left_hand')
    await press(asker, asker.getByRole('link', { name: t('frame.ask') }).first())
    await asker.waitForURL('**/ask')
    await asker.getByRole('heading', { level: 1 }).waitFor()
    await type(asker, asker.getByLabel(t('topics.ask.titleLabel')), TITLE)
    await type(asker, asker.getByLabel(t('topics.ask.bodyLabel')), 'It shows HDMI 2 instead of 1.')
    await type(asker, asker.getByLabel(t('topics.ask.board'), { exact: false }), 'Telev')
    await press(asker, asker.getByRole('button', { name: t('topics.ask.send') }))
    await asker.getByRole('heading', { level: 1, name: TITLE }).waitFor()

    const helper = await sit('right_hand')
    await helper.keyboard.press('Tab')
    await press(helper, helper.getByRole('link', { name: t('frame.skip') }))
    await press(helper, helper.getByRole('link', { name: TITLE }))
    await helper.getByRole('heading', { level: 1, name: TITLE }).waitFor()
    await type(helper, helper.getByLabel(t('topics.reply.label')), 'Hold the **Input** key for three seconds.')
    await press(helper, helper.getByRole('button', { name: t('topics.reply.send'), exact: true }))
    await helper.getByText(t('flash.answeredFirst')).waitFor()

    await asker.reload()
    await press(asker, asker.getByRole('button', { name: t('reactions.thanks') }), 'Space')
    await asker.locator('button[aria-pressed=true]', { hasText: t('reactions.thanks') }).waitFor()
    await press(asker, asker.getByRole('button', { name: t('topics.pickBest') }))
    await asker.getByText(t('flash.picked')).waitFor()
    await asker.locator('article.best').waitFor()

    await press(asker, asker.locator('.topbar summary'))
    expect(await asker.getByRole('button', { name: t('frame.logout') }).isVisible()).toBe(true)
    await asker.keyboard.press('Escape')
    expect(await asker.getByRole('button', { name: t('frame.logout') }).isVisible()).toBe(false)
  })

  test.each([false, true])('nothing moves for those who asked for calm (asked: %s)', async reducedMotion => {
    const page = await sit(`calm_${reducedMotion}`, { reducedMotion })
    const moving = await page.locator('body *').evaluateAll(elements => {
      const { getComputedStyle } = globalThis as unknown as { getComputedStyle(element: unknown): Record<string, string> }
      return elements.filter(element => {
        const { transitionDuration = '', animationDuration = '', scrollBehavior } = getComputedStyle(element)
        return scrollBehavior === 'smooth' || [transitionDuration, animationDuration].some(text => /[1-9]/.test(text))
      }).length
    })
    expect(moving > 0).toBe(!reducedMotion)
  })
})

/** How the browser marks what has the focus: on itself, on the line it stretches over, or on the box it stands in. */
// Between two pages nothing has it.
const OUTLINE = `document.activeElement === document.body ? 'auto' : [[document.activeElement], [document.activeElement, '::after'], [document.activeElement.closest('label, .editor, .searchbox')]]
  .map(([element, part]) => element ? getComputedStyle(element, part).outlineStyle : 'none').join()`

/** Goes there by Tab, as far as it takes; what has the focus on the way is always seen. */
async function reach(page: Page, target: Locator): Promise<void> {
  await target.waitFor()
  for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
    if (await target.evaluate(element => element === element.ownerDocument.activeElement)) return
    await page.keyboard.press('Tab')
    const outline = await page.evaluate<string>(OUTLINE)
    expect(outline, await page.evaluate<string>('document.activeElement.outerHTML.slice(0, 160)')).toMatch(/solid|auto/)
  }
  throw new Error(`not reached by ${MOST_TABS} Tabs: ${target}`)
}

async function press(page: Page, target: Locator, key: 'Enter' | 'Space' = 'Enter'): Promise<void> {
  await reach(page, target)
  await page.keyboard.press(key)
}

async function type(page: Page, target: Locator, text: string): Promise<void> {
  await reach(page, target)
  await page.keyboard.type(text)
}

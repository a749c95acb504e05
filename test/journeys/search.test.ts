import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Actor } from '../../src/accounts/actor.ts'
import { translator } from '../../src/platform/i18n.ts'
import { deflections, searchClicks, searchVerdicts } from '../../src/search/schema.ts'
import { pickBest } from '../../src/topics/best_answers.ts'
import { axe, describeInBrowser } from '../browser.ts'
import { makeAnswer, makeBoard, makeTopic, postNow } from '../making.ts'
import { makeMember } from '../people.ts'
import { type Forum, soon, startForum } from './forum.ts'

let forum: Forum
let reader: Actor

beforeAll(async () => {
  // Meilisearch is away from the beginning to the end: whoever searches never notices.
  forum = await startForum({ MEILI_URL: 'http://127.0.0.1:9' })
  const { db } = forum
  const [asker, helper] = [await makeMember(db), await makeMember(db, { name: 'ゆうこ' })]
  reader = await makeMember(db)
  const board = await makeBoard(db, { nameJa: 'プリンターとスキャナー', nameEn: 'Printers' })
  const questions = [
    ['プリンターの紙が詰まります', 'こんにちは。背面のふたを開けると、詰まった紙を引き抜けます。'],
    ['プリンターの色が薄くなりました', 'ノズルを二回掃除してください。'],
    ['The printer prints blank pages only', 'Clean the nozzles twice from the maintenance menu.'],
  ] as const
  for (const [title, answer] of questions) {
    const topic = await makeTopic(db, asker, board, { title })
    await pickBest(db, asker, await makeAnswer(db, helper, topic, answer))
  }
  await vi.waitFor(async () => expect(await forum.services.search.count()).toBe(6), { timeout: 15_000 })
})
afterAll(() => forum.close())

describeInBrowser('search', newPage => {
  const open = (options: Parameters<typeof newPage>[0] = {}) => newPage({ site: forum.site, ...options })
  const t = translator('ja')
  const box = (page: Page) =>
    page
      .getByRole('search')
      .getByRole('combobox', { name: t('frame.search') })
      .first()

  test('a question is looked for, its answer stands on top, is thanked for, read, and said to be it', { timeout: 60_000 }, async () => {
    const page = await open()
    await forum.enter(page, reader)
    await page.goto('/')
    await box(page).fill('プリンター 紙 詰まり')
    await box(page).press('Enter')
    const card = page.getByRole('region', { name: t('search.lead.label') })
    await card.getByText('ベストアンサー').waitFor()
    expect((await card.locator('blockquote strong').textContent())?.trim()).toBe('背面のふたを開けると、詰まった紙を引き抜けます。')
    expect(await card.textContent()).toContain('ゆうこさんの回答')
    await card.getByRole('button', { name: t('reactions.thanks') }).click()
    await card.locator('button[aria-pressed=true]', { hasText: t('reactions.thanks') }).waitFor()
    expect(await axe(page)).toEqual([])

    await card.getByRole('link', { name: t('search.lead.read') }).click()
    // The page of results asks nearly the same: only the topic's own question will do.
    await page.getByRole('heading', { level: 1, name: 'プリンターの紙が詰まります' }).waitFor()
    const asks = page.locator('.found')
    await asks.getByText(t('search.found.askHere'), { exact: true }).waitFor()
    await asks.getByRole('button', { name: t('search.found.yes') }).click()
    await page.getByText(t('search.found.thanks')).waitFor()
    await soon(async () => expect(await forum.db.select().from(searchClicks)).toHaveLength(1))
    const [click] = await forum.db.select().from(searchClicks)
    const [verdict] = await forum.db.select().from(searchVerdicts)
    expect(verdict).toMatchObject({ topicId: click?.topicId, key: click?.key, found: true })
    await page.reload()
    expect(await asks.isVisible(), 'it is asked once').toBe(false)
  })

  test.for([
    { theme: 'light', width: 1280 },
    { theme: 'dark', width: 390 },
  ] as const)('suggestions are chosen by keyboard alone ($theme, $width wide)', { timeout: 60_000 }, async look => {
    const page = await open(look)
    await page.goto('/boards')
    await box(page).focus()
    await page.keyboard.type('ぷりんた')
    const list = page.getByRole('listbox', { name: t('search.suggestions.label') })
    await list.getByRole('option', { name: 'プリンターの紙が詰まります' }).waitFor()
    expect(await box(page).getAttribute('aria-expanded')).toBe('true')
    await page.getByRole('status').getByText('候補が').waitFor()
    await page.keyboard.press('ArrowDown')
    const chosen = page.locator('[role=option][aria-selected=true]')
    expect(await box(page).getAttribute('aria-activedescendant')).toBe(await chosen.getAttribute('id'))
    expect(await axe(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0)
    await page.keyboard.press('ArrowUp')
    expect(await chosen.count(), 'back in the box').toBe(0)
    await page.keyboard.press('ArrowUp')
    expect(await chosen.textContent(), 'around the end').toContain('プリンターとスキャナー')
    await page.keyboard.press('Escape')
    expect(await list.isVisible()).toBe(false)
    expect(await box(page).inputValue(), 'what was typed stays').toBe('ぷりんた')
    await page.keyboard.press('ArrowDown')
    const title = (await chosen.locator('span').first().textContent()) ?? ''
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: title }).waitFor()
  })

  test('a tap opens what is suggested, and one elsewhere closes the list', { timeout: 60_000 }, async () => {
    const page = await open({ width: 390 })
    await page.goto('/')
    const hero = page.locator('.hero').getByRole('combobox')
    await hero.fill('プリンターの')
    const list = page.locator('.hero').getByRole('listbox')
    await list.getByRole('option').first().waitFor()
    await page.getByRole('heading', { level: 1 }).click()
    expect(await list.isVisible()).toBe(false)
    await hero.fill('プリンターの色')
    await list.getByRole('option', { name: '色が薄く' }).click()
    await page.getByRole('heading', { level: 1, name: 'プリンターの色が薄くなりました' }).waitFor()
  })

  test('while a title is typed its answer turns up, and the ask ends there (English)', { timeout: 60_000 }, async () => {
    const english = translator('en')
    const page = await open({ locale: 'en' })
    await forum.enter(page, await makeMember(forum.db, { locale: 'en' }))
    await page.goto('/ask')
    await page.getByLabel(english('topics.ask.titleLabel')).pressSequentially('My printer prints blank')
    const panel = page.locator('#similar-panel')
    await panel.getByText('Clean the nozzles twice').waitFor()
    expect(await axe(page)).toEqual([])
    await panel
      .getByRole('button', { name: english('search.solvedHere') })
      .first()
      .click()
    await page.getByText(english('flash.deflectedThanked')).waitFor()
    await page.getByRole('heading', { level: 1, name: 'The printer prints blank pages only' }).waitFor()
    const [deflection] = await forum.db.select().from(deflections)
    expect((await postNow(forum.db, { id: deflection?.postId ?? 0 })).thanksCount).toBe(1)
  })

  test('without JavaScript: narrow down, say it was not it, find nothing, and ask with the same words', { timeout: 60_000 }, async () => {
    const page = await open({ javaScript: false })
    await forum.enter(page, reader)
    await page.goto('/search?q=プリンター')
    await page.locator('.facets').getByLabel(t('search.solved.yes')).check()
    await page.getByRole('button', { name: t('search.apply') }).click()
    await page
      .locator('.chosen')
      .getByRole('link', { name: t('search.solved.yes') })
      .click()
    expect(new URL(page.url()).search).not.toContain('solved')
    await page.getByRole('button', { name: t('search.found.no') }).click()
    await page.getByText(t('flash.searchMissed')).waitFor()

    await page.goto('/search')
    await page.locator('main').getByRole('searchbox').fill('観葉植物 葉 黄色')
    await page
      .locator('main')
      .getByRole('button', { name: t('frame.searchGo') })
      .click()
    await page.getByRole('heading', { name: t('search.nothing') }).waitFor()
    await page.getByRole('link', { name: t('search.askThis') }).click()
    expect(await page.getByLabel(t('topics.ask.titleLabel')).inputValue()).toBe('観葉植物 葉 黄色')
    await page.getByLabel(t('topics.ask.titleLabel')).fill('プリンターの紙が詰まる')
    await page.getByRole('button', { name: t('search.showSimilar') }).click()
    await page.getByText(t('search.similarWhileAsking')).waitFor()
    expect(await page.getByLabel(t('topics.ask.titleLabel')).inputValue()).toBe('プリンターの紙が詰まる')
  })
})

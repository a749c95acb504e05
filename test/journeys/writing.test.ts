import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '../../src/accounts/actor.ts'
import type { BoardRow } from '../../src/boards/schema.ts'
import { translator } from '../../src/platform/i18n.ts'
import { pickBest } from '../../src/topics/best_answers.ts'
import { describeInBrowser } from '../browser.ts'
import { makeAnswer, makeBoard, makeTopic, openingOf } from '../making.ts'
import { makeAdvisor, makeMember } from '../people.ts'
import { type Forum, soon, startForum } from './forum.ts'

const t = translator('ja')
const TITLE = '充電しても朝には電池が空です'
const WORDS = '寝る前に100パーセントでも、起きると20パーセントです。'

let forum: Forum
let board: BoardRow
let asker: Actor
let helper: Actor

beforeAll(async () => {
  forum = await startForum()
  board = await makeBoard(forum.db, { slug: 'phones', nameJa: 'スマホ' })
  asker = await makeMember(forum.db, { handle: 'yoshie', password: 'asagao-no-hana-3', guided: false })
  helper = await makeMember(forum.db, { guided: false })
})
afterAll(() => forum.close())

const ownTopic = () => makeTopic(forum.db, asker, board)
const title = (page: Page) => page.getByLabel(t('topics.ask.titleLabel'))
const body = (page: Page) => page.locator('textarea[name=body]').last()
const drafted = (page: Page) => page.locator('.draft-note', { hasText: t('topics.draft.saved') }).waitFor()

describeInBrowser('writing', newPage => {
  const enter = async (person: Actor, options: Parameters<typeof newPage>[0] = {}) => {
    const page = await newPage({ site: forum.site, ...options })
    await forum.enter(page, person)
    return page
  }

  test('what is being written is kept while typing, and another device goes on from there, without JavaScript too', async () => {
    const [desk, phone] = [await enter(asker), await enter(asker, { width: 390, javaScript: false })]
    await desk.goto('/ask')
    await title(desk).fill(TITLE)
    await body(desk).fill(WORDS)
    await drafted(desk)

    await phone.goto('/me/drafts')
    await phone.getByRole('link', { name: TITLE }).click()
    expect(await title(phone).inputValue()).toBe(TITLE)
    expect(await body(phone).inputValue()).toBe(WORDS)
    await body(phone).fill(`${WORDS} 電話を替えてからです。`)
    await phone.getByRole('button', { name: t('topics.draft.keep') }).click()
    await phone.getByText(t('flash.draftKept')).waitFor()

    await desk.goto('/ask')
    expect(await body(desk).inputValue()).toContain('電話を替えてから')
    await desk.getByLabel(t('topics.ask.board'), { exact: false }).selectOption({ label: 'スマホ' })
    await desk.getByRole('button', { name: t('topics.ask.send') }).click()
    await desk.getByRole('heading', { level: 1, name: TITLE }).waitFor()
    await phone.goto('/me/drafts')
    await phone.getByText(t('topics.draft.none')).waitFor()
  })

  test('while a title is typed, what was answered before appears; a board offers the kinds it takes', async () => {
    await makeBoard(forum.db, { slug: 'compare', nameJa: 'くらべる広場', kinds: ['comparison'] })
    const topic = await makeTopic(forum.db, asker, board, { title: 'テレビの音声が画面より遅れます' })
    await pickBest(forum.db, asker, await makeAnswer(forum.db, helper, topic, '音声の出力をPCMにすると合います。'))
    const page = await enter(helper)
    await page.goto('/ask')
    await soon(async () => {
      await title(page).fill('')
      await title(page).pressSequentially('テレビの音声が遅れます')
      await page.locator('#similar-panel').getByRole('link', { name: topic.title }).waitFor({ timeout: 1500 })
    })
    const kind = (name: string) => page.getByRole('radio', { name: t(`kinds.${name}`) })
    expect(await kind('question').isChecked()).toBe(true)
    await page.getByLabel(t('topics.ask.board'), { exact: false }).selectOption({ label: 'くらべる広場' })
    expect(await kind('question').isVisible()).toBe(false)
    expect(await kind('comparison').isChecked()).toBe(true)
  })

  test('a comment begun stands open on the next visit; a draft that cannot be kept is told', async () => {
    const topic = await ownTopic()
    const answer = await makeAnswer(forum.db, helper, topic)
    const page = await enter(asker)
    const comment = page.locator(`#comment-${answer.id}`)
    const note = page.locator(`#post-${answer.id} .draft-note`)
    await page.goto(`/t/${topic.id}`)
    await page.locator(`#post-${answer.id} .comment-form summary`).click()
    await comment.fill('ためしてみます')
    await note.getByText(t('topics.draft.saved')).waitFor()
    await page.reload()
    expect(await comment.inputValue()).toBe('ためしてみます')
    expect(await comment.isVisible()).toBe(true)

    await page.route('**/me/drafts', route => route.abort())
    await comment.fill('ためしてみました')
    await note.getByText(t('frame.offline')).waitFor()
    await page.unroute('**/me/drafts')
    await page.context().clearCookies()
    await comment.fill('ためしてみました。直りました')
    await note.getByText(t('frame.ended')).waitFor()
  })

  test('pictures come by the picker and by paste, are seen in the preview and stand in the answer', async () => {
    const topic = await ownTopic()
    // Pictures in a newcomer's first posts wait for a moderator.
    const page = await enter(await makeAdvisor(forum.db, { guided: false }))
    const [blue, green] = await Promise.all(['#0a5f7d', '#17693f'].map(photo))
    await page.goto(`/t/${topic.id}`)
    await body(page).fill('この画面です。')
    await page.setInputFiles('.editor input[type=file]', { name: 'screen.png', mimeType: 'image/png', buffer: blue ?? Buffer.of() })
    await soon(async () => expect(await body(page).inputValue()).toMatch(/!\[.*\]\(\/media\/\S+\)\n$/))
    await page.evaluate(`(${PASTE})(document.querySelector('#answer-body'), '${green?.toString('base64')}')`)
    await soon(async () => expect((await body(page).inputValue()).match(/\/media\//g)).toHaveLength(2))

    await soon(async () => expect(await loaded(page, '.preview img')).toEqual([640, 640]))
    await page.getByRole('button', { name: t('topics.reply.send'), exact: true }).click()
    await page.locator('article .prose img').first().waitFor()
    await soon(async () => expect(await loaded(page, 'article .prose img')).toEqual([640, 640]))
  })

  test('how it will look is seen while one writes, and on a phone behind a tab; what is wrong with it is said there', async () => {
    const topic = await ownTopic()
    const [desk, phone] = [await enter(helper), await enter(helper, { width: 390 })]
    for (const page of [desk, phone]) await page.goto(`/t/${topic.id}`)
    await body(desk).pressSequentially('**太い**字と')
    await desk.locator('.preview strong', { hasText: '太い' }).waitFor()
    await body(desk).fill('[a](/b) '.repeat(101))
    await desk.locator('.preview', { hasText: t('body.tooManyLinks') }).waitFor()

    await body(phone).fill('- ひとつめ')
    await phone.getByRole('tab', { name: t('topics.editor.preview') }).click()
    await phone.locator('.preview li', { hasText: 'ひとつめ' }).waitFor()
    expect(await body(phone).isVisible()).toBe(false)
    await phone.getByRole('tab', { name: t('topics.editor.write') }).click()
    expect(await body(phone).inputValue()).toBe('- ひとつめ')
  })

  test('of two tabs that edit the same words, the later one gets the difference to merge, and nothing is lost', async () => {
    const topic = await ownTopic()
    const opening = await openingOf(forum.db, topic)
    const first = await enter(asker)
    const second = await first.context().newPage()
    for (const page of [first, second]) await page.goto(`/posts/${opening.id}/edit`)
    const save = (page: Page) => page.getByRole('button', { name: t('topics.edit.save') }).click()

    await body(first).fill('毎晩9時を過ぎると止まります。')
    await save(first)
    await first.getByText(t('flash.edited')).waitFor()

    await body(second).fill('毎晩止まります。有線でも同じです。')
    const answer = second.waitForResponse(response => response.request().method() === 'POST')
    await save(second)
    expect((await answer).status()).toBe(409)
    await second.getByRole('heading', { level: 1, name: t('topics.conflict.title') }).waitFor()
    expect(await second.locator('.diff ins').allTextContents()).toContain('9時を過ぎると')
    expect(await body(second).inputValue()).toBe('毎晩止まります。有線でも同じです。')
    await body(second).fill('毎晩9時を過ぎると止まります。有線でも同じです。')
    await save(second)
    await second.getByText(t('flash.edited')).waitFor()
    await second.locator('article .prose', { hasText: '毎晩9時を過ぎると止まります。有線でも同じです。' }).waitFor()
    await second.getByRole('link', { name: t('topics.edited') }).click()
    await second.locator('ins', { hasText: '有線でも同じです' }).waitFor()
  })

  test.each([true, false])('a log-in that ended while writing loses no word (JavaScript: %s)', async javaScript => {
    const topic = await ownTopic()
    const page = await enter(asker, { javaScript })
    await page.goto(`/t/${topic.id}`)
    await body(page).fill(`再起動しても同じでした。${javaScript}`)
    await page.context().clearCookies()
    await page.getByRole('button', { name: t('topics.reply.send'), exact: true }).click()
    await page.getByText(t('accounts.login.draftKept')).waitFor()
    await page.getByLabel(t('accounts.login.login')).fill('yoshie')
    await page.getByLabel(t('accounts.password.label')).fill('asagao-no-hana-3')
    await page.getByRole('button', { name: t('accounts.login.submit') }).click()
    await page.getByText(t('flash.loggedInWithDraft')).waitFor()
    expect(await body(page).inputValue()).toBe(`再起動しても同じでした。${javaScript}`)
    await page.getByRole('button', { name: t('topics.reply.send'), exact: true }).click()
    await page.locator('article .prose', { hasText: `再起動しても同じでした。${javaScript}` }).waitFor()
  })
})

const photo = (background: string) =>
  sharp({ create: { width: 640, height: 400, channels: 3, background } })
    .png()
    .toBuffer()

/** What a browser does when somebody pastes a picture; runs in the page. */
const PASTE = `(area, bytes) => {
  const clipboardData = new DataTransfer()
  clipboardData.items.add(new File([Uint8Array.from(atob(bytes), letter => letter.charCodeAt(0))], 'pasted.png', { type: 'image/png' }))
  area.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
}`

/** The natural widths of pictures that have come. */
const loaded = (page: Page, selector: string) =>
  page.locator(selector).evaluateAll(images => images.map(image => (image as unknown as { naturalWidth: number }).naturalWidth))

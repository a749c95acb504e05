import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '../../src/accounts/actor.ts'
import type { BoardRow } from '../../src/boards/schema.ts'
import { flagPost } from '../../src/moderation/flags.ts'
import { react } from '../../src/reactions/reactions.ts'
import { topicPath } from '../../src/topics/paths.ts'
import type { Topic } from '../../src/topics/queries.ts'
import { describeInBrowser } from '../browser.ts'
import { makeAnswer, makeBoard, makeTopic } from '../making.ts'
import { makeMember, makeModerator } from '../people.ts'
import { type Forum, soon, startForum } from './forum.ts'

let forum: Forum
let asker: Actor
let helper: Actor
let board: BoardRow
let topic: Topic

beforeAll(async () => {
  forum = await startForum()
  board = await makeBoard(forum.db, { slug: 'network', nameJa: 'ネット・通信', nameEn: 'Internet' })
  ;[asker, helper] = await Promise.all([makeMember(forum.db, { name: '花子' }), makeMember(forum.db, { name: '太郎' })])
  topic = await makeTopic(forum.db, asker, board, { title: '無線LANが寝室まで届きません' })
})
afterAll(() => forum.close())

const news = (page: Page) => page.locator('#news')
/** The page's line is open: what happens from now on is heard. */
const listening = (page: Page) => page.waitForEvent('websocket').then(line => line.waitForEvent('framereceived'))

async function open(page: Page, path: string): Promise<void> {
  const ready = listening(page)
  await page.goto(path)
  await ready
}

describeInBrowser('the open page', newPage => {
  test('what one writes appears on the other’s open page, without moving it', { timeout: 60_000 }, async () => {
    const [askers, helpers] = [await newPage({ site: forum.site }), await newPage({ site: forum.site, width: 390 })]
    await forum.enter(askers, asker)
    await forum.enter(helpers, helper)
    await open(askers, topicPath(topic))
    await open(helpers, topicPath(topic))
    const before = await askers.locator('h1').boundingBox()

    await helpers.locator('#answer-body').fill('中継機を廊下に置くと、')
    await helpers.locator('#answer-body').press('End')
    await soon(() => expectText(askers.locator('#writing'), 'だれかが回答を書いています'))
    expect(await helpers.locator('#writing').textContent()).toBe('')

    await helpers.getByRole('button', { name: '投稿する' }).click()
    await soon(() => expectText(news(askers), '新しい回答が1件あります。'))
    expect(await askers.locator('h1').boundingBox()).toEqual(before)
    expect(await askers.locator('article.post').count()).toBe(1)
    await soon(() => expectText(askers.locator('.topbar .unread .chip'), '1'))

    await news(askers).getByRole('link', { name: '見る' }).click()
    await askers.getByText('中継機を廊下に置くと').waitFor()
    expect(await news(askers).textContent()).toBe('')
    expect(await news(helpers).textContent()).toBe('')
  })

  test('thanks are counted in place; a guest hears too; an open list says that something was asked', { timeout: 60_000 }, async () => {
    const [page, list] = [await newPage({ site: forum.site, locale: 'en' }), await newPage({ site: forum.site })]
    const answer = await makeAnswer(forum.db, helper, topic, '置き場所を高くしてみてください。')
    await open(page, topicPath(topic))
    await open(list, '/b/network')
    const count = page.locator(`#reaction-${answer.id}-helpful .count`)
    expect(await count.textContent()).toBe('0')
    await react(forum.db, asker, answer, 'helpful')
    await soon(() => expectText(count, '1'))
    await makeTopic(forum.db, helper, board, { title: 'ルーターの電源は切ってもいいですか' })
    await soon(() => expectText(news(list), '新しい投稿が1件あります。'))
  })

  test('one moderator sees at once what another one took, and that something new waits', { timeout: 60_000 }, async () => {
    const { db } = forum
    const flag = async (body: string) =>
      flagPost(db, await makeMember(db), await makeAnswer(db, helper, topic, body), { reason: 'spam', words: '' })
    await flag('今すぐ買うならこちらがお得です。')
    await flag('もっと安い店があります。')
    const [one, two] = [await newPage({ site: forum.site }), await newPage({ site: forum.site })]
    await forum.enter(one, await makeModerator(db, board, { name: '山田' }))
    await forum.enter(two, await makeModerator(db, board, { name: '佐藤' }))
    await open(two, '/moderation')
    await open(one, '/moderation')
    const second = '.waiting li:nth-child(2)'
    expect(await two.locator(`${second} .lease`).textContent()).toBe('')
    await one.locator(`${second} a`).click()
    await soon(() => expectText(two.locator(`${second} .lease`), '山田'))
    await flag('こちらのサイトもどうぞ。')
    await soon(() => expectText(news(two), '新しい確認待ちが1件あります。'))
  })
})

const expectText = async (place: ReturnType<Page['locator']>, text: string) => expect(await place.textContent()).toContain(text)

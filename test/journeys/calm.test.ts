import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '../../src/accounts/actor.ts'
import type { BoardRow } from '../../src/boards/schema.ts'
import { seedWordLists } from '../../src/moderation/words/words.ts'
import { translator } from '../../src/platform/i18n.ts'
import { axe, describeInBrowser } from '../browser.ts'
import { makeAnswer, makeBoard, makeTopic } from '../making.ts'
import { makeMember, makeModerator } from '../people.ts'
import { type Forum, soon, startForum } from './forum.ts'

const [ja, en] = [translator('ja'), translator('en')]

let forum: Forum
let board: BoardRow
let two: [Actor, Actor]

beforeAll(async () => {
  forum = await startForum()
  await seedWordLists(forum.db)
  board = await makeBoard(forum.db)
  two = [await makeMember(forum.db), await makeMember(forum.db)]
})
afterAll(() => forum.close())

describeInBrowser('staying calm', newPage => {
  for (const javaScript of [true, false])
    test(`a harsh reply is looked at again, said another way and posted (JavaScript: ${javaScript})`, async () => {
      const topic = await makeTopic(forum.db, two[0], board)
      const page = await newPage({ site: forum.site, javaScript })
      await forum.enter(page, two[1])
      await page.goto(`/t/${topic.id}`)
      await page.getByLabel(ja('topics.reply.label')).fill('お前は馬鹿か。\nそれくらい調べてから書け。')
      await page.getByRole('button', { name: ja('topics.reply.send') }).click()
      await page.getByRole('heading', { name: ja('words.nudge.title') }).waitFor()
      expect(await page.locator('mark').allTextContents()).toContain('馬鹿')
      expect(await page.locator('.reply, .post').count()).toBe(0)
      if (javaScript) expect(await axe(page)).toEqual([])
      await page.getByLabel(ja('words.nudge.label')).fill('説明書の12ページに、手順が載っています。')
      await page.getByRole('button', { name: ja('words.nudge.send') }).click()
      await page.locator('.post').filter({ hasText: '説明書の12ページに' }).waitFor()
      expect(await page.getByText('お前は馬鹿か').count()).toBe(0)
    })

  test('a quarrel slows down by itself; readers see why and until when, and a moderator lets it rest', async () => {
    const { db } = forum
    const topic = await makeTopic(db, two[0], board)
    const said = [
      'お前は馬鹿か。',
      'こいつ無能だな。',
      'うざい、消えろ。',
      '頭おかしいんじゃないか。',
      'お前こそ馬鹿だ！！',
      '黙れ。',
      'お前が消えろ。',
    ]
    for (const [turn, body] of said.entries()) await makeAnswer(db, two[turn % 2 === 0 ? 1 : 0], topic, body)

    const reader = await newPage({ site: forum.site, javaScript: false, locale: 'en' })
    await soon(async () => {
      await reader.goto(`/t/${topic.id}`)
      expect(await reader.getByText(en('topics.slow.notice', { count: 15 })).count()).toBe(1)
    })
    await reader.getByText(en('topics.heated')).waitFor()
    await reader.getByText(en('topics.slow.until')).waitFor()
    await reader.getByText(en('moderation.parts.harsh')).waitFor()

    const page = await newPage({ site: forum.site, width: 390, theme: 'dark' })
    await forum.enter(page, await makeModerator(db, board))
    await page.goto(`/t/${topic.id}/rest`)
    expect(await axe(page)).toEqual([])
    await page.getByRole('button', { name: ja('topics.rest.send') }).click()
    await page.getByText(ja('topics.rest.notice')).waitFor()
    expect(await axe(page)).toEqual([])
    await soon(async () => {
      await reader.goto(`/t/${topic.id}`)
      expect(await reader.getByText(en('topics.rest.notice')).count()).toBeGreaterThan(0)
    })
    expect(await reader.locator('textarea').count()).toBe(0)
  })
})

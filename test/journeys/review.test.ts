import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { translator } from '../../src/platform/i18n.ts'
import { axe, describeInBrowser } from '../browser.ts'
import { makeAnswer, makeBoard, makeTopic } from '../making.ts'
import { makeMember, makeModerator } from '../people.ts'
import { type Forum, soon, startForum } from './forum.ts'

const [ja, en] = [translator('ja'), translator('en')]
let forum: Forum

beforeAll(async () => {
  forum = await startForum()
})
afterAll(() => forum.close())

describeInBrowser('what moderators look at', newPage => {
  test('a post is flagged without JavaScript, decided by keyboard, and both are told', { timeout: 90_000 }, async () => {
    const { db } = forum
    const board = await makeBoard(db)
    const [flagger, writer, moderator] = [await makeMember(db), await makeMember(db), await makeModerator(db, board)]
    const topic = await makeTopic(db, await makeMember(db), board)
    const answer = await makeAnswer(db, writer, topic, 'それくらい調べてから書いてください。話になりません。')
    const plain = await newPage({ site: forum.site, javaScript: false, width: 390 })
    await forum.enter(plain, flagger)
    await plain.goto(`/posts/${answer.id}/flags`)
    await plain.getByRole('radio', { name: ja('moderation.why.abuse') }).check()
    await plain.getByRole('button', { name: ja('moderation.flag.send') }).click()
    await plain.getByText(ja('flash.flagged')).waitFor()

    const desk = await newPage({ site: forum.site })
    await forum.enter(desk, moderator)
    await desk.goto('/moderation')
    await desk.locator('#lease .chip.brand').waitFor()
    expect(await axe(desk)).toEqual([])
    await desk.keyboard.press('r')
    const form = desk.locator('details[name=decision][open]')
    await form.getByRole('radio', { name: ja('moderation.why.harsh') }).check()
    await form.locator('textarea').fill('言い方をやわらげていただけますか。')
    await form.getByRole('button').click()
    await desk.getByText(ja('flash.itemDecided')).waitFor()

    for (const [person, kind] of [
      [flagger, 'flag_upheld'],
      [writer, 'mending_asked'],
    ] as const) {
      const page = await newPage({ site: forum.site, javaScript: false })
      await forum.enter(page, person)
      await soon(async () => {
        await page.goto('/notifications')
        await page.getByText(ja(`notices.kinds.${kind}`)).waitFor({ timeout: 500 })
      })
    }
  })

  test('a newcomer’s post with links is held, sent back, mended and shown; in English, on a phone', { timeout: 90_000 }, async () => {
    const { db } = forum
    const board = await makeBoard(db)
    const topic = await makeTopic(db, await makeMember(db), board)
    const [writer, first, second] = [await makeMember(db, { locale: 'en' }), await makeModerator(db, board), await makeModerator(db, board)]
    const own = await newPage({ site: forum.site, width: 390, locale: 'en' })
    await forum.enter(own, writer)
    await own.goto(`/t/${topic.id}`)
    await own.locator('#answer-body').fill('Cheap ink: https://a.example/1 and https://b.example/2')
    await own.locator('form[action$="/answers"] button.primary').click()
    await own.getByRole('heading', { name: en('moderation.hold.waitingTitle'), exact: true }).waitFor()
    expect(await axe(own)).toEqual([])

    const decide = async (moderator: typeof first, key: string, reason: string) => {
      const desk = await newPage({ site: forum.site, javaScript: false })
      await forum.enter(desk, moderator)
      await desk.goto(`/moderation?board=${board.slug}`)
      await desk.locator(`summary[data-key=${key}]`).click()
      const form = desk.locator('details[name=decision][open]')
      await form.getByRole('radio', { name: reason }).check()
      await form.getByRole('button').click()
      await desk.getByText(ja('flash.itemDecided')).waitFor()
    }
    await decide(first, 'R', ja('moderation.why.spam'))
    await own.reload()
    await own.getByRole('heading', { name: en('moderation.hold.rejectedTitle'), exact: true }).waitFor()
    await own.locator('#body').fill('Clean the print head twice, then let it rest for an hour.')
    await own.getByRole('button', { name: en('moderation.hold.send'), exact: true }).click()
    await own.getByRole('heading', { name: en('moderation.hold.secondTitle'), exact: true }).waitFor()
    await decide(second, 'A', ja('moderation.why.fine'))
    const guest = await newPage({ site: forum.site, javaScript: false })
    await soon(async () => {
      await guest.goto(`/t/${topic.id}?order=new`)
      await guest.getByText('Clean the print head twice').waitFor({ timeout: 500 })
    })
    const [counted] = await db.execute<{ n: number }>(sql`select answer_count as n from topics where id = ${topic.id}`)
    expect(counted?.n).toBe(1)
  })
})

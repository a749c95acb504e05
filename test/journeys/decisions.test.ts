import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { translator } from '../../src/platform/i18n.ts'
import { axe, describeInBrowser } from '../browser.ts'
import { makeAnswer, makeBoard, makeTopic } from '../making.ts'
import { makeMember, makeModerator, makeOperator } from '../people.ts'
import { type Forum, soon, startForum } from './forum.ts'

const [ja, en] = [translator('ja'), translator('en')]

let forum: Forum

beforeAll(async () => {
  forum = await startForum()
})
afterAll(() => forum.close())

describeInBrowser('what moderators decide, and what one can do about it', newPage => {
  test('a post is hidden, its writer appeals, another moderator upholds it, and everything is as before', {
    timeout: 120_000,
  }, async () => {
    const { db, site } = forum
    const board = await makeBoard(db)
    const [asker, writer] = [await makeMember(db), await makeMember(db)]
    const topic = await makeTopic(db, asker, board)
    const answer = await makeAnswer(db, writer, topic, '電源を抜いて十分待つと直りました。')
    const [first, second] = [await makeModerator(db, board), await makeModerator(db, board)]

    const hiding = await newPage({ site })
    await forum.enter(hiding, first)
    await hiding.goto(`/posts/${answer.id}/hiding`)
    await hiding.getByLabel(ja('topics.hiding.reasons.dangerous')).check()
    await hiding.getByRole('button', { name: ja('topics.hiding.send') }).click()
    await hiding.getByText(ja('flash.postHidden')).waitFor()

    const own = await newPage({ site, width: 390 })
    await forum.enter(own, writer)
    await own.goto('/me/standing')
    expect(await axe(own)).toEqual([])
    await own.getByRole('link', { name: ja('appeals.open') }).click()
    await own.getByLabel(new RegExp(ja('appeals.words'))).fill('説明書にある方法です。危険はありません。')
    expect(await axe(own)).toEqual([])
    await own.getByRole('button', { name: ja('appeals.send') }).click()
    await own.getByText(ja('flash.appealed')).waitFor()
    await own.getByText(ja('appeals.outcomes.waiting')).waitFor()

    const deciding = await newPage({ site, javaScript: false })
    await forum.enter(deciding, second)
    await deciding.goto('/moderation?kind=appeal')
    await deciding.getByText('説明書にある方法です。').first().waitFor()
    await deciding.locator('summary', { hasText: ja('moderation.decisions.uphold_appeal') }).click()
    await deciding.getByLabel(ja('moderation.why.misread')).check()
    await deciding.getByRole('button', { name: ja('moderation.item.send', { decision: ja('moderation.decisions.uphold_appeal') }) }).click()
    await soon(async () => {
      const [row] = await db.execute<{ hidden: boolean }>(sql`select hidden_at is not null as hidden from posts where id = ${answer.id}`)
      expect(row?.hidden).toBe(false)
    })

    await own.reload()
    await own.getByText(ja('appeals.outcomes.upheld')).waitFor()
    await own.goto(`/t/${topic.id}`)
    await own.getByText('電源を抜いて十分待つと直りました。').waitFor()
  })

  test('a request for removal from start to finish, without JavaScript, in English and on a phone', { timeout: 120_000 }, async () => {
    const { db, site } = forum
    const board = await makeBoard(db)
    const poster = await makeMember(db, { locale: 'en' })
    const topic = await makeTopic(db, await makeMember(db), board)
    const answer = await makeAnswer(db, poster, topic, '山田さんの電話番号をここに書いておきます。')
    const plain = { site, javaScript: false, locale: 'en' } as const

    const guest = await newPage({ ...plain, width: 390 })
    await guest.goto(`/takedown?post=/posts/${answer.id}`)
    await guest.getByLabel(en('takedowns.rights.privacy')).check()
    await guest.getByLabel(new RegExp(en('takedowns.words').replace('?', '.'))).fill('My telephone number was posted without my leave.')
    await guest.getByLabel(new RegExp(`^${en('takedowns.name')}`)).fill('Yamada')
    await guest.getByLabel(new RegExp(`^${en('takedowns.email')}`)).fill('yamada@example.com')
    await guest.getByRole('button', { name: en('takedowns.send') }).click()
    await guest.locator('.chip', { hasText: en('takedowns.states.received') }).waitFor()

    const desk = await newPage({ ...plain })
    await forum.enter(desk, await makeOperator(db, { locale: 'en' }))
    await desk.goto('/moderation/takedowns')
    await desk.getByRole('link', { name: /TD-/ }).click()
    expect(await desk.content()).not.toContain('yamada@example.com')
    await desk.getByRole('button', { name: en('takedowns.desk.look') }).click()
    await desk.getByText('yamada@example.com').waitFor()
    await desk.getByRole('button', { name: en('takedowns.desk.ask') }).click()
    await desk.locator('.chip', { hasText: en('takedowns.states.asking') }).waitFor()

    const asked = await newPage({ site, locale: 'en', width: 390 })
    await forum.enter(asked, poster)
    await soon(async () => {
      await asked.goto('/notifications')
      expect(await asked.content()).toContain(en('notices.kinds.takedown_view'))
    })
    await asked.goto('/me/standing')
    await asked.locator('main a[href^="/me/takedowns/"]').click()
    expect(await axe(asked)).toEqual([])
    await asked.getByLabel(en('takedowns.view.agrees')).check()
    await asked.getByRole('button', { name: en('takedowns.view.send') }).click()
    await asked.getByText(en('flash.viewSaid')).waitFor()

    await desk.reload()
    await desk.getByLabel(en('takedowns.desk.removed')).check()
    await desk.getByLabel(new RegExp(`^${en('takedowns.desk.answer')}`)).fill('It is personal data.')
    await desk.getByRole('button', { name: en('takedowns.desk.decide') }).click()
    await desk.locator('.chip', { hasText: en('takedowns.states.removed') }).waitFor()

    await guest.reload()
    await guest.getByText('It is personal data.').waitFor()
    expect((await guest.goto(`/posts/${answer.id}`))?.status()).toBe(404)
    await soon(async () => {
      const mails = await db.execute(sql`select id from mails where recipient = 'yamada@example.com'`)
      expect(mails).toHaveLength(3)
    })
    await guest.goto('/transparency')
    await guest.getByRole('rowheader', { name: en('takedowns.rights.privacy') }).waitFor()
  })
})

import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '../../src/accounts/actor.ts'
import { writeMails } from '../../src/notifications/mailing.ts'
import { pushDevices } from '../../src/notifications/schema.ts'
import { mails } from '../../src/platform/schema.ts'
import type { Topic } from '../../src/topics/queries.ts'
import { axe, describeInBrowser } from '../browser.ts'
import { makeAnswer, makeBoard, makeTopic } from '../making.ts'
import { makeMember } from '../people.ts'
import { type Forum, soon, startForum } from './forum.ts'

let forum: Forum
let asker: Actor
let helper: Actor
let topic: Topic

beforeAll(async () => {
  forum = await startForum({ PUSH_SERVICES: '127.0.0.1' })
  ;[asker, helper] = await Promise.all([makeMember(forum.db, { name: '花子' }), makeMember(forum.db, { name: '太郎' })])
  topic = await makeTopic(forum.db, asker, await makeBoard(forum.db), { title: '無線LANが寝室まで届きません' })
})
afterAll(() => forum.close())

/** The push service of a browser maker is out of reach here: the browser is given a device as the service would. */
const DEVICE = `
  const device = { endpoint: 'http://127.0.0.1:9/push/one', toJSON: () => ({ endpoint: 'http://127.0.0.1:9/push/one', keys: { p256dh: 'B'.repeat(87), auth: 'A'.repeat(22) } }), unsubscribe: async () => true }
  let there
  PushManager.prototype.subscribe = async () => (there = device)
  PushManager.prototype.getSubscription = async () => there
  Object.defineProperty(Notification, 'permission', { get: () => 'default' })
  Notification.requestPermission = async () => 'granted'`

describeInBrowser('notices', newPage => {
  test('an answer rings the bell, is opened and read; its mail can be ended; this device rings when asked to', {
    timeout: 60_000,
  }, async () => {
    const page = await newPage({ site: forum.site, width: 390 })
    await page.addInitScript(DEVICE)
    await forum.enter(page, asker)
    await page.goto('/notifications')
    expect(await page.getByText('この端末でも知らせる').isVisible()).toBe(false)
    await makeAnswer(forum.db, helper, topic, '中継機を廊下に置くと届きます。')
    await soon(async () => {
      await page.goto('/notifications')
      await page.getByRole('link', { name: '太郎 さんが「無線LANが寝室まで届きません」に回答しました' }).waitFor({ timeout: 1000 })
    })
    await page.getByRole('button', { name: 'この端末で受け取る' }).click()
    await page.getByText('この端末に、お知らせを出しています。').waitFor()
    expect(await forum.db.$count(pushDevices, eq(pushDevices.accountId, asker.id))).toBe(1)
    await axe(page)

    await page.getByRole('link', { name: '太郎 さんが「無線LANが寝室まで届きません」に回答しました' }).click()
    await page.getByText('中継機を廊下に置くと届きます。').waitFor()
    await page.goto('/notifications?list=unread')
    await page.getByText('新しいお知らせはありません').waitFor()

    await makeAnswer(forum.db, helper, topic, '置き場所を変えるだけでも違います。')
    await soon(async () => {
      await writeMails(forum.services, new Date(Date.now() + 11 * 60_000))
      expect(await forum.db.$count(mails, eq(mails.recipient, `${asker.handle}@example.com`))).toBe(1)
    })
    const [mail] = await forum.db
      .select()
      .from(mails)
      .where(eq(mails.recipient, `${asker.handle}@example.com`))
    const link = /(\/mail\/stop-\S+)/.exec(mail?.text ?? '')?.[1] ?? expect.fail()
    const guest = await newPage({ site: forum.site, javaScript: false })
    await guest.goto(link)
    await guest.getByRole('button', { name: 'メールを止める' }).click()
    await guest.getByText('通知のメールを止めました').waitFor()
    await page.goto('/me/notices')
    expect(await page.getByLabel('メールは受け取らない').isChecked()).toBe(true)
  })

  test('without a net a page says so and shows what was written; with one it goes on from there', { timeout: 60_000 }, async () => {
    const page = await newPage({ site: forum.site })
    await forum.enter(page, helper)
    await page.goto(`/t/${topic.id}`)
    await page.evaluate(
      'navigator.serviceWorker.ready.then(() => caches.open("offline-1")).then(async cache => { while (!(await cache.match("/offline"))) await new Promise(r => setTimeout(r, 50)) })',
    )
    await page.goto(`/t/${topic.id}`, { waitUntil: 'networkidle' })
    await page.context().setOffline(true)
    await page.locator('#answer-body').fill('電波の届く場所を')
    await soon(async () => expect(await page.evaluate(`localStorage.getItem('draft:answer:${topic.id}')`)).toContain('電波'))
    await page.evaluate(`location.assign('/boards')`)
    await page.getByText('インターネットにつながっていません').waitFor()
    await page.getByText('電波の届く場所を').waitFor()
    await page.context().setOffline(false)
    await page.goto(`/t/${topic.id}`)
    await soon(async () => expect(await page.locator('#answer-body').inputValue()).toBe('電波の届く場所を'))
  })
})

import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Actor } from '../../src/accounts/actor.ts'
import type { BoardRow } from '../../src/boards/schema.ts'
import { translator } from '../../src/platform/i18n.ts'
import { callMentors } from '../../src/reputation/mentoring.ts'
import { describeInBrowser } from '../browser.ts'
import { makeBoard, makeTopic } from '../making.ts'
import { makeMember, makeOperator } from '../people.ts'
import { type Forum, soon, startForum } from './forum.ts'

let forum: Forum
let board: BoardRow
let operators: Actor[]

beforeAll(async () => {
  forum = await startForum()
  board = await makeBoard(forum.db, { slug: 'network', nameJa: 'ネット・通信', nameEn: 'Internet' })
  operators = [await makeOperator(forum.db, { handle: 'first_op' }), await makeOperator(forum.db, { handle: 'second_op' })]
})
afterAll(() => forum.close())

// A grey square, as PNG.
const PICTURE = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAADklEQVR4nGOYCQUMlDEAYZMmQW+Xo20AAAAASUVORK5CYII=', 'base64')
const WAYS = [
  { locale: 'ja', javaScript: false },
  { locale: 'en', javaScript: true },
] as const

describeInBrowser('people', newPage => {
  test.for(WAYS)(
    'a certificate from the application to the mark ($locale, JavaScript: $javaScript)',
    { timeout: 60_000 },
    async options => {
      const { locale } = options
      const t = translator(locale)
      const preferences = { locale }
      const holder = await makeMember(forum.db, { handle: `holder_${locale}`, name: `Holder ${locale}`, ...preferences })
      const topic = await makeTopic(forum.db, holder, board)
      await forum.db.execute(sql`update accounts set locale = ${locale} where role = 'operator'`)
      const open = async (who?: Actor) => {
        const page = await newPage({ ...options, site: forum.site })
        if (who) await forum.enter(page, who)
        return page
      }
      const [own, first, second, guest] = [await open(holder), await open(operators[0]), await open(operators[1]), await open()]

      await own.goto('/me')
      await own
        .getByRole('link', { name: t('certification.title') })
        .first()
        .click()
      await own.locator('#grade').selectOption({ value: 'dotcom_master_2001/star_2' })
      await own.locator('#edition').fill('2012')
      await own.locator('#number').fill(`AB-${locale}-1234`)
      await own.locator('#issuedOn').fill('2012-08-01')
      await own.locator('#picture').setInputFiles({ name: 'certificate.png', mimeType: 'image/png', buffer: PICTURE })
      await own.getByRole('button', { name: t('certification.send') }).click()
      await own.getByText(t('flash.certificationSent')).waitFor()
      await own.getByText(t('certification.states.waiting'), { exact: true }).waitFor()

      await first.goto('/admin')
      await first.getByRole('link', { name: t('admin.certifications.open') }).click()
      await first.getByRole('link', { name: `Holder ${locale}` }).click()
      await first.getByText(`AB${locale.toUpperCase()}1234`).waitFor()
      await expect.poll(() => first.evaluate("document.querySelector('img.proof').naturalWidth")).toBe(8)
      await first.getByLabel(t('certification.note')).fill(locale === 'ja' ? '日付を確かめてください' : 'Please check the date')
      await first.getByRole('button', { name: t('certification.secondLook') }).click()
      await first.getByText(t('flash.secondLookAsked')).waitFor()
      await first.getByRole('link', { name: `Holder ${locale}` }).click()
      await first.getByText(t('certification.needsOther')).waitFor()
      expect(await first.getByRole('button', { name: t('certification.decideSubmit') }).count()).toBe(0)

      await second.goto('/admin/certifications')
      await second.getByRole('link', { name: `Holder ${locale}` }).click()
      await second.getByText(locale === 'ja' ? '日付を確かめてください' : 'Please check the date').waitFor()
      await second.locator('input[value=approved]').check()
      await second.getByRole('button', { name: t('certification.decideSubmit') }).click()
      await second.getByText(t('flash.certificationDecided')).waitFor()

      const label = t('people.certified', { name: '.com Master ★★', year: 2012 })
      await soon(async () => {
        await guest.goto(`/t/${topic.id}`)
        expect(await guest.locator('.byline .mark').first().getAttribute('title')).toBe(label)
        await second.reload()
        expect(await second.getByText(t('certification.steps.picture_deleted')).count()).toBe(1)
      })
      expect(await second.locator('img.proof').count()).toBe(0)

      await own.goto('/me/certification')
      await own.getByRole('button', { name: t('certification.takeOff') }).click()
      await own.getByText(t('flash.certificationWithdrawn')).waitFor()
      await soon(async () => {
        await guest.goto(`/t/${topic.id}`)
        expect(await guest.locator('.byline .mark').count()).toBe(0)
      })
    },
  )

  test.for(WAYS)('the newcomer’s first hour ($locale, JavaScript: $javaScript)', { timeout: 60_000 }, async options => {
    const { locale } = options
    const t = translator(locale)
    const newcomer = await makeMember(forum.db, { handle: `new_${locale}`, name: `New ${locale}`, locale })
    const helper = await makeMember(forum.db, { handle: `helper_${locale}`, name: `Helper ${locale}`, locale, level: 3, toured: true })
    const [own, help] = [await newPage({ ...options, site: forum.site }), await newPage({ ...options, site: forum.site })]
    await forum.enter(own, newcomer)
    await forum.enter(help, helper)
    const title = locale === 'ja' ? '無線LANが寝室まで届きません' : 'The signal does not reach the bedroom'

    await help.goto('/people/mentoring')
    await help.getByRole('button', { name: t('mentoring.join') }).click()
    await help.getByText(t('flash.mentorJoined')).waitFor()

    await own.goto('/')
    for (const card of ['find', 'ask']) {
      await own.getByRole('heading', { name: t(`tour.${card}`) }).waitFor()
      await own.getByRole('link', { name: t('tour.next'), exact: true }).click()
    }
    await own.getByRole('heading', { name: t('tour.thank') }).waitFor()
    await own.getByRole('button', { name: t('tour.done') }).click()
    await own.locator('.tour').waitFor({ state: 'detached' })
    await own.goto('/')
    expect(await own.locator('.tour').count()).toBe(0)

    await own.goto('/ask')
    await own.getByLabel(t('topics.ask.titleLabel')).fill(title)
    await own.getByLabel(t('topics.guided.happened')).fill(locale === 'ja' ? '夜だけ切れます' : 'It drops at night')
    await own.getByLabel(t('topics.guided.product'), { exact: false }).first().fill('AX-3200')
    await own.getByLabel(t('topics.ask.board'), { exact: false }).selectOption({ label: locale === 'ja' ? 'ネット・通信' : 'Internet' })
    await own.getByRole('button', { name: t('topics.ask.send') }).click()
    await own.getByText(t('flash.asked')).waitFor()
    const [asked] = await forum.db.execute<{ id: string }>(sql`select id from topics where author_id = ${newcomer.id}`)
    const address = `/t/${asked?.id}`
    await own.goto(address)
    expect(await own.locator('.prose strong').allTextContents()).toEqual([t('topics.guided.happened'), t('topics.guided.product')])
    await own.getByText(t('topics.first'), { exact: true }).first().waitFor()

    await forum.db.execute(sql`update topics set created_at = now() - interval '20 minutes' where id = ${Number(asked?.id)}`)
    await callMentors(forum.db)
    await help.goto('/people/mentoring')
    await help.getByRole('link', { name: title }).click()
    await help.getByText(t('topics.kindness.title')).waitFor()
    await help
      .getByLabel(t('topics.reply.label'))
      .fill(locale === 'ja' ? '中継機を廊下に置くと届きます。' : 'A repeater in the corridor helps.')
    await help.getByRole('button', { name: t('topics.reply.send'), exact: true }).click()
    await help.getByText(t('flash.answeredFirst')).waitFor()

    await own.goto(address)
    await own.getByRole('button', { name: t('reactions.thanks') }).click()
    await own.locator('button[aria-pressed=true]', { hasText: t('reactions.thanks') }).waitFor()
    await own.getByRole('button', { name: t('topics.pickBest') }).click()
    await own.getByText(t('flash.picked')).waitFor()
    await soon(async () => {
      await own.goto(`/u/helper_${locale}`)
      for (const badge of ['first_answer', 'first_solved']) expect(await own.locator(`a[href="/badges/${badge}"]`).count()).toBe(1)
      await own.goto('/people')
      await own
        .getByRole('link', { name: `Helper ${locale}` })
        .first()
        .waitFor({ timeout: 300 })
      const mails = await forum.db.execute(sql`select from mails where once_key = ${`mentor:${asked?.id}:${helper.id}`}`)
      expect(mails.length).toBe(1)
    })
  })
})

import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { accounts } from '../../src/accounts/schema.ts'
import { translator } from '../../src/platform/i18n.ts'
import { react } from '../../src/reactions/reactions.ts'
import { describeInBrowser } from '../browser.ts'
import { makeAnswer, makeBoard, makeTopic } from '../making.ts'
import { makeMember } from '../people.ts'
import { type Forum, soon, startForum } from './forum.ts'

let forum: Forum

beforeAll(async () => {
  forum = await startForum()
})
afterAll(() => forum.close())

/** A helper who is one best answer away from the second level: five answers that helped, eighty points. */
async function almostThere(locale: 'ja' | 'en') {
  const { db } = forum
  const board = await makeBoard(db)
  const longAgo = new Date(Date.now() - 20 * 86_400_000)
  const asker = await makeMember(db, { locale })
  const helper = await makeMember(db, { locale, createdAt: longAgo })
  const readers = await Promise.all([1, 2, 3].map(() => makeMember(db)))
  const topic = await makeTopic(db, asker, board, { title: 'Wi-Fi stops every evening at nine' })
  const answers = []
  for (let n = 0; n < 5; n++) answers.push(await makeAnswer(db, helper, topic, `Try channel ${n + 1} instead.`))
  for (const answer of answers) for (const reader of readers) await react(db, reader, answer, 'helpful')
  const other = await makeTopic(db, await makeMember(db), board, { title: 'The printer prints blank pages only', tags: 'printer' })
  return { asker, helper, topic, other }
}

/** Points follow a moment later, by a job. */
const reaches = (handle: string, points: number) =>
  expect
    .poll(async () => (await forum.db.select({ points: accounts.points }).from(accounts).where(eq(accounts.handle, handle)))[0]?.points, {
      timeout: 30_000,
    })
    .toBe(points)

describeInBrowser('points and levels', newPage => {
  test.for([
    { locale: 'ja', javaScript: false },
    { locale: 'en', javaScript: true },
  ] as const)(
    'earned with a best answer, a level and what it opens; lost when the pick is taken back ($locale, JavaScript: $javaScript)',
    { timeout: 90_000 },
    async options => {
      const t = translator(options.locale)
      const { asker, helper, topic, other } = await almostThere(options.locale)
      const open = () => newPage({ ...options, site: forum.site })
      const [askers, helpers] = [await open(), await open()]
      await forum.enter(askers, asker)
      await forum.enter(helpers, helper)

      await reaches(helper.handle, 80)
      await helpers.goto(`/u/${helper.handle}/level`)
      await helpers.locator('.next-parts', { hasText: /80[\s\S]*100/ }).waitFor()
      await helpers.goto(`/t/${other.id}/tags`)
      await helpers.getByText(t('errors.missing')).first().waitFor()

      await askers.goto(`/t/${topic.id}`)
      await askers
        .getByRole('button', { name: t('topics.pickBest') })
        .first()
        .click()
      await askers.getByText(t('flash.picked')).waitFor()
      await reaches(helper.handle, 100)

      await soon(async () => {
        await helpers.goto(`/u/${helper.handle}/points`)
        await helpers
          .locator('.ledger-line', { hasText: t('points.rules.best_received') })
          .getByText('+20')
          .waitFor({ timeout: 300 })
        await helpers.getByRole('link', { name: t('levels.names.2') }).waitFor({ timeout: 300 })
      })
      await helpers.getByRole('link', { name: t('levels.names.2') }).click()
      await helpers.getByText(t('levels.byNumbers')).first().waitFor()

      await helpers.goto(`/t/${other.id}`)
      await helpers.locator('.post').first().locator('details.menu summary').click()
      await helpers.getByRole('link', { name: t('topics.tagging.label') }).click()
      await helpers.getByLabel(t('topics.ask.tags')).fill('printer ink')
      await helpers.getByRole('button', { name: t('topics.edit.save') }).click()
      await helpers.getByText(t('flash.edited')).waitFor()
      await helpers.locator('.tags').getByText('ink').waitFor()

      await askers.goto(`/t/${topic.id}`)
      await askers.getByRole('button', { name: t('topics.unpickBest') }).click()
      await askers.getByText(t('flash.unpicked')).waitFor()
      await reaches(helper.handle, 80)
      await soon(async () => {
        await helpers.goto(`/u/${helper.handle}/points`)
        await helpers
          .locator('.ledger-line', { hasText: t('points.why.reversed') })
          .getByText('−20')
          .waitFor({ timeout: 300 })
      })
      await helpers.goto(`/u/${helper.handle}/level`)
      await helpers
        .getByLabel(t('contests.words'))
        .fill(options.locale === 'ja' ? '納得がいきません。見てください。' : 'This does not look right to me.')
      await helpers.getByRole('button', { name: t('contests.send') }).click()
      await helpers.getByText(t('flash.contested')).waitFor()
      expect(await helpers.getByText(t('contests.waiting')).count()).toBe(1)
    },
  )
})

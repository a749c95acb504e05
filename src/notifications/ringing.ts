import { eq, inArray, sql } from 'drizzle-orm'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { translator } from '../platform/i18n.ts'
import { ring } from '../platform/push.ts'
import type { Services } from '../platform/services.ts'
import { quietUntil } from './hours.ts'
import { presentLine, targetOf } from './present.ts'
import { listByIds, type ShownNotice } from './queries.ts'
import { noticeSettings, notices, pushDevices } from './schema.ts'

const AT_ONCE = 50
const WORDS_SHOWN = 120
/** A notice that could not be rung for so long is no news any more. */
const STALE_AFTER = 86_400_000

/**
 * Rings the browsers of whoever has asked for it, for some notices that are due, and returns for how many. A worker that dies leaves them to
 * others after five minutes; a browser shows one tag once. What was read or hidden meanwhile rings nowhere; at night it waits.
 */
export async function ringDue(services: Services, at = new Date()): Promise<number> {
  const { db } = services
  const taken = await take(db, at)
  if (taken.length === 0) return 0
  const [rows, devices, people] = await Promise.all([listByIds(db, taken), devicesFor(db, taken), peopleOf(db, taken)])
  await Promise.all(
    rows.map(async row => {
      const person = people.get(row.notice.accountId)
      const until = person?.settings ? quietUntil(person.settings, at) : undefined
      const isNews = person && row.stands && !row.notice.readAt
      if (isNews && !until && !(await ringAll(services, devices.get(row.notice.accountId) ?? [], row, person.locale))) return
      await db
        .update(notices)
        .set({ pushAt: (isNews && until) || null })
        .where(eq(notices.id, row.notice.id))
    }),
  )
  return taken.length
}

/** Whether there is nothing left to do. A device that could not be reached is tried again with all: the others show the same tag once. */
async function ringAll(services: Services, devices: Device[], row: ShownNotice, locale: 'ja' | 'en'): Promise<boolean> {
  const rung = await Promise.allSettled(devices.map(device => ringOne(services, device, row, locale)))
  return rung.every(({ status }) => status === 'fulfilled') || Date.now() - row.notice.createdAt.getTime() > STALE_AFTER
}

async function take(db: Db, at: Date): Promise<number[]> {
  const rows = await db.execute<{ id: string }>(sql`
    update notices set push_at = ${at.toISOString()}::timestamptz + interval '5 minutes' where id in (
      select id from notices where push_at <= ${at.toISOString()}::timestamptz order by push_at limit ${sql.raw(String(AT_ONCE))} for update skip locked)
    returning id`)
  return rows.map(({ id }) => Number(id))
}

type Device = typeof pushDevices.$inferSelect

async function devicesFor(db: Db, ids: number[]): Promise<Map<number, Device[]>> {
  const rows = await db
    .select()
    .from(pushDevices)
    .where(inArray(pushDevices.accountId, sql`(select account_id from notices where ${inArray(notices.id, ids)})`))
  return Map.groupBy(rows, ({ accountId }) => accountId)
}

async function peopleOf(db: Db, ids: number[]) {
  const rows = await db
    .select({ id: accounts.id, locale: accounts.locale, settings: noticeSettings })
    .from(accounts)
    .leftJoin(noticeSettings, eq(noticeSettings.accountId, accounts.id))
    .where(
      sql`${accounts.closedAt} is null and ${inArray(accounts.id, sql`(select account_id from notices where ${inArray(notices.id, ids)})`)}`,
    )
  return new Map(rows.map(row => [row.id, row]))
}

async function ringOne({ db, config }: Services, device: Device, row: ShownNotice, locale: 'ja' | 'en'): Promise<void> {
  const { text, words } = presentLine([row], locale, translator(locale), WORDS_SHOWN)
  const message = { title: text, body: words, url: targetOf(row.notice), tag: `notice-${row.notice.id}` }
  const result = await ring(db, `mailto:${config.MAIL_FROM}`, device, message)
  if (result === 'gone') await db.delete(pushDevices).where(eq(pushDevices.id, device.id))
}

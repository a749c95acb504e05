import { inArray, sql } from 'drizzle-orm'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { mails } from '../platform/schema.ts'
import type { Services } from '../platform/services.ts'
import { readSite } from '../platform/site.ts'
import { nextDigest } from './hours.ts'
import { type Plan, planMails } from './mail_planning.ts'
import { writeNotices } from './mail_words.ts'
import { listWaiting, type ShownNotice } from './queries.ts'
import { type NoticeSettings, noticeSettings, notices } from './schema.ts'

const PEOPLE_AT_ONCE = 20
/** Advisory-lock class under which one worker writes somebody's mails. */
const WRITING = 0x6d61696c

/**
 * Writes the mails that are due at a moment for some people, and returns for how many: each notice goes into one mail, whoever else writes
 * at the same time. They are sent by `mail.deliver`.
 */
export async function writeMails(services: Services, at = new Date()): Promise<number> {
  const site = await readSite(services.db)
  return services.db.transaction(async tx => {
    const people = await claim(tx, at)
    if (people.length === 0) return 0
    const [waiting, settings, addresses] = await Promise.all([listWaiting(tx, people), settingsOf(tx, people), addressesOf(tx, people)])
    const all: Written[] = []
    for (const person of people) {
      const plan = planMails(waiting.get(person) ?? [], settings.get(person), at)
      const to = addresses.get(person)
      await settle(tx, plan, to ? [] : plan.mails.flat())
      if (plan.isDigest) await moveDigest(tx, settings.get(person), at)
      for (const rows of to ? plan.mails : []) all.push({ rows, to: to ?? EMPTY })
    }
    for (const { rows, to } of all) {
      const mail = await writeNotices({ ...services, db: tx }, site.current(to.locale).name, to, rows)
      await keep(tx, services.mail.sends, to, rows, mail)
    }
    return people.length
  })
}

export type Addressee = Pick<typeof accounts.$inferSelect, 'id' | 'email' | 'locale' | 'handle'>
type Written = { rows: ShownNotice[]; to: Addressee }
const EMPTY: Addressee = { id: 0, email: null, locale: 'ja', handle: '' }

/** Some people for whom a mail or a digest is due, each of them held until the transaction ends. */
async function claim(tx: Db, at: Date): Promise<number[]> {
  const rows = await tx.execute<{ id: string }>(sql`
    select id from (
      select account_id as id from (select account_id from notices where mail_at <= ${at.toISOString()}::timestamptz order by mail_at limit 500) due
      union
      select account_id from (select account_id from notice_settings where next_digest_at <= ${at.toISOString()}::timestamptz order by next_digest_at limit 100) due
      limit ${sql.raw(String(PEOPLE_AT_ONCE))}) people
    where pg_try_advisory_xact_lock(${WRITING}, (id % 2147483647)::int)`)
  return rows.map(({ id }) => Number(id))
}

async function settingsOf(tx: Db, people: number[]): Promise<Map<number, NoticeSettings>> {
  const rows = await tx.select().from(noticeSettings).where(inArray(noticeSettings.accountId, people))
  return new Map(rows.map(row => [row.accountId, row]))
}

async function addressesOf(tx: Db, people: number[]): Promise<Map<number, Addressee>> {
  const { id, email, locale, handle } = accounts
  const rows = await tx
    .select({ id, email, locale, handle })
    .from(accounts)
    .where(sql`${inArray(id, people)} and ${email} is not null and ${accounts.closedAt} is null`)
  return new Map(rows.map(row => [row.id, row]))
}

async function settle(tx: Db, { drop, postpone, until }: Plan, unreachable: ShownNotice[]): Promise<void> {
  const done = [...drop, ...unreachable].map(({ notice }) => notice.id)
  if (done.length > 0) await tx.update(notices).set({ mailAt: null }).where(inArray(notices.id, done))
  const waiting = postpone.map(({ notice }) => notice.id)
  if (waiting.length > 0 && until) await tx.update(notices).set({ mailAt: until }).where(inArray(notices.id, waiting))
}

async function moveDigest(tx: Db, settings: NoticeSettings | undefined, at: Date): Promise<void> {
  if (!settings) return
  const next = { nextDigestAt: nextDigest(settings, at) }
  await tx.update(noticeSettings).set(next).where(sql`${noticeSettings.accountId} = ${settings.accountId}`)
}

type Letter = Awaited<ReturnType<typeof writeNotices>>

async function keep(tx: Db, sends: boolean, to: Addressee, rows: ShownNotice[], letter: Letter): Promise<void> {
  const ids = rows.map(({ notice }) => notice.id)
  const [mail] = await tx
    .insert(mails)
    .values({ onceKey: `notices:${Math.min(...ids)}`, recipient: to.email ?? '', ...letter, tryAt: sends ? new Date() : null })
    .returning({ id: mails.id })
  await tx.update(notices).set({ mailAt: null, mailId: mail?.id }).where(inArray(notices.id, ids))
}

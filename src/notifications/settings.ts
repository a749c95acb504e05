import { and, eq, isNotNull, sql } from 'drizzle-orm'
import { type Actor, isGuest } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure } from '../platform/errors.ts'
import { nextDigest } from './hours.ts'
import { LATER } from './mail_times.ts'
import { type NoticeSettings, noticeSettings, notices } from './schema.ts'

export type SettingsDraft = Pick<NoticeSettings, 'ways' | 'rhythm' | 'hour' | 'weekday' | 'zone' | 'quietFrom' | 'quietTo'>

/** Says how somebody wants to be told. Whoever had stopped his mail gets it again when he asks for it. What waits follows the new rhythm. */
export async function saveSettings(db: Db, actor: Actor, draft: SettingsDraft): Promise<void> {
  ensure(!isGuest(actor), 'errors.refused')
  const values = { ...draft, nextDigestAt: nextDigest(draft, new Date()), mailStoppedAt: null, mailStoppedBy: null }
  await db.transaction(async tx => {
    await tx
      .insert(noticeSettings)
      .values({ accountId: actor.id, ...values })
      .onConflictDoUpdate({ target: noticeSettings.accountId, set: values })
    const when = { at_once: sql`now()`, daily: LATER, weekly: LATER, never: sql`null` }[draft.rhythm]
    await tx
      .update(notices)
      .set({ mailAt: when })
      .where(and(eq(notices.accountId, actor.id), isNotNull(notices.mailAt)))
  })
}

/** No more mail about notices: by the link in one of them, without logging in. */
export async function stopMail(db: Db, accountId: number): Promise<void> {
  await db.transaction(async tx => {
    await tx
      .insert(noticeSettings)
      .values({ accountId, rhythm: 'never' })
      .onConflictDoUpdate({ target: noticeSettings.accountId, set: { rhythm: 'never', nextDigestAt: null } })
    await dropWaiting(tx, accountId)
  })
}

/** Mail to him came back for good, or he called it unwanted: none is sent until he asks for it again. */
export async function noteUndeliverable(db: Db, accountId: number, why: 'bounce' | 'complaint'): Promise<void> {
  await db.transaction(async tx => {
    const stopped = { mailStoppedAt: new Date(), mailStoppedBy: why }
    await tx
      .insert(noticeSettings)
      .values({ accountId, ...stopped })
      .onConflictDoUpdate({ target: noticeSettings.accountId, set: stopped })
    await dropWaiting(tx, accountId)
  })
}

const dropWaiting = (tx: Db, accountId: number) =>
  tx
    .update(notices)
    .set({ mailAt: null })
    .where(and(eq(notices.accountId, accountId), isNotNull(notices.mailAt)))

import { and, eq } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { type NoticeSettings, noticeSettings, notices } from './schema.ts'

const NEVER_SAID: Omit<NoticeSettings, 'accountId'> = {
  ways: {},
  rhythm: 'at_once',
  hour: 8,
  weekday: 1,
  zone: 'Asia/Tokyo',
  quietFrom: null,
  quietTo: null,
  nextDigestAt: null,
  mailStoppedAt: null,
  mailStoppedBy: null,
}

/** How somebody wants to be told. */
export async function findSettings(db: Db, actor: Actor): Promise<NoticeSettings> {
  const [settings] = await db.select().from(noticeSettings).where(eq(noticeSettings.accountId, actor.id))
  return settings ?? { accountId: actor.id, ...NEVER_SAID }
}

/** Whether anybody has answered him yet. */
export async function hasBeenAnswered(db: Db, actor: Actor): Promise<boolean> {
  const [row] = await db
    .select({ id: notices.id })
    .from(notices)
    .where(and(eq(notices.accountId, actor.id), eq(notices.kind, 'answer')))
    .limit(1)
  return row !== undefined
}

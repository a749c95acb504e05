import { eq } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { ensure } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { type Actor, isGuest } from './actor.ts'
import { accounts } from './schema.ts'

/** Parts of a profile that their owner shows or keeps to himself; texts under `me.parts.*`. `ranking` is his name among the helpers of a month. */
export const PARTS = ['solved', 'thanks', 'skills', 'calendar', 'badges', 'certification', 'level', 'posts', 'ranking'] as const
export type Part = (typeof PARTS)[number]

/** Shows these parts of one's own profile to others, and no others. */
export async function showParts(db: Db, actor: Actor, shown: string[]): Promise<void> {
  ensure(!isGuest(actor), 'errors.refused')
  const hiddenParts = PARTS.filter(part => !shown.includes(part))
  await db.transaction(async tx => {
    await tx.update(accounts).set({ hiddenParts }).where(eq(accounts.id, actor.id))
    await record(tx, 'account.changed', { accountId: actor.id })
  })
}

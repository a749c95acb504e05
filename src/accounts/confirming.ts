import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { throttle } from '../platform/throttle.ts'
import { type Actor, isGuest } from './actor.ts'
import { accounts } from './schema.ts'
import { useToken } from './tokens.ts'

const AGAIN = { tries: 3, seconds: 3600 }

/** Confirms the address a link was sent to. Throws Invalid when the link is used or over. */
export async function confirmAddress(db: Db, token: string): Promise<void> {
  await db.transaction(async tx => {
    const { accountId, email } = await useToken(tx, 'confirm', token)
    const [confirmed] = await tx
      .update(accounts)
      .set({ confirmedAt: sql`coalesce(${accounts.confirmedAt}, now())` })
      .where(and(eq(accounts.id, accountId), eq(accounts.email, email), isNull(accounts.closedAt)))
      .returning({ id: accounts.id })
    if (!confirmed) throw new Invalid({ form: 'accounts.link.over' })
    await record(tx, 'account.confirmed', { accountId })
  })
}

/** Asks for the confirming mail once more. Throws TooMany after 3 an hour. */
export async function askConfirmationAgain(db: Db, actor: Actor): Promise<void> {
  ensure(!isGuest(actor), 'errors.refused')
  if (actor.confirmed) return
  await throttle(db, `confirm:${actor.id}`, AGAIN)
  await record(db, 'account.confirmation_asked', { accountId: actor.id })
}

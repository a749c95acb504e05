import { and, eq, isNull } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { throttle } from '../platform/throttle.ts'
import type { Actor } from './actor.ts'
import { emailProblem, normalEmail } from './names.ts'
import { hashPassword, passwordProblem } from './passwords.ts'
import { proveSelf } from './proving.ts'
import { accounts } from './schema.ts'
import { endSessions } from './sessions.ts'
import { findToken, noteWish, useToken } from './tokens.ts'

/** Changes the password and ends every other log-in. Throws Invalid at `current` or `password`. */
export async function changePassword(db: Db, actor: Actor, { current, password }: { current: string; password: string }): Promise<void> {
  const account = await proveSelf(db, actor, current)
  const problem = passwordProblem(password, account)
  if (problem) throw new Invalid({ password: problem })
  const passwordHash = await hashPassword(password)
  await db.transaction(async tx => {
    await tx.update(accounts).set({ passwordHash }).where(eq(accounts.id, actor.id))
    await endSessions(tx, actor.id, actor.sessionId)
    await record(tx, 'account.password_changed', { accountId: actor.id })
  })
}

/**
 * Asks to use another address: it changes when the link sent there is opened; the old one is told at once.
 * Whether somebody else has that address is not said. Throws Invalid at `current` or `email`, TooMany after 5 an hour.
 */
export async function askEmailChange(db: Db, actor: Actor, { current, email: typed }: { current: string; email: string }): Promise<void> {
  const account = await proveSelf(db, actor, current)
  const email = normalEmail(typed)
  const problem = email === account.email ? 'accounts.email.same' : emailProblem(email)
  if (problem) throw new Invalid({ email: problem })
  await throttle(db, `email:${actor.id}`, { tries: 5, seconds: 3600 })
  await db.transaction(async tx => {
    await noteWish(tx, 'change', { accountId: actor.id, email })
    await record(tx, 'account.email_change_asked', { accountId: actor.id })
  })
}

/** Takes the new address into use by the link sent to it. Throws Invalid when the link is over or somebody else took the address meanwhile. */
export async function confirmEmailChange(db: Db, token: string): Promise<void> {
  const { email } = await findToken(db, 'change', token)
  if ((await db.$count(accounts, eq(accounts.email, email))) > 0) throw new Invalid({ form: 'accounts.link.over' })
  await db.transaction(async tx => {
    const { accountId } = await useToken(tx, 'change', token)
    await tx
      .update(accounts)
      .set({ email, confirmedAt: new Date() })
      .where(and(eq(accounts.id, accountId), isNull(accounts.closedAt)))
    await record(tx, 'account.email_changed', { accountId })
  })
}

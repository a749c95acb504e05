import { createHash } from 'node:crypto'
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { throttle } from '../platform/throttle.ts'
import { normalEmail } from './names.ts'
import { hashPassword, passwordProblem } from './passwords.ts'
import { accounts } from './schema.ts'
import { endSessions } from './sessions.ts'
import { findByEmail } from './signup.ts'
import { findToken, useToken } from './tokens.ts'

const BY_ADDRESS = { tries: 5, seconds: 300 }
const BY_EMAIL = { tries: 3, seconds: 3600 }

/**
 * Sends a link to choose a new password, if there is such an account. For one that does not exist the same is written and the same
 * is answered, so neither words nor time tell. Throws TooMany after 5 tries in 5 minutes from one address, 3 an hour for one e-mail.
 */
export async function askReset(db: Db, { email, address }: { email: string; address: string }): Promise<void> {
  await throttle(db, `reset:address:${address}`, BY_ADDRESS)
  await throttle(db, `reset:email:${createHash('sha256').update(normalEmail(email)).digest('base64url').slice(0, 22)}`, BY_EMAIL)
  const account = await findByEmail(db, email)
  await record(db, 'account.reset_asked', { accountId: account?.id ?? 0 })
}

/**
 * Sets a new password by the link from the mail, which confirms the address too, and ends every log-in.
 * Throws Invalid at `form` for a link that is used or over, at `password` for a poor one.
 */
export async function resetPassword(db: Db, token: string, password: string): Promise<void> {
  const { accountId } = await findToken(db, 'reset', token)
  const [person] = await db.select({ handle: accounts.handle, email: accounts.email }).from(accounts).where(eq(accounts.id, accountId))
  const problem = passwordProblem(password, person ?? {})
  if (problem) throw new Invalid({ password: problem })
  const passwordHash = await hashPassword(password)
  await db.transaction(async tx => {
    const { email } = await useToken(tx, 'reset', token)
    const confirmedAt = sql`coalesce(${accounts.confirmedAt}, now())`
    const [changed] = await tx
      .update(accounts)
      .set({ passwordHash, confirmedAt })
      .where(and(eq(accounts.id, accountId), eq(accounts.email, email), isNull(accounts.closedAt)))
      .returning({ id: accounts.id })
    if (!changed) throw new Invalid({ form: 'accounts.link.over' })
    await endSessions(tx, accountId)
    await record(tx, 'account.password_changed', { accountId })
  })
}

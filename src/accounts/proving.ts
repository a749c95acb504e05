import { eq } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid, Missing } from '../platform/errors.ts'
import { throttle } from '../platform/throttle.ts'
import { type Actor, isGuest } from './actor.ts'
import { passwordMatches } from './passwords.ts'
import { type AccountRow, accounts } from './schema.ts'

/**
 * Proves by password that it is still the member himself who sits there, before something that cannot be undone.
 * Throws Invalid at `field`, TooMany after 5 tries a minute. Call it outside a transaction.
 */
export async function proveSelf(db: Db, actor: Actor, password: string, field = 'current'): Promise<AccountRow> {
  ensure(!isGuest(actor), 'errors.refused')
  await throttle(db, `login:account:${actor.id}`, { tries: 5, seconds: 60 })
  const [account] = await db.select().from(accounts).where(eq(accounts.id, actor.id))
  if (!account) throw new Missing()
  if (!(await passwordMatches(account.passwordHash, password))) throw new Invalid({ [field]: 'accounts.password.wrong' })
  return account
}

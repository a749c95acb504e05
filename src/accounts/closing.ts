import { eq, sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import type { Actor } from './actor.ts'
import { proveSelf } from './proving.ts'
import { accounts, accountTokens } from './schema.ts'
import { endSessions } from './sessions.ts'
import { turnOff } from './two_step.ts'

/**
 * Closes an account for good: everything personal goes, what was written stays under the name of a member who left, the handle is
 * never given again. Throws Invalid at `current`, and at `form` for the last operator.
 */
export async function closeAccount(db: Db, actor: Actor, { current }: { current: string }): Promise<void> {
  await proveSelf(db, actor, current)
  await db.transaction(async tx => {
    await ensureAnotherOperator(tx, actor)
    await tx
      .update(accounts)
      .set({
        email: null,
        name: '',
        about: '',
        avatarKey: null,
        passwordHash: null,
        boardIds: [],
        role: 'member',
        moderates: false,
        twoStepAt: null,
        certification: null,
        closedAt: new Date(),
      })
      .where(eq(accounts.id, actor.id))
    await turnOff(tx, actor.id)
    await tx.delete(accountTokens).where(eq(accountTokens.accountId, actor.id))
    await endSessions(tx, actor.id)
    await record(tx, 'account.closed', { accountId: actor.id })
  })
}

/** A site without an operator could not be run any more. Rows are locked, so that the last two cannot leave at once. */
export async function ensureAnotherOperator(tx: Db, { id }: { id: number }): Promise<void> {
  const operators = await tx.execute<{ id: number }>(
    sql`select id from accounts where role = 'operator' and closed_at is null order by id for update`,
  )
  if (operators.some(operator => Number(operator.id) === id) && operators.length < 2)
    throw new Invalid({ form: 'accounts.close.lastOperator' })
}

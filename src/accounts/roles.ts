import { and, eq, isNotNull, isNull } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid, Missing } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { type Actor, isOperator } from './actor.ts'
import { ensureAnotherOperator } from './closing.ts'
import { proveSelf } from './proving.ts'
import { accounts, type Role } from './schema.ts'
import { endSessions } from './sessions.ts'

/**
 * Gives a member another role, after the operator proved himself once more; the member logs in anew with it.
 * Throws Refused for anyone but an operator, Invalid at `current`, at `role` for an advisor without a checked certification, and at
 * `form` when the last operator would go.
 */
export async function changeRole(
  db: Db,
  actor: Actor,
  accountId: number,
  { role, current }: { role: Role; current: string },
): Promise<void> {
  ensure(isOperator(actor), 'errors.refused')
  await proveSelf(db, actor, current)
  await db.transaction(async tx => {
    if (role !== 'operator') await ensureAnotherOperator(tx, { id: accountId })
    if (role === 'advisor') await ensureCertified(tx, accountId)
    const [changed] = await tx
      .update(accounts)
      .set({ role })
      .where(and(eq(accounts.id, accountId), isNull(accounts.closedAt)))
      .returning({ id: accounts.id })
    if (!changed) throw new Missing()
    await endSessions(tx, accountId, actor.id === accountId ? actor.sessionId : '')
    await record(tx, 'account.role_changed', { accountId })
  })
}

async function ensureCertified(tx: Db, id: number): Promise<void> {
  const certified = await tx.$count(accounts, and(eq(accounts.id, id), isNotNull(accounts.certification)))
  if (certified === 0) throw new Invalid({ role: 'admin.members.needsCertification' })
}

import { and, eq, isNull } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { ensureAnotherOperator } from './closing.ts'
import { normalHandle } from './names.ts'
import { hashPassword, passwordProblem } from './passwords.ts'
import { type AccountRow, accounts, ROLES } from './schema.ts'
import { endSessions } from './sessions.ts'
import { turnOff } from './two_step.ts'

/**
 * Gives a member another role, for whoever has the server itself; he logs in anew with it. Throws a sentence where there is no such
 * member or role, Invalid when the last operator would go.
 */
export async function setRoleByHand(db: Db, handle: string, role: string): Promise<void> {
  const known = ROLES.find(each => each === role)
  if (!known) throw new Error(`There is no role ${role}. There are: ${ROLES.join(', ')}.`)
  const account = await findByHandle(db, handle)
  await db.transaction(async tx => {
    if (known !== 'operator') await ensureAnotherOperator(tx, account)
    await tx.update(accounts).set({ role: known }).where(eq(accounts.id, account.id))
    await endSessions(tx, account.id)
    await record(tx, 'account.role_changed', { accountId: account.id })
  })
}

/**
 * Sets a member's password, for whoever has the server itself, and ends all his log-ins. Throws a sentence where there is no such
 * member, Invalid at `password` for a poor one.
 */
export async function setPasswordByHand(db: Db, handle: string, password: string): Promise<void> {
  const account = await findByHandle(db, handle)
  const problem = passwordProblem(password, account)
  if (problem) throw new Invalid({ password: problem })
  const passwordHash = await hashPassword(password)
  await db.transaction(async tx => {
    await tx.update(accounts).set({ passwordHash }).where(eq(accounts.id, account.id))
    await endSessions(tx, account.id)
    await record(tx, 'account.password_changed', { accountId: account.id })
  })
}

/** Takes the second step from a member who lost it with all his recovery codes, for whoever has the server itself, and ends all his log-ins. */
export async function turnOffTwoStepByHand(db: Db, handle: string): Promise<void> {
  const account = await findByHandle(db, handle)
  await db.transaction(async tx => {
    await turnOff(tx, account.id)
    await endSessions(tx, account.id)
    await record(tx, 'account.two_step_changed', { accountId: account.id })
  })
}

async function findByHandle(db: Db, handle: string): Promise<AccountRow> {
  const [account] = await db
    .select()
    .from(accounts)
    .where(and(eq(accounts.handle, normalHandle(handle)), isNull(accounts.closedAt)))
  if (!account) throw new Error(`There is no member @${normalHandle(handle)}.`)
  return account
}

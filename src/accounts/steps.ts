import { createHash, randomBytes } from 'node:crypto'
import { and, eq, gt, lt } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { Invalid } from '../platform/errors.ts'
import { accountSteps } from './schema.ts'

const MINUTES = 10
const hashOf = (token: string) => createHash('sha256').update(token).digest()

/** Opens a step: for ten minutes its token stands for an account whose password was right. */
export async function openStep(db: Db, accountId: number, challenge?: string): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  const expiresAt = new Date(Date.now() + MINUTES * 60_000)
  await db.insert(accountSteps).values({ hash: hashOf(token), accountId, challenge, expiresAt })
  return token
}

/** Whose step a token opens, without ending it. Throws Invalid when it is over or made up. */
export async function findStep(db: Db, token: string): Promise<{ accountId: number; challenge: string | null }> {
  const [step] = await db
    .select({ accountId: accountSteps.accountId, challenge: accountSteps.challenge })
    .from(accountSteps)
    .where(and(eq(accountSteps.hash, hashOf(token)), gt(accountSteps.expiresAt, new Date())))
  if (!step) throw new Invalid({ form: 'accounts.step.over' })
  return step
}

/** Notes what a passkey has to sign to take this step. */
export async function setChallenge(db: Db, token: string, challenge: string): Promise<void> {
  await db
    .update(accountSteps)
    .set({ challenge })
    .where(eq(accountSteps.hash, hashOf(token)))
}

/** Ends a step, so that it is taken once. Throws Invalid when somebody took it first. */
export async function endStep(tx: Db, token: string): Promise<void> {
  const ended = await tx
    .delete(accountSteps)
    .where(eq(accountSteps.hash, hashOf(token)))
    .returning({ accountId: accountSteps.accountId })
  if (ended.length === 0) throw new Invalid({ form: 'accounts.step.over' })
}

/** Forgets steps nobody took; by the clock. */
export async function sweepSteps(db: Db): Promise<void> {
  await db.delete(accountSteps).where(lt(accountSteps.expiresAt, new Date()))
}

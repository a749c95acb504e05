import { createHash, randomBytes } from 'node:crypto'
import { and, desc, eq, gt, isNull, lt } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { Invalid } from '../platform/errors.ts'
import { accountTokens } from './schema.ts'

type Purpose = typeof accountTokens.$inferSelect.purpose
export type AccountToken = { accountId: number; email: string }

const HOUR = 3_600_000
const HOURS = { confirm: 24, reset: 1, change: 24 }

/** Makes a one-time link's token, for 24 hours (a reset: 1 hour). Only its hash is kept, so only the mail knows it. */
export async function makeToken(db: Db, purpose: Purpose, { accountId, email }: AccountToken): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  await keep(db, purpose, { accountId, email }, hashOf(token))
  return token
}

/** Notes what somebody wishes until the mail to the new address carries a token: under a hash nobody has the token of. */
export async function noteWish(db: Db, purpose: Purpose, wish: AccountToken): Promise<void> {
  await keep(db, purpose, wish, randomBytes(32))
}

/** The newest open wish of an account. */
export async function findWish(db: Db, purpose: Purpose, accountId: number): Promise<AccountToken | undefined> {
  const [wish] = await db
    .select(fields)
    .from(accountTokens)
    .where(and(eq(accountTokens.accountId, accountId), open(purpose)))
    .orderBy(desc(accountTokens.expiresAt))
    .limit(1)
  return wish
}

/** Whom a link belongs to, without using it up. Throws Invalid when it is used, over or made up. */
export async function findToken(db: Db, purpose: Purpose, token: string): Promise<AccountToken> {
  const [found] = await db
    .select(fields)
    .from(accountTokens)
    .where(and(eq(accountTokens.hash, hashOf(token)), open(purpose)))
  if (!found) throw new Invalid({ form: 'accounts.link.over' })
  return found
}

/** Uses a link up, and every other link of its kind. Throws Invalid when it is used, over or made up. */
export async function useToken(tx: Db, purpose: Purpose, token: string): Promise<AccountToken> {
  const [found] = await tx
    .update(accountTokens)
    .set({ usedAt: new Date() })
    .where(and(eq(accountTokens.hash, hashOf(token)), open(purpose)))
    .returning(fields)
  if (!found) throw new Invalid({ form: 'accounts.link.over' })
  await tx
    .update(accountTokens)
    .set({ usedAt: new Date() })
    .where(and(eq(accountTokens.accountId, found.accountId), open(purpose)))
  return found
}

/** Forgets links that ended a week ago or longer; by the clock. */
export async function sweepTokens(db: Db): Promise<void> {
  await db.delete(accountTokens).where(lt(accountTokens.expiresAt, new Date(Date.now() - 7 * 24 * HOUR)))
}

const fields = { accountId: accountTokens.accountId, email: accountTokens.email }

const open = (purpose: Purpose) =>
  and(eq(accountTokens.purpose, purpose), isNull(accountTokens.usedAt), gt(accountTokens.expiresAt, new Date()))

const hashOf = (token: string) => createHash('sha256').update(token).digest()

async function keep(db: Db, purpose: Purpose, { accountId, email }: AccountToken, hash: Buffer): Promise<void> {
  await db.insert(accountTokens).values({ hash, accountId, purpose, email, expiresAt: new Date(Date.now() + HOURS[purpose] * HOUR) })
}

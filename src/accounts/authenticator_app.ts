import { and, eq, lt, sql } from 'drizzle-orm'
import { Secret, TOTP } from 'otpauth'
import type { Db } from '../platform/db.ts'
import { accountApps } from './schema.ts'

const PERIOD = 30

/** A secret for an app, in place of one that was never confirmed; one in use stays until this one is. */
export async function offerSecret(db: Db, accountId: number): Promise<Secret> {
  const secret = new Secret({ size: 20 })
  const [row] = await db
    .insert(accountApps)
    .values({ accountId, secret: Buffer.from(secret.bytes) })
    .onConflictDoUpdate({ target: accountApps.accountId, set: { accountId: sql`${accountApps.accountId}` } })
    .returning()
  return new Secret({ buffer: Uint8Array.from(row?.secret ?? secret.bytes).buffer })
}

/** The address an app reads from a QR code. */
export const appAddress = (secret: Secret, { site, handle }: { site: string; handle: string }) =>
  new TOTP({ issuer: site, label: handle, secret, digits: 6, period: PERIOD }).toString()

/** Takes six digits once; those of the half minute before and after count too, because clocks differ. `confirm` is for the first time. */
export async function takeDigits(tx: Db, accountId: number, typed: string, { confirm = false } = {}): Promise<boolean> {
  const digits = typed.normalize('NFKC').replace(/\s/g, '')
  if (!/^\d{6}$/.test(digits)) return false
  const [app] = await tx.select().from(accountApps).where(eq(accountApps.accountId, accountId))
  if (!app || (!app.confirmedAt && !confirm)) return false
  const secret = new Secret({ buffer: Uint8Array.from(app.secret).buffer })
  const delta = new TOTP({ secret, digits: 6, period: PERIOD }).validate({ token: digits, window: 1 })
  if (delta === null) return false
  const step = Math.floor(Date.now() / 1000 / PERIOD) + delta
  const taken = await tx
    .update(accountApps)
    .set({ lastStep: step, ...(confirm && { confirmedAt: new Date() }) })
    .where(and(eq(accountApps.accountId, accountId), lt(accountApps.lastStep, step)))
    .returning({ accountId: accountApps.accountId })
  return taken.length > 0
}

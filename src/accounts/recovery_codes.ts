import { createHash, randomInt } from 'node:crypto'
import { and, eq, isNull } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { accountRecoveryCodes } from './schema.ts'

/** None that could be taken for another when read from paper. */
const SIGNS = '346789acdefghjkmnpqrtwxy'
const CODES = 10
const LENGTH = 12

/** Ten new codes instead of all before, in groups of four. They are shown once: only their hashes are kept. */
export async function makeRecoveryCodes(tx: Db, accountId: number): Promise<string[]> {
  const codes = Array.from({ length: CODES }, () => Array.from({ length: LENGTH }, () => SIGNS[randomInt(SIGNS.length)]).join(''))
  await tx.delete(accountRecoveryCodes).where(eq(accountRecoveryCodes.accountId, accountId))
  await tx.insert(accountRecoveryCodes).values(codes.map(code => ({ accountId, hash: hashOfCode(code) })))
  return codes.map(code => code.replace(/(.{4})(?=.)/g, '$1-'))
}

/** Uses a code up, however it is typed. False when it is none of this account's, or used. */
export async function useRecoveryCode(tx: Db, accountId: number, typed: string): Promise<boolean> {
  const code = typed
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
  if (code.length !== LENGTH) return false
  const used = await tx
    .update(accountRecoveryCodes)
    .set({ usedAt: new Date() })
    .where(
      and(
        eq(accountRecoveryCodes.accountId, accountId),
        eq(accountRecoveryCodes.hash, hashOfCode(code)),
        isNull(accountRecoveryCodes.usedAt),
      ),
    )
    .returning({ accountId: accountRecoveryCodes.accountId })
  return used.length > 0
}

/** Twelve random signs are 55 bits: a plain hash of them cannot be guessed back. */
export const hashOfCode = (code: string) => createHash('sha256').update(code).digest()

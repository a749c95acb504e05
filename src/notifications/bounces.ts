import { sql } from 'drizzle-orm'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { noteUndeliverable } from './settings.ts'

/** Mail to this address came back for good, or its reader called it unwanted. */
export async function noteBounce(db: Db, address: string, why: 'bounce' | 'complaint'): Promise<void> {
  const [account] = await db.select({ id: accounts.id }).from(accounts).where(sql`lower(${accounts.email}) = lower(${address})`)
  if (account) await noteUndeliverable(db, account.id, why)
}

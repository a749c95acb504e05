import { and, desc, eq, lt } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { ensure } from '../platform/errors.ts'
import { atMost } from '../platform/paging.ts'
import type { Deed } from './deeds.ts'
import { canReadAudit } from './policy.ts'
import { auditEntries } from './schema.ts'

const A_PAGE = 50

/** The audit log, newest first, of one deed or all; `before` is the number where the page before ended. Throws Refused. */
export async function listAudit(db: Db, actor: Actor, { deed, before }: { deed?: Deed; before?: number }) {
  ensure(canReadAudit(actor), 'errors.refused')
  const rows = await db
    .select({ entry: auditEntries, name: accounts.name, handle: accounts.handle })
    .from(auditEntries)
    .leftJoin(accounts, eq(accounts.id, auditEntries.actorId))
    .where(and(deed && eq(auditEntries.deed, deed), before ? lt(auditEntries.number, before) : undefined))
    .orderBy(desc(auditEntries.number))
    .limit(atMost(A_PAGE + 1))
  return { rows: rows.slice(0, A_PAGE), next: rows.length > A_PAGE ? rows[A_PAGE - 1]?.entry.number : undefined }
}

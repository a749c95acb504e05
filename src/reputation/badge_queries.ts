import { and, arrayContains, desc, eq, isNull, not, sql } from 'drizzle-orm'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { atMost, momentCursor, type Page, pageOf } from '../platform/paging.ts'
import { byline } from '../topics/queries.ts'
import { badgeGrants } from './people/schema.ts'

export type Grant = { badge: string; grantedAt: Date; hiddenAt: Date | null }

/** The badges somebody has, newest first; those he hides are in it for himself alone. */
export async function listBadgesOf(db: Db, accountId: number, { hidden = false } = {}): Promise<Grant[]> {
  return db
    .select({ badge: badgeGrants.badge, grantedAt: badgeGrants.grantedAt, hiddenAt: badgeGrants.hiddenAt })
    .from(badgeGrants)
    .where(and(eq(badgeGrants.accountId, accountId), hidden ? undefined : isNull(badgeGrants.hiddenAt)))
    .orderBy(desc(badgeGrants.grantedAt), badgeGrants.badge)
    .limit(atMost(200))
}

/** Who has a badge and shows it, newest first. */
export async function listHolders(db: Db, badge: string, after?: string, size = 30) {
  const cursor = momentCursor(after)
  const rows = await db
    .select({ grantedAt: badgeGrants.grantedAt, author: byline })
    .from(badgeGrants)
    .innerJoin(accounts, eq(accounts.id, badgeGrants.accountId))
    .where(
      and(
        eq(badgeGrants.badge, badge),
        isNull(badgeGrants.hiddenAt),
        isNull(accounts.closedAt),
        not(arrayContains(accounts.hiddenParts, ['badges'])),
        cursor && sql`(${badgeGrants.grantedAt}, ${badgeGrants.accountId}) < (${cursor.value}::timestamptz, ${cursor.id})`,
      ),
    )
    .orderBy(desc(badgeGrants.grantedAt), desc(badgeGrants.accountId))
    .limit(atMost(size + 1))
  return pageOf(rows, size, last => ({ value: last.grantedAt.toISOString(), id: last.author.id })) satisfies Page<unknown>
}

import { eq, sql } from 'drizzle-orm'
import { accounts } from '../../accounts/schema.ts'
import type { Bar } from '../../accounts/standing.ts'
import type { Db } from '../../platform/db.ts'

/** For good, where a moment has to be named. */
const FOR_GOOD = new Date('9999-12-31T00:00:00Z')

/**
 * Brings what the account says of itself to what its sanctions say, in the caller's transaction and under the account's lock: the session
 * reads it with everything else. A board's bar holds in the boards below it.
 */
export async function settleStanding(tx: Db, accountId: number): Promise<void> {
  await tx.select({ id: accounts.id }).from(accounts).where(eq(accounts.id, accountId)).for('update')
  const rows = await tx.execute<{ kind: string; boards: string[] | null; per_day: number | null; ends_at: string | null }>(sql`
    select s.kind, case when s.board_id is not null then array(select b.id from boards b where s.board_id in (b.id, b.parent_id)) end as boards,
      s.per_day, to_char(s.ends_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as ends_at
    from sanctions s where s.account_id = ${accountId} and s.lifted_at is null and s.kind not in ('reminder', 'warning')
      and (s.ends_at is null or s.ends_at > now()) order by s.id`)
  const bars = rows.map(row => ({
    boards: row.boards?.map(Number) ?? null,
    perDay: row.kind === 'limits' ? (row.per_day ?? 1) : 0,
    until: row.ends_at,
    ...(row.kind === 'hold' && { held: true as const }),
  }))
  await tx
    .update(accounts)
    .set({ standing: bars.length > 0 ? { bars } : null, suspendedUntil: lastEnd(bars) })
    .where(eq(accounts.id, accountId))
}

/** Until when he may write nowhere; null when he may. */
function lastEnd(bars: Bar[]): Date | null {
  const everywhere = bars.filter(({ boards, perDay }) => boards === null && perDay === 0)
  if (everywhere.length === 0) return null
  const ends = everywhere.map(({ until }) => (until === null ? FOR_GOOD.getTime() : Date.parse(until)))
  return new Date(Math.max(...ends))
}

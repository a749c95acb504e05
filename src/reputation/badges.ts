import { and, eq, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Missing } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { type MeasureName, measure, measureMissing } from './badge_measures.ts'
import { BADGES, type Badge, findBadge } from './badge_rules.ts'
import { badgeGrants } from './people/schema.ts'

const BATCH = 500
type Moved = { granted: number; taken: number }

/**
 * Gives these members the badges they have reached by `names`. What happens only gives: a thank-you that is taken back takes no badge
 * along. Safe to repeat; looks only at what is missing.
 */
export async function grantBadges(db: Db, accountIds: number[], names: MeasureName[]): Promise<void> {
  for (const [accountId, { had, numbers }] of await measureMissing(db, [...new Set(accountIds)], names))
    for (const badge of BADGES) if (!had.has(badge.key) && reaches(numbers, badge)) await grant(db, accountId, badge.key)
}

/** Looks at every member and badge again: gives what is missing, takes what does not hold any more. */
export async function reevaluateBadges(db: Db, moved: (done: number) => void = () => {}): Promise<Moved> {
  const total: Moved = { granted: 0, taken: 0 }
  for (let after = 0; ; ) {
    const rows = await db.execute<{ id: string }>(
      sql`select id from accounts where id > ${after} and closed_at is null order by id limit ${BATCH}`,
    )
    const ids = rows.map(({ id }) => Number(id))
    if (ids.length === 0) return total
    for (const [accountId, numbers] of await measure(
      db,
      ids,
      BADGES.map(badge => badge.measure),
    )) {
      const { granted, taken } = await settleBadges(db, accountId, numbers)
      total.granted += granted
      total.taken += taken
    }
    after = ids.at(-1) ?? after
    moved(after)
  }
}

/** Gives the badge of a month's master, when the month is over; by the clock. The first five are looked at: who is above them may have left. */
export async function honourMasters(db: Db): Promise<void> {
  const leaders = await db.execute<{ id: string }>(sql`
    select distinct account_id as id from (
      select account_id, rank() over (partition by place order by points desc) from helper_months
      where month = date_trunc('month', now() at time zone 'Asia/Tokyo' - interval '1 month')::date and place like 'root:%' and points > 0) ranked
    where rank <= 5`)
  await grantBadges(
    db,
    leaders.map(({ id }) => Number(id)),
    ['mastered'],
  )
}

/** Looks at these members again, in both directions: after a finding took points back, or gave them again. */
export async function reevaluateBadgesOf(db: Db, accountIds: number[]): Promise<void> {
  const numbers = await measure(
    db,
    accountIds,
    BADGES.map(badge => badge.measure),
  )
  for (const [accountId, of] of numbers) await settleBadges(db, accountId, of)
}

/** Shows a badge of one's own to others, or not. Throws Missing for one he does not have. */
export async function showBadge(db: Db, actor: Actor, key: string, shown: boolean): Promise<void> {
  ensure(actor.id > 0, 'errors.refused')
  if (!findBadge(key)) throw new Missing()
  await db.transaction(async tx => {
    const changed = await tx
      .update(badgeGrants)
      .set({ hiddenAt: shown ? null : sql`coalesce(${badgeGrants.hiddenAt}, now())` })
      .where(and(eq(badgeGrants.accountId, actor.id), eq(badgeGrants.badge, key)))
      .returning({ badge: badgeGrants.badge })
    if (changed.length === 0) throw new Missing()
    await record(tx, 'badge.changed', { accountId: actor.id, badge: key })
  })
}

const reaches = (numbers: Partial<Record<MeasureName, number>>, badge: Badge) => (numbers[badge.measure] ?? 0) >= badge.atLeast

async function badgesOf(db: Db, accountId: number): Promise<Set<string>> {
  const rows = await db.select({ badge: badgeGrants.badge }).from(badgeGrants).where(eq(badgeGrants.accountId, accountId))
  return new Set(rows.map(({ badge }) => badge))
}

async function settleBadges(db: Db, accountId: number, numbers: Partial<Record<MeasureName, number>>): Promise<Moved> {
  const had = await badgesOf(db, accountId)
  const moved: Moved = { granted: 0, taken: 0 }
  for (const badge of BADGES) {
    if (reaches(numbers, badge) && !had.has(badge.key)) moved.granted += await grant(db, accountId, badge.key)
    if (!reaches(numbers, badge) && had.has(badge.key)) moved.taken += await take(db, accountId, badge.key)
  }
  return moved
}

async function grant(db: Db, accountId: number, badge: string): Promise<number> {
  return db.transaction(async tx => {
    const granted = await tx.insert(badgeGrants).values({ accountId, badge }).onConflictDoNothing().returning({ badge: badgeGrants.badge })
    if (granted.length > 0) await record(tx, 'badge.granted', { accountId, badge })
    return granted.length
  })
}

async function take(db: Db, accountId: number, badge: string): Promise<number> {
  return db.transaction(async tx => {
    const taken = await tx
      .delete(badgeGrants)
      .where(and(eq(badgeGrants.accountId, accountId), eq(badgeGrants.badge, badge)))
      .returning({ badge: badgeGrants.badge })
    if (taken.length > 0) await record(tx, 'badge.changed', { accountId, badge })
    return taken.length
  })
}

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { causesOf, onlyFrom } from './causes.ts'
import { RULES } from './rules.ts'

/** The table of rules as SQL may join it. */
export const rulesTable = sql`jsonb_to_recordset(${JSON.stringify(RULES)}::jsonb) as rules(rule text, points int, "dailyLimit" int)`

/**
 * What to settle: these posts; of their reactions only those `from` one member where he is named. `eventId` is written beside each row:
 * one for all posts, or one for each.
 */
export type Settling = { posts: number[]; from?: number; eventId?: number | number[] }

type Moved = { account_id: string; rule: string; day: string; event_id: string | null }

/**
 * Brings the ledger of these posts to what stands now: a cause without a row gets one, a row without its cause is countered, and each
 * day's limits are kept. What stands decides alone, so it does not matter how often or in which order events arrive.
 * `accounts.points` moves by the same rows in the same transaction. Resolves to the members whose points moved.
 */
export const settle = (db: Db, settling: Settling): Promise<number[]> => db.transaction(tx => settleIn(tx, settling))

/** The same in the caller's transaction. */
export async function settleIn(tx: Db, { posts, from, eventId }: Settling): Promise<number[]> {
  if (posts.length === 0) return []
  const events = new Map(posts.map((post, index) => [post, Array.isArray(eventId) ? eventId[index] : eventId]))
  const ids = sql`${sql.param([...events.keys()])}::bigint[]`
  // Sent together and run in this order: what is read is read after the waiting.
  const turn = waitForTurn(tx, ids, from)
  const settled = tx.execute<Moved>(sql`
    with given as (select * from unnest(${ids}, ${sql.param([...events.values()].map(id => id ?? null))}::bigint[]) as given (post_id, event_id)),
    causes as (${causesOf(ids, from)}),
    open as (
      select e.* from reputation_entries e where e.post_id = any(${ids}) and e.kind = 'counted' ${onlyFrom(sql`e`, from)}
        and not exists (select from reputation_entries r where r.reverses_id = e.id)),
    countered as (${COUNTER_GONE}),
    counted as (${COUNT_NEW}),
    moved as (select * from countered union all select * from counted),
    summed as (
      update accounts a set points = a.points + s.points
      from (select account_id, sum(points) as points from moved group by account_id) s where a.id = s.account_id)
    select account_id, rule, day::text, max(event_id) as event_id from moved group by 1, 2, 3`)
  const [, moved] = await Promise.all([turn, settled])
  if (moved.length > 0) await keepLimits(tx, daysIn(moved), sql`days.event_id`)
  return [...new Set(moved.map(row => Number(row.account_id)))]
}

/** Posts, then members, each in the order of their ids: who settles the same waits, and no two wait for each other. */
async function waitForTurn(tx: Db, ids: SQL, from?: number): Promise<void> {
  const postsFirst = tx.execute(
    sql`select pg_advisory_xact_lock(hashint8extended(id, 20261124)) from (select unnest(${ids}) as id order by id) post`,
  )
  const thankful =
    from === undefined ? sql`select account_id from reactions where post_id = any(${ids}) and kind = 'thanks'` : sql`select ${from}::bigint`
  const membersThen = tx.execute(sql`
    select from accounts where id in (
      select author_id from posts where id = any(${ids})
      union select t.author_id from topics t join posts p on p.topic_id = t.id where p.id = any(${ids})
      union select account_id from reputation_entries where post_id = any(${ids}) ${onlyFrom(sql`reputation_entries`, from)}
      union ${thankful})
    order by id for no key update`)
  await Promise.all([postsFirst, membersThen])
}

export const isSame = sql`c.rule = o.rule and c.account_id = o.account_id and c.post_id = o.post_id
  and c.from_id is not distinct from o.from_id and c.cause_id is not distinct from o.cause_id and c.day = o.day`

/** A counter-row for each open row whose cause is not there any more. */
const COUNTER_GONE = sql`
  insert into reputation_entries (account_id, points, rule, kind, event_id, post_id, topic_id, board_id, from_id, cause_id, reverses_id, finding_id, day, at)
  select o.account_id, -o.points, o.rule, 'reversed', g.event_id, o.post_id, o.topic_id, o.board_id, o.from_id, o.cause_id, o.id,
    (select min(v.finding_id) from voided_pairs v where v.from_id = o.from_id and v.to_id = o.account_id), o.day,
    coalesce((select at from events where id = g.event_id), now())
  from open o join given g using (post_id) where not exists (select from causes c where ${isSame})
  on conflict do nothing returning account_id, points, rule, day, event_id`

/** A row for each cause that has none. */
const COUNT_NEW = sql`
  insert into reputation_entries (account_id, points, rule, kind, event_id, post_id, topic_id, board_id, from_id, cause_id, day, at)
  select c.account_id, rules.points, c.rule, 'counted', g.event_id, c.post_id, c.topic_id, c.board_id, c.from_id, c.cause_id,
    c.day, c.at
  from causes c join given g using (post_id) join ${rulesTable} on rules.rule = c.rule
  where not exists (select from open o where ${isSame})
  on conflict do nothing returning account_id, points, rule, day, event_id`

const daysIn = (moved: Moved[]) =>
  sql`jsonb_to_recordset(${JSON.stringify(moved)}::jsonb) as days(account_id bigint, rule text, day date, event_id bigint)`

/** What is beyond a day's limit, as the rows of that day say it, and what the ledger says of it so far. */
export const limitsOf = (days: SQL, event = sql`null::bigint`) => sql`
  select days.account_id, days.rule, days.day, ${event} as event_id, sums.wanted - sums.so_far as delta
  from ${days} join ${rulesTable} on rules.rule = days.rule cross join lateral (
    select -greatest(0, coalesce(sum(e.points) filter (where e.kind <> 'limit'), 0) - rules."dailyLimit") as wanted,
      coalesce(sum(e.points) filter (where e.kind = 'limit'), 0) as so_far
    from reputation_entries e where e.account_id = days.account_id and e.rule = days.rule and e.day = days.day) sums
  where sums.wanted <> sums.so_far`

/** Takes off what is beyond the limit of these days, and gives back what is not beyond it any more; `event` is of each day. */
export async function keepLimits(tx: Db, days: SQL, event = sql`null::bigint`): Promise<void> {
  await tx.execute(sql`
    with limited as (
      insert into reputation_entries (account_id, points, rule, kind, event_id, day, at)
      select account_id, delta, rule, 'limit', event_id, day,
        coalesce((select at from events where id = event_id), least(now(), (day + 1)::timestamp at time zone 'Asia/Tokyo' - interval '1 second'))
      from (${limitsOf(days, event)}) over_limit
      returning account_id, points)
    update accounts a set points = a.points + s.points
    from (select account_id, sum(points) as points from limited group by account_id) s where a.id = s.account_id`)
}

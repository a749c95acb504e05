import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { causesOf } from './causes.ts'
import { isSame, limitsOf, rulesTable } from './ledger.ts'

export const POSTS_AT_ONCE = 5_000

/** What can be wrong with the ledger, each with how many there are. All zero: it is proven. */
export type Proof = {
  /** Members whose points are not the sum of their rows. */
  sums: number
  /** Causes that stand without a row, or with one that says other points than the table of rules. */
  missing: number
  /** Rows whose cause is gone, or that are there twice. */
  unfounded: number
  /** Counter-rows that do not counter what they name. */
  counters: number
  /** Days on which more or less than what is beyond the limit was taken off. */
  limits: number
}

/** Recounts everything from what stands and compares. Changes nothing. */
export async function verify(db: Db): Promise<Proof> {
  const proof: Proof = { sums: 0, missing: 0, unfounded: 0, counters: 0, limits: 0 }
  for (const ids of await postsInBatches(db)) {
    proof.missing += await count(
      db,
      sql`${recounted(ids)} select from causes c join ${rulesTable} on rules.rule = c.rule
      where not exists (select from open o where ${isSame} and o.points = rules.points)`,
    )
    proof.unfounded += await count(db, sql`${recounted(ids)} select from open o where not exists (select from causes c where ${isSame})`)
  }
  proof.unfounded += await count(db, TWICE)
  proof.counters = await count(db, FALSE_COUNTERS)
  proof.limits = await count(db, limitsOf(sql`(select distinct account_id, rule, day from reputation_entries) days`))
  proof.sums = await count(db, WRONG_SUMS)
  return proof
}

/** Ids of all posts as conditions of at most `size` each. */
export async function postsInBatches(db: Db, size = POSTS_AT_ONCE): Promise<SQL[]> {
  const [row] = await db.execute<{ last: string }>(sql`select coalesce(max(id), 0) as last from posts`)
  return Array.from(
    { length: Math.ceil(Number(row?.last) / size) },
    (_, n) => sql`array(select id from posts where id > ${n * size} and id <= ${(n + 1) * size})`,
  )
}

const count = async (db: Db, query: SQL) => Number((await db.execute<{ n: string }>(sql`select count(*) as n from (${query}) found`))[0]?.n)

const recounted = (ids: SQL) => sql`
  with causes as materialized (${causesOf(ids)}),
  open as materialized (
    select e.* from reputation_entries e where e.post_id = any(${ids}) and e.kind = 'counted'
      and not exists (select from reputation_entries r where r.reverses_id = e.id))`

const TWICE = sql`
  select min(e.id) from reputation_entries e where e.kind = 'counted' and not exists (select from reputation_entries r where r.reverses_id = e.id)
  group by e.rule, e.account_id, e.post_id, e.from_id, e.cause_id having count(*) > 1`

const FALSE_COUNTERS = sql`
  select r.id from reputation_entries r left join reputation_entries e on e.id = r.reverses_id
  where r.kind = 'reversed' and (e.id is null or e.kind <> 'counted' or e.account_id <> r.account_id or e.points <> -r.points)`

const WRONG_SUMS = sql`
  select a.id from accounts a left join (select account_id, sum(points) as points from reputation_entries group by account_id) s on s.account_id = a.id
  where a.points <> coalesce(s.points, 0)`

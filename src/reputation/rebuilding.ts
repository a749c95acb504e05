import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { keepLimits, rulesTable, settle } from './ledger.ts'
import { postsInBatches } from './verifying.ts'

const MEMBERS_AT_ONCE = 1_000
/** Each post settled holds one advisory lock: PostgreSQL has room for some thousands. */
const POSTS_AT_ONCE = 500

/**
 * Restores rows and sums from what stands and from the events that are kept: false rows go, missing ones are written, all by today's
 * table of rules. May run beside a working forum, and again after it was killed. `moved` hears how far it is.
 */
export async function rebuild(db: Db, moved: (done: number, total: number) => void = () => {}): Promise<void> {
  await byMembers(db, mendRows)
  const batches = await postsInBatches(db, POSTS_AT_ONCE)
  for (const [index, ids] of batches.entries()) {
    const rows = await db.execute<{ id: string }>(sql`select unnest(${ids}) as id`)
    await settle(db, { posts: rows.map(({ id }) => Number(id)) })
    moved(index + 1, batches.length)
  }
  await repairing(db, nameEvents)
  await byMembers(db, sumUp)
}

/** Works on all members, some at a time. */
async function byMembers(db: Db, work: (tx: Db, members: SQL) => Promise<void>): Promise<void> {
  const [row] = await db.execute<{ last: string }>(sql`select coalesce(max(id), 0) as last from accounts`)
  for (let from = 0; from <= Number(row?.last); from += MEMBERS_AT_ONCE)
    await repairing(db, async tx => {
      const between = sql`between ${from + 1} and ${from + MEMBERS_AT_ONCE}`
      await tx.execute(sql`select from accounts where id ${between} order by id for no key update`)
      await work(tx, between)
    })
}

/** The one place where rows of the ledger may be changed. */
const repairing = (db: Db, work: (tx: Db) => Promise<void>) =>
  db.transaction(async tx => {
    await tx.execute(sql`set local hiroba.repair = 'on'`)
    await tx.execute(sql`set local statement_timeout = 0`)
    await work(tx)
  })

/** Rows that say something false: counted twice, by other points than the rules, countering nothing. */
async function mendRows(tx: Db, members: SQL): Promise<void> {
  await tx.execute(sql`
    delete from reputation_entries e using reputation_entries first
    where e.account_id ${members} and first.account_id = e.account_id and e.kind = 'counted' and first.kind = 'counted' and first.id < e.id
      and first.rule = e.rule and first.post_id is not distinct from e.post_id and first.from_id is not distinct from e.from_id
      and first.cause_id is not distinct from e.cause_id
      and not exists (select from reputation_entries r where r.reverses_id in (e.id, first.id))`)
  await tx.execute(sql`
    update reputation_entries e set points = rules.points from ${rulesTable}
    where e.account_id ${members} and e.kind = 'counted' and rules.rule = e.rule and e.points <> rules.points`)
  await tx.execute(sql`
    delete from reputation_entries r where r.account_id ${members} and r.kind = 'reversed'
      and not exists (select from reputation_entries e where e.id = r.reverses_id and e.kind = 'counted' and e.account_id = r.account_id)`)
  await tx.execute(sql`
    update reputation_entries r set points = -e.points from reputation_entries e
    where r.account_id ${members} and r.reverses_id = e.id and r.points <> -e.points`)
}

/** Rows that were restored name the event they come from again, where it is kept. */
async function nameEvents(tx: Db): Promise<void> {
  await tx.execute(sql`
    update reputation_entries e set event_id = found.event_id from (
      select distinct on (e.id) e.id, v.id as event_id
      from reputation_entries e join events v on (v.data->>'postId')::bigint = e.post_id and (
        (e.rule = 'answer_posted' and v.name = 'answer.posted')
        or (e.rule in ('best_received', 'best_picked') and v.name = 'best_answer.picked')
        or (e.rule = 'thanks_given' and v.name = 'reaction.given' and v.data->>'kind' = 'thanks' and (v.data->>'actorId')::bigint = e.account_id)
        or (e.rule = (v.data->>'kind') || '_received' and v.name = 'reaction.given' and (v.data->>'actorId')::bigint = e.from_id))
      where e.kind = 'counted' and e.event_id is null and v.data ? 'postId' and not exists (select from reputation_entries r where r.reverses_id = e.id)
        and not exists (select from reputation_entries other where other.event_id = v.id and other.rule = e.rule and other.account_id = e.account_id)
      order by e.id, v.id desc) found
    where e.id = found.id`)
}

async function sumUp(tx: Db, members: SQL): Promise<void> {
  await keepLimits(tx, sql`(select distinct account_id, rule, day from reputation_entries where account_id ${members}) days`)
  await tx.execute(sql`
    update accounts a set points = sums.points from (
      select a.id, coalesce(sum(e.points), 0) as points from accounts a left join reputation_entries e on e.account_id = a.id
      where a.id ${members} group by a.id) sums
    where a.id = sums.id and a.points <> sums.points`)
}

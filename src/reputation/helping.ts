import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { recordAll } from '../platform/outbox.ts'
import { type Settling, settleIn } from './ledger.ts'

type Cell = { accountId: number; month: string }

/**
 * Settles posts and counts the help in them, in one transaction: a reaction or an answer is not worth two. Resolves to the members
 * whose points moved, and to those who wrote these answers.
 */
export const settleAndCount = (db: Db, settling: Settling): Promise<{ moved: number[]; helpers: number[] }> =>
  db.transaction(async tx => {
    // One connection runs them in this order; sent together, they wait for fewer answers.
    const [moved, helpers] = await Promise.all([settleIn(tx, settling), countHelpIn(tx, settling.posts)])
    return { moved, helpers }
  })

/** Counts anew the months in which these answers were written, for those who wrote them. */
export async function countHelpOf(db: Db, postIds: number[]): Promise<void> {
  await db.transaction(tx => countHelpIn(tx, postIds))
}

/** The same in the caller's transaction. Months are waited for in one order, so no two wait for each other. Resolves to the writers. */
async function countHelpIn(tx: Db, postIds: number[]): Promise<number[]> {
  if (postIds.length === 0) return []
  const rows = await tx.execute<{ account_id: string; month: string }>(sql`
    select account_id, month, ${lockOf(sql`account_id`, sql`month`)} from (
      select distinct author_id as account_id, to_char(created_at at time zone 'Asia/Tokyo', 'YYYY-MM-01') as month
      from posts where id = any(${sql.param(postIds)}::bigint[]) and kind = 'answer' order by 1, 2) cell`)
  if (rows.length > 0)
    await countMonths(
      tx,
      rows.map(({ account_id, month }) => ({ accountId: Number(account_id), month })),
    )
  return [...new Set(rows.map(row => Number(row.account_id)))]
}

const lockOf = (accountId: SQL, month: SQL) => sql`pg_advisory_xact_lock(hashtextextended('help ' || ${accountId} || ' ' || ${month}, 0))`

/**
 * Counts anew what members' answers of a month did for others: answers, best answers, thanks, helpful marks and the points they
 * brought, by place (board, product, tag, site). What stands decides alone, so it does not matter how often or in which order events arrive; nothing else than
 * what changed is written. Answers to oneself do not count; site and first-level boards count what everybody may read.
 */
async function countMonths(tx: Db, cells: Cell[]): Promise<void> {
  const [members, months] = [cells.map(({ accountId }) => accountId), cells.map(({ month }) => month)]
  const changed = await tx.execute<{ account_id: string; place: string }>(sql`
    with cells as (
      select account_id, month::date as month from unnest(${sql.param(members)}::bigint[], ${sql.param(months)}::text[]) as cell (account_id, month)),
    mine as (
      select account_id, month, t.id as topic_id, t.board_id, t.root_board_id, t.visibility = 'public' as is_public, t.tags,
        p.thanks_count - ${fromVoid('thanks')} as thanks_count, p.helpful_count - ${fromVoid('helpful')} as helpful_count,
        (t.best_answer_id is not distinct from p.id
          and not exists (select from voided_pairs v where v.to_id = account_id and v.from_id = t.author_id))::int as solved,
        (select coalesce(sum(e.points), 0) from reputation_entries e where e.post_id = p.id and e.account_id = p.author_id) as points
      from cells join posts p on p.author_id = account_id join topics t on t.id = p.topic_id
      where p.kind = 'answer' and p.asked_as is null and p.hidden_at is null and p.withdrawn_at is null
        and t.hidden_at is null and t.withdrawn_at is null and t.author_id <> p.author_id
        and p.created_at >= month::timestamp at time zone 'Asia/Tokyo'
        and p.created_at < (month + interval '1 month') at time zone 'Asia/Tokyo'),
    placed as (
      select 'board:' || board_id as place, mine.* from mine
      union all select 'root:' || root_board_id, mine.* from mine where is_public
      union all select 'site', mine.* from mine where is_public
      union all select 'product:' || n.product_id, mine.* from mine join topic_products n using (topic_id) where is_public
      union all select 'tag:' || tag, mine.* from mine, unnest(tags) tag where is_public),
    counted as (
      select account_id, month, place, count(*) as answers, sum(solved) as solved, sum(thanks_count) as thanks, sum(helpful_count) as helpful, sum(points) as points
      from placed group by account_id, month, place),
    gone as (
      delete from helper_months h using cells where h.account_id = cells.account_id and h.month = cells.month
        and not exists (select from counted c where c.account_id = h.account_id and c.month = h.month and c.place = h.place)
      returning h.account_id, h.place),
    written as (
      insert into helper_months as h (account_id, month, place, answers, solved, thanks, helpful, points)
      select account_id, month, place, answers, solved, thanks, helpful, points from counted
      on conflict (account_id, month, place) do update
        set answers = excluded.answers, solved = excluded.solved, thanks = excluded.thanks, helpful = excluded.helpful, points = excluded.points
        where (h.answers, h.solved, h.thanks, h.helpful, h.points)
          is distinct from (excluded.answers, excluded.solved, excluded.thanks, excluded.helpful, excluded.points)
      returning h.account_id, h.place)
    select * from gone union all select * from written`)
  const shown = Map.groupBy(
    changed.filter(({ place }) => !place.startsWith('tag:')),
    ({ account_id }) => Number(account_id),
  )
  await recordAll(
    tx,
    'helpers.counted',
    [...shown].map(([accountId, rows]) => ({ accountId, places: [...new Set(rows.map(({ place }) => place))] })),
  )
}

/** What came from those between whom nothing counts, since a finding was confirmed. */
const fromVoid = (kind: 'thanks' | 'helpful') =>
  sql`(select count(distinct r.account_id) from voided_pairs v join reactions r on r.account_id = v.from_id
    where v.to_id = cells.account_id and r.post_id = p.id and r.kind = ${sql.raw(`'${kind}'`)})`

/** Counts everything anew: after an import, or to prove that nothing else comes out. Resolves to how many months of members there are. */
export async function countAllHelp(db: Db, moved: (done: number, total: number) => void = () => {}): Promise<number> {
  const cells = await db.execute<{ account_id: string; month: string }>(sql`
    select distinct author_id as account_id, to_char(created_at at time zone 'Asia/Tokyo', 'YYYY-MM-01') as month from posts where kind = 'answer'
    union select account_id, to_char(month, 'YYYY-MM-DD') from helper_months`)
  for (const [done, { account_id, month }] of cells.entries()) {
    const accountId = Number(account_id)
    await db.transaction(async tx => {
      await tx.execute(sql`select ${lockOf(sql`${accountId}::bigint`, sql`${month}::text`)}`)
      await countMonths(tx, [{ accountId, month }])
    })
    moved(done + 1, cells.length)
  }
  return cells.length
}

import { sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import type { Topic } from '../topics/queries.ts'
import type { Facts } from './level_rules.ts'

const idsIn = (rows: Iterable<{ id: string }>) => [...rows].map(({ id }) => Number(id))

/** Ids of a topic's posts that the ledger may know: openings and answers. */
export async function postsOfTopic(db: Db, topicId: number): Promise<number[]> {
  return idsIn(await db.execute<{ id: string }>(sql`select id from posts where topic_id = ${topicId} and kind <> 'comment' order by id`))
}

/** Whoever opened these topics; nobody for those of another kind than the one that is named. */
export async function authorsOf(db: Db, topicIds: number[], kind?: Topic['kind']): Promise<number[]> {
  const isKind = kind ? sql`and kind = ${kind}` : sql``
  const ids = sql`any(${sql.param(topicIds)}::bigint[])`
  return idsIn(await db.execute<{ id: string }>(sql`select distinct author_id as id from topics where id = ${ids} ${isKind}`))
}

/** The members of a finding. */
export async function membersOf(db: Db, findingId: number): Promise<number[]> {
  return idsIn(await db.execute<{ id: string }>(sql`select unnest(member_ids) as id from findings where id = ${findingId}`))
}

/** Whether a post opens its topic. */
export async function isOpening(db: Db, postId: number): Promise<boolean> {
  return (await db.execute(sql`select from posts where id = ${postId} and kind = 'opening'`)).length > 0
}

/** The topic's best answer, and those the ledger knows as its best answers. */
export async function postsOnceBest(db: Db, topicId: number): Promise<number[]> {
  return idsIn(
    await db.execute<{ id: string }>(sql`
      select best_answer_id as id from topics where id = ${topicId} and best_answer_id is not null
      union select post_id from reputation_entries where topic_id = ${topicId} and rule in ('best_received', 'best_picked')`),
  )
}

/** What the levels are decided by, for these members, with the level they have and whether the operator holds it. */
export async function factsOf(
  db: Db,
  accountIds: number[],
): Promise<Map<number, { facts: Facts; level: number; isHeld: boolean; entryId: number | null }>> {
  const ids = sql.param(accountIds)
  const rows = await db.execute<
    Record<'id' | 'points' | 'level' | 'helpful' | 'best' | 'days', string> & { entry: string | null; held: boolean }
  >(sql`
    select a.id, a.points, a.level, floor(extract(epoch from now() - a.created_at) / 86400)::int as days,
      coalesce(done.helpful, 0) as helpful, coalesce(done.best, 0) as best, done.entry,
      coalesce((select d.held_until > now() from level_decisions d where d.account_id = a.id and d.decided_by_id is not null
        order by d.id desc limit 1), false) as held
    from accounts a cross join lateral (
      select max(entry) as entry, count(*) filter (where helpful > 0) as helpful, count(*) filter (where best > 0) as best from (
        select max(e.id) as entry, sum(e.points) filter (where e.rule in ('helpful_received', 'thanks_received', 'best_received', 'guaranteed')) as helpful,
          sum(e.points) filter (where e.rule = 'best_received') as best
        from reputation_entries e where e.account_id = a.id group by e.post_id) by_post) done
    where a.id = any(${ids}::bigint[]) and a.closed_at is null`)
  return new Map(
    rows.map(row => [
      Number(row.id),
      {
        facts: { points: Number(row.points), helpfulAnswers: Number(row.helpful), bestAnswers: Number(row.best), days: Number(row.days) },
        level: Number(row.level),
        isHeld: row.held,
        entryId: row.entry === null ? null : Number(row.entry),
      },
    ]),
  )
}

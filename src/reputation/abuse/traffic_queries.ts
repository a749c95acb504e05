import { sql } from 'drizzle-orm'
import type { Db } from '../../platform/db.ts'
import type { Edge, Posts } from './rings.ts'

/** Reactions older than this are not looked at any more. */
const LOOKS_BACK = sql`interval '90 days'`
/** A hash shared by more accounts than this is a library or a company, not a person. */
const MOST_SHARING = 4

/** Who has reacted to whose posts, and to how many, in the last 90 days; without those between whom nothing counts any more. */
export async function listEdges(db: Db): Promise<Edge[]> {
  const rows = await db.execute<{ from_id: string; to_id: string; posts: string }>(sql`
    select r.account_id as from_id, p.author_id as to_id, count(distinct r.post_id) as posts
    from reactions r join posts p on p.id = r.post_id
    where r.created_at > now() - ${LOOKS_BACK} and r.kind in ('helpful', 'thanks') and r.account_id <> p.author_id
      and not exists (select from voided_pairs v where v.from_id = r.account_id and v.to_id = p.author_id)
    group by 1, 2`)
  return rows.map(row => ({ from: Number(row.from_id), to: Number(row.to_id), count: Number(row.posts) }))
}

/** How much everybody has written that could be reacted to, in the same time. */
export async function countPosts(db: Db): Promise<Posts> {
  const rows = await db.execute<{ author_id: string; posts: string }>(sql`
    select author_id, count(*) as posts from posts where kind <> 'comment' and created_at > now() - ${LOOKS_BACK} group by 1`)
  return new Map(rows.map(row => [Number(row.author_id), Number(row.posts)]))
}

export type Burst = { from: number; to: number; count: number; at: Date; seconds: number }

/** Twelve and more reactions by one member to one other's posts within ten minutes, in the last two days. */
export async function listBursts(db: Db): Promise<Burst[]> {
  const rows = await db.execute<{ from_id: string; to_id: string; count: string; at: string; seconds: string }>(sql`
    with recent as (
      select r.account_id, p.author_id, r.created_at,
        lag(r.created_at, 11) over (partition by r.account_id, p.author_id order by r.created_at) as began
      from reactions r join posts p on p.id = r.post_id
      where r.created_at > now() - interval '2 days' and r.account_id <> p.author_id
        and not exists (select from voided_pairs v where v.from_id = r.account_id and v.to_id = p.author_id))
    select account_id as from_id, author_id as to_id, count(*) + 11 as count, min(began) as at,
      min(extract(epoch from created_at - began))::int as seconds
    from recent where created_at - began < interval '10 minutes' group by 1, 2`)
  return rows.map(row => ({
    from: Number(row.from_id),
    to: Number(row.to_id),
    count: Number(row.count),
    at: new Date(row.at),
    seconds: Number(row.seconds),
  }))
}

export type Shared = { first: number; second: number; devices: number; addresses: number; days: number; reactions: number; best: number }

/**
 * Two accounts that were seen on one device, or at one address on three days and more, and that vote for each other.
 * Families share devices too: without votes between them it is nobody's business.
 */
export async function listSharedDevices(db: Db): Promise<Shared[]> {
  const rows = await db.execute<Record<keyof Shared, string>>(sql`
    with few as (select hash from sightings group by hash having count(distinct account_id) between 2 and ${MOST_SHARING}),
    seen as (
      select a.account_id as first, b.account_id as second, count(distinct a.hash) filter (where a.kind = 'device') as devices,
        count(distinct a.hash) filter (where a.kind = 'address') as addresses, count(distinct a.day) as days
      from sightings a join few using (hash) join sightings b on b.hash = a.hash and b.account_id > a.account_id group by 1, 2)
    select s.*, votes.reactions, votes.best from seen s cross join lateral (
      select
        (select count(*) from reactions r join posts p on p.id = r.post_id
          where (r.account_id, p.author_id) in ((s.first, s.second), (s.second, s.first))) as reactions,
        (select count(*) from topics t join posts p on p.id = t.best_answer_id
          where (coalesce(t.best_picked_by_id, t.author_id), p.author_id) in ((s.first, s.second), (s.second, s.first))) as best) votes
    where (s.devices > 0 or s.days >= 3) and (votes.reactions >= 3 or votes.best >= 1)
      and not exists (select from voided_pairs v where v.from_id = s.first and v.to_id = s.second)`)
  return rows.map(row => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, Number(value)])) as Shared)
}

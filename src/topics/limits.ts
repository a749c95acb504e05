import { sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import type { Bar } from '../accounts/standing.ts'
import type { Db } from '../platform/db.ts'
import { TooMany } from '../platform/errors.ts'
import { posts, topics } from './schema.ts'

/**
 * Throws TooMany at `body` when moderation leaves this member so many posts in 24 hours and he has had them, the new one counted. His
 * account is locked: of two posts at once the second sees the first. Costs nothing for everybody else.
 */
export async function keepWithinDay(tx: Db, actor: Actor, boardId: number): Promise<void> {
  const limits = actor.bars.filter(({ boards, perDay }) => perDay > 0 && (boards === null || boards.includes(boardId)))
  for (const limit of limits) await keepLimit(tx, actor, limit)
}

async function keepLimit(tx: Db, actor: Actor, { boards, perDay }: Bar): Promise<void> {
  await tx.execute(sql`select from ${accounts} where id = ${actor.id} for no key update`)
  const inBoards = boards === null ? sql`` : sql`and t.board_id = any(${sql.param(boards)}::bigint[])`
  const [count] = await tx.execute<{ posts: number; wait: number }>(sql`
    select count(*)::int as posts, ceil(extract(epoch from min(p.created_at) + interval '24 hours' - now()))::int as wait
    from ${posts} p join ${topics} t on t.id = p.topic_id
    where p.author_id = ${actor.id} and p.created_at > now() - interval '24 hours' ${inBoards}`)
  if (count && count.posts > perDay)
    throw new TooMany(Math.max(60, count.wait), {
      body: { key: 'topics.limited', values: { count: perDay, hours: Math.ceil(count.wait / 3600) } },
    })
}

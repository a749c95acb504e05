import { and, eq, gt, inArray, isNull, sql } from 'drizzle-orm'
import { type Actor, visibleTo } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { posts, topics } from './schema.ts'

export const CALENDAR_DAYS = 371

/** How much somebody wrote on which day (`2026-11-24`, in Japan) of the last 53 weeks, as this actor may see it. */
export async function activityOf(db: Db, actor: Actor, accountId: number): Promise<Map<string, number>> {
  const day = sql<string>`to_char(${posts.createdAt} at time zone 'Asia/Tokyo', 'YYYY-MM-DD')`
  const rows = await db
    .select({ day, count: sql<number>`count(*)`.mapWith(Number) })
    .from(posts)
    .innerJoin(topics, eq(topics.id, posts.topicId))
    .where(
      and(
        eq(posts.authorId, accountId),
        gt(posts.createdAt, sql`now() - make_interval(days => ${sql.raw(String(CALENDAR_DAYS))})`),
        isNull(posts.hiddenAt),
        isNull(posts.withdrawnAt),
        isNull(topics.hiddenAt),
        isNull(topics.withdrawnAt),
        inArray(topics.visibility, visibleTo(actor)),
      ),
    )
    .groupBy(sql`1`)
  return new Map(rows.map(row => [row.day, row.count]))
}

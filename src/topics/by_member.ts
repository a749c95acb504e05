import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm'
import { type Actor, visibleTo } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { atMost, momentCursor, type Page, pageOf } from '../platform/paging.ts'
import type { Capacity } from './capacity.ts'
import { posts, topics } from './schema.ts'

const shown = and(isNull(posts.hiddenAt), isNull(posts.withdrawnAt), isNull(topics.hiddenAt), isNull(topics.withdrawnAt))

export type AnswerLine = {
  id: number
  excerpt: string
  createdAt: Date
  isBest: boolean
  capacity: Capacity | null
  topic: { id: number; title: string }
}

/** Answers somebody gave, newest first, as this actor may see them. */
export async function listAnswersBy(db: Db, actor: Actor, accountId: number, after?: string, size = 10): Promise<Page<AnswerLine>> {
  const cursor = momentCursor(after)
  const rows = await db
    .select({
      id: posts.id,
      excerpt: sql<string>`left(${posts.bodyText}, 120)`,
      createdAt: posts.createdAt,
      capacity: posts.capacity,
      isBest: sql<boolean>`${topics.bestAnswerId} is not distinct from ${posts.id}`,
      topic: { id: topics.id, title: topics.title },
    })
    .from(posts)
    .innerJoin(topics, eq(topics.id, posts.topicId))
    .where(
      and(
        eq(posts.authorId, accountId),
        eq(posts.kind, 'answer'),
        shown,
        inArray(topics.visibility, visibleTo(actor)),
        cursor && sql`(${posts.createdAt}, ${posts.id}) < (${cursor.value}::timestamptz, ${cursor.id})`,
      ),
    )
    .orderBy(desc(posts.createdAt), desc(posts.id))
    .limit(atMost(size + 1))
  return pageOf(rows, size, last => ({ value: last.createdAt.toISOString(), id: last.id }))
}

/** What somebody did for others: topics opened, answers given, picked as best, thanks and helpful marks received, thanks given. */
export async function countsOf(
  db: Db,
  accountId: number,
): Promise<{ topics: number; answers: number; best: number; thanks: number; helpful: number; thanksGiven: number }> {
  const number = (expression: ReturnType<typeof sql>) => sql<number>`${expression}`.mapWith(Number)
  const [counts] = await db
    .select({
      topics: number(sql`count(*) filter (where ${posts.kind} = 'opening')`),
      answers: number(sql`count(*) filter (where ${posts.kind} = 'answer')`),
      best: number(sql`count(*) filter (where ${topics.bestAnswerId} = ${posts.id})`),
      thanks: number(sql`coalesce(sum(${posts.thanksCount}), 0)`),
      helpful: number(sql`coalesce(sum(${posts.helpfulCount}), 0)`),
      // The table of reactions stands further up, so it is asked by name.
      thanksGiven: number(sql`(select count(*) from reactions given where given.account_id = ${accountId} and given.kind = 'thanks')`),
    })
    .from(posts)
    .innerJoin(topics, eq(topics.id, posts.topicId))
    .where(and(eq(posts.authorId, accountId), shown))
  return counts ?? { topics: 0, answers: 0, best: 0, thanks: 0, helpful: 0, thanksGiven: 0 }
}

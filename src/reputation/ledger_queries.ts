import { and, desc, eq, inArray, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { type Actor, visibleTo } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { atMost, momentCursor, type Page, pageOf } from '../platform/paging.ts'
import { topics } from '../topics/schema.ts'
import type { RuleName } from './rules.ts'
import { reputationEntries } from './schema.ts'

const givers = alias(accounts, 'givers')

/** A row of the ledger as its owner reads it. `topic` is null where the cause is in a topic he may not see. */
export type EntryLine = Awaited<ReturnType<typeof listEntries>>['rows'][number]

/** A member's ledger, newest first. */
export async function listEntries(db: Db, actor: Actor, accountId: number, after?: string, size = 50) {
  const { id, points, rule, kind, at, day, postId, findingId } = reputationEntries
  const cursor = momentCursor(after)
  const rows = await db
    .select({
      id,
      points,
      rule,
      kind,
      at,
      day,
      postId,
      findingId,
      topic: { id: topics.id, title: topics.title },
      from: { handle: givers.handle, name: givers.name, closedAt: givers.closedAt },
    })
    .from(reputationEntries)
    .leftJoin(
      topics,
      and(
        eq(topics.id, reputationEntries.topicId),
        inArray(topics.visibility, visibleTo(actor)),
        sql`${topics.hiddenAt} is null and ${topics.withdrawnAt} is null`,
      ),
    )
    .leftJoin(givers, eq(givers.id, reputationEntries.fromId))
    .where(and(eq(reputationEntries.accountId, accountId), cursor && sql`(${at}, ${id}) < (${cursor.value}::timestamptz, ${cursor.id})`))
    .orderBy(desc(at), desc(id))
    .limit(atMost(size + 1))
  return pageOf(rows, size, last => ({ value: last.at.toISOString(), id: last.id })) satisfies Page<unknown>
}

export type Sum = { rule: RuleName; points: number; times: number }

/** What a member's points are made of: for each reason the points, and how many causes stand behind them. */
export async function sumsOf(db: Db, accountId: number): Promise<Sum[]> {
  return db
    .select({
      rule: reputationEntries.rule,
      points: sql<number>`sum(${reputationEntries.points})`.mapWith(Number),
      times: sql<number>`count(*) filter (where kind = 'counted') - count(*) filter (where kind = 'reversed')`.mapWith(Number),
    })
    .from(reputationEntries)
    .where(eq(reputationEntries.accountId, accountId))
    .groupBy(reputationEntries.rule)
    .having(
      sql`sum(${reputationEntries.points}) <> 0 or count(*) filter (where kind = 'counted') > count(*) filter (where kind = 'reversed')`,
    )
    .orderBy(desc(sql`sum(${reputationEntries.points})`))
}

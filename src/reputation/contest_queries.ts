import { desc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { type Actor, isOperator } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Missing } from '../platform/errors.ts'
import { atMost, numberCursor, pageOf } from '../platform/paging.ts'
import { contests, type LevelDecision, levelDecisions } from './schema.ts'

const person = { id: accounts.id, handle: accounts.handle, name: accounts.name, level: accounts.level, points: accounts.points }

/** Cases for the operator: those that wait, oldest first; or those that were decided, newest first. */
export async function listContests(
  db: Db,
  actor: Actor,
  { decided, after, size = 30 }: { decided: boolean; after?: string; size?: number },
) {
  ensure(isOperator(actor), 'errors.refused')
  const cursor = numberCursor(after)
  const rows = await db
    .select({ contest: contests, person })
    .from(contests)
    .innerJoin(accounts, eq(accounts.id, contests.accountId))
    .where(
      decided
        ? sql`${isNotNull(contests.decidedAt)} ${cursor ? sql`and ${contests.id} < ${cursor.id}` : sql``}`
        : sql`${isNull(contests.decidedAt)} ${cursor ? sql`and ${contests.id} > ${cursor.id}` : sql``}`,
    )
    .orderBy(decided ? desc(contests.id) : contests.id)
    .limit(atMost(size + 1))
  return pageOf(rows, size, last => ({ value: '0', id: last.contest.id }))
}

/** A case with its member. Throws Missing. */
export async function findContest(db: Db, actor: Actor, id: number) {
  ensure(isOperator(actor), 'errors.refused')
  const [row] = await db
    .select({ contest: contests, person })
    .from(contests)
    .innerJoin(accounts, eq(accounts.id, contests.accountId))
    .where(eq(contests.id, id))
  if (!row) throw new Missing()
  return row
}

/** A case that was decided, for the mail about it. */
export async function findDecidedContest(db: Db, id: number) {
  const [contest] = await db.select().from(contests).where(eq(contests.id, id))
  return contest?.decidedAt ? { ...contest, decidedAt: contest.decidedAt } : undefined
}

/** A member's own newest case. */
export async function findOwnContest(db: Db, accountId: number) {
  const [contest] = await db.select().from(contests).where(eq(contests.accountId, accountId)).orderBy(desc(contests.id)).limit(1)
  return contest
}

/** How a member came to his level, newest first. */
export async function listDecisions(db: Db, accountId: number): Promise<LevelDecision[]> {
  return db.select().from(levelDecisions).where(eq(levelDecisions.accountId, accountId)).orderBy(desc(levelDecisions.id)).limit(atMost(20))
}

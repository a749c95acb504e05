import { and, eq, sql } from 'drizzle-orm'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { atMost } from '../platform/paging.ts'
import { guaranteeHistory } from './schema.ts'

type Answer = { postId: number; topicId: number }

/**
 * Who relies on an answer and can be written to: whoever marked it helpful, thanked, or said that it fixed it, who asked, shares or
 * follows the question, and who wrote the answer as a member. Each once, in the order of their ids, some at a time.
 */
export async function listRelying(db: Db, { postId, topicId }: Answer, after = 0, size = 200) {
  // Each part brings its first ones, so that a far page of a much loved answer reads no more than the first; a reader has at most two marks.
  const relying = sql`(
    (select account_id as id, false as writer from reactions where post_id = ${postId} and kind in ('helpful', 'thanks') and account_id > ${after}
      order by account_id limit ${atMost(2 * size)})
    union all (select account_id, false from fixes where post_id = ${postId} and fixed and account_id > ${after} order by account_id limit ${atMost(size)})
    union all (select r.account_id, false from topics t join reactions r on r.post_id = t.opening_id and r.kind = 'me_too' and r.account_id > ${after}
      where t.id = ${topicId} order by r.account_id limit ${atMost(size)})
    union all (select account_id, false from watches where subject = ${`topic:${topicId}`} and level <> 'nothing' and account_id > ${after}
      order by account_id limit ${atMost(size)})
    union all select author_id, false from topics where id = ${topicId} and author_id > ${after}
    union all select author_id, true from posts where id = ${postId} and company_id is null and author_id > ${after}) each`
  // Who has left is taken out behind the page, or a page of them would be taken for the end.
  const page = sql`(select id, bool_or(writer) as writer from ${relying} group by id order by id limit ${atMost(size)}) relying`
  const rows = await db
    .select({
      id: accounts.id,
      email: accounts.email,
      closedAt: accounts.closedAt,
      locale: accounts.locale,
      isWriter: sql<boolean>`relying.writer`,
    })
    .from(page)
    .innerJoin(accounts, sql`${accounts.id} = relying.id`)
    .orderBy(accounts.id)
  return {
    people: rows.flatMap(({ email, closedAt, ...person }) => (email && !closedAt ? [{ ...person, email }] : [])),
    next: rows.at(-1)?.id,
  }
}

/** What a row of a guarantee's history says: who did it, and why. */
export async function findDeed(db: Db, { guaranteeId, number }: { guaranteeId: number; number: number }) {
  const [deed] = await db
    .select({ by: guaranteeHistory.by, reason: guaranteeHistory.reason })
    .from(guaranteeHistory)
    .where(and(eq(guaranteeHistory.guaranteeId, guaranteeId), eq(guaranteeHistory.number, number)))
  return deed
}

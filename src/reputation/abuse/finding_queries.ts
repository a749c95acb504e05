import { desc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { type Actor, isOperator } from '../../accounts/actor.ts'
import { accounts } from '../../accounts/schema.ts'
import type { Db } from '../../platform/db.ts'
import { ensure, Missing } from '../../platform/errors.ts'
import { atMost, numberCursor, pageOf } from '../../platform/paging.ts'
import { type Finding, findings } from '../schema.ts'

/** Findings for the operator: those that wait, oldest first; or those that were decided, newest first. */
export async function listFindings(
  db: Db,
  actor: Actor,
  { decided, after, size = 30 }: { decided: boolean; after?: string; size?: number },
) {
  ensure(isOperator(actor), 'errors.refused')
  const cursor = numberCursor(after)
  const state = decided ? isNotNull(findings.decidedAt) : isNull(findings.decidedAt)
  const beyond = cursor ? (decided ? sql`and ${findings.id} < ${cursor.id}` : sql`and ${findings.id} > ${cursor.id}`) : sql``
  const rows = await db
    .select()
    .from(findings)
    .where(sql`${state} ${beyond}`)
    .orderBy(decided ? desc(findings.id) : findings.id)
    .limit(atMost(size + 1))
  return pageOf(rows, size, last => ({ value: '0', id: last.id }))
}

/** A finding. Throws Missing. */
export async function findFinding(db: Db, actor: Actor, id: number): Promise<Finding> {
  ensure(isOperator(actor), 'errors.refused')
  const [finding] = await db.select().from(findings).where(eq(findings.id, id))
  if (!finding) throw new Missing()
  return finding
}

export type Suspect = { id: number; handle: string; name: string; points: number }

/** The members of findings, by id. */
export async function suspectsByIds(db: Db, ids: number[]): Promise<Map<number, Suspect>> {
  const { id, handle, name, points } = accounts
  const rows = await db
    .select({ id, handle, name, points })
    .from(accounts)
    .where(sql`${id} = any(${sql.param([...new Set(ids)])}::bigint[])`)
  return new Map(rows.map(row => [row.id, row]))
}

/** Posts by one member of a finding that another reacted to or picked: what has to be settled when it is decided. */
export async function postsBetween(db: Db, findingId: number): Promise<number[]> {
  const rows = await db.execute<{ id: string }>(sql`
    with members as (select unnest(member_ids) as id from findings where id = ${findingId})
    select p.id from posts p where p.author_id in (select id from members) and (
      exists (select from reactions r where r.post_id = p.id and r.account_id in (select id from members))
      or exists (select from reputation_entries e where e.post_id = p.id and e.from_id in (select id from members))
      or exists (select from topics t where t.best_answer_id = p.id and coalesce(t.best_picked_by_id, t.author_id) in (select id from members)))
    order by p.id`)
  return rows.map(({ id }) => Number(id))
}

import { desc, eq, sql } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { Missing } from '../../platform/errors.ts'
import { atMost } from '../../platform/paging.ts'
import { type Appealed, appeals } from './schema.ts'

/** What a member may object to, with whoever decided it first. */
export type AppealableRow = {
  accountId: number
  decidedAt: Date
  firstById: number | null
  boardId: number | null
  topicId: number | null
  companyIds: number[]
  isOver: boolean
  appealedAt: Date | null
  title: string
  excerpt: string
}

/** A decision about this member. Throws Missing where there is none, or it is about somebody else. */
export async function findAppealable(db: Db, actor: Actor, subject: Appealed, id: number): Promise<AppealableRow> {
  const rows = await db.execute<Record<keyof AppealableRow, string>>(
    subject === 'post' ? hiddenPost(actor, sql`p.id = ${id}`) : sanctionRow(actor, id),
  )
  const row = rows[0]
  if (!row) throw new Missing()
  return read(row)
}

/** Posts of this member that are hidden now by a decision, newest first. */
export async function listHiddenOf(db: Db, actor: Actor): Promise<(AppealableRow & { id: number })[]> {
  const rows = await db.execute<Record<keyof AppealableRow | 'id', string>>(
    sql`${hiddenPost(actor, sql`true`)} order by p.hidden_at desc limit 30`,
  )
  return rows.map(row => ({ ...read(row), id: Number(row.id) }))
}

/** This member's objections, newest first. */
export const listAppeals = (db: Db, actor: Actor) =>
  db.select().from(appeals).where(eq(appeals.accountId, actor.id)).orderBy(desc(appeals.id)).limit(atMost(30))

// What was taken down after a request is an operator's to judge, whichever board it stands in. What waits for its first look (`held_at`) was not decided yet.
const hiddenPost = (actor: Actor, which: ReturnType<typeof sql>) => sql`
  select p.id, p.author_id as "accountId", p.hidden_at as "decidedAt", p.hidden_by_id as "firstById", case when not exists (select from takedowns k where k.post_id = p.id and k.outcome = 'removed') then t.board_id end as "boardId",
    t.id as "topicId",
    to_json(t.company_ids) as "companyIds", false as "isOver", t.title, left(p.body_text, 140) as excerpt,
    (select a.opened_at from appeals a where a.subject = 'post' and a.subject_id = p.id and a.against = p.hidden_at) as "appealedAt"
  from posts p join topics t on t.id = p.topic_id
  where ${which} and p.author_id = ${actor.id} and p.hidden_at is not null and p.held_at is null and p.withdrawn_at is null`

const sanctionRow = (actor: Actor, id: number) => sql`
  select s.account_id as "accountId", s.at as "decidedAt", s.decided_by_id as "firstById", s.board_id as "boardId", null as "topicId",
    to_json(array(select distinct unnest(t.company_ids) from sanction_evidence e join posts p on p.id = e.post_id join topics t on t.id = p.topic_id
      where e.sanction_id = s.id)) as "companyIds",
    (s.lifted_at is not null or (s.ends_at is not null and s.ends_at <= now())) as "isOver", s.kind as title, s.words as excerpt,
    (select a.opened_at from appeals a where a.subject = 'sanction' and a.subject_id = s.id) as "appealedAt"
  from sanctions s where s.id = ${id} and s.account_id = ${actor.id}`

function read(row: Record<keyof AppealableRow, unknown>): AppealableRow {
  const number = (value: unknown) => (value === null || value === undefined ? null : Number(value))
  return {
    accountId: Number(row.accountId),
    decidedAt: new Date(String(row.decidedAt)),
    firstById: number(row.firstById),
    boardId: number(row.boardId),
    topicId: number(row.topicId),
    companyIds: ((row.companyIds ?? []) as unknown[]).map(Number),
    isOver: row.isOver === true,
    appealedAt: row.appealedAt ? new Date(String(row.appealedAt)) : null,
    title: String(row.title),
    excerpt: String(row.excerpt),
  }
}

import { asc, eq, sql } from 'drizzle-orm'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { atMost } from '../platform/paging.ts'
import { posts } from '../topics/schema.ts'
import { postIdOf } from './queue_queries.ts'
import { flags, type ReviewItem, reviewItems } from './schema.ts'

/** The post an item is about with its neighbours in the thread: three before it, two after. Moderators read all of them. */
export async function threadOf(db: Db, item: ReviewItem) {
  const columns = sql`p.id, p.kind, p.body_text as text, p.created_at as "createdAt", p.hidden_at as "hiddenAt", p.held_at as "heldAt",
    p.withdrawn_at as "withdrawnAt", p.revision, p.author_id as "authorId", p.topic_id as "topicId", a.name, a.handle, a.level`
  const rows = await db.execute<ThreadPost>(sql`
    with it as (select id, topic_id from ${posts} where id = ${postIdOf(item)})
    select * from (
      (select ${columns} from it join ${posts} p on p.topic_id = it.topic_id and p.id < it.id join ${accounts} a on a.id = p.author_id order by p.id desc limit 3)
      union all (select ${columns} from it join ${posts} p on p.id = it.id join ${accounts} a on a.id = p.author_id)
      union all (select ${columns} from it join ${posts} p on p.topic_id = it.topic_id and p.id > it.id join ${accounts} a on a.id = p.author_id order by p.id limit 2)
    ) thread order by id`)
  return rows.map(row => ({ ...row, id: Number(row.id), authorId: Number(row.authorId) }))
}
export type ThreadPost = {
  id: number
  kind: 'opening' | 'answer' | 'comment'
  text: string
  createdAt: string
  hiddenAt: string | null
  heldAt: string | null
  withdrawnAt: string | null
  revision: number
  authorId: number
  name: string
  handle: string
  level: number
}

/** The flags an item gathers, oldest first, with who raised them. */
export const flagsOf = (db: Db, itemId: number) =>
  db
    .select({ flag: flags, accountId: accounts.id, name: accounts.name, handle: accounts.handle })
    .from(flags)
    .innerJoin(accounts, eq(accounts.id, flags.accountId))
    .where(eq(flags.itemId, itemId))
    .orderBy(asc(flags.flaggedAt))
    .limit(atMost(20))

export type MemberRecord = {
  id: number
  name: string
  handle: string
  level: number
  createdAt: string
  posts: number
  upheld: number
  declined: number
  hidden: number
  suspendedUntil: string | null
}

/** What these members did here so far: posts (counted to a hundred), how their flags were decided, how often their posts were hidden. */
export async function recordsOf(db: Db, ids: number[]): Promise<MemberRecord[]> {
  if (ids.length === 0) return []
  return db.execute<MemberRecord>(sql`
    select a.id::int as id, a.name, a.handle, a.level, a.created_at as "createdAt", a.suspended_until as "suspendedUntil",
      (select count(*) from (select from ${posts} p where p.author_id = a.id limit 100) few)::int as posts,
      (select count(*) from ${flags} f where f.account_id = a.id and f.outcome = 'upheld')::int as upheld,
      (select count(*) from ${flags} f where f.account_id = a.id and f.outcome = 'declined')::int as declined,
      (select count(*) from ${reviewItems} r where r.about_id = a.id and r.decision in ('hide', 'reject') and r.undone_at is null)::int as hidden
    from ${accounts} a where a.id = any(${sql.param(ids)}::bigint[]) order by array_position(${sql.param(ids)}::bigint[], a.id)`)
}

export type PastDecision = {
  id: number
  kind: string
  decision: string
  reason: string | null
  words: string | null
  decidedAt: string
  by: string | null
  title: string | null
}

/** What was decided on this member before, and how like matters were decided of late: the same kind for the same reason. */
export async function pastOf(db: Db, item: ReviewItem): Promise<{ history: PastDecision[]; similar: PastDecision[] }> {
  const columns = sql`r.id::int as id, r.kind, r.decision, r.reason, r.words, r.decided_at as "decidedAt", a.name as "by", t.title`
  const joined = sql`left join ${accounts} a on a.id = r.decided_by_id left join topics t on t.id = r.topic_id`
  const decided = sql`r.decided_at is not null and r.undone_at is null and r.decided_by_id is not null and r.id <> ${item.id}`
  const reason = String(item.facts.reason ?? '')
  const [history, similar] = await Promise.all([
    db.execute<PastDecision>(
      sql`select ${columns} from ${reviewItems} r ${joined} where r.about_id = ${item.aboutId ?? 0} and ${decided} order by r.id desc limit 5`,
    ),
    db.execute<PastDecision>(sql`
      select ${columns} from (select * from ${reviewItems} r where r.kind = ${item.kind} and ${decided} order by r.decided_at desc limit 200) r ${joined}
      where coalesce(r.facts->>'reason', '') = ${reason} order by r.decided_at desc limit 5`),
  ])
  return { history, similar }
}

import { and, desc, eq, inArray, isNull, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { type Actor, isOperator } from '../../accounts/actor.ts'
import { accounts } from '../../accounts/schema.ts'
import { boards } from '../../boards/schema.ts'
import type { Db } from '../../platform/db.ts'
import { Missing } from '../../platform/errors.ts'
import { atMost } from '../../platform/paging.ts'
import { posts, topics } from '../../topics/schema.ts'
import { appeals } from '../appeals/schema.ts'
import { sanctionEvidence, sanctions } from './schema.ts'

const deciders = alias(accounts, 'deciders')

/** The steps somebody was given, newest first, each with its posts, who decided it and what became of an appeal. One statement. */
export const listSanctions = (db: Db, accountId: number) =>
  db
    .select({
      sanction: sanctions,
      board: { nameJa: boards.nameJa, nameEn: boards.nameEn },
      by: deciders.name,
      isOver: sql<boolean>`${sanctions.liftedAt} is not null or (${sanctions.endsAt} is not null and ${sanctions.endsAt} <= now())`,
      evidence: sql<{ id: number; excerpt: string; title: string }[]>`coalesce((
        select json_agg(json_build_object('id', p.id, 'excerpt', left(p.body_text, 100), 'title', t.title) order by p.id)
        from ${sanctionEvidence} e join ${posts} p on p.id = e.post_id join ${topics} t on t.id = p.topic_id where e.sanction_id = ${sanctions.id}), '[]')`,
      appeal: sql<{ outcome: string | null; dueAt: string } | null>`(
        select json_build_object('outcome', a.outcome, 'dueAt', a.due_at) from ${appeals} a
        where a.subject = 'sanction' and a.subject_id = ${sanctions.id} order by a.id desc limit 1)`,
    })
    .from(sanctions)
    .leftJoin(boards, eq(boards.id, sanctions.boardId))
    .leftJoin(deciders, eq(deciders.id, sanctions.decidedById))
    .where(eq(sanctions.accountId, accountId))
    .orderBy(desc(sanctions.id))
    .limit(atMost(50))
export type SanctionLine = Awaited<ReturnType<typeof listSanctions>>[number]

/** A sanction. Throws Missing. */
export async function findSanction(db: Db, id: number) {
  const [row] = await db.select().from(sanctions).where(eq(sanctions.id, id))
  if (!row) throw new Missing()
  return row
}

/** What somebody wrote lately where this moderator may judge, to be named as what a step is about; first the post `named` already. */
export async function listRecentPosts(db: Db, actor: Actor, accountId: number, named = 0, size = 12) {
  const his = isOperator(actor) ? undefined : inArray(topics.boardId, actor.moderates.length > 0 ? actor.moderates : [0])
  return db
    .select({
      id: posts.id,
      excerpt: sql<string>`left(${posts.bodyText}, 100)`,
      at: posts.createdAt,
      hiddenAt: posts.hiddenAt,
      title: topics.title,
    })
    .from(posts)
    .innerJoin(topics, eq(topics.id, posts.topicId))
    .where(and(eq(posts.authorId, accountId), isNull(posts.withdrawnAt), his))
    .orderBy(desc(sql`${posts.id} = ${named}`), desc(posts.createdAt))
    .limit(atMost(size))
}

/** What a moderator weighs beside it: how much somebody wrote, how much of it was hidden, and how flags on it were decided. */
export async function recordOf(db: Db, accountId: number): Promise<{ posts: number; hidden: number; upheld: number; declined: number }> {
  const [row] = await db.execute<{ posts: number; hidden: number; upheld: number; declined: number }>(sql`
    select count(*)::int as posts, count(*) filter (where hidden_at is not null)::int as hidden,
      (select count(distinct f.post_id)::int from flags f join posts q on q.id = f.post_id where q.author_id = ${accountId} and f.outcome = 'upheld') as upheld,
      (select count(distinct f.post_id)::int from flags f join posts q on q.id = f.post_id where q.author_id = ${accountId} and f.outcome = 'declined') as declined
    from posts where author_id = ${accountId} and withdrawn_at is null`)
  return row ?? { posts: 0, hidden: 0, upheld: 0, declined: 0 }
}

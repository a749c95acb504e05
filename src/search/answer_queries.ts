import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import { productsBeside } from '../companies/product_queries.ts'
import { besidePost } from '../guarantees/queries.ts'
import type { Db } from '../platform/db.ts'
import { type ReactionKind, reactions } from '../reactions/schema.ts'
import { byline } from '../topics/queries.ts'
import { posts, topics } from '../topics/schema.ts'

const read = {
  id: posts.id,
  topicId: posts.topicId,
  kind: posts.kind,
  authorId: posts.authorId,
  revision: posts.revision,
  bodyText: posts.bodyText,
  helpfulCount: posts.helpfulCount,
  thanksCount: posts.thanksCount,
  meTooCount: posts.meTooCount,
  guaranteedAt: posts.guaranteedAt,
  hiddenAt: posts.hiddenAt,
  withdrawnAt: posts.withdrawnAt,
  fixes: posts.fixes,
  fixScore: posts.fixScore,
  capacity: posts.capacity,
  createdAt: posts.createdAt,
  editedAt: posts.editedAt,
  isBest: sql<boolean>`coalesce(${topics.bestAnswerId} = ${posts.id}, false)`,
  author: byline,
  products: productsBeside,
  guarantees: besidePost,
}

/** A standing post as results quote it. */
export type QuotedPost = Awaited<ReturnType<typeof quotedPosts>>[number]

/**
 * The posts with these ids, and of each of these topics the answer that counts most: guaranteed, else best, else what works for most, else most helpful; last what fails for most.
 * `given` is what this reader has said of them.
 * Whoever shows them has read their topics for his actor. One statement.
 */
export async function quotedPosts(db: Db, actor: Actor, { postIds, topicIds }: { postIds: number[]; topicIds: number[] }) {
  if (postIds.length + topicIds.length === 0) return []
  const standing = and(isNull(posts.hiddenAt), isNull(posts.withdrawnAt))
  const leading = sql`select lead.id from ${topics} t cross join lateral (
      select a.id from ${posts} a where a.topic_id = t.id and a.kind = 'answer' and a.asked_as is null and a.hidden_at is null and a.withdrawn_at is null
      order by a.guaranteed_at is null, a.id is distinct from t.best_answer_id or a.fix_score < 0, a.fix_score desc, a.helpful_count desc, a.id limit 1
    ) lead where t.id = any(${sql.param(topicIds)}::bigint[])`
  const given = sql<ReactionKind[]>`array(select r.kind from ${reactions} r where r.post_id = ${posts.id} and r.account_id = ${actor.id})`
  return db
    .select({ ...read, given })
    .from(posts)
    .innerJoin(topics, eq(topics.id, posts.topicId))
    .innerJoin(accounts, eq(accounts.id, posts.authorId))
    .where(and(standing, sql`${posts.id} in (select unnest(${sql.param(postIds)}::bigint[]) union ${leading})`))
}

import { and, desc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import { boards } from '../../boards/schema.ts'
import type { Db } from '../../platform/db.ts'
import { Missing } from '../../platform/errors.ts'
import { atMost } from '../../platform/paging.ts'
import type { Post } from '../../topics/page_queries.ts'
import { posts, topics } from '../../topics/schema.ts'
import { type ReviewItem, reviewItems } from '../schema.ts'

/** A post with its topic as its author may see it, held or not. Throws Missing for everybody else's. */
export async function findAsAuthor(db: Db, actor: Actor, id: number): Promise<Post> {
  const [row] = await db
    .select({ post: posts, topic: topics, board: boards })
    .from(posts)
    .innerJoin(topics, eq(topics.id, posts.topicId))
    .innerJoin(boards, eq(boards.id, topics.boardId))
    .where(eq(posts.id, id))
  if (!row || row.post.authorId !== actor.id) throw new Missing()
  return { ...row.post, topic: { ...row.topic, board: row.board } }
}

/** What waits in the queue for this post, or was decided of it last. */
export async function lastItemOf(db: Db, postId: number): Promise<ReviewItem | undefined> {
  const [item] = await db
    .select()
    .from(reviewItems)
    .where(and(eq(reviewItems.subject, 'post'), eq(reviewItems.subjectId, postId), sql`${reviewItems.kind} in ('hold', 'second_look')`))
    .orderBy(desc(reviewItems.id))
    .limit(1)
  return item
}

/** What of this member's waits for a moderator, or for him to mend it, newest first. */
export const listOwnHeld = (db: Db, actor: Actor) =>
  db
    .select({
      id: posts.id,
      kind: posts.kind,
      text: sql<string>`left(${posts.bodyText}, 120)`,
      heldAt: posts.heldAt,
      title: topics.title,
      isRejected: sql<boolean>`not exists (select from review_items r where r.subject = 'post' and r.subject_id = ${posts.id} and r.decided_at is null)`,
    })
    .from(posts)
    .innerJoin(topics, eq(topics.id, posts.topicId))
    .where(and(eq(posts.authorId, actor.id), isNotNull(posts.heldAt), isNull(posts.withdrawnAt)))
    .orderBy(desc(posts.heldAt))
    .limit(atMost(50))

/** Whether anybody but this moderator could decide in this board. */
export async function hasAnother(db: Db, boardId: number, moderatorId: number): Promise<boolean> {
  const rows = await db.execute(sql`
    select from accounts a where a.id <> ${moderatorId} and a.closed_at is null and (a.role = 'operator' or exists (
      select from board_moderators m join boards b on m.board_id in (b.id, b.parent_id) where b.id = ${boardId} and m.account_id = a.id)) limit 1`)
  return rows.length > 0
}

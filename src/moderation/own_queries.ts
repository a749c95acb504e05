import { desc, eq } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { Missing } from '../platform/errors.ts'
import { atMost } from '../platform/paging.ts'
import { posts, topics } from '../topics/schema.ts'
import { flags, reviewItems } from './schema.ts'

const SHOWN = 50

/** What this member has flagged, newest first, with what became of it. */
export const listOwnFlags = (db: Db, actor: Actor) =>
  db
    .select({ flag: flags, title: topics.title, topicId: topics.id, hiddenAt: posts.hiddenAt, itemWords: reviewItems.words })
    .from(flags)
    .innerJoin(posts, eq(posts.id, flags.postId))
    .innerJoin(topics, eq(topics.id, posts.topicId))
    .leftJoin(reviewItems, eq(reviewItems.id, flags.itemId))
    .where(eq(flags.accountId, actor.id))
    .orderBy(desc(flags.flaggedAt))
    .limit(atMost(SHOWN))

/** A decision on something of this member's, with his words as they stand. Throws Missing for anybody else's. */
export async function findOwnDecision(db: Db, actor: Actor, itemId: number) {
  const [row] = await db
    .select({ item: reviewItems, post: posts, title: topics.title })
    .from(reviewItems)
    .leftJoin(posts, eq(posts.id, reviewItems.subjectId))
    .leftJoin(topics, eq(topics.id, posts.topicId))
    .where(eq(reviewItems.id, itemId))
  if (!row || row.item.aboutId !== actor.id || !row.item.decidedAt || row.item.subject !== 'post') throw new Missing()
  return row
}

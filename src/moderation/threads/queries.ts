import { and, asc, desc, eq, isNull, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import { type Actor, isOperator } from '../../accounts/actor.ts'
import { accounts } from '../../accounts/schema.ts'
import type { Db } from '../../platform/db.ts'
import { Missing } from '../../platform/errors.ts'
import { atMost } from '../../platform/paging.ts'
import { byline } from '../../topics/queries.ts'
import { posts, topics } from '../../topics/schema.ts'
import { threadChanges } from './schema.ts'

const others = alias(topics, 'others')
const undoers = alias(accounts, 'undoers')

/** What moderators did to a thread, or what brought another into it, newest first. */
export const listChanges = (db: Db, topicId: number) =>
  db
    .select({
      change: threadChanges,
      actor: byline,
      undoneBy: undoers.name,
      topic: { id: topics.id, title: topics.title },
      other: { id: others.id, title: others.title },
    })
    .from(threadChanges)
    .innerJoin(accounts, eq(accounts.id, threadChanges.actorId))
    .innerJoin(topics, eq(topics.id, threadChanges.topicId))
    .leftJoin(undoers, eq(undoers.id, threadChanges.undoneById))
    .leftJoin(others, eq(others.id, threadChanges.otherId))
    .where(or(eq(threadChanges.topicId, topicId), eq(threadChanges.otherId, topicId)))
    .orderBy(desc(threadChanges.id))
    .limit(atMost(50))
export type ChangeLine = Awaited<ReturnType<typeof listChanges>>[number]

/** The answers of a topic one may make another topic of, oldest first. */
export const listSplittable = (db: Db, topicId: number) =>
  db
    .select({ id: posts.id, excerpt: sql<string>`left(${posts.bodyText}, 120)`, at: posts.createdAt, author: byline })
    .from(posts)
    .innerJoin(accounts, eq(accounts.id, posts.authorId))
    .where(and(eq(posts.topicId, topicId), eq(posts.kind, sql`'answer'`), isNull(posts.hiddenAt), isNull(posts.withdrawnAt)))
    .orderBy(asc(posts.id))
    .limit(atMost(200))

/** A topic for its moderators, also one that went into another. Throws Missing where it is not theirs. */
export async function findTended(db: Db, actor: Actor, id: number) {
  const [topic] = await db.select().from(topics).where(eq(topics.id, id))
  if (!topic || !(isOperator(actor) || actor.moderates.includes(topic.boardId))) throw new Missing()
  return topic
}

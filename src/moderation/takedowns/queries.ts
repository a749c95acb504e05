import { and, asc, desc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import { type Actor, isOperator } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { ensure, Missing } from '../../platform/errors.ts'
import { atMost, numberCursor, pageOf } from '../../platform/paging.ts'
import { posts, topics } from '../../topics/schema.ts'
import { hashOf } from './filing.ts'
import { canSeeTakedowns } from './policy.ts'
import { type Takedown, takedownKeys, takedownProofs, takedowns } from './schema.ts'

/** Requests for the operator, without who asked: those that wait, the soonest due first; or those that were decided, newest first. */
export async function listTakedowns(
  db: Db,
  actor: Actor,
  { decided, after, size = 30 }: { decided: boolean; after?: string; size?: number },
) {
  ensure(canSeeTakedowns(actor), 'errors.refused')
  const cursor = numberCursor(after)
  const { id, right, receivedAt, dueAt, askedAt, viewUntil, view, outcome, decidedAt } = takedowns
  const rows = await db
    .select({
      id,
      right,
      receivedAt,
      dueAt,
      askedAt,
      viewUntil,
      view,
      outcome,
      decidedAt,
      title: topics.title,
      excerpt: sql<string>`left(${posts.bodyText}, 100)`,
    })
    .from(takedowns)
    .innerJoin(posts, eq(posts.id, takedowns.postId))
    .innerJoin(topics, eq(topics.id, posts.topicId))
    .where(
      and(decided ? isNotNull(decidedAt) : isNull(decidedAt), cursor && (decided ? sql`${id} < ${cursor.id}` : sql`${id} > ${cursor.id}`)),
    )
    .orderBy(decided ? desc(id) : asc(id))
    .limit(atMost(size + 1))
  return pageOf(rows, size, last => ({ value: '0', id: last.id }))
}

/** A request for the operator. Throws Missing. */
export async function findTakedown(db: Db, actor: Actor, id: number): Promise<Takedown> {
  ensure(isOperator(actor), 'errors.refused')
  const [row] = await db.select().from(takedowns).where(eq(takedowns.id, id))
  if (!row) throw new Missing()
  return row
}

/** The request a secret opens. Throws Missing. */
export async function findByKey(db: Db, key: string): Promise<Takedown> {
  const [row] = await db
    .select({ takedown: takedowns })
    .from(takedownKeys)
    .innerJoin(takedowns, eq(takedowns.id, takedownKeys.takedownId))
    .where(eq(takedownKeys.hash, hashOf(key)))
  if (!row) throw new Missing()
  return row.takedown
}

/** A request about this member's own post, once he is asked or it is decided. Throws Missing. */
export async function findOwnTakedown(db: Db, actor: Actor, id: number): Promise<Takedown> {
  const [row] = await ofMember(db, actor, eq(takedowns.id, id))
  if (!row) throw new Missing()
  return row.takedown
}

/** The same, all of them. */
export const listOwnTakedowns = (db: Db, actor: Actor) => ofMember(db, actor, undefined)

const ofMember = (db: Db, actor: Actor, which: ReturnType<typeof eq> | undefined) =>
  db
    .select({ takedown: takedowns, title: topics.title })
    .from(takedowns)
    .innerJoin(posts, eq(posts.id, takedowns.postId))
    .innerJoin(topics, eq(topics.id, posts.topicId))
    .where(and(eq(posts.authorId, actor.id), sql`(${takedowns.askedAt} is not null or ${takedowns.outcome} = 'removed')`, which))
    .orderBy(desc(takedowns.id))
    .limit(atMost(20))

/** Where a request's proofs lie, the oldest first. */
export const listProofs = (db: Db, takedownId: number) =>
  db
    .select()
    .from(takedownProofs)
    .where(eq(takedownProofs.takedownId, takedownId))
    .orderBy(asc(takedownProofs.addedAt), asc(takedownProofs.place))

import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import type { Post } from '../topics/page_queries.ts'
import { posts, topics } from '../topics/schema.ts'
import { bringsPoints, canReact } from './policy.ts'
import { type ReactionKind, reactions } from './schema.ts'

const counted = { helpful: 'helpfulCount', thanks: 'thanksCount', me_too: 'meTooCount' } as const

/** Says that a post was helpful, thanks its writer, or shares the trouble. Saying it twice is saying it once. */
export async function react(db: Db, actor: Actor, post: Post, kind: ReactionKind): Promise<void> {
  ensure(canReact(actor, post, post.topic, kind), 'errors.refused')
  await db.transaction(async tx => {
    const given = await tx
      .insert(reactions)
      .values({ postId: post.id, accountId: actor.id, kind, brings: bringsPoints(actor) })
      .onConflictDoNothing()
      .returning({ kind: reactions.kind })
    if (given.length === 0) return
    await count(tx, post, kind, 1)
    await record(tx, 'reaction.given', { topicId: post.topicId, boardId: post.topic.boardId, actorId: actor.id, postId: post.id, kind })
  })
}

/** Takes a reaction back. */
export async function withdrawReaction(db: Db, actor: Actor, post: Post, kind: ReactionKind): Promise<void> {
  await db.transaction(async tx => {
    const withdrawn = await tx
      .delete(reactions)
      .where(and(eq(reactions.postId, post.id), eq(reactions.accountId, actor.id), eq(reactions.kind, kind)))
      .returning({ kind: reactions.kind })
    if (withdrawn.length === 0) return
    await count(tx, post, kind, -1)
    await record(tx, 'reaction.withdrawn', { topicId: post.topicId, boardId: post.topic.boardId, actorId: actor.id, postId: post.id, kind })
  })
}

/** Topics before posts, in the order in which everything else locks them. Throws Refused when the post went in between. */
async function count(tx: Db, post: Post, kind: ReactionKind, by: 1 | -1): Promise<void> {
  const column = counted[kind]
  if (kind === 'me_too')
    await tx
      .update(topics)
      .set({ meTooCount: sql`${topics.meTooCount} + ${by}` })
      .where(eq(topics.id, post.topicId))
  const standing = by > 0 ? and(isNull(posts.withdrawnAt), isNull(posts.hiddenAt)) : undefined
  const changed = await tx
    .update(posts)
    .set({ [column]: sql`${posts[column]} + ${by}` })
    .where(and(eq(posts.id, post.id), standing))
    .returning({ id: posts.id })
  ensure(changed.length > 0, 'errors.refused')
}

import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid, Refused } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { countPost, insertOnce, type PostDraft, settleIn, stillOpen, whyNot } from './answers.ts'
import { capacityOf } from './capacity.ts'
import type { Post } from './page_queries.ts'
import { canAnswer } from './policy.ts'
import { drafts, type PostRow, posts } from './schema.ts'
import { write } from './writing.ts'

export const COMMENT_LETTERS = 2000

/** Comments on an opening or an answer, one level below. Throws Refused when the topic is closed, Invalid or TooMany at `body`. */
export async function postComment(db: Db, actor: Actor, parent: Post, draft: PostDraft): Promise<PostRow> {
  ensure(canAnswer(actor, parent.topic), whyNot(parent.topic))
  ensure(parent.kind !== 'comment' && !parent.withdrawnAt && !parent.hiddenAt, 'errors.refused')
  if ([...draft.body].length > COMMENT_LETTERS) throw new Invalid({ body: { key: 'form.tooLong', values: { limit: COMMENT_LETTERS } } })
  const capacity = capacityOf(actor, draft.company, parent.topic)
  const written = await write(db, draft.body)
  return db.transaction(async tx => {
    const { post, isNew } = await insertOnce(tx, {
      topicId: parent.topicId,
      kind: 'comment',
      parentId: parent.id,
      actor,
      capacity,
      written,
      draftKey: draft.draftKey,
      held: draft.held,
    })
    if (!isNew) return post
    await settleIn(tx, actor, post, draft.held ? await stillOpen(tx, parent.topicId) : await countPost(tx, parent.topicId, { answers: 0 }))
    if (!draft.held) await countComment(tx, parent)
    await tx.delete(drafts).where(and(eq(drafts.accountId, actor.id), eq(drafts.place, `comment:${parent.id}`)))
    await (draft.held
      ? record(tx, 'post.held', { postId: post.id, actorId: actor.id })
      : record(tx, 'comment.posted', { topicId: parent.topicId, boardId: parent.topic.boardId, actorId: actor.id, postId: post.id }))
    return post
  })
}

/** Throws Refused when the post was taken back or went to another topic in between: a comment needs something to hang on. */
export async function countComment(tx: Db, { id, topicId }: Pick<Post, 'id' | 'topicId'>): Promise<void> {
  const counted = await tx
    .update(posts)
    .set({ commentCount: sql`${posts.commentCount} + 1` })
    .where(and(eq(posts.id, id), eq(posts.topicId, topicId), isNull(posts.hiddenAt), isNull(posts.withdrawnAt)))
    .returning({ id: posts.id })
  if (counted.length === 0) throw new Refused('errors.refused')
}

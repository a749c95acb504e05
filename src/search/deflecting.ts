import { type Actor, isGuest } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { forgetDraft } from '../topics/drafts.ts'
import type { Post } from '../topics/page_queries.ts'
import { deflections } from './schema.ts'

/** Ends an ask whose answer stood here already: counted without the person, once for each form; what he was writing is forgotten. */
export async function endAsking(db: Db, actor: Actor, post: Post, { draftKey }: { draftKey: string }): Promise<void> {
  ensure(!isGuest(actor), 'errors.refused')
  await db.transaction(async tx => {
    await forgetDraft(tx, actor, 'ask')
    const counted = await tx
      .insert(deflections)
      .values({ topicId: post.topicId, postId: post.id, onceKey: draftKey })
      .onConflictDoNothing()
      .returning({ id: deflections.id })
    if (counted.length > 0) await record(tx, 'ask.deflected', { topicId: post.topicId, boardId: post.topic.boardId, postId: post.id })
  })
}

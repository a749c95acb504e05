import type { Actor } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { ensure, Invalid } from '../../platform/errors.ts'
import { readTitle } from '../../topics/asking.ts'
import { saveEdit } from '../../topics/editing.ts'
import { findPost, type Post } from '../../topics/page_queries.ts'
import { canRewrite } from '../../topics/policy.ts'
import { write } from '../../topics/writing.ts'
import type { ThreadChange } from './schema.ts'
import { note, readReason } from './tending.ts'

export type Rewriting = { body: string; title?: string; reason: string; revision: number }

/**
 * Mends another's words in a moderator's name: a version of the post like any other, with its reason. Throws Refused, Invalid at the
 * fields, Conflict when the post was edited meanwhile.
 */
export async function rewritePost(db: Db, actor: Actor, post: Post, edit: Rewriting): Promise<void> {
  ensure(canRewrite(actor, post.topic, post), 'errors.refused')
  const reason = readReason(edit.reason)
  const title = post.kind === 'opening' && edit.title !== undefined ? readTitle(edit.title) : undefined
  const written = await write(db, edit.body)
  if (written.body === post.body && (title === undefined || title === post.topic.title)) throw new Invalid({ body: 'topics.suggest.same' })
  await db.transaction(async tx => {
    await saveEdit(tx, actor, post, { written, title, reason, revision: edit.revision })
    const before = { revision: edit.revision + 1, body: post.body, ...(title && { title: post.topic.title }) }
    await note(tx, actor, post.topic, { postId: post.id, deed: 'edited', reason, before })
  })
}

/** The words as they were before, as the newest version; nothing that was written is lost. Throws Conflict when they were edited since. */
export async function undoRewriting(tx: Db, actor: Actor, { postId, before }: ThreadChange): Promise<void> {
  const post = await findPost(tx, actor, postId ?? 0)
  const written = await write(tx, before.body ?? post.body)
  await saveEdit(tx, actor, post, { written, title: before.title, reason: '', revision: before.revision ?? 0 })
}

import { and, asc, eq, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { Conflict, ensure } from '../platform/errors.ts'
import { plainExcerpt } from '../platform/html.ts'
import { record } from '../platform/outbox.ts'
import { readTitle } from './asking.ts'
import type { Post } from './page_queries.ts'
import { canEdit } from './policy.ts'
import { byline } from './queries.ts'
import { drafts, posts, revisions, topics } from './schema.ts'
import { readTags, write } from './writing.ts'

/** `revision` is the one the writer began from; title and tags belong to openings. */
export type Edit = { body: string; title?: string; tags?: string; reason: string; revision: number }

/**
 * Changes a post and keeps every version. Throws Conflict with the standing text when somebody (another tab) changed it first,
 * so that nothing anybody wrote is lost.
 */
export async function editPost(db: Db, actor: Actor, post: Post, edit: Edit): Promise<void> {
  ensure(canEdit(actor, post), 'errors.refused')
  const title = post.kind === 'opening' && edit.title !== undefined ? readTitle(edit.title) : undefined
  const written = await write(db, edit.body)
  await db.transaction(async tx => {
    const [standing] = await tx
      .select({ body: posts.body, revision: posts.revision, createdAt: posts.createdAt })
      .from(posts)
      .where(eq(posts.id, post.id))
      .for('update')
    if (!standing || standing.revision !== edit.revision) throw new Conflict('errors.editedMeanwhile', standing)
    if (standing.revision === 1)
      await keepVersion(tx, post.id, {
        number: 1,
        editorId: post.authorId,
        title: title && post.topic.title,
        body: standing.body,
        reason: '',
        createdAt: standing.createdAt,
      })
    await keepVersion(tx, post.id, { number: standing.revision + 1, editorId: actor.id, title, body: written.body, reason: edit.reason })
    await tx
      .update(posts)
      .set({ ...written, revision: standing.revision + 1, editedAt: sql`now()` })
      .where(eq(posts.id, post.id))
    if (title)
      await tx
        .update(topics)
        .set({ title, excerpt: plainExcerpt(written.bodyText, 120), tags: readTags(edit.tags ?? post.topic.tags.join(' ')) })
        .where(eq(topics.id, post.topicId))
    await tx.delete(drafts).where(and(eq(drafts.accountId, actor.id), eq(drafts.place, `edit:${post.id}`)))
    await record(tx, 'post.edited', { topicId: post.topicId, boardId: post.topic.boardId, actorId: actor.id, postId: post.id })
  })
}

type Version = { number: number; editorId: number; title?: string; body: string; reason: string; createdAt?: Date }

async function keepVersion(tx: Db, postId: number, version: Version): Promise<void> {
  await tx.insert(revisions).values({ postId, ...version })
}

/** All versions of a post with who made them, oldest first; empty when it was never edited. */
export async function listRevisions(db: Db, postId: number) {
  return db
    .select({
      number: revisions.number,
      title: revisions.title,
      body: revisions.body,
      reason: revisions.reason,
      createdAt: revisions.createdAt,
      editor: byline,
    })
    .from(revisions)
    .innerJoin(accounts, eq(accounts.id, revisions.editorId))
    .where(eq(revisions.postId, postId))
    .orderBy(asc(revisions.number))
}
export type Revision = Awaited<ReturnType<typeof listRevisions>>[number]

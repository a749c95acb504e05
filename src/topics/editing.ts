import { and, asc, eq, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { Conflict, ensure, Refused } from '../platform/errors.ts'
import { plainExcerpt } from '../platform/html.ts'
import { record } from '../platform/outbox.ts'
import { readTitle } from './asking.ts'
import type { Post } from './page_queries.ts'
import { canEditIn } from './policy.ts'
import { byline } from './queries.ts'
import { drafts, posts, revisions, topics } from './schema.ts'
import { readTags, type Written, write } from './writing.ts'

/** `revision` is the one the writer began from; title and tags belong to openings. */
export type Edit = { body: string; title?: string; tags?: string; reason: string; revision: number }

/**
 * Changes a post and keeps every version; saving what stands already changes nothing. Throws Conflict with the standing text
 * when somebody (another tab) changed it first, so that nothing anybody wrote is lost.
 */
export async function editPost(db: Db, actor: Actor, post: Post, edit: Edit): Promise<void> {
  ensure(canEditIn(actor, post.topic, post), 'errors.refused')
  const title = post.kind === 'opening' && edit.title !== undefined ? readTitle(edit.title) : undefined
  const written = await write(db, edit.body)
  await db.transaction(async tx => {
    await tx.delete(drafts).where(and(eq(drafts.accountId, actor.id), eq(drafts.place, `edit:${post.id}`)))
    await saveEdit(tx, actor, post, { ...edit, title, tags: edit.tags === undefined ? undefined : readTags(edit.tags), written })
  })
}

/** `held`: of a post that waits for a moderator, which nobody has read yet. */
type Saved = { written: Written; title?: string; tags?: string[]; reason: string; revision: number; held?: boolean }

/**
 * Makes an edit the newest version of a post, in the name of its editor and in the caller's transaction. Changes nothing where it says
 * what stands. Throws Conflict with the standing text when it was written for an older version.
 */
export async function saveEdit(tx: Db, editor: { id: number }, post: Post, edit: Saved): Promise<void> {
  const { written } = edit
  const head = post.kind === 'opening' ? await lockHead(tx, post.topicId) : undefined
  const standing = await lockPost(tx, post.id, edit.held)
  const newHead = head && { title: edit.title ?? head.title, tags: edit.tags ?? head.tags }
  if (standing.body === written.body && JSON.stringify(head) === JSON.stringify(newHead)) return
  if (standing.revision !== edit.revision) throw new Conflict('errors.editedMeanwhile', standing)
  const { body, revision, createdAt } = standing
  if (revision === 1)
    await keepVersion(tx, post.id, { number: 1, editorId: post.authorId, title: head?.title, body, reason: '', createdAt })
  const version = { number: revision + 1, editorId: editor.id, title: newHead?.title, body: written.body, reason: edit.reason }
  await keepVersion(tx, post.id, version)
  if (newHead)
    await tx
      .update(topics)
      .set({ ...newHead, excerpt: plainExcerpt(written.bodyText, 120) })
      .where(eq(topics.id, post.topicId))
  await tx
    .update(posts)
    // Nobody vouches for the new words yet: what becomes of the guarantee follows from the event.
    .set({ ...written, revision: revision + 1, editedAt: sql`now()`, guaranteedAt: null })
    .where(eq(posts.id, post.id))
  if (!edit.held)
    await record(tx, 'post.edited', { topicId: post.topicId, boardId: post.topic.boardId, actorId: editor.id, postId: post.id })
}

/** Topics are locked before posts, here as everywhere. */
async function lockHead(tx: Db, topicId: number) {
  const [head] = await tx.select({ title: topics.title, tags: topics.tags }).from(topics).where(eq(topics.id, topicId)).for('update')
  return head
}

/** Throws Refused when the post was taken back or hidden in between, or does not wait any more. */
async function lockPost(tx: Db, id: number, held = false) {
  const [standing] = await tx
    .select({ body: posts.body, revision: posts.revision, createdAt: posts.createdAt })
    .from(posts)
    .where(and(eq(posts.id, id), isNull(posts.withdrawnAt), held ? isNotNull(posts.heldAt) : isNull(posts.hiddenAt)))
    .for('update')
  if (!standing) throw new Refused('errors.refused')
  return standing
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

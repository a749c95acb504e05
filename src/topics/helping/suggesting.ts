import { and, asc, eq, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import { accounts } from '../../accounts/schema.ts'
import type { Db } from '../../platform/db.ts'
import { Conflict, ensure, Invalid, Missing } from '../../platform/errors.ts'
import { record } from '../../platform/outbox.ts'
import { atMost } from '../../platform/paging.ts'
import { saveEdit } from '../editing.ts'
import type { Post } from '../page_queries.ts'
import { byline } from '../queries.ts'
import { write } from '../writing.ts'
import { canDecideEdit, canSuggestEdit } from './policy.ts'
import { suggestedEdits } from './schema.ts'

export type Suggestion = { body: string; reason: string; draftKey: string }

/** Offers a better wording. Sending the same draft again offers it once. Throws Refused, Invalid at `body` (also when nothing changed). */
export async function suggestEdit(db: Db, actor: Actor, post: Post, { body, reason, draftKey }: Suggestion): Promise<void> {
  ensure(canSuggestEdit(actor, post.topic, post), 'errors.refused')
  const written = await write(db, body)
  if (written.body === post.body) throw new Invalid({ body: 'topics.suggest.same' })
  await db.transaction(async tx => {
    const values = { postId: post.id, authorId: actor.id, revision: post.revision, body: written.body, reason: reason.trim(), draftKey }
    const [offered] = await tx.insert(suggestedEdits).values(values).onConflictDoNothing().returning({ id: suggestedEdits.id })
    if (offered)
      await record(tx, 'edit.suggested', { topicId: post.topicId, boardId: post.topic.boardId, actorId: actor.id, postId: post.id })
  })
}

/** The open suggestions for a post with who made them, oldest first. */
export const listSuggestions = (db: Db, postId: number) =>
  db
    .select({ suggestion: suggestedEdits, author: byline })
    .from(suggestedEdits)
    .innerJoin(accounts, eq(accounts.id, suggestedEdits.authorId))
    .where(and(eq(suggestedEdits.postId, postId), isNull(suggestedEdits.decidedAt)))
    .orderBy(asc(suggestedEdits.id))
    .limit(atMost(50))

/** A suggestion. Throws Missing. */
export async function findSuggestion(db: Db, id: number) {
  const [suggestion] = await db.select().from(suggestedEdits).where(eq(suggestedEdits.id, id))
  if (!suggestion) throw new Missing()
  return suggestion
}

type Offered = Awaited<ReturnType<typeof findSuggestion>>

/**
 * Decides a suggestion; accepted, it becomes the post's newest version, in the name of who offered it. Throws Refused (nobody decides
 * his own), Conflict when the post has changed since, or when it was decided meanwhile.
 */
export async function decideSuggestion(
  db: Db,
  actor: Actor,
  post: Post,
  offered: Offered,
  outcome: 'accepted' | 'declined',
): Promise<void> {
  ensure(canDecideEdit(actor, post.topic, post) && offered.authorId !== actor.id && offered.postId === post.id, 'errors.refused')
  const written = await write(db, offered.body)
  await db.transaction(async tx => {
    const ids = { topicId: post.topicId, boardId: post.topic.boardId, postId: post.id }
    const edit = { written, reason: offered.reason, revision: offered.revision }
    if (outcome === 'accepted') await saveEdit(tx, { id: offered.authorId }, post, edit)
    const [decided] = await tx
      .update(suggestedEdits)
      .set({ outcome, decidedById: actor.id, decidedAt: sql`now()` })
      .where(and(eq(suggestedEdits.id, offered.id), isNull(suggestedEdits.decidedAt)))
      .returning({ id: suggestedEdits.id })
    if (!decided) throw new Conflict('contests.decidedMeanwhile')
    await record(tx, outcome === 'accepted' ? 'suggestion.accepted' : 'suggestion.declined', { ...ids, actorId: actor.id })
  })
}

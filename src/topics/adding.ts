import { sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import type { PostDraft } from './answers.ts'
import { keyForOtherWords } from './drafts.ts'
import { canAddAddendum } from './policy.ts'
import type { Topic } from './queries.ts'
import { addenda, drafts, posts, topics } from './schema.ts'
import { write } from './writing.ts'

/** Adds to one's own question what was left out, without changing what others have answered. Once for each draft. */
export async function addAddendum(db: Db, actor: Actor, topic: Topic, draft: PostDraft): Promise<void> {
  ensure(canAddAddendum(actor, topic) && topic.openingId !== null, 'errors.refused')
  const { body, bodyHtml } = await write(db, draft.body)
  await db.transaction(async tx => {
    if (!(await insertOnce(tx, { postId: topic.openingId ?? 0, body, bodyHtml, draftKey: draft.draftKey }))) return
    await wake(tx, topic)
    await tx.delete(drafts).where(sql`${drafts.accountId} = ${actor.id} and ${drafts.place} = ${`addendum:${topic.id}`}`)
    await record(tx, 'addendum.added', { topicId: topic.id, boardId: topic.boardId, actorId: actor.id, postId: topic.openingId ?? 0 })
  })
}

/** Throws Refused when the question was closed or taken back in between. */
async function wake(tx: Db, topic: Topic): Promise<void> {
  const open = sql`${topics.id} = ${topic.id} and ${topics.closedAt} is null`
  const awake = await tx.update(topics).set({ activeAt: sql`now()` }).where(open).returning({ id: topics.id })
  const standing = await tx.$count(
    posts,
    sql`${posts.id} = ${topic.openingId} and ${posts.withdrawnAt} is null and ${posts.hiddenAt} is null`,
  )
  ensure(awake.length > 0, 'errors.closed')
  ensure(standing > 0, 'errors.refused')
}

/** False when this draft was added already. Other words under its key are added too. */
async function insertOnce(tx: Db, values: typeof addenda.$inferInsert & { draftKey: string }): Promise<boolean> {
  const added = await tx.insert(addenda).values(values).onConflictDoNothing().returning({ id: addenda.id })
  if (added.length > 0) return true
  const same = sql`${addenda.postId} = ${values.postId} and ${addenda.draftKey} = ${values.draftKey} and ${addenda.body} = ${values.body}`
  if ((await tx.$count(addenda, same)) > 0) return false
  return insertOnce(tx, { ...values, draftKey: keyForOtherWords(values.draftKey, values.body) })
}

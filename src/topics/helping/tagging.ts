import { desc, eq } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import { accounts } from '../../accounts/schema.ts'
import type { Db } from '../../platform/db.ts'
import { ensure } from '../../platform/errors.ts'
import { record } from '../../platform/outbox.ts'
import { atMost } from '../../platform/paging.ts'
import { byline, type Topic } from '../queries.ts'
import { topics } from '../schema.ts'
import { readTags } from '../writing.ts'
import { canEditTags } from './policy.ts'
import { tagChanges } from './schema.ts'

/** Changes a topic's tags and keeps who did it, from what to what. Saving what stands changes nothing. Throws Refused. */
export async function editTags(db: Db, actor: Actor, topic: Topic, { tags, reason }: { tags: string; reason: string }): Promise<void> {
  ensure(canEditTags(actor, topic), 'errors.refused')
  const after = readTags(tags)
  await db.transaction(async tx => {
    const [standing] = await tx.select({ tags: topics.tags }).from(topics).where(eq(topics.id, topic.id)).for('update')
    const before = standing?.tags ?? []
    if (JSON.stringify(before) === JSON.stringify(after)) return
    await tx.update(topics).set({ tags: after }).where(eq(topics.id, topic.id))
    await tx.insert(tagChanges).values({ topicId: topic.id, editorId: actor.id, before, after, reason: reason.trim() })
    await record(tx, 'topic.changed', { topicId: topic.id, boardId: topic.boardId, actorId: actor.id })
  })
}

/** How a topic's tags were changed by others and by its author on this page, newest first. */
export const listTagChanges = (db: Db, topicId: number) =>
  db
    .select({ before: tagChanges.before, after: tagChanges.after, reason: tagChanges.reason, at: tagChanges.at, editor: byline })
    .from(tagChanges)
    .innerJoin(accounts, eq(accounts.id, tagChanges.editorId))
    .where(eq(tagChanges.topicId, topicId))
    .orderBy(desc(tagChanges.id))
    .limit(atMost(50))

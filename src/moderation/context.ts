import { eq } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { topics } from '../topics/schema.ts'
import { flagsOf, pastOf, recordsOf, threadOf } from './context_queries.ts'
import { decisionsOf } from './kinds.ts'
import type { ReviewItem } from './schema.ts'

/** Everything that belongs to an item, for its page: thread, flags, the records of whom it concerns, past decisions. */
export async function findItemContext(db: Db, item: ReviewItem) {
  const [thread, flags, past, [topic]] = await Promise.all([
    threadOf(db, item),
    flagsOf(db, item.id),
    pastOf(db, item),
    db
      .select({ id: topics.id, title: topics.title })
      .from(topics)
      .where(eq(topics.id, item.topicId ?? 0)),
  ])
  const others = Array.isArray(item.facts.memberIds) ? item.facts.memberIds.filter(id => typeof id === 'number') : []
  const concerned = [item.aboutId, ...others, ...flags.map(({ accountId }) => accountId)].filter(id => id !== null)
  const records = await recordsOf(db, [...new Set(concerned)].slice(0, 4))
  return { thread, flags, past, topic, records, decisions: decisionsOf(item.kind) }
}

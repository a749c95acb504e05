import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { record } from '../platform/outbox.ts'
import type { Post } from '../topics/page_queries.ts'
import type { KindName } from './kind_names.ts'
import { reviewItems, type SubjectKind } from './schema.ts'

/**
 * What waits, and where. Without `boardId` it is for operators; `companyIds` are those whose people must not decide it. A lower `tier` comes
 * first: 1 somebody may come to harm, 2 somebody is hurt, 3 everything else.
 */
export type NewItem = {
  kind: KindName
  subject: SubjectKind
  subjectId: number
  boardId: number | null
  topicId?: number
  companyIds?: number[]
  tier: 1 | 2 | 3
  facts?: Record<string, unknown>
  aboutId?: number
  notById?: number
}

/**
 * Opens an item in the caller's transaction, or raises the one that waits already for the same subject: its facts are renewed, its tier
 * only ever rises. Resolves to the item's id.
 */
export async function openItem(tx: Db, item: NewItem): Promise<{ id: number; isNew: boolean }> {
  const [row] = await tx
    .insert(reviewItems)
    .values(item)
    .onConflictDoUpdate({
      target: [reviewItems.kind, reviewItems.subject, reviewItems.subjectId],
      targetWhere: isNull(reviewItems.decidedAt),
      set: {
        tier: sql`least(${reviewItems.tier}, excluded.tier)`,
        facts: sql`${reviewItems.facts} || excluded.facts`,
        signals: sql`${reviewItems.signals} + 1`,
      },
    })
    .returning({ id: reviewItems.id, signals: reviewItems.signals })
  if (!row) throw new Error('an item was neither opened nor raised')
  const isNew = row.signals === 1
  if (isNew) await record(tx, 'review.opened', { itemId: row.id })
  return { id: row.id, isNew }
}

/** Ends an item that nobody has to decide any more (its cause went), in the caller's transaction. */
export async function dropItem(tx: Db, { kind, subject, subjectId }: Pick<NewItem, 'kind' | 'subject' | 'subjectId'>): Promise<void> {
  const { kind: named, subject: about, subjectId: id, decidedAt } = reviewItems
  await tx
    .update(reviewItems)
    .set({ decision: 'dropped', decidedAt: sql`now()` })
    .where(and(eq(named, kind), eq(about, subject), eq(id, subjectId), isNull(decidedAt)))
}

/** What an item says of the post it is about. */
export const aboutPost = ({ id, topicId, authorId, topic }: Pick<Post, 'id' | 'topicId' | 'authorId' | 'topic'>) => ({
  subject: 'post' as const,
  subjectId: id,
  boardId: topic.boardId,
  topicId,
  companyIds: topic.companyIds,
  aboutId: authorId,
})

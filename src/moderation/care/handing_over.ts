import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { ensure } from '../../platform/errors.ts'
import { record } from '../../platform/outbox.ts'
import type { Post } from '../../topics/page_queries.ts'
import { canHandOver } from '../../topics/policy.ts'
import type { Decision, ReviewKind } from '../decision.ts'
import { hiding } from '../hiding.ts'
import { aboutPost, openItem } from '../opening.ts'
import type { ReviewItem } from '../schema.ts'
import { careHandovers } from './schema.ts'

/**
 * Hands a rude post to the moderators: whoever works here need not answer it (care for staff is a duty of every employer since October 2026). A
 * second tap changes nothing. Throws Refused.
 */
export async function handOver(db: Db, actor: Actor, post: Post): Promise<void> {
  ensure(canHandOver(actor, post), 'errors.refused')
  await db.transaction(async tx => {
    const [handed] = await tx
      .insert(careHandovers)
      .values({ postId: post.id, accountId: actor.id })
      .onConflictDoNothing()
      .returning({ postId: careHandovers.postId })
    if (!handed) return
    await openItem(tx, { ...aboutPost(post), kind: 'care', tier: 2 })
  })
}

const hide: Decision = {
  name: 'care_hide',
  key: 'h',
  reasons: ['abuse', 'personal', 'other'],
  ...hiding((tx, item) => settle(tx, item, 'hidden'), reopen),
}

/** A moderator speaks with the writer; who handed it over is out of it. */
const talk: Decision = {
  name: 'care_talk',
  key: 'r',
  reasons: ['harsh', 'repeated', 'other'],
  async apply(tx, _actor, item) {
    await record(tx, 'post.judged', { accountId: item.aboutId ?? 0, itemId: item.id, decision: 'ask_to_mend' })
    await settle(tx, item, 'talked')
  },
  undo: (tx, _actor, item) => reopen(tx, item),
}

const leave: Decision = {
  name: 'care_leave',
  key: 'k',
  reasons: ['within_rules', 'opinion', 'other'],
  apply: (tx, _actor, item) => settle(tx, item, 'left'),
  undo: (tx, _actor, item) => reopen(tx, item),
}

/** What somebody who works here handed over. */
export const careKind: ReviewKind = { decisions: [talk, leave, hide] }

async function settle(tx: Db, item: ReviewItem, outcome: 'hidden' | 'talked' | 'left'): Promise<void> {
  const settled = await tx
    .update(careHandovers)
    .set({ outcome, settledAt: sql`now()` })
    .where(and(eq(careHandovers.postId, item.subjectId), isNull(careHandovers.settledAt)))
    .returning({ accountId: careHandovers.accountId })
  for (const { accountId } of settled) await record(tx, 'care.settled', { itemId: item.id, accountId })
}

async function reopen(tx: Db, item: ReviewItem): Promise<void> {
  await tx.update(careHandovers).set({ outcome: null, settledAt: null }).where(eq(careHandovers.postId, item.subjectId))
}

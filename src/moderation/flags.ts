import { and, eq, inArray, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Invalid } from '../platform/errors.ts'
import { record } from '../platform/outbox.ts'
import { restorePost } from '../topics/helping/hiding.ts'
import { findPost, type Post } from '../topics/page_queries.ts'
import { canFlag } from '../topics/policy.ts'
import { withoutHidden } from '../topics/writing.ts'
import type { Decision, ReviewKind } from './decision.ts'
import { RAISING_WEIGHT, weightOf } from './flag_weight.ts'
import { hiding } from './hiding.ts'
import { aboutPost, openItem } from './opening.ts'
import { type FlagReason, flags, type ReviewItem } from './schema.ts'

export const FLAG_LETTERS = 500
export type NewFlag = { reason: FlagReason; words: string }

/** What may do harm at once is looked at first, what hurts somebody next. */
const TIERS: Record<FlagReason, 1 | 2 | 3> = { personal: 1, dangerous: 1, abuse: 2, spam: 3, hidden_ad: 3, off_topic: 3, other: 3 }

/**
 * Flags a post for its moderators, with a reason. One person and post, one flag: saying it again changes nothing. It weighs what this
 * member was right about before. Throws Refused (nobody flags himself), Invalid at `words`.
 */
export async function flagPost(db: Db, actor: Actor, post: Post, flag: NewFlag): Promise<void> {
  ensure(canFlag(actor, post), 'errors.refused')
  const words = withoutHidden(flag.words).trim()
  if (flag.reason === 'other' && !words) throw new Invalid({ words: 'form.required' })
  if ([...words].length > FLAG_LETTERS) throw new Invalid({ words: { key: 'form.tooLong', values: { limit: FLAG_LETTERS } } })
  await db.transaction(async tx => {
    const { upheld, declined, against } = await recordOf(tx, actor.id, post.id)
    const weight = weightOf({ upheld, declined })
    const isHeavy = weight + against >= RAISING_WEIGHT
    const [raised] = await tx
      .insert(flags)
      .values({ postId: post.id, accountId: actor.id, reason: flag.reason, words, weight })
      .onConflictDoNothing()
      .returning({ postId: flags.postId })
    if (!raised) return
    const item = await openItem(tx, {
      ...aboutPost(post),
      kind: 'flag',
      tier: isHeavy ? RAISED[TIERS[flag.reason]] : TIERS[flag.reason],
      facts: { reason: flag.reason },
    })
    await tx
      .update(flags)
      .set({ itemId: item.id })
      .where(and(eq(flags.postId, post.id), eq(flags.accountId, actor.id)))
    await record(tx, 'post.flagged', { topicId: post.topicId, boardId: post.topic.boardId, actorId: actor.id, postId: post.id })
  })
}

const RAISED = { 1: 1, 2: 1, 3: 2 } as const

/** What became of somebody's flags, and what the open ones against this post weigh already. */
async function recordOf(db: Db, accountId: number, postId: number) {
  const [row] = await db.execute<{ upheld: number; declined: number; against: number }>(sql`
    select count(*) filter (where outcome = 'upheld')::int as upheld, count(*) filter (where outcome = 'declined')::int as declined,
      (select coalesce(sum(weight), 0)::int from ${flags} where post_id = ${postId} and settled_at is null) as against
    from ${flags} where account_id = ${accountId}`)
  return row ?? { upheld: 0, declined: 0, against: 0 }
}

const settle = async (tx: Db, item: ReviewItem, outcome: 'upheld' | 'declined') => {
  const settled = await tx
    .update(flags)
    .set({ outcome, settledAt: sql`now()` })
    .where(and(eq(flags.postId, item.subjectId), isNull(flags.settledAt)))
    .returning({ accountId: flags.accountId })
  for (const { accountId } of settled) await record(tx, 'flag.settled', { accountId, itemId: item.id, outcome })
}

/** A decision taken back leaves the flags of that item open again. */
const reopen = async (tx: Db, item: ReviewItem) => {
  await tx
    .update(flags)
    .set({ outcome: null, settledAt: null })
    .where(and(eq(flags.itemId, item.id), inArray(flags.outcome, ['upheld', 'declined'])))
}

const hide: Decision = {
  name: 'hide',
  key: 'h',
  reasons: ['spam', 'abuse', 'personal', 'dangerous', 'hidden_ad', 'off_topic', 'other'],
  tellsAuthor: true,
  marks: true,
  ...hiding((tx, item) => settle(tx, item, 'upheld'), reopen),
}

const keep: Decision = {
  name: 'keep',
  key: 'k',
  reasons: ['within_rules', 'opinion', 'settled', 'other'],
  async apply(tx, actor, item) {
    const post = await findPost(tx, actor, item.subjectId)
    if (post.hiddenAt && !post.heldAt) await restorePost(tx, actor, post)
    await settle(tx, item, 'declined')
  },
  undo: (tx, _actor, item) => reopen(tx, item),
}

const askToMend: Decision = {
  name: 'ask_to_mend',
  key: 'r',
  reasons: ['harsh', 'personal', 'off_topic', 'unclear', 'other'],
  tellsAuthor: true,
  marks: true,
  apply: (tx, _actor, item) => settle(tx, item, 'upheld'),
  undo: (tx, _actor, item) => reopen(tx, item),
}

/** Flags on a post are decided together: it is asked to be mended, left, or hidden. */
export const flagKind: ReviewKind = { decisions: [askToMend, keep, hide] }

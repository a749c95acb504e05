import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Actor } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { record } from '../../platform/outbox.ts'
import { hidePost, restorePost } from '../../topics/helping/hiding.ts'
import { findPost } from '../../topics/page_queries.ts'
import type { Decision, ReviewKind } from '../decision.ts'
import { sanctionOf } from '../sanctions/hold_kind.ts'
import { imposeAgain, liftIn } from '../sanctions/sanctioning.ts'
import type { ReviewItem } from '../schema.ts'
import { appeals } from './schema.ts'

/** He was right: what was decided is taken back, with everything that hung on it. */
const uphold: Decision = {
  name: 'uphold_appeal',
  key: 'u',
  reasons: ['within_rules', 'misread', 'too_hard', 'other'],
  async apply(tx, actor, item, { words }) {
    if (item.subject === 'post') await restorePost(tx, actor, await findPost(tx, actor, item.subjectId))
    else await liftIn(tx, actor, await sanctionOf(tx, item), words)
    await settle(tx, actor, item, 'upheld', words)
  },
  async undo(tx, actor, item) {
    if (item.subject === 'post') await hidePost(tx, actor, await findPost(tx, actor, item.subjectId))
    else await imposeAgain(tx, await sanctionOf(tx, item))
    await reopen(tx, item)
  },
}

/** It stays as it was decided, and he is told why. */
const keep: Decision = {
  name: 'keep_decision',
  key: 'k',
  reasons: ['against_rules', 'repeated', 'other'],
  apply: (tx, actor, item, { words }) => settle(tx, actor, item, 'kept', words),
  undo: (tx, _actor, item) => reopen(tx, item),
}

/** An objection, decided by somebody else than who decided first. */
export const appealKind: ReviewKind = { decisions: [uphold, keep] }

async function settle(tx: Db, actor: Actor, item: ReviewItem, outcome: 'upheld' | 'kept', answer: string): Promise<void> {
  const [settled] = await tx
    .update(appeals)
    .set({ outcome, answer, decidedById: actor.id, decidedAt: sql`now()` })
    .where(and(eq(appeals.id, Number(item.facts.appealId)), isNull(appeals.decidedAt)))
    .returning({ id: appeals.id, accountId: appeals.accountId })
  if (settled) await record(tx, 'appeal.decided', { appealId: settled.id, accountId: settled.accountId })
}

/** A post that is hidden again is so from now on: it is still this objection that is about it. */
const hiddenAgain = sql`(select p.hidden_at from posts p where p.id = ${appeals.subjectId})`

async function reopen(tx: Db, item: ReviewItem): Promise<void> {
  await tx
    .update(appeals)
    .set({ outcome: null, answer: '', decidedById: null, decidedAt: null, ...(item.subject === 'post' && { against: hiddenAgain }) })
    .where(eq(appeals.id, Number(item.facts.appealId)))
}

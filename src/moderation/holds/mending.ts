import type { Actor } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { type Mended, mendHeld, withdrawHeld } from '../../topics/holding.ts'
import type { Post } from '../../topics/page_queries.ts'
import { aboutPost, dropItem, openItem } from '../opening.ts'
import { answeredBy } from './due.ts'
import { hasAnother, lastItemOf } from './queries.ts'

/**
 * Hands a held post in again with new words. What was sent back is looked at by another moderator, wherever there is one; what still waits
 * goes on waiting. Throws Refused, Invalid at `body` or `title`, Conflict.
 */
export async function resubmit(db: Db, actor: Actor, post: Post, mended: Mended): Promise<void> {
  await db.transaction(async tx => {
    await mendHeld(tx, actor, post, mended)
    const last = await lastItemOf(tx, post.id)
    if (last && !last.decidedAt) return
    const decider = last?.decidedById ?? undefined
    await openItem(tx, {
      ...aboutPost(post),
      kind: 'second_look',
      tier: 2,
      notById: decider && (await hasAnother(tx, post.topic.boardId, decider)) ? decider : undefined,
      facts: { reasons: last?.facts.reasons ?? [], reason: last?.reason ?? undefined, dueAt: answeredBy(new Date()).toISOString() },
    })
  })
}

/** Takes back what waits; nobody has to look at it any more. Throws Refused. */
export async function takeBackHeld(db: Db, actor: Actor, post: Post): Promise<void> {
  await db.transaction(async tx => {
    await withdrawHeld(tx, actor, post)
    for (const kind of ['hold', 'second_look'] as const) await dropItem(tx, { kind, subject: 'post', subjectId: post.id })
  })
}

import type { Actor } from '../../accounts/actor.ts'
import type { Db } from '../../platform/db.ts'
import { closeTopic, reopenTopic } from '../../topics/closing.ts'
import { type HideReason, showPostAgain, voteToHide } from '../../topics/helping/hiding.ts'
import type { Post } from '../../topics/page_queries.ts'
import { moderatesTopic } from '../../topics/policy.ts'
import type { Topic } from '../../topics/queries.ts'
import { writeAudit } from '../audit.ts'

// What members may do too is in the audit where a moderator did it, in the transaction that does it.

/** Hides a post, or counts a member's voice for it. Resolves to whether it is hidden now. */
export const hideOrVote = (db: Db, actor: Actor, post: Post, reason: HideReason): Promise<boolean> =>
  db.transaction(async tx => {
    const isHidden = await voteToHide(tx, actor, post, reason)
    if (isHidden && moderatesTopic(actor, post.topic)) await writeAudit(tx, actor, 'post_hidden', subjectOf(post), { reason })
    return isHidden
  })

/** Shows a hidden post again. */
export const showRecorded = (db: Db, actor: Actor, post: Post): Promise<void> =>
  db.transaction(async tx => {
    await showPostAgain(tx, actor, post)
    await writeAudit(tx, actor, 'post_shown', subjectOf(post))
  })

/** Closes a topic; another's, where a moderator does it. */
export const closeRecorded = (db: Db, actor: Actor, topic: Topic, how: { solved?: boolean }): Promise<void> =>
  db.transaction(async tx => {
    await closeTopic(tx, actor, topic, how)
    if (topic.authorId !== actor.id) await writeAudit(tx, actor, 'topic_closed', { subject: 'topic', id: topic.id, boardId: topic.boardId })
  })

/** Opens it again. */
export const reopenRecorded = (db: Db, actor: Actor, topic: Topic): Promise<void> =>
  db.transaction(async tx => {
    await reopenTopic(tx, actor, topic)
    if (topic.authorId !== actor.id)
      await writeAudit(tx, actor, 'topic_reopened', { subject: 'topic', id: topic.id, boardId: topic.boardId })
  })

const subjectOf = (post: Post) => ({ subject: 'post', id: post.id, boardId: post.topic.boardId })

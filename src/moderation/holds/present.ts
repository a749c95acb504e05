import type { Translate } from '../../platform/i18n.ts'
import type { Post } from '../../topics/page_queries.ts'
import { heldPath } from '../../topics/paths.ts'
import { partsOf } from '../present_item.ts'
import { whyOf } from '../present_queue.ts'
import type { ReviewItem } from '../schema.ts'
import type { listOwnHeld } from './queries.ts'
import type { HoldRules } from './settings.ts'

/** What its writer is told of a held post: why it waits, what happens next and by when; or what he is asked to mend, and where. */
export function presentHeld(post: Post, item: ReviewItem | undefined, t: Translate) {
  const isRejected = item?.decision === 'reject' && item.undoneAt === null
  const facts = item?.facts ?? {}
  const marks = Array.isArray(facts.marks) ? facts.marks.filter(mark => typeof mark === 'string') : []
  const due = typeof facts.dueAt === 'string' ? new Date(facts.dueAt) : undefined
  const pointed = isRejected && typeof facts.mark === 'string' ? [facts.mark] : marks
  return {
    action: heldPath(post),
    isOpening: post.kind === 'opening',
    topicTitle: post.topic.title,
    heldAt: post.heldAt,
    isRejected,
    isSecond: item?.kind === 'second_look',
    why: whyOf({ reasons: facts.reasons }, t),
    due: isRejected ? undefined : due,
    isLate: due !== undefined && due.getTime() < Date.now(),
    reason: isRejected && item?.reason ? t(`moderation.why.${item.reason}`) : undefined,
    words: isRejected ? item?.words : undefined,
    parts: partsOf(post.bodyText, pointed),
  }
}

/** A held post as a line. */
export const presentHeldLine = (row: Awaited<ReturnType<typeof listOwnHeld>>[number], t: Translate) => ({
  path: heldPath(row),
  title: row.title,
  text: row.text,
  kind: t(`moderation.posts.${row.kind}`),
  state: t(row.isRejected ? 'moderation.hold.rejected' : 'moderation.hold.waiting'),
  isRejected: row.isRejected,
  heldAt: row.heldAt,
})

/** The rules by which posts are held, as fields: each a number, 0 for never. */
export const presentHoldRules = (rules: HoldRules | Record<string, unknown>) =>
  (['firstPosts', 'links', 'burst', 'pictures'] as const).map(name => ({
    name,
    label: `moderation.rules.${name}`,
    hint: `moderation.rules.hint.${name}`,
    value: String(rules[name]),
  }))

import type { Translate } from '../platform/i18n.ts'
import { postLink } from '../topics/paths.ts'
import type { findOwnDecision, listOwnFlags } from './own_queries.ts'
import { presentOwnFlag } from './present_flag.ts'
import { partsOf } from './present_item.ts'

/** One of one's own flags, as a line. */
export const presentFlagLine = (row: Awaited<ReturnType<typeof listOwnFlags>>[number], t: Translate) => ({
  ...presentOwnFlag(row.flag, t),
  title: row.title,
  path: row.hiddenAt ? undefined : postLink({ id: row.flag.postId }),
  answer: row.flag.outcome ? row.itemWords : '',
})

/** What was decided about one's own post: which sentence, why, and what can be done now. */
export function presentOwnDecision({ item, post, title }: Awaited<ReturnType<typeof findOwnDecision>>, t: Translate) {
  const mark = typeof item.facts.mark === 'string' ? item.facts.mark : ''
  const stands = post !== null && !post.hiddenAt && !post.withdrawnAt
  return {
    decision: t(`moderation.toAuthor.${item.decision}`),
    reason: item.reason ? t(`moderation.why.${item.reason}`) : '',
    words: item.words,
    decidedAt: item.decidedAt,
    isUndone: item.undoneAt !== null,
    topicTitle: title,
    parts: partsOf(post?.bodyText ?? '', [mark]),
    editPath: stands ? `${postLink(post)}/edit` : undefined,
    path: stands ? postLink(post) : undefined,
    appealPath: post?.hiddenAt && item.decision === 'hide' && !item.undoneAt ? `/me/appeals/post/${post.id}` : undefined,
  }
}

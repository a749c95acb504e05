import type { Found } from '../search/queries.ts'
import { postPath, topicPath } from '../topics/paths.ts'

/** A found topic for machines: addresses in full, text without marks; `answerId` is the answer that fits, or else the best one. */
export function presentFound({ topic, postId, isAnswer, capacity, title, excerpt }: Found, sourceId: string | null, siteUrl: string) {
  const plain = (segments: typeof title) => segments.map(({ text }) => text).join('')
  return {
    topicId: topic.id,
    sourceId,
    title: plain(title),
    excerpt: plain(excerpt),
    url: siteUrl + (isAnswer ? postPath(topic, { id: postId }) : topicPath(topic)),
    answerId: isAnswer ? postId : topic.bestAnswerId,
    guaranteed: topic.guaranteedAt !== null,
    label: capacity && {
      kind: capacity.as === 'company' ? ('official' as const) : ('related' as const),
      company: capacity.slug,
      name: capacity.nameJa,
    },
    solved: topic.solvedAt !== null,
  }
}

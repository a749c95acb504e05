import { inGroups } from '../boards/groups.ts'
import { boardName } from '../boards/present.ts'
import type { Board } from '../boards/queries.ts'
import { KINDS } from '../boards/schema.ts'
import type { Locale, Translate } from '../platform/i18n.ts'
import { postPath, topicPath } from '../topics/paths.ts'
import { presentTopicLine } from '../topics/present.ts'
import type { Asked, Found } from './queries.ts'

/** A found topic: its line, with the matched words marked and the address of the post that fits. */
export function presentResult({ topic, postId, isAnswer, title, excerpt }: Found, locale: Locale, t: Translate) {
  return {
    ...presentTopicLine(topic, locale, t),
    path: isAnswer ? postPath(topic, { id: postId }) : topicPath(topic),
    title,
    excerpt,
    answersText: t('search.answers', { count: topic.answerCount }),
  }
}

/** The filters of a search as choices, and the words that are filtered by now. */
export function presentFilters(asked: Asked, boards: Board[], locale: Locale, t: Translate) {
  return {
    groups: inGroups(boards).map(({ board, children }) => ({
      label: boardName(board, locale),
      boards: [board, ...children].map(each => ({ slug: each.slug, name: boardName(each, locale), isChosen: each.slug === asked.board })),
    })),
    kinds: KINDS.map(kind => ({ kind, label: t(`kinds.${kind}`), isChosen: kind === asked.kind })),
    solved: ['yes', 'no'].map(value => ({ value, label: t(`search.solved.${value}`), isChosen: value === asked.solved })),
    tag: asked.tag,
    isFiltered: Boolean(asked.board || asked.kind || asked.solved || asked.tag),
  }
}

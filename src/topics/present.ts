import { type Actor, canWrite, isGuest } from '../accounts/actor.ts'
import { presentMark } from '../accounts/present.ts'
import { boardName } from '../boards/present.ts'
import type { Locale, Translate } from '../platform/i18n.ts'
import { topicPath } from './paths.ts'
import type { Author, TopicLine } from './queries.ts'

/** A person beside his words: name, address, picture or first letter. Who has left keeps his words, not his name. */
export function presentAuthor(author: Author, t: Translate) {
  const gone = author.closedAt !== null
  const name = gone ? t('people.left') : author.name
  return {
    name,
    path: gone ? undefined : `/u/${author.handle}`,
    handle: author.handle,
    avatarUrl: !gone && author.avatarKey ? `/media/${author.avatarKey}` : undefined,
    initial: gone ? '' : [...name][0],
    tone: author.id % 8,
    roleLabel: gone ? undefined : roleLabel(author, t),
    mark: gone ? undefined : presentMark(author.certification, t),
    level:
      gone || author.level === 0 ? undefined : { label: t('levels.short', { level: author.level }), path: `/u/${author.handle}/level` },
    isOfficial: !gone && author.role.startsWith('company_'),
  }
}

function roleLabel({ role, moderates }: Author, t: Translate): string | undefined {
  if (role !== 'member') return t(`roles.${role}`)
  return moderates ? t('roles.moderator') : undefined
}

/** A topic as a line of a list, with its number box: solved, waiting or being talked about. */
export function presentTopicLine(line: TopicLine, locale: Locale, t: Translate) {
  const board = boardName(line.board, locale)
  const kind = t(`kinds.${line.kind}`)
  const state = line.solvedAt ? 'solved' : line.answerCount === 0 && line.kind === 'question' ? 'none' : 'open'
  return {
    id: line.id,
    path: topicPath(line),
    title: line.title,
    excerpt: line.excerpt,
    boardName: board,
    kindLabel: line.kind === 'question' || kind === board ? undefined : kind,
    tags: line.tags.filter(tag => tag !== board).slice(0, 2),
    answerCount: line.answerCount,
    state,
    isSolved: state === 'solved',
    isWaiting: state === 'none',
    stateLabel: t(`topics.state.${line.kind === 'question' ? state : 'talk'}`),
    isGuaranteed: line.guaranteedAt !== null,
    isClosed: line.closedAt !== null,
    isFirst: line.isFirst,
    author: presentAuthor(line.author, t),
    at: line.createdAt,
  }
}

/** Why this reader cannot answer here, as a key the page explains; undefined when he can. */
export function answerObstacle(
  actor: Actor,
  topic: { closedAt: Date | null },
): 'closed' | 'guest' | 'unconfirmed' | 'suspended' | undefined {
  if (topic.closedAt) return 'closed'
  if (isGuest(actor)) return 'guest'
  if (canWrite(actor)) return undefined
  return actor.suspended ? 'suspended' : 'unconfirmed'
}

import { type Actor, canWrite, canWriteIn, isGuest } from '../accounts/actor.ts'
import { presentMark } from '../accounts/present.ts'
import { boardName } from '../boards/present.ts'
import type { Locale, Translate } from '../platform/i18n.ts'
import type { Capacity } from './capacity.ts'
import { topicPath } from './paths.ts'
import { isResting, moderatesTopic } from './policy.ts'
import type { Author, TopicLine } from './queries.ts'

/**
 * A person beside his words: name, address, picture or first letter, and for whom he spoke when he wrote them. Who has left keeps his
 * words, not his name; the company's label stays with them whoever left and wherever they are shown.
 */
export function presentAuthor(author: Author, capacity: Capacity | null, locale: Locale, t: Translate) {
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
    isOfficial: capacity?.as === 'company',
    company: presentCapacity(capacity, locale, t),
  }
}

/** The label of a company's own words, or of somebody's who works for it, for every place where words are shown. */
export function presentCapacity(capacity: Capacity | null, locale: Locale, t: Translate) {
  if (!capacity) return undefined
  const company = (locale === 'en' && capacity.nameEn) || capacity.nameJa
  const isOfficial = capacity.as === 'company'
  return { label: t(isOfficial ? 'people.official' : 'people.related', { company }), path: `/c/${capacity.slug}`, isOfficial }
}

/** In whose name somebody may write here: as a member, or for a company he works for; nothing to choose for everybody else. */
export function presentVoices(actor: Actor, topic: { companyIds: number[] }, t: Translate, typed?: unknown) {
  if (actor.companies.length === 0) return undefined
  const { locale } = actor.preferences
  const chosen = typed === undefined ? String(actor.companies.find(({ id }) => topic.companyIds.includes(id))?.id ?? '') : String(typed)
  const voices = actor.companies.map(({ id, nameJa, nameEn }) => ({
    value: String(id),
    label: t('people.official', { company: (locale === 'en' && nameEn) || nameJa }),
  }))
  return [{ value: '', label: t('topics.voice.member') }, ...voices].map(voice => ({ ...voice, isChosen: voice.value === chosen }))
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
    author: presentAuthor(line.author, line.capacity, locale, t),
    at: line.createdAt,
  }
}

/** Why this reader cannot answer here, as a key the page explains; undefined when he can. */
export function answerObstacle(
  actor: Actor,
  topic: { closedAt: Date | null; restUntil: Date | null; boardId: number; companyIds: number[] },
): 'closed' | 'resting' | 'guest' | 'unconfirmed' | 'suspended' | 'barred' | undefined {
  if (topic.closedAt) return 'closed'
  if (isResting(topic) && !moderatesTopic(actor, topic)) return 'resting'
  if (isGuest(actor)) return 'guest'
  if (canWriteIn(actor, topic.boardId)) return undefined
  if (canWrite(actor)) return 'barred'
  return actor.suspended ? 'suspended' : 'unconfirmed'
}

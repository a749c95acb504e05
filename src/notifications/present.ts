import type { Actor } from '../accounts/actor.ts'
import { plainExcerpt } from '../platform/html.ts'
import type { Locale, Translate } from '../platform/i18n.ts'
import { postLink } from '../topics/paths.ts'
import { presentAuthor } from '../topics/present.ts'
import { kindOf, LISTS } from './kinds.ts'
import { noticePath, noticesPath } from './paths.ts'
import type { ShownNotice, Which } from './queries.ts'
import type { NoticeRow } from './schema.ts'

/** Notices as lines: those of one thread together, the newest first. */
export function presentNotices(rows: ShownNotice[], actor: Actor, t: Translate) {
  return [...Map.groupBy(rows, ({ notice }) => notice.thread).values()].map(thread => presentThread(thread, actor, t))
}

function presentThread(thread: ShownNotice[], { preferences }: Actor, t: Translate) {
  const [{ notice }] = thread as [ShownNotice]
  const { words, ...line } = presentLine(thread, preferences.locale, t, EXCERPT)
  return {
    ...line,
    path: noticePath(notice),
    icon: kindOf(notice.kind)?.icon ?? 'bell',
    excerpt: words,
    at: notice.createdAt,
    isUnread: thread.some(each => !each.notice.readAt),
  }
}

const EXCERPT = 80

/** What a line says: the sentence, who it comes from, and the first letters of what was written. */
export function presentLine(thread: ShownNotice[], locale: Locale, t: Translate, letters: number) {
  const [{ notice, topic, post, by }] = thread as [ShownNotice]
  const author = by && presentAuthor(by, post?.capacity ?? null, locale, t)
  return {
    text: t(`notices.kinds.${notice.kind}`, {
      ...notice.about,
      ...kindOf(notice.kind)?.values?.(notice.about ?? {}, locale),
      who: whoIn(thread, author, t),
      title: topic?.title,
    }),
    words: SAYS_WORDS.has(notice.kind) ? plainExcerpt(post?.start ?? '', letters) : '',
    author,
  }
}

/** Kinds whose post is news by itself: its first words are shown. */
const SAYS_WORDS = new Set(['answer', 'comment', 'mention', 'quote', 'followed_answer', 'followed_comment', 'followed_topic'])

/** «Yuko» or «Yuko and 3 others»; who wrote for a company, or works for it, carries its label here too. */
function whoIn(thread: ShownNotice[], author: ReturnType<typeof presentAuthor> | null, t: Translate): string {
  if (!author) return ''
  const name = author.path ? t('people.named', { name: author.name }) : author.name
  const labelled = author.company ? t('notices.labelled', { name, label: author.company.label }) : name
  const others = new Set(thread.map(({ notice }) => notice.actorId)).size - 1
  return others > 0 ? t('notices.more', { name: labelled, count: others }) : labelled
}

/** The tabs of the page. */
export const presentTabs = (which: Which, t: Translate) =>
  WHICH.map(name => ({
    path: name === 'all' ? noticesPath : `${noticesPath}?list=${name}`,
    label: t(`notices.lists.${name}`),
    isCurrent: name === which,
  }))

const WHICH: Which[] = ['all', 'unread', ...LISTS]
export const whichFrom = (name: string | undefined): Which => WHICH.find(each => each === name) ?? 'all'

/** Where a notice leads: what its kind says, else its post or its topic. */
export function targetOf(notice: NoticeRow): string {
  const { postId, topicId } = notice
  return kindOf(notice.kind)?.path?.(notice) ?? (postId ? postLink({ id: postId }) : topicId ? `/t/${topicId}` : noticesPath)
}

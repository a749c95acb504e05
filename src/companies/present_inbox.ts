import type { Translate } from '../platform/i18n.ts'
import { topicPath } from '../topics/paths.ts'
import { presentAuthor } from '../topics/present.ts'
import type { findInboxQuestion, InboxLine, Tray } from './inbox_queries.ts'
import { managePath } from './paths.ts'

type Company = { slug: string }
type Locale = Parameters<typeof presentAuthor>[2]

/** A question as a line of a company's table. */
export const presentInboxLine = (
  { topic, openedAt, dueAt, assignee, products }: InboxLine,
  company: Company,
  t: Translate,
  now = new Date(),
) => ({
  title: topic.title,
  path: managePath(company, `inbox/${topic.id}`),
  openedAt,
  dueAt,
  isLate: dueAt < now,
  assignee: assignee ?? undefined,
  products,
  answersText: t('search.answers', { count: topic.answerCount }),
})

/** The trays of a table as tabs. */
export const presentTrays = (company: Company, tray: Tray, trays: readonly Tray[], t: Translate) =>
  trays.map(name => ({
    label: t(`inbox.trays.${name}`),
    path: managePath(company, name === 'open' ? 'inbox' : `inbox?tray=${name}`),
    isCurrent: name === tray,
  }))

/** A question on the table with its notes. */
export function presentInboxQuestion(
  question: Awaited<ReturnType<typeof findInboxQuestion>>,
  topic: { id: number; title: string },
  locale: Locale,
  t: Translate,
) {
  return {
    title: topic.title,
    topicPath: topicPath(topic),
    openedAt: question.openedAt,
    dueAt: question.dueAt,
    isLate: !question.answeredAt && !question.handedBackAt && question.dueAt < new Date(),
    isAnswered: question.answeredAt !== null,
    isHandedBack: question.handedBackAt !== null,
    notes: question.notes.map(({ body, createdAt, author }) => ({
      lines: body.split('\n'),
      at: createdAt,
      author: presentAuthor(author, null, locale, t),
    })),
  }
}

/** Minutes of the day as a time field says them. */
export const timeOf = (minutes: number) => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`

import { numberText, type Translate } from '../platform/i18n.ts'
import { isSlow } from './helping/policy.ts'
import type { countsOf, findNews } from './news_queries.ts'
import { postLink, topicPath } from './paths.ts'
import type { Topic } from './queries.ts'

type Standing = Pick<Topic, 'closedAt' | 'slowMinutes' | 'slowUntil' | 'bestAnswerId'>

/** Where a topic stands, in words a page can hand back: it is told which of them are new or gone. */
export const topicState = (topic: Standing) =>
  [topic.closedAt && 'closed', isSlow(topic) && 'slow', topic.bestAnswerId && `best${topic.bestAnswerId}`].filter(Boolean).join('.')

/** What an open page of a topic asks for when it moved: `/t/42/news` with what the page knows. */
export const newsPath = (topic: Standing & { id: number }, after: number) =>
  `/t/${topic.id}/news?after=${after}&at=${Date.now()}&state=${topicState(topic)}`

/** What an open list asks for when it moved, and the subjects by which it hears: all topics, or a board's and its children's. */
export const listNewsPath = (topics: { id: number }[], board?: { id: number }) =>
  `/lists/news?after=${Math.max(0, ...topics.map(({ id }) => id))}${board ? `&board=${board.id}` : ''}`
export const subjectsOf = (boards: { id: number }[]) =>
  boards.length === 0
    ? 'lists'
    : boards
        .slice(0, 10)
        .map(({ id }) => `board:${id}`)
        .join(' ')

type News = Awaited<ReturnType<typeof findNews>>

/** The sentences of what is new, and where to see it; without sentences there is nothing to say. */
export function presentNews(topic: Topic, news: News, known: string, t: Translate) {
  const says = [
    ...(['answers', 'comments', 'edited'] as const).flatMap(what =>
      news[what] > 0 ? [t(`topics.news.${what}`, { count: news[what] })] : [],
    ),
    ...changesOf(known, topicState(topic)).map(change => t(`topics.news.${change}`)),
  ]
  return says.length === 0 ? undefined : { says, path: news.first ? postLink({ id: news.first }) : topicPath(topic) }
}

const WORDS = ['closed', 'slow', 'best'] as const

/** What began and what ended between two states: `closed`, `notSlow` … */
function changesOf(before: string, now: string): string[] {
  const [old, current] = [before, now].map(state => state.split('.'))
  return WORDS.flatMap(word => {
    const [was, is] = [old, current].map(words => words?.find(each => each.startsWith(word)))
    if (was === is) return []
    return is ? [word] : [{ closed: 'notClosed', slow: 'notSlow', best: 'notBest' }[word]]
  })
}

/** The numbers on the buttons below posts, each with the button's id. */
export const presentCounts = (counts: Awaited<ReturnType<typeof countsOf>>, locale: 'ja' | 'en') =>
  counts.flatMap(({ id, ...each }) =>
    Object.entries(each).map(([kind, count]) => ({ button: `reaction-${id}-${kind}`, count: numberText(locale, count) })),
  )

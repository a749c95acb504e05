import type { Answer, Organization, Person, QAPage, WithContext } from 'schema-dts'
import type { Locale, Translate } from '../platform/i18n.ts'
import { readText } from '../platform/structured.ts'
import type { ShownPost, TopicWithOpening } from './page_queries.ts'
import { postLink, topicPath } from './paths.ts'
import { presentAuthor } from './present.ts'

/** Answers that are told to machines; the rest is on the page. */
const MOST_ANSWERS = 10

/**
 * A question with its answers as search engines read it (schema.org `QAPage`). Undefined where that would not be true: for what is no question,
 * what not everybody may read, and what nobody has answered.
 */
export function describeQuestion(
  topic: TopicWithOpening,
  answers: ShownPost[],
  siteUrl: string,
  locale: Locale,
  t: Translate,
): WithContext<QAPage> | undefined {
  const standing = answers.filter(isStanding).slice(0, MOST_ANSWERS)
  const isOpen = topic.visibility === 'public' && !topic.hiddenAt && !topic.withdrawnAt && isStanding(topic.opening)
  if (topic.kind !== 'question' || !isOpen || standing.length === 0) return undefined
  const describe = (post: ShownPost) => describeAnswer(post, siteUrl, locale, t)
  const accepted = standing.filter(({ id, guaranteedAt }) => guaranteedAt || id === topic.bestAnswerId).map(describe)
  const suggested = standing.filter(({ id, guaranteedAt }) => !guaranteedAt && id !== topic.bestAnswerId).map(describe)
  return {
    '@context': 'https://schema.org',
    '@type': 'QAPage',
    mainEntity: {
      '@type': 'Question',
      name: topic.title,
      url: siteUrl + topicPath(topic),
      text: readText(topic.opening.bodyHtml) || topic.title,
      answerCount: topic.answerCount,
      ...describeWriting(topic.opening, siteUrl, locale, t),
      ...(accepted.length > 0 && { acceptedAnswer: accepted }),
      ...(suggested.length > 0 && { suggestedAnswer: suggested }),
    },
  }
}

const isStanding = ({ hiddenAt, withdrawnAt }: ShownPost) => !hiddenAt && !withdrawnAt

const describeAnswer = (post: ShownPost, siteUrl: string, locale: Locale, t: Translate): Answer => ({
  '@type': 'Answer',
  url: siteUrl + postLink(post),
  text: readText(post.bodyHtml),
  upvoteCount: post.helpfulCount,
  ...describeWriting(post, siteUrl, locale, t),
})

const describeWriting = (post: ShownPost, siteUrl: string, locale: Locale, t: Translate) => ({
  datePublished: post.createdAt.toISOString(),
  ...(post.editedAt && { dateModified: post.editedAt.toISOString() }),
  author: describeWriter(post, siteUrl, locale, t),
})

/** Who wrote it and for whom, as it is labelled on the page: a company's words are the company's, and whoever works for it is told to. */
function describeWriter({ author, capacity }: ShownPost, siteUrl: string, locale: Locale, t: Translate): Person | Organization {
  const company: Organization | undefined = capacity
    ? { '@type': 'Organization', name: (locale === 'en' && capacity.nameEn) || capacity.nameJa, url: `${siteUrl}/c/${capacity.slug}` }
    : undefined
  if (company && capacity?.as === 'company') return company
  const { name, path } = presentAuthor(author, null, locale, t)
  return { '@type': 'Person', name, ...(path && { url: siteUrl + path }), ...(company && { worksFor: company }) }
}

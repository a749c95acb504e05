import type { Actor } from '../accounts/actor.ts'
import { boardPath } from '../boards/paths.ts'
import { boardName } from '../boards/present.ts'
import { productPath } from '../companies/paths.ts'
import { nameIn, presentTopicProduct } from '../companies/present.ts'
import { presentTally } from '../fixes/present.ts'
import { presentStanding } from '../guarantees/present.ts'
import { type Locale, numberText, type Translate } from '../platform/i18n.ts'
import { reactionsFor } from '../reactions/policy.ts'
import { presentReaction } from '../reactions/present.ts'
import { postPath, topicPath } from '../topics/paths.ts'
import { presentAuthor, presentCapacity, presentTopicLine } from '../topics/present.ts'
import { type Asked, SORTS, searchPath, sortOf } from './asked.ts'
import type { Found, Lead, SimilarAnswer } from './queries.ts'
import type { suggest } from './suggest_queries.ts'

type Suggested = Awaited<ReturnType<typeof suggest>>

/** After so long an answer nobody vouches for is shown with a word of care. */
const OLD = 2 * 365 * 86_400_000

/** A found topic: its line, with the matched words marked and the address of the post that fits. */
export function presentResult(found: Found, locale: Locale, t: Translate) {
  const { topic, postId, isAnswer, helpfulCount, capacity, products, title, excerpt } = found
  return {
    ...presentTopicLine(topic, locale, t),
    path: isAnswer ? postPath(topic, { id: postId }) : topicPath(topic),
    company: presentCapacity(capacity, locale, t),
    products: products.map(product => presentTopicProduct(product, locale)),
    title,
    excerpt,
    countsText: [
      t('search.answers', { count: topic.answerCount }),
      ...(helpfulCount > 0 ? [t('search.helpful', { count: helpfulCount, number: numberText(locale, helpfulCount) })] : []),
    ].join('・'),
  }
}

/** The answer above all results: why it stands there, who said it, when, and what can be done with it. */
export function presentLead({ topic, post, claim, quote }: Lead, actor: Actor, t: Translate) {
  const { locale } = actor.preferences
  const at = post.editedAt ?? post.createdAt
  return {
    claim,
    icon: claim === 'best' ? 'award' : 'thumbs-up',
    heading: t(`search.lead.${claim}`),
    topicId: topic.id,
    title: topic.title,
    path: post.kind === 'answer' ? postPath(topic, post) : topicPath(topic),
    quote,
    ...presentStanding(post, post.guarantees ?? [], locale, t),
    author: presentAuthor(post.author, post.capacity, locale, t),
    products: (post.products ?? []).map(product => presentTopicProduct(product, locale)),
    at,
    ...presentTally(post.fixes.all, locale, t),
    warning:
      post.fixScore < 0 ? t('fixes.warning') : claim !== 'guaranteed' && Date.now() - at.getTime() > OLD ? t('search.lead.old') : undefined,
    reactions: reactionsFor(post, topic).map(kind => presentReaction(post, topic, kind, post.given.includes(kind), actor, t)),
  }
}

/** The ways to order results. */
export function presentSorts(asked: Asked, t: Translate) {
  return SORTS.map(sort => ({
    path: searchPath({ ...asked, sort, after: undefined }),
    label: t(`search.sorts.${sort}`),
    isCurrent: sort === sortOf(asked),
  }))
}

/** What was asked before, beside a title somebody is typing: with the sentence that may save him the asking. */
export function presentSimilar({ topic, post, sentence }: SimilarAnswer, locale: Locale, t: Translate) {
  const line = presentTopicLine(topic, locale, t)
  return {
    ...line,
    path: post ? postPath(topic, post) : line.path,
    sentence,
    answerer: post && presentAuthor(post.author, post.capacity, locale, t),
    solvedHere: post && `/ask/solved?post=${post.id}`,
  }
}

/** What is suggested while one types, in groups; each leads straight to its page. */
export function presentSuggestions({ products, topics, searches, boards }: Suggested, locale: Locale, t: Translate) {
  const groups = [
    {
      name: 'products',
      icon: 'monitor',
      options: products.map(product => ({
        title: nameIn(product, locale),
        path: productPath({ slug: product.companySlug }, product),
      })),
    },
    { name: 'topics', icon: 'message-circle', options: topics.map(topic => presentTopicLine(topic, locale, t)) },
    { name: 'searches', icon: 'search', options: searches.map(words => ({ title: words, path: searchPath({ q: words }) })) },
    { name: 'boards', icon: 'grid', options: boards.map(board => ({ title: boardName(board, locale), path: boardPath(board) })) },
  ].flatMap(group => (group.options.length > 0 ? [{ ...group, heading: t(`search.suggestions.${group.name}`) }] : []))
  const count = groups.reduce((sum, { options }) => sum + options.length, 0)
  return { groups, status: count > 0 ? t('search.suggestions.count', { count }) : '' }
}

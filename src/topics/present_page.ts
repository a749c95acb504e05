import type { Actor } from '../accounts/actor.ts'
import { boardPath } from '../boards/paths.ts'
import { boardName } from '../boards/present.ts'
import { numberText, type Translate } from '../platform/i18n.ts'
import { canDecideEdit, canEditTags, canRest, canShowAgain, canSlow, canSuggestEdit, canVoteToHide, isSlow } from './helping/policy.ts'
import type { commentsOf, findOwnMarks, ShownPost, TopicWithOpening } from './page_queries.ts'
import { postLink, restPath, rewritePath, slowPath, threadPath, topicPath } from './paths.ts'
import {
  canAddAddendum,
  canAnswer,
  canClose,
  canEditIn,
  canHandOver,
  canPickBest,
  canReopen,
  canRewrite,
  canTend,
  canWithdraw,
  isFlagOffered,
  isResting,
} from './policy.ts'
import { answerObstacle, presentAuthor, presentVoices } from './present.ts'

type Comments = Awaited<ReturnType<typeof commentsOf>>
export type PostContext = {
  actor: Actor
  t: Translate
  topic: Pick<
    TopicWithOpening,
    | 'id'
    | 'title'
    | 'kind'
    | 'authorId'
    | 'boardId'
    | 'closedAt'
    | 'bestAnswerId'
    | 'companyIds'
    | 'slowMinutes'
    | 'slowUntil'
    | 'slowById'
    | 'restUntil'
  >
  comments: Comments
  marks: Awaited<ReturnType<typeof findOwnMarks>>
  reactionsOf: (post: ShownPost, given: Set<string>) => unknown[]
  newKey: () => string
}

const NONE = new Set<string>()

/** An opening or an answer with everything that can be done to it by this reader. */
export function presentPost(post: ShownPost, context: PostContext) {
  const { actor, t, topic } = context
  const comments = context.comments.get(post.id) ?? []
  const isBest = topic.bestAnswerId === post.id
  const gone = post.withdrawnAt !== null
  const begun = context.marks.drafts.get(`comment:${post.id}`)
  return {
    id: post.id,
    path: `${postLink(post)}`,
    author: presentAuthor(post.author, post.capacity, actor.preferences.locale, t),
    bodyHtml: post.bodyHtml,
    at: post.createdAt,
    isEdited: post.revision > 1,
    historyPath: `${postLink(post)}/history`,
    isGone: gone,
    isFolded: !gone && isFolded(actor, post),
    isHidden: post.hiddenAt !== null,
    goneText: gone ? t(post.kind === 'opening' ? 'topics.stub.opening' : 'topics.stub.answer') : undefined,
    isBest,
    askedAs: post.askedAs === null ? undefined : t('threads.askedAs', { title: post.askedAs }),
    isAsker: post.kind === 'answer' && post.authorId === topic.authorId,
    isGuaranteed: post.guaranteedAt !== null,
    reactions: gone ? [] : context.reactionsOf(post, context.marks.reactions.get(post.id) ?? NONE),
    comments: comments.map(comment => presentComment(comment, context)),
    moreComments:
      post.commentCount > comments.length ? t('topics.comments.more', { count: post.commentCount - comments.length }) : undefined,
    canComment: canAnswer(actor, topic) && !gone,
    canEdit: canEditIn(actor, topic, post),
    canWithdraw: canWithdraw(actor, post),
    canPickBest: post.kind === 'answer' && !isBest && canPickBest(actor, topic, post),
    canUnpickBest: isBest && canPickBest(actor, topic, post),
    canQuote: canAnswer(actor, topic) && !gone,
    quotePath: `${topicPath(topic)}?quote=${post.id}#answer`,
    ...presentHelping(post, context),
    comment: { place: `comment:${post.id}`, draftKey: begun?.draftKey ?? context.newKey(), body: begun?.content.body },
    voices: presentVoices(actor, topic, t),
  }
}

/** By somebody this reader does not see; what a company says, and who looks after the boards, everybody sees. */
const isFolded = (actor: Actor, { authorId, capacity, author }: Pick<ShownPost, 'authorId' | 'capacity' | 'author'>) =>
  actor.ignores.includes(authorId) && capacity?.as !== 'company' && author.role !== 'operator' && !author.moderates

/** What is in the menu of a post: for its author, and for those whose level lets them help. */
function presentHelping(post: ShownPost, { actor, topic }: Pick<PostContext, 'actor' | 'topic'>) {
  const helping = {
    canSuggest: canSuggestEdit(actor, topic, post),
    canSeeSuggestions: canDecideEdit(actor, topic, post),
    canVoteToHide: canVoteToHide(actor, topic, post),
    canShowAgain: canShowAgain(actor, topic, post),
    canEditTags: post.kind === 'opening' && canEditTags(actor, topic),
    tagsPath: `/t/${topic.id}/tags`,
    canSlow: post.kind === 'opening' && canSlow(actor, topic),
    slowPath: slowPath(topic),
    canRest: post.kind === 'opening' && !isResting(topic) && canRest(actor, topic),
    restPath: restPath(topic),
    canTend: post.kind === 'opening' && canTend(actor, topic),
    tendPath: threadPath(topic),
    canHandOver: canHandOver(actor, post),
    recordPath:
      post.authorId !== actor.id && canTend(actor, topic) ? `/moderation/members/${post.author.handle}?post=${post.id}` : undefined,
    canRewrite: post.authorId !== actor.id && canRewrite(actor, topic, post),
    rewritePath: rewritePath(post),
    canFlag: isFlagOffered(actor, post),
  }
  const { tagsPath: _, slowPath: __, restPath: ___, tendPath: ____, rewritePath: _____, ...abilities } = helping
  return { ...helping, hasMenu: canEditIn(actor, topic, post) || Object.values(abilities).some(Boolean) }
}

/** A comment with what this reader can do to it. */
export function presentComment(
  comment: NonNullable<ReturnType<Comments['get']>>[number],
  { actor, t, topic }: Pick<PostContext, 'actor' | 't'> & { topic: { authorId: number; boardId: number; companyIds: number[] } },
) {
  const post = { ...comment, withdrawnAt: null }
  return {
    id: comment.id,
    path: postLink(comment),
    author: presentAuthor(comment.author, comment.capacity, actor.preferences.locale, t),
    bodyHtml: comment.bodyHtml,
    at: comment.createdAt,
    isEdited: comment.editedAt !== null,
    historyPath: `${postLink(comment)}/history`,
    isHidden: comment.hiddenAt !== null,
    isFolded: isFolded(actor, comment),
    isAsker: comment.authorId === topic.authorId,
    canEdit: canEditIn(actor, topic, post),
    canWithdraw: canWithdraw(actor, post),
    canFlag: isFlagOffered(actor, post),
    tend: comment.authorId !== actor.id && canTend(actor, topic) ? presentTending(comment, canRewrite(actor, topic, post)) : undefined,
  }
}

/** What its moderators can do to a comment; a company's own words they do not mend. */
const presentTending = (comment: { id: number; hiddenAt: Date | null }, mayMend: boolean) => ({
  mendPath: mayMend ? rewritePath(comment) : undefined,
  hidePath: comment.hiddenAt ? undefined : `${postLink(comment)}/hiding`,
})

/** The head of a topic's page: where it stands, what it is, what this reader may do with it. */
export function presentTopic(topic: TopicWithOpening, actor: Actor, t: Translate) {
  const { locale } = actor.preferences
  const crumbs = [topic.parentBoard, topic.board]
    .filter(board => board !== null)
    .map(board => ({ name: boardName(board, locale), path: boardPath(board) }))
  const isQuestion = topic.kind === 'question'
  return {
    id: topic.id,
    title: topic.title,
    path: topicPath(topic),
    crumbs,
    kindLabel: t(`kinds.${topic.kind}`),
    isQuestion,
    isSolved: topic.solvedAt !== null,
    isWaiting: isQuestion && topic.answerCount === 0 && !topic.closedAt,
    isClosed: topic.closedAt !== null,
    isHidden: topic.hiddenAt !== null,
    isUnlisted: topic.unlistedAt !== null,
    original: topic.original ? { title: topic.original.title, path: topicPath(topic.original) } : undefined,
    isFirst: topic.isFirst,
    needsKindness: topic.isFirst && topic.authorId !== actor.id,
    tags: topic.tags.map(tag => ({ tag, path: `/search?tag=${encodeURIComponent(tag)}` })),
    viewsText: t('topics.views', { count: topic.viewCount, number: numberText(locale, topic.viewCount) }),
    answerCount: topic.answerCount,
    activeAt: topic.activeAt,
    addenda: topic.addenda.map(({ bodyHtml, createdAt }) => ({ bodyHtml, at: new Date(createdAt) })),
    answersHeading: t(isQuestion ? 'topics.answers.heading' : 'topics.replies.heading', { count: topic.answerCount }),
    slow: isSlow(topic) && !topic.closedAt ? presentSlow(topic, actor, t) : undefined,
    isHeated: topic.heatedAt !== null,
    rest: isResting(topic) && !topic.closedAt ? presentRest(topic, actor, t) : undefined,
    obstacle: answerObstacle(actor, topic),
    answerPlace: `answer:${topic.id}`,
    canAddAddendum: isQuestion && canAddAddendum(actor, topic),
    canClose: !topic.closedAt && canClose(actor, topic),
    canCloseSolved: !topic.closedAt && isQuestion && !topic.solvedAt && topic.authorId === actor.id,
    canReopen: topic.closedAt !== null && canReopen(actor, topic),
  }
}

/** What everybody is told of a slow topic: how far apart posts are, until when and why. */
const presentSlow = (topic: TopicWithOpening, actor: Actor, t: Translate) => ({
  text: t('topics.slow.notice', { count: topic.slowMinutes ?? 0 }),
  until: topic.slowUntil,
  reason: topic.slowById === null ? t('topics.slow.byItself', { parts: partsIn(topic.slowReason, t) }) : topic.slowReason,
  action: slowPath(topic),
  canUnslow: canSlow(actor, topic),
})

/** Why a topic slowed down by itself: the parts of its heat that weighed most. */
const partsIn = (names: string | null, t: Translate) =>
  (names ?? '')
    .split(' ')
    .filter(Boolean)
    .map(name => t(`moderation.parts.${name}`))
    .join(t('topics.slow.and'))

/** What everybody is told of a topic that rests: until when and why. */
const presentRest = (topic: TopicWithOpening, actor: Actor, t: Translate) => ({
  until: topic.restUntil,
  reason: t(`topics.rest.reasons.${topic.restReason}`),
  words: topic.restWords,
  action: restPath(topic),
  canWake: canRest(actor, topic),
})

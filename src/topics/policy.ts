import { type Actor, canWrite, canWriteIn, isGuest, isOperator, moderatesBoard, speaksFor, worksFor } from '../accounts/actor.ts'
import type { Kind } from '../boards/schema.ts'
import type { PostRow, TopicRow } from './schema.ts'

type Closable = Pick<TopicRow, 'authorId' | 'boardId' | 'closedAt' | 'companyIds'>
type Ownable = Pick<PostRow, 'authorId' | 'companyId' | 'withdrawnAt' | 'hiddenAt'>
type Pickable = Ownable & Pick<PostRow, 'askedAs'>

const stands = (post: Ownable) => !post.withdrawnAt && !post.hiddenAt

/** Ask in a board that takes this kind of topic. */
export const canAsk = (actor: Actor, board: { id: number; kinds: Kind[]; archivedAt: Date | null }, kind: Kind) =>
  canWriteIn(actor, board.id) && !board.archivedAt && board.kinds.includes(kind)

/** Whether a topic rests just now; it wakes by itself. */
export const isResting = ({ restUntil }: Pick<TopicRow, 'restUntil'>, now = Date.now()) => restUntil !== null && restUntil.getTime() > now

/** Answer or comment: nobody in a closed topic; in one that rests, its moderators. */
export const canAnswer = (actor: Actor, topic: Closable & Pick<TopicRow, 'restUntil'>) =>
  canWriteIn(actor, topic.boardId) && !topic.closedAt && (!isResting(topic) || moderatesTopic(actor, topic))

/** Works for a company whose product the topic is about: may speak, but neither judge nor moderate there. */
export const isPartyTo = (actor: Actor, topic: { companyIds: number[] }) => topic.companyIds.some(id => worksFor(actor, id))

/** Moderates this topic: never somebody who works for a company it is about, whoever he is. Criticism stays. */
export const moderatesTopic = (actor: Actor, topic: { boardId: number; companyIds: number[] }) =>
  moderatesBoard(actor, topic.boardId) && !isPartyTo(actor, topic)

/** Put a thread in order: the same, in good standing. */
export const canTend = (actor: Actor, topic: { boardId: number; companyIds: number[] }) =>
  canWriteIn(actor, topic.boardId) && moderatesTopic(actor, topic)

/** Mend another's words, with a reason: the same; what a company said stays its own words. */
export const canRewrite = (actor: Actor, topic: { boardId: number; companyIds: number[] }, post: Ownable) =>
  canTend(actor, topic) && !post.companyId && stands(post)

/** What was written for a company is its people's, who left it no longer; everything else its author's. */
const owns = (actor: Actor, post: Ownable) => (post.companyId ? speaksFor(actor, post.companyId) : post.authorId === actor.id)

/** Change the words of a post: whoever they belong to, as long as it stands. Moderators hide, they do not rewrite. */
export const canEdit = (actor: Actor, post: Ownable) => canWrite(actor) && owns(actor, post) && stands(post)

/** The same where it stands: not in a board he is barred from. */
export const canEditIn = (actor: Actor, topic: { boardId: number }, post: Ownable) =>
  canEdit(actor, post) && canWriteIn(actor, topic.boardId)

/** Answers people here for others: an advisor, or somebody who works for a company. */
export const worksHere = (actor: Actor) => canWrite(actor) && (actor.role === 'advisor' || actor.companies.length > 0)

/** Leave a rude post to the moderators by one tap: whoever works here, about what somebody else wrote. */
export const canHandOver = (actor: Actor, post: Ownable) => worksHere(actor) && post.authorId !== actor.id && stands(post)

/** Take one's own post back. */
export const canWithdraw = (actor: Actor, post: Ownable) => canWrite(actor) && owns(actor, post) && stands(post)

/** Add to one's own question without changing it; not while it rests. */
export const canAddAddendum = (actor: Actor, topic: Closable & Pick<TopicRow, 'restUntil'>) =>
  canWriteIn(actor, topic.boardId) && topic.authorId === actor.id && !topic.closedAt && !isResting(topic)

/** Close and reopen: the asker, moderators of the board, the operator. What a moderator closed, the asker does not reopen. */
export const canClose = (actor: Actor, topic: Closable) =>
  canWriteIn(actor, topic.boardId) && (topic.authorId === actor.id || moderatesTopic(actor, topic))
export const canReopen = (actor: Actor, topic: Closable & { closedById: number | null }) =>
  canWriteIn(actor, topic.boardId) && (moderatesTopic(actor, topic) || (topic.authorId === actor.id && topic.closedById === actor.id))

/**
 * Pick the best answer of a question: the asker, moderators of the board, the operator; nobody picks his own answer, and nobody who
 * works for a company the question is about.
 */
export const canPickBest = (actor: Actor, topic: Closable & { kind: Kind }, answer: Pickable) =>
  canWriteIn(actor, topic.boardId) &&
  topic.kind === 'question' &&
  answer.askedAs === null &&
  stands(answer) &&
  answer.authorId !== actor.id &&
  !isPartyTo(actor, topic) &&
  (topic.authorId === actor.id || moderatesBoard(actor, topic.boardId))

/** Read what was hidden or withdrawn: the board's moderators and the operator. */
export const canSeeHidden = (actor: Actor, boardId: number) => isOperator(actor) || moderatesBoard(actor, boardId)

/** Flag a post that stands for its moderators: any member, but nobody his own words. */
export const canFlag = (actor: Actor, post: Ownable) => canWrite(actor) && post.authorId !== actor.id && stands(post)

/** Guests are shown the way too: they are asked to log in. */
export const isFlagOffered = (actor: Actor, post: Ownable) => canFlag(actor, post) || (isGuest(actor) && stands(post))

/** Mend or take back what waits for a moderator: whoever wrote it. */
export const canMendHeld = (actor: Actor, post: Ownable & Pick<PostRow, 'heldAt'>) =>
  canWrite(actor) && post.authorId === actor.id && post.heldAt !== null && !post.withdrawnAt

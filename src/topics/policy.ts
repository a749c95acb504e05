import { type Actor, canWrite, isOperator, moderatesBoard } from '../accounts/actor.ts'
import type { Kind } from '../boards/schema.ts'
import type { PostRow, TopicRow } from './schema.ts'

type Closable = Pick<TopicRow, 'authorId' | 'boardId' | 'closedAt'>
type Ownable = Pick<PostRow, 'authorId' | 'withdrawnAt' | 'hiddenAt'>

const stands = (post: Ownable) => !post.withdrawnAt && !post.hiddenAt

/** Ask in a board that takes this kind of topic. */
export const canAsk = (actor: Actor, board: { kinds: Kind[]; archivedAt: Date | null }, kind: Kind) =>
  canWrite(actor) && !board.archivedAt && board.kinds.includes(kind)

/** Answer or comment: nobody in a closed topic. */
export const canAnswer = (actor: Actor, topic: Closable) => canWrite(actor) && !topic.closedAt

/** Change the words of a post: its author, as long as it stands. Moderators hide, they do not rewrite. */
export const canEdit = (actor: Actor, post: Ownable) => canWrite(actor) && post.authorId === actor.id && stands(post)

/** Take one's own post back. */
export const canWithdraw = (actor: Actor, post: Ownable) => canWrite(actor) && post.authorId === actor.id && stands(post)

/** Add to one's own question without changing it. */
export const canAddAddendum = (actor: Actor, topic: Closable) => canWrite(actor) && topic.authorId === actor.id && !topic.closedAt

/** Close and reopen: the asker, moderators of the board, the operator. What a moderator closed, the asker does not reopen. */
export const canClose = (actor: Actor, topic: Closable) =>
  canWrite(actor) && (topic.authorId === actor.id || moderatesBoard(actor, topic.boardId))
export const canReopen = (actor: Actor, topic: Closable & { closedById: number | null }) =>
  canWrite(actor) && (moderatesBoard(actor, topic.boardId) || (topic.authorId === actor.id && topic.closedById === actor.id))

/** Pick the best answer of a question: the asker, moderators of the board, the operator; nobody picks his own answer. */
export const canPickBest = (actor: Actor, topic: Closable & { kind: Kind }, answer: Ownable) =>
  canWrite(actor) &&
  topic.kind === 'question' &&
  stands(answer) &&
  answer.authorId !== actor.id &&
  (topic.authorId === actor.id || moderatesBoard(actor, topic.boardId))

/** Read what was hidden or withdrawn: the board's moderators and the operator. */
export const canSeeHidden = (actor: Actor, boardId: number) => isOperator(actor) || moderatesBoard(actor, boardId)

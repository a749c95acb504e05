import { type Actor, canWriteIn } from '../../accounts/actor.ts'
import { hasPrivilege } from '../../accounts/policy.ts'
import { canEditIn, canTend, isPartyTo, moderatesTopic } from '../policy.ts'
import type { PostRow, TopicRow } from '../schema.ts'

type Place = Pick<TopicRow, 'authorId' | 'boardId' | 'companyIds'>
type Helpable = Pick<PostRow, 'kind' | 'authorId' | 'companyId' | 'withdrawnAt' | 'hiddenAt'>
/** What waits for a moderator is decided where it waits. */
type Showable = Helpable & Pick<PostRow, 'heldAt'>

const stands = (post: Helpable) => !post.withdrawnAt && !post.hiddenAt

/** Mend the tags of a topic: its author, its moderators, and members of a level; nobody in a topic about his own company. */
export const canEditTags = (actor: Actor, topic: Place) =>
  canWriteIn(actor, topic.boardId) && !isPartyTo(actor, topic) && (topic.authorId === actor.id || hasPrivilege(actor, 'edit_tags'))

/** Offer a better wording for somebody else's post; what was written for a company is the company's alone. */
export const canSuggestEdit = (actor: Actor, topic: Place, post: Helpable) =>
  canWriteIn(actor, topic.boardId) &&
  post.authorId !== actor.id &&
  !post.companyId &&
  stands(post) &&
  !isPartyTo(actor, topic) &&
  hasPrivilege(actor, 'suggest_edits')

/** Accept or decline an offered wording: whose post it is, the topic's moderators, and members of a level. */
export const canDecideEdit = (actor: Actor, topic: Place, post: Helpable) =>
  canEditIn(actor, topic, post) ||
  (canWriteIn(actor, topic.boardId) &&
    stands(post) &&
    !post.companyId &&
    (moderatesTopic(actor, topic) || byLevel(actor, topic, 'accept_edits')))

/** Say that an answer or comment has to go. Questions, and what a company wrote, are for moderators. */
export const canVoteToHide = (actor: Actor, topic: Place, post: Helpable) =>
  canWriteIn(actor, topic.boardId) &&
  post.authorId !== actor.id &&
  post.kind !== 'opening' &&
  stands(post) &&
  (moderatesTopic(actor, topic) || (!post.companyId && byLevel(actor, topic, 'hide')))

/** Show again what was hidden: the topic's moderators. */
export const canShowAgain = (actor: Actor, topic: Place, post: Showable) =>
  canWriteIn(actor, topic.boardId) && post.hiddenAt !== null && !post.heldAt && post.kind !== 'opening' && moderatesTopic(actor, topic)

type Slow = Pick<TopicRow, 'slowMinutes' | 'slowUntil' | 'slowById'>

/** Whether a topic takes one post a while from each member just now; it ends by itself. */
export const isSlow = ({ slowMinutes, slowUntil }: Pick<TopicRow, 'slowMinutes' | 'slowUntil'>, now = Date.now()) =>
  slowMinutes !== null && slowUntil !== null && slowUntil.getTime() > now

/** Slow a topic down, or change how slow it is: its moderators, and members of a level; what somebody else set, moderators alone. */
export const canSlow = (actor: Actor, topic: Place & Slow & Pick<TopicRow, 'closedAt'>) =>
  canWriteIn(actor, topic.boardId) &&
  !topic.closedAt &&
  (moderatesTopic(actor, topic) || ((!isSlow(topic) || topic.slowById === actor.id) && byLevel(actor, topic, 'slow_topic')))

/** Let a topic rest, or wake it: its moderators, nobody else, and nobody who works for a company it is about. */
export const canRest = (actor: Actor, topic: Pick<TopicRow, 'boardId' | 'companyIds' | 'closedAt'>) =>
  canTend(actor, topic) && !topic.closedAt

const byLevel = (actor: Actor, topic: Place, privilege: 'hide' | 'accept_edits' | 'slow_topic') =>
  !isPartyTo(actor, topic) && hasPrivilege(actor, privilege)

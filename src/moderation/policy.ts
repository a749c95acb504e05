import { type Actor, canWrite, isOperator, worksFor } from '../accounts/actor.ts'
import type { ReviewItem } from './schema.ts'

type Waiting = Pick<ReviewItem, 'boardId' | 'companyIds' | 'aboutId' | 'notById'>

/** Works on the queue at all: moderators of a board, and operators. */
export const canModerate = (actor: Actor) => canWrite(actor) && (isOperator(actor) || actor.moderates.length > 0)

/** Sees an item: the moderators of its board; what belongs to no board is for operators. */
export const canSeeItem = (actor: Actor, item: Pick<ReviewItem, 'boardId'>) =>
  canModerate(actor) && (isOperator(actor) || (item.boardId !== null && actor.moderates.includes(item.boardId)))

/**
 * Takes and decides an item: never on a topic about a product of a company one works for, never about oneself, and a second look is
 * somebody else's.
 */
export const canDecideItem = (actor: Actor, item: Waiting) =>
  canSeeItem(actor, item) && !item.companyIds.some(id => worksFor(actor, id)) && item.aboutId !== actor.id && item.notById !== actor.id

/** Reads the audit log, which says who looked at whose data: operators alone. */
export const canReadAudit = (actor: Actor) => isOperator(actor)

import { type Actor, canWrite, isOperator } from '../../accounts/actor.ts'
import type { AccountRow } from '../../accounts/schema.ts'
import type { Sanction, SanctionKind } from './schema.ts'

type Member = Pick<AccountRow, 'id' | 'role' | 'moderates' | 'closedAt'>

/** See a member's record: who moderates any board. */
export const canSeeRecord = (actor: Actor) => canWrite(actor) && (isOperator(actor) || actor.moderates.length > 0)

/** Take a step of the ladder at all: never against oneself or an operator; against a moderator, operators alone. */
export const canSanction = (actor: Actor, member: Member) =>
  canSeeRecord(actor) &&
  member.id !== actor.id &&
  member.role !== 'operator' &&
  !member.closedAt &&
  (!member.moderates || isOperator(actor))

/** Take this step here: a board's moderators for their boards; for the whole site, and removals, the operator. */
export const canSanctionSo = (actor: Actor, member: Member, { kind, boardId }: { kind: SanctionKind; boardId: number | null }) =>
  canSanction(actor, member) && (isOperator(actor) || (kind !== 'removal' && boardId !== null && actor.moderates.includes(boardId)))

/** Lift one before its end: the same who could have decided it. */
export const canLift = (actor: Actor, sanction: Pick<Sanction, 'accountId' | 'boardId'>) =>
  canSeeRecord(actor) &&
  sanction.accountId !== actor.id &&
  (isOperator(actor) || (sanction.boardId !== null && actor.moderates.includes(sanction.boardId)))

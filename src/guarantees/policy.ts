import { type Actor, canWrite, isOperator } from '../accounts/actor.ts'
import { canSpeakFor } from '../companies/policy.ts'
import type { GuaranteeRow } from './schema.ts'

type Answer = {
  kind: string
  hiddenAt: Date | null
  withdrawnAt: Date | null
  topic: { visibility: string; companyIds: number[]; hiddenAt: Date | null; withdrawnAt: Date | null }
}

/** Vouch for an answer everybody can read, in a topic about the company's product: everybody in its team. */
export const canGuarantee = (actor: Actor, answer: Answer, companyId: number) =>
  canSpeakFor(actor, companyId) &&
  answer.kind === 'answer' &&
  !answer.hiddenAt &&
  !answer.withdrawnAt &&
  answer.topic.visibility === 'public' &&
  !answer.topic.hiddenAt &&
  !answer.topic.withdrawnAt &&
  answer.topic.companyIds.includes(companyId)

/** Look after a guarantee: renew, check again, revoke, recall: everybody in the company's team. */
export const canLookAfter = (actor: Actor, { companyId }: Pick<GuaranteeRow, 'companyId'>) => canSpeakFor(actor, companyId)

/** Be the second pair of eyes: somebody else of the team than who checked first. */
export const canConfirm = (actor: Actor, guarantee: Pick<GuaranteeRow, 'companyId' | 'checkerId'>) =>
  canSpeakFor(actor, guarantee.companyId) && guarantee.checkerId !== actor.id

/** Agree or decline when a company wants to vouch for one's own answer. */
export const canAgree = (actor: Actor, writerId: number) => canWrite(actor) && actor.id === writerId

/** Stop a guarantee and let it go on: the operator. He never vouches himself. */
export const canSuspend = (actor: Actor) => isOperator(actor)

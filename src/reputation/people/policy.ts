import { type Actor, canWrite, isOperator } from '../../accounts/actor.ts'

type Certification = { accountId: number; state: string; secondLookById: number | null }

/** Present a certificate: members in good standing. */
export const canApply = (actor: Actor) => canWrite(actor)

/** Look at what somebody presented, picture and number included: operators, and nobody at his own. */
export const canCheck = (actor: Actor, certification: Pick<Certification, 'accountId'>) =>
  isOperator(actor) && certification.accountId !== actor.id

/** Decide: nobody about himself, and whoever asked for a second look leaves the decision to another. */
export const canDecide = (actor: Actor, certification: Certification) =>
  canCheck(actor, certification) &&
  (certification.state === 'waiting' || (certification.state === 'second_look' && certification.secondLookById !== actor.id))

/** Ask another operator to look too; once. */
export const canAskSecondLook = (actor: Actor, certification: Certification) =>
  canCheck(actor, certification) && certification.state === 'waiting'

/** Take back a mark that should not have been given. */
export const canRevoke = (actor: Actor, certification: Certification) =>
  canCheck(actor, certification) && certification.state === 'approved'

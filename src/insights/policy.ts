import { type Actor, isOperator } from '../accounts/actor.ts'
import { canRun, canSpeakFor } from '../companies/policy.ts'

/** See a company's figures: its people with their second step, and the operator. */
export const canSeeInsights = (actor: Actor, companyId: number) => canSpeakFor(actor, companyId) || isOperator(actor)

/** Say what a company assumes, and whether one wants its weekly letter: its admins. */
export const canSetAssumptions = (actor: Actor, companyId: number) => canRun(actor, companyId)

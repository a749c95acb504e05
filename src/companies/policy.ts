import { type Actor, canWrite, isOperator, speaksFor } from '../accounts/actor.ts'
import type { Capacity } from '../topics/capacity.ts'
import { moderatesTopic } from '../topics/policy.ts'
import type { CompanyRow } from './schema.ts'

/** Apply in a company's name: any member in good standing. */
export const canApply = (actor: Actor) => canWrite(actor)

/** Admit and decline: the operator alone. */
export const canAdmit = (actor: Actor) => isOperator(actor)

/** See and complete an application: who applied, and the operator. */
export const canSeeApplication = (actor: Actor, company: Pick<CompanyRow, 'applicantId'>) =>
  isOperator(actor) || (actor.id !== 0 && company.applicantId === actor.id)

/** Answer and vouch for a company: everybody in its team, with a second step at log-in. */
export const canSpeakFor = (actor: Actor, companyId: number) => canWrite(actor) && speaksFor(actor, companyId)

/** Run a company's place, its team and its products: its admins. */
export const canRun = (actor: Actor, companyId: number) =>
  canSpeakFor(actor, companyId) && actor.companies.some(({ id, role }) => id === companyId && role === 'admin')

type Nameable = { authorId: number; boardId: number; companyIds: number[]; capacity: Capacity | null }

/** Say which products a topic is about: whoever its opening belongs to, and who moderates it. */
export const canNameProducts = (actor: Actor, topic: Nameable) => canWrite(actor) && (owns(actor, topic) || moderatesTopic(actor, topic))

/** Add one's own company's products to what a topic is said to be about: everybody in a company's team. */
export const canClaimTopic = (actor: Actor) => canWrite(actor) && actor.companies.some(({ id }) => speaksFor(actor, id))

const owns = (actor: Actor, { authorId, capacity }: Nameable) =>
  capacity?.as === 'company' ? speaksFor(actor, capacity.companyId) : authorId === actor.id

import type { Actor, OwnCompany } from '../accounts/actor.ts'
import { Refused } from '../platform/errors.ts'

/**
 * In whose name a post was written, as of then: for a company, or as a member who works for the company whose product the topic is
 * about. Nothing changes it afterwards (Consumer Affairs Agency notice on hidden advertising,
 * October 2023: whoever has an interest is labelled, as of the time of posting).
 */
export type Capacity = { as: 'company' | 'related'; companyId: number; slug: string; nameJa: string; nameEn: string }

/**
 * The capacity of a post that is being written: the company it is written for (`chosen` is its id), or else what the writer's own work
 * makes of it. Throws Refused for a company that is not his.
 */
export function capacityOf(actor: Actor, chosen: number | undefined, topic: { companyIds: number[] }): Capacity | null {
  if (chosen) {
    const own = actor.companies.find(({ id }) => id === chosen)
    if (!own) throw new Refused('companies.errors.notYours')
    if (!actor.twoStep) throw new Refused('companies.errors.twoStep')
    return named(own, 'company')
  }
  const own = actor.companies.find(({ id }) => topic.companyIds.includes(id))
  return own ? named(own, 'related') : null
}

/** A post's columns that say in whose name it was written. */
export const spokenAs = (capacity: Capacity | null) => ({ capacity, companyId: capacity?.as === 'company' ? capacity.companyId : null })

const named = ({ id, slug, nameJa, nameEn }: OwnCompany, as: Capacity['as']): Capacity => ({ as, companyId: id, slug, nameJa, nameEn })

/** The id of the company a form says to write for; undefined for «as a member». */
export const chosenCompany = (typed: string | undefined): number | undefined =>
  typed && /^\d{1,15}$/.test(typed) ? Number(typed) : undefined

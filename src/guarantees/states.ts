import type { Deed, State } from './schema.ts'

/** What decides where a deed leads: whether the answer is the company's own, wants a second pair of eyes, was ever in force. */
export type Facts = { isOwn: boolean; secondPair: boolean; wasInForce: boolean }

/** Where a deed leads from a state; undefined where it cannot be done. The one table of it. */
export function next(state: State | undefined, deed: Deed, facts: Facts): State | undefined {
  const checked: State = facts.secondPair ? 'pending' : 'given'
  const leads: { [Name in Deed]: [from: (State | undefined)[], to: State] } = {
    offered: [[undefined], facts.isOwn ? checked : 'asked'],
    accepted: [['asked'], checked],
    confirmed: [['pending'], 'given'],
    declined: [['asked', 'pending'], facts.wasInForce ? 'suspended' : 'declined'],
    suspended: [['given'], 'suspended'],
    resumed: [['suspended'], 'given'],
    rechecked: [['given', 'suspended', 'expired'], checked],
    renewed: [['given', 'expired'], 'given'],
    expired: [['given'], 'expired'],
    revoked: [['given', 'suspended', 'expired'], 'revoked'],
    recalled: [['given', 'suspended', 'expired', 'revoked'], 'recalled'],
  }
  const [from, to] = leads[deed]
  return from.includes(state) ? to : undefined
}

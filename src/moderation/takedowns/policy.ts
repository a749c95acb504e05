import { type Actor, canWrite, isOperator } from '../../accounts/actor.ts'
import { isPartyTo } from '../../topics/policy.ts'

/** Sees requests at all: operators. */
export const canSeeTakedowns = (actor: Actor) => canWrite(actor) && isOperator(actor)

/** Asks the poster, decides, looks at who asked: an operator, but not about his own words, nor where his own company's product is talked of. */
export const canDecideTakedown = (actor: Actor, post: { authorId: number; topic: { companyIds: number[] } }) =>
  canSeeTakedowns(actor) && post.authorId !== actor.id && !isPartyTo(actor, post.topic)

import { type Actor, canWriteIn } from '../accounts/actor.ts'
import type { Kind } from '../boards/schema.ts'
import { isPartyTo } from '../topics/policy.ts'
import type { ReactionKind } from './schema.ts'

type Reactable = { kind: 'opening' | 'answer' | 'comment'; authorId: number; hiddenAt: Date | null; withdrawnAt: Date | null }

/** Which reactions a post takes: answers are thanked and found helpful, questions shared by those with the same trouble, other openings found helpful. */
export function reactionsFor(post: { kind: Reactable['kind'] }, topic: { kind: Kind }): ReactionKind[] {
  if (post.kind === 'answer') return ['helpful', 'thanks']
  if (post.kind === 'comment') return []
  return topic.kind === 'question' ? ['me_too'] : ['helpful', 'thanks']
}

/** Nobody reacts to his own post, nor to one that is gone, nor where it is about a product of the company he works for. */
export const canReact = (actor: Actor, post: Reactable, topic: { kind: Kind; boardId: number; companyIds: number[] }, kind: ReactionKind) =>
  canWriteIn(actor, topic.boardId) &&
  post.authorId !== actor.id &&
  !isPartyTo(actor, topic) &&
  !post.hiddenAt &&
  !post.withdrawnAt &&
  reactionsFor(post, topic).includes(kind)

/** Whether his reactions bring others points: those of the operator and of company people count as thanks, not as points. */
export const bringsPoints = ({ role, companies }: Actor) => role !== 'operator' && companies.length === 0

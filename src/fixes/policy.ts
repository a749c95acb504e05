import { type Actor, canWrite } from '../accounts/actor.ts'
import type { Kind } from '../boards/schema.ts'
import { isPartyTo } from '../topics/policy.ts'

type Tried = { kind: 'opening' | 'answer' | 'comment'; authorId: number; hiddenAt: Date | null; withdrawnAt: Date | null }

/** Say whether an answer fixed it: any reader of a question, but neither its writer nor somebody whose company it is about. */
export const canSayFixed = (actor: Actor, post: Tried, topic: { kind: Kind; companyIds: number[] }) =>
  topic.kind === 'question' &&
  post.kind === 'answer' &&
  !post.hiddenAt &&
  !post.withdrawnAt &&
  (actor.id === 0 || post.authorId !== actor.id) &&
  !isPartyTo(actor, topic)

/** Whose word counts as a member's; everybody else's (who has not confirmed his address, who is suspended) as a guest's. */
export const countsAsMember = canWrite

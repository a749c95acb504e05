import { type Actor, canWrite, isGuest } from '../accounts/actor.ts'
import type { Translate } from '../platform/i18n.ts'
import { postLink } from '../topics/paths.ts'
import { isPartyTo } from '../topics/policy.ts'
import type { ReactionKind } from './schema.ts'

type Counted = { id: number; authorId: number; helpfulCount: number; thanksCount: number; meTooCount: number }

const LOOKS = {
  helpful: { icon: 'thumbs-up', count: 'helpfulCount' },
  thanks: { icon: 'heart', count: 'thanksCount' },
  me_too: { icon: 'hand-helping', count: 'meTooCount' },
} as const

/** One reaction's button: its count, whether this reader gave it, and whether he may. Guests may press: they are asked to log in. */
export function presentReaction(
  post: Counted,
  topic: { companyIds: number[] },
  kind: ReactionKind,
  given: boolean,
  actor: Actor,
  t: Translate,
) {
  const { icon, count } = LOOKS[kind]
  const may = post.authorId !== actor.id && !isPartyTo(actor, topic) && (isGuest(actor) || canWrite(actor))
  return {
    id: `reaction-${post.id}-${kind}`,
    path: `${postLink(post)}/reactions/${kind}${given ? '?_method=DELETE' : ''}`,
    icon,
    label: t(`reactions.${kind}`),
    count: post[count],
    given,
    may,
    show: may || post[count] > 0,
  }
}

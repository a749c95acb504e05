import type { Translate } from '../platform/i18n.ts'
import { type Actor, isGuest, isOperator } from './actor.ts'

/** Who is reading, for the frame of every page. */
export function presentViewer(actor: Actor, t: Translate) {
  return {
    isGuest: isGuest(actor),
    isOperator: isOperator(actor),
    name: actor.name || t('people.guest'),
    path: `/u/${actor.handle}`,
    avatarUrl: actor.avatarKey ? `/media/${actor.avatarKey}` : undefined,
    initial: [...actor.name][0],
    tone: actor.id % 8,
    mustConfirm: !isGuest(actor) && !actor.confirmed,
  }
}

import type { Translate } from '../platform/i18n.ts'
import { type Actor, isGuest, isOperator } from './actor.ts'
import type { Mark } from './schema.ts'

/** Who is reading, for the frame of every page. */
export function presentViewer(actor: Actor, t: Translate) {
  return {
    isGuest: isGuest(actor),
    isOperator: isOperator(actor),
    isModerator: isOperator(actor) || actor.moderates.length > 0,
    name: actor.name || t('people.guest'),
    path: `/u/${actor.handle}`,
    avatarUrl: actor.avatarKey ? `/media/${actor.avatarKey}` : undefined,
    initial: [...actor.name][0],
    tone: actor.id % 8,
    companies: actor.companies.map(({ slug, nameJa, nameEn }) => ({
      name: (actor.preferences.locale === 'en' && nameEn) || nameJa,
      path: `/c/${slug}/manage`,
    })),
    unread: actor.unread >= 100 ? '99+' : actor.unread,
    unreadText: t('frame.noticesUnread', { count: actor.unread }),
    mustConfirm: !isGuest(actor) && !actor.confirmed,
  }
}

/** The mark beside a name: which certificate, of which year, and that it was checked. */
export function presentMark(mark: Mark | null, t: Translate) {
  if (!mark) return undefined
  const name = mark.name[t.locale ?? 'ja']
  return { name, year: mark.year, label: t('people.certified', { name, year: mark.year }) }
}

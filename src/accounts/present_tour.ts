import type { Translate } from '../platform/i18n.ts'
import { type Actor, isGuest } from './actor.ts'

const CARDS = [
  { name: 'find', icon: 'search', path: '/search' },
  { name: 'ask', icon: 'message-circle', path: '/ask' },
  { name: 'thank', icon: 'heart', path: '/help/newcomers' },
]

/** One of the three cards a member sees on his first visit, until he has seen or skipped them. */
export function presentTour(actor: Actor, asked: string | undefined, t: Translate) {
  if (isGuest(actor) || actor.toured) return undefined
  const place = Math.max(
    0,
    CARDS.findIndex((_, index) => String(index + 1) === asked),
  )
  const card = CARDS[place]
  return {
    ...card,
    title: t(`tour.${card?.name}`),
    text: t(`tour.${card?.name}Text`),
    go: t(`tour.${card?.name}Go`),
    step: t('tour.step', { step: place + 1, steps: CARDS.length }),
    backPath: place > 0 ? `/?tour=${place}#tour` : undefined,
    nextPath: place + 1 < CARDS.length ? `/?tour=${place + 2}#tour` : undefined,
    dots: CARDS.map((_, index) => ({ isCurrent: index === place })),
  }
}

import type { Actor } from '../../accounts/actor.ts'
import { boardName } from '../../boards/present.ts'
import type { Locale, Translate } from '../../platform/i18n.ts'
import { postLink } from '../../topics/paths.ts'
import { canLift } from './policy.ts'
import type { SanctionLine } from './queries.ts'

/** Where a member reads what was decided about him. */
export const standingPath = '/me/standing'
/** A member's record, for moderators. */
export const recordPath = (member: { handle: string }) => `/moderation/members/${member.handle}`

/** A step in plain words: what it is, where, why, until when, and what one may still do. */
export function presentSanction({ sanction, board, by, isOver, evidence, appeal }: SanctionLine, locale: Locale, t: Translate) {
  const { kind, perDay } = sanction
  const place = board ? boardName(board as { nameJa: string; nameEn: string }, locale) : t('sanctions.everywhere')
  return {
    id: sanction.id,
    label: t(`sanctions.kinds.${kind}`),
    means: t(`sanctions.means.${kind}${board && (kind === 'suspension' || kind === 'limits') ? 'Board' : ''}`, {
      count: perDay ?? 0,
      board: place,
    }),
    may: t(`sanctions.may.${kind}`),
    place,
    rule: t(`sanctions.rules.${sanction.rule}`),
    words: sanction.words,
    at: sanction.at,
    endsAt: sanction.endsAt ?? undefined,
    isForGood: kind === 'removal',
    by: by ?? undefined,
    isOver,
    liftedWhy: sanction.liftedAt ? sanction.liftedWhy : undefined,
    isLifted: sanction.liftedAt !== null,
    evidence: evidence.map(post => ({ ...post, path: postLink(post) })),
    appeal: appeal
      ? { isOpen: appeal.outcome === null, text: t(`appeals.outcomes.${appeal.outcome ?? 'waiting'}`), dueAt: new Date(appeal.dueAt) }
      : undefined,
  }
}

/** The same for moderators, with the button that lifts it. */
export const presentForModerator = (line: SanctionLine, actor: Actor, locale: Locale, t: Translate) => ({
  ...presentSanction(line, locale, t),
  liftPath:
    !line.isOver && line.sanction.kind !== 'reminder' && canLift(actor, line.sanction)
      ? `/moderation/sanctions/${line.sanction.id}/lift`
      : undefined,
})

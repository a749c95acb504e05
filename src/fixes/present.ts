import type { Actor } from '../accounts/actor.ts'
import type { Kind } from '../boards/schema.ts'
import { type Locale, numberText, type Translate } from '../platform/i18n.ts'
import type { FixTallies, FixTally } from '../topics/fixed.ts'
import { postLink } from '../topics/paths.ts'
import { canSayFixed } from './policy.ts'
import type { Choice } from './queries.ts'

type Tried = {
  id: number
  kind: 'opening' | 'answer' | 'comment'
  authorId: number
  hiddenAt: Date | null
  withdrawnAt: Date | null
  fixes: FixTallies
  fixScore: number
}

/**
 * What readers say of an answer, and the two buttons with which this one says it; undefined where nothing can be said. `version` is what he
 * has: then the figures of those who have it too.
 */
export function presentFixed(
  post: Tried,
  topic: { kind: Kind; companyIds: number[] },
  said: 'fixed' | 'failed' | undefined,
  actor: Actor,
  t: Translate,
  version?: { id: number; label: string },
) {
  const may = canSayFixed(actor, post, topic)
  const own = version && post.fixes[version.id]
  const tally = own ?? post.fixes.all
  if (post.kind !== 'answer' || (!may && !tally)) return undefined
  const { locale } = actor.preferences
  return {
    boxId: `fixed-${post.id}`,
    path: fixedPath(post),
    may,
    saidFixed: said === 'fixed',
    saidFailed: said === 'failed',
    ...presentTally(tally, locale, t),
    versionText: own && t('fixes.ofVersion', { version: version.label }),
    warning: post.fixScore < 0 ? t('fixes.warning') : undefined,
  }
}

export const fixedPath = (post: { id: number }) => `${postLink(post)}/fixed`

/** A rate never stands without its count; guests are counted apart. */
export function presentTally(tally: FixTally | undefined, locale: Locale, t: Translate) {
  if (!tally) return {}
  const members = tally.fixed + tally.failed
  const guests = tally.guestFixed + tally.guestFailed
  return {
    rate: members > 0 ? `${Math.round((tally.fixed / members) * 100)}%` : undefined,
    countText: members > 0 ? t('fixes.of', { fixed: numberText(locale, tally.fixed), count: members }) : undefined,
    guestsText: guests > 0 ? t('fixes.guests', { fixed: numberText(locale, tally.guestFixed), count: guests }) : undefined,
  }
}

/** The products and versions a reader may say he has, as options of a list. */
export function presentChoices(choices: Choice[], chosen: string, locale: Locale, t: Translate) {
  const name = ({ nameJa, nameEn }: Choice) => (locale === 'en' && nameEn) || nameJa
  return choices.map(choice => ({
    label: name(choice),
    options: [
      ...choice.versions.map(({ id, label }) => ({ value: `v${id}`, label: `${name(choice)} ${label}` })),
      { value: `p${choice.id}`, label: t('fixes.noVersion', { product: name(choice) }) },
    ].map(option => ({ ...option, isChosen: option.value === chosen })),
  }))
}

/** What somebody has, as a form sends it. */
export const havingOf = (fix: { productId: number | null; versionId: number | null } | undefined) =>
  fix?.versionId ? `v${fix.versionId}` : fix?.productId ? `p${fix.productId}` : ''

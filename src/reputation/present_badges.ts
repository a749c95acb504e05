import type { Translate } from '../platform/i18n.ts'
import type { Grant } from './badge_queries.ts'
import { BADGES, type Badge } from './badge_rules.ts'

/** A badge as its picture and words; what it takes is said in its text. */
export function presentBadge({ key, tier, name, text }: Badge, t: Translate) {
  const locale = t.locale ?? 'ja'
  return { key, tier, name: name[locale], text: text[locale], path: `/badges/${key}`, isGold: tier === 'gold' }
}

/** The badges somebody has, in the order of the list, with when he got them. */
export function presentGrants(grants: Grant[], t: Translate) {
  return BADGES.flatMap(badge => {
    const grant = grants.find(each => each.badge === badge.key)
    return grant ? [{ ...presentBadge(badge, t), at: grant.grantedAt, isHidden: grant.hiddenAt !== null }] : []
  })
}

/** What is still missing for the badges somebody does not have, the nearest first. */
export function presentMissing(grants: Grant[], numbers: Partial<Record<string, number>>, t: Translate) {
  const had = new Set(grants.map(({ badge }) => badge))
  return BADGES.filter(({ key }) => !had.has(key))
    .map(badge => ({ ...presentBadge(badge, t), has: numbers[badge.measure] ?? 0, needs: badge.atLeast }))
    .sort((a, b) => b.has / b.needs - a.has / a.needs)
    .map(badge => ({ ...badge, progress: t('badges.progress', { has: Math.min(badge.has, badge.needs), needs: badge.needs }) }))
}

import type { Translate } from '../platform/i18n.ts'
import type { Flag } from './flag_queries.ts'

/** One's own flag: when, why, and what became of it. */
export const presentOwnFlag = ({ reason, words, flaggedAt, outcome }: Flag, t: Translate) => ({
  reason: t(`moderation.why.${reason}`),
  words,
  at: flaggedAt,
  outcome: t(`moderation.flag.outcomes.${outcome ?? 'open'}`),
})

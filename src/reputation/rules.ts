/** What brings points. The one table of it: the ledger counts by it, and `/help/points` shows it to everyone. */
export type Rule = {
  /** The ledger's reason. */
  rule: RuleName
  points: number
  /** The most points this rule brings a member on one day (Japanese time). */
  dailyLimit: number
  /** Whose doing brings nothing; texts under `points.nobody.*`. */
  notFrom: ('self' | 'suspended' | 'staff' | 'company' | 'confirmedRing')[]
}

export const RULE_NAMES = [
  'answer_posted',
  'helpful_received',
  'thanks_received',
  'best_received',
  'guaranteed',
  'me_too_received',
  'thanks_given',
  'best_picked',
  'edit_accepted',
] as const
export type RuleName = (typeof RULE_NAMES)[number]

const fromOthers: Rule['notFrom'] = ['self', 'suspended', 'staff', 'company', 'confirmedRing']

export const RULES: Rule[] = [
  { rule: 'helpful_received', points: 5, dailyLimit: 100, notFrom: fromOthers },
  { rule: 'thanks_received', points: 5, dailyLimit: 100, notFrom: fromOthers },
  { rule: 'best_received', points: 20, dailyLimit: 200, notFrom: ['self', 'suspended', 'company', 'confirmedRing'] },
  { rule: 'guaranteed', points: 30, dailyLimit: 300, notFrom: ['company'] },
  { rule: 'answer_posted', points: 1, dailyLimit: 10, notFrom: ['self', 'suspended', 'company'] },
  { rule: 'me_too_received', points: 1, dailyLimit: 20, notFrom: fromOthers },
  { rule: 'thanks_given', points: 1, dailyLimit: 5, notFrom: fromOthers },
  { rule: 'best_picked', points: 2, dailyLimit: 10, notFrom: ['self', 'suspended', 'confirmedRing'] },
  { rule: 'edit_accepted', points: 2, dailyLimit: 10, notFrom: ['self', 'suspended', 'confirmedRing'] },
]

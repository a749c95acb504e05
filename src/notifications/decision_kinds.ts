import { sql } from 'drizzle-orm'
import type { Kind } from './kinds.ts'

/** What was decided about somebody: he alone hears it, nobody who decided is named, and it leads to where the reasons stand. */
const decided = { who: sql`select e.account_id`, once: 'event', group: 'alone', list: 'rules', path: () => '/me/standing' } as const

/** What moderators decided. */
export const DECISION_KINDS = {
  sanction: { ...decided, on: ['sanction.given'], icon: 'flag' },
  sanction_over: { ...decided, on: ['sanction.lifted', 'sanction.ended'], icon: 'check-circle' },
  appeal: { ...decided, on: ['appeal.decided'], icon: 'flag' },
} as const satisfies Record<string, Kind>

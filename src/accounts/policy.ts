import type { Actor } from './actor.ts'

/** What a level opens, and from which level on. The levels' own numbers stand in `reputation/level_rules.ts`. */
export const PRIVILEGES = {
  upload_pictures: 1,
  edit_tags: 2,
  suggest_edits: 2,
  hide: 3,
  slow_topic: 3,
  mentor: 3,
  accept_edits: 4,
} as const
export type Privilege = keyof typeof PRIVILEGES

/** Whether this member's level opens something to him; operators and moderators need none. */
export const hasPrivilege = (actor: Pick<Actor, 'level' | 'role' | 'moderates'>, privilege: Privilege) =>
  actor.level >= PRIVILEGES[privilege] || actor.role === 'operator' || actor.moderates.length > 0

import { sql } from 'drizzle-orm'
import { index, jsonb, pgTable, text } from 'drizzle-orm/pg-core'
import { accounts } from '../../accounts/schema.ts'
import { identity, moment, reference } from '../../platform/schema.ts'
import { topics } from '../../topics/schema.ts'

export const THREAD_DEEDS = ['moved', 'merged', 'split', 'duplicate', 'locked', 'unlisted', 'hidden', 'edited'] as const
export type ThreadDeed = (typeof THREAD_DEEDS)[number]

/** What stood before, as far as a deed changed it: from this it is undone. */
export type Before = {
  boardId?: number
  postIds?: number[]
  askedAs?: string | null
  duplicateOfId?: number | null
  closedAt?: string | null
  closedById?: number | null
  revision?: number
  title?: string
  body?: string
}

/** What a moderator changed about a thread, why, and whether it was undone. `otherId` is the topic it went into, came from or points to. */
export const threadChanges = pgTable(
  'thread_changes',
  {
    id: identity(),
    topicId: reference('topic_id')
      .notNull()
      .references(() => topics.id),
    otherId: reference('other_id').references(() => topics.id),
    postId: reference('post_id'),
    deed: text({ enum: THREAD_DEEDS }).notNull(),
    reason: text().notNull(),
    before: jsonb().$type<Before>().notNull().default({}),
    actorId: reference('actor_id')
      .notNull()
      .references(() => accounts.id),
    at: moment('at').notNull().default(sql`now()`),
    undoneAt: moment('undone_at'),
    undoneById: reference('undone_by_id').references(() => accounts.id),
  },
  t => [index('thread_changes_topic').on(t.topicId, t.id.desc().nullsFirst()), index('thread_changes_other').on(t.otherId)],
)

export type ThreadChange = typeof threadChanges.$inferSelect

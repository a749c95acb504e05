import { sql } from 'drizzle-orm'
import { index, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import { accounts } from '../../accounts/schema.ts'
import { bytes, identity, moment, reference } from '../../platform/schema.ts'
import { posts } from '../../topics/schema.ts'

/** Which right somebody says is violated. */
export const RIGHTS = ['privacy', 'defamation', 'portrait', 'copyright', 'trademark', 'other'] as const
export type Right = (typeof RIGHTS)[number]
/** Whether he asks for himself. */
export const RELATIONS = ['self', 'agent', 'company'] as const

/**
 * A request to take a post down (Act on Information Distribution Platforms, April 2025), with its two clocks: `dueAt` for the decision, `viewUntil` for the poster's
 * view. Who asked (`name`, `email`, `words`) is forgotten some time after the decision: `forgottenAt`.
 */
export const takedowns = pgTable(
  'takedowns',
  {
    id: identity(),
    postId: reference('post_id')
      .notNull()
      .references(() => posts.id),
    right: text({ enum: RIGHTS }).notNull(),
    relation: text({ enum: RELATIONS }).notNull(),
    name: text(),
    email: text(),
    locale: text({ enum: ['ja', 'en'] }).notNull(),
    words: text(),
    receivedAt: moment('received_at').notNull().default(sql`now()`),
    dueAt: moment('due_at').notNull(),
    askedAt: moment('asked_at'),
    viewUntil: moment('view_until'),
    view: text({ enum: ['agrees', 'objects'] }),
    viewWords: text('view_words'),
    viewedAt: moment('viewed_at'),
    outcome: text({ enum: ['removed', 'kept'] }),
    answer: text().notNull().default(''),
    decidedById: reference('decided_by_id').references(() => accounts.id),
    decidedAt: moment('decided_at'),
    forgottenAt: moment('forgotten_at'),
    draftKey: text('draft_key').notNull(),
  },
  t => [
    unique('takedowns_once').on(t.draftKey),
    index('takedowns_open').on(t.dueAt).where(sql`${t.decidedAt} is null`),
    index('takedowns_post').on(t.postId),
    index('takedowns_received').on(t.receivedAt),
    index('takedowns_to_forget').on(t.decidedAt).where(sql`${t.forgottenAt} is null`),
  ],
)

/** What opens the receipt: the hash of a secret that the requester alone has, from the page or from the mail. */
export const takedownKeys = pgTable('takedown_keys', {
  hash: bytes().primaryKey(),
  takedownId: reference('takedown_id')
    .notNull()
    .references(() => takedowns.id),
})

/** Pictures the requester added as proof, where no public address leads. */
export const takedownProofs = pgTable(
  'takedown_proofs',
  {
    takedownId: reference('takedown_id')
      .notNull()
      .references(() => takedowns.id),
    place: text().notNull(),
    addedAt: moment('added_at').notNull().default(sql`now()`),
  },
  t => [primaryKey({ columns: [t.takedownId, t.place] })],
)

export type Takedown = typeof takedowns.$inferSelect

import { sql } from 'drizzle-orm'
import { index, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import { accounts } from '../../accounts/schema.ts'
import { identity, moment, reference } from '../../platform/schema.ts'
import { posts, topics } from '../schema.ts'

/** Tags of a topic as others than its author changed them: who, from what, to what, why. */
export const tagChanges = pgTable(
  'tag_changes',
  {
    id: identity(),
    topicId: reference('topic_id')
      .notNull()
      .references(() => topics.id),
    editorId: reference('editor_id')
      .notNull()
      .references(() => accounts.id),
    before: text().array().notNull(),
    after: text().array().notNull(),
    reason: text().notNull().default(''),
    at: moment('at').notNull().default(sql`now()`),
  },
  t => [index('tag_changes_topic').on(t.topicId, t.id.desc().nullsFirst())],
)

/** A better wording somebody offers for another's post. It becomes an edit when the author or a moderator accepts it. */
export const suggestedEdits = pgTable(
  'suggested_edits',
  {
    id: identity(),
    postId: reference('post_id')
      .notNull()
      .references(() => posts.id),
    authorId: reference('author_id')
      .notNull()
      .references(() => accounts.id),
    /** The version of the post it was written for. */
    revision: integer().notNull(),
    body: text().notNull(),
    reason: text().notNull().default(''),
    draftKey: text('draft_key').notNull(),
    createdAt: moment('created_at').notNull().default(sql`now()`),
    outcome: text({ enum: ['accepted', 'declined'] }),
    decidedById: reference('decided_by_id').references(() => accounts.id),
    decidedAt: moment('decided_at'),
  },
  t => [
    unique('suggested_edits_once').on(t.authorId, t.draftKey),
    index('suggested_edits_post').on(t.postId, t.id),
    index('suggested_edits_author').on(t.authorId, t.id),
  ],
)

/** Members of a level who think that a post has to go. Enough of them hide it until a moderator has looked. */
export const hideVotes = pgTable(
  'hide_votes',
  {
    postId: reference('post_id')
      .notNull()
      .references(() => posts.id),
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id),
    reason: text({ enum: ['spam', 'abuse', 'personal', 'dangerous', 'off_topic'] }).notNull(),
    at: moment('at').notNull().default(sql`now()`),
    /** A moderator has looked since: the vote no longer counts. */
    settledAt: moment('settled_at'),
  },
  t => [primaryKey({ columns: [t.postId, t.accountId] }), index('hide_votes_account').on(t.accountId, t.at)],
)

import { sql } from 'drizzle-orm'
import { boolean, check, date, index, integer, jsonb, pgTable, primaryKey, text, unique, uniqueIndex } from 'drizzle-orm/pg-core'
import { accounts } from '../accounts/schema.ts'
import { VISIBILITIES } from '../accounts/visibility.ts'
import { boards, KINDS } from '../boards/schema.ts'
import { bytes, identity, moment, reference } from '../platform/schema.ts'
import type { Capacity } from './capacity.ts'
import type { FixTallies } from './fixed.ts'

/**
 * A topic is what lists and searches show: its title, place and counts. Its words stand in posts.
 * `visibility` and `rootBoardId` are kept beside the board's own so that a list is one index scan; which products and companies it is
 * about is kept by the companies, `capacity` is its opening's. While `slowUntil` is to come, nobody posts in it twice within `slowMinutes`;
 * without `slowById` it slowed down by itself, and `slowReason` names parts of its heat. While `restUntil` is to come, its moderators alone
 * write in it; `heatedAt` is set while talk in it is heated.
 * One whose posts went into another (`mergedIntoId`) is hidden, and its address leads there; an unlisted one is read by whoever has its
 * address, and stands in no list.
 */
export const topics = pgTable(
  'topics',
  {
    id: identity(),
    boardId: reference('board_id')
      .notNull()
      .references(() => boards.id),
    rootBoardId: reference('root_board_id').notNull(),
    visibility: text({ enum: VISIBILITIES }).notNull().default('public'),
    kind: text({ enum: KINDS }).notNull(),
    title: text().notNull(),
    excerpt: text().notNull().default(''),
    tags: text().array().notNull().default(sql`'{}'`),
    authorId: reference('author_id')
      .notNull()
      .references(() => accounts.id),
    openingId: reference('opening_id'),
    bestAnswerId: reference('best_answer_id'),
    bestPickedById: reference('best_picked_by_id'),
    bestPickedAt: moment('best_picked_at'),
    duplicateOfId: reference('duplicate_of_id'),
    mergedIntoId: reference('merged_into_id'),
    unlistedAt: moment('unlisted_at'),
    answerCount: integer('answer_count').notNull().default(0),
    postCount: integer('post_count').notNull().default(1),
    viewCount: integer('view_count').notNull().default(0),
    meTooCount: integer('me_too_count').notNull().default(0),
    isFirst: boolean('is_first').notNull().default(false),
    solvedAt: moment('solved_at'),
    guaranteedAt: moment('guaranteed_at'),
    closedAt: moment('closed_at'),
    closedById: reference('closed_by_id'),
    slowMinutes: integer('slow_minutes'),
    slowUntil: moment('slow_until'),
    slowById: reference('slow_by_id'),
    slowReason: text('slow_reason'),
    heatedAt: moment('heated_at'),
    restUntil: moment('rest_until'),
    restById: reference('rest_by_id'),
    restReason: text('rest_reason'),
    restWords: text('rest_words'),
    hiddenAt: moment('hidden_at'),
    withdrawnAt: moment('withdrawn_at'),
    createdAt: moment('created_at').notNull().default(sql`now()`),
    activeAt: moment('active_at').notNull().default(sql`now()`),
    productIds: reference('product_ids').array().notNull().default(sql`'{}'`),
    companyIds: reference('company_ids').array().notNull().default(sql`'{}'`),
    capacity: jsonb().$type<Capacity>(),
    draftKey: text('draft_key'),
    sourceId: text('source_id').unique(),
    sourceUrl: text('source_url'),
  },
  t => {
    const shown = sql`${t.hiddenAt} is null and ${t.withdrawnAt} is null`
    const waiting = sql`${shown} and ${t.kind} = 'question' and ${t.answerCount} = 0 and ${t.closedAt} is null`
    const solved = sql`${shown} and ${t.solvedAt} is not null`
    return [
      unique('topics_once').on(t.authorId, t.draftKey),
      index('topics_new').on(t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()).where(shown),
      index('topics_new_root').on(t.rootBoardId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()).where(shown),
      index('topics_new_board').on(t.boardId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()).where(shown),
      index('topics_active').on(t.activeAt.desc().nullsFirst(), t.id.desc().nullsFirst()).where(shown),
      index('topics_active_root').on(t.rootBoardId, t.activeAt.desc().nullsFirst(), t.id.desc().nullsFirst()).where(shown),
      index('topics_active_board').on(t.boardId, t.activeAt.desc().nullsFirst(), t.id.desc().nullsFirst()).where(shown),
      index('topics_waiting').on(t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()).where(waiting),
      index('topics_waiting_root').on(t.rootBoardId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()).where(waiting),
      index('topics_waiting_board').on(t.boardId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()).where(waiting),
      index('topics_solved').on(t.solvedAt.desc().nullsFirst(), t.id.desc().nullsFirst()).where(solved),
      index('topics_solved_root').on(t.rootBoardId, t.solvedAt.desc().nullsFirst(), t.id.desc().nullsFirst()).where(solved),
      index('topics_solved_board').on(t.boardId, t.solvedAt.desc().nullsFirst(), t.id.desc().nullsFirst()).where(solved),
      index('topics_tips').on(t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()).where(sql`${shown} and ${t.kind} = 'tip'`),
      index('topics_first').on(t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()).where(sql`${shown} and ${t.isFirst}`),
      index('topics_first_waiting').on(t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()).where(sql`${waiting} and ${t.isFirst}`),
      index('topics_rest').on(t.restUntil).where(sql`${t.restUntil} is not null`),
      index('topics_slow').on(t.slowUntil).where(sql`${t.slowUntil} is not null`),
      index('topics_author').on(t.authorId, t.createdAt.desc().nullsFirst()),
      index('topics_tags').using('gin', t.tags),
    ]
  },
)

/** How a best answer was picked, to be put back as it was. */
export type Picked = { byId: number | null; at: string | null; solvedAt: string | null }

export const POST_KINDS = ['opening', 'answer', 'comment'] as const

/**
 * The words people wrote. `bodyHtml` is rendered once, when written, by the renderer of `rendererVersion`. In whose name they were
 * written (`capacity`, and `companyId` where it was a company's) is set with them and never changes: a trigger sees to it. What readers say of an
 * answer is counted beside it (`fixes`, `fixScore`) by whoever hears them. What waits for a moderator before anybody reads it is hidden from
 * its first moment on and has `heldAt` besides, until he decides. `askedAs` is the title of the question it was before its topic went
 * into another: such a post stands among the answers and is none. `wasBest` says how it was picked, while it is hidden.
 */
export const posts = pgTable(
  'posts',
  {
    id: identity(),
    topicId: reference('topic_id')
      .notNull()
      .references(() => topics.id),
    kind: text({ enum: POST_KINDS }).notNull(),
    parentId: reference('parent_id'),
    authorId: reference('author_id')
      .notNull()
      .references(() => accounts.id),
    body: text().notNull(),
    bodyHtml: text('body_html').notNull(),
    bodyText: text('body_text').notNull(),
    rendererVersion: integer('renderer_version').notNull(),
    revision: integer().notNull().default(1),
    helpfulCount: integer('helpful_count').notNull().default(0),
    thanksCount: integer('thanks_count').notNull().default(0),
    meTooCount: integer('me_too_count').notNull().default(0),
    commentCount: integer('comment_count').notNull().default(0),
    guaranteedAt: moment('guaranteed_at'),
    fixes: jsonb().$type<FixTallies>().notNull().default({}),
    fixScore: integer('fix_score').notNull().default(0),
    companyId: reference('company_id'),
    capacity: jsonb().$type<Capacity>(),
    createdAt: moment('created_at').notNull().default(sql`now()`),
    editedAt: moment('edited_at'),
    hiddenAt: moment('hidden_at'),
    heldAt: moment('held_at'),
    hiddenById: reference('hidden_by_id'),
    wasBest: jsonb('was_best').$type<Picked>(),
    askedAs: text('asked_as'),
    withdrawnAt: moment('withdrawn_at'),
    draftKey: text('draft_key'),
  },
  t => [
    unique('posts_once').on(t.authorId, t.draftKey),
    check('comments_have_a_parent', sql`(${t.kind} = 'comment') = (${t.parentId} is not null)`),
    index('posts_answers')
      .on(t.topicId, t.fixScore.desc().nullsFirst(), t.helpfulCount.desc().nullsFirst(), t.id)
      .where(sql`${t.kind} = 'answer'`),
    index('posts_comments').on(t.parentId, t.id).where(sql`${t.kind} = 'comment'`),
    index('posts_topic').on(t.topicId, t.id),
    index('posts_hidden').on(t.hiddenAt).where(sql`${t.hiddenAt} is not null`),
    index('posts_author').on(t.authorId, t.createdAt.desc().nullsFirst()),
  ],
)

/** Every version a post has had, the current one included: nothing anybody wrote is lost by an edit. */
export const revisions = pgTable(
  'revisions',
  {
    postId: reference('post_id')
      .notNull()
      .references(() => posts.id),
    number: integer().notNull(),
    editorId: reference('editor_id')
      .notNull()
      .references(() => accounts.id),
    title: text(),
    body: text().notNull(),
    reason: text().notNull().default(''),
    createdAt: moment('created_at').notNull().default(sql`now()`),
  },
  t => [primaryKey({ columns: [t.postId, t.number] })],
)

/** Whose row it is: columns that many tables have. */
export const ofTopic = () =>
  reference('topic_id')
    .notNull()
    .references(() => topics.id)
export const ofPost = () =>
  reference('post_id')
    .notNull()
    .references(() => posts.id)

/** What the asker adds later without changing the question others have answered. */
export const addenda = pgTable(
  'addenda',
  {
    id: identity(),
    postId: reference('post_id')
      .notNull()
      .references(() => posts.id),
    body: text().notNull(),
    bodyHtml: text('body_html').notNull(),
    createdAt: moment('created_at').notNull().default(sql`now()`),
    draftKey: text('draft_key'),
  },
  t => [index('addenda_post').on(t.postId, t.id), uniqueIndex('addenda_once').on(t.postId, t.draftKey)],
)

/**
 * How a reader came to a page: from a page of this forum, from a company's own site, from a search engine, from social media, from any
 * other site, by a paid campaign; or directly, which is all that says nothing of itself.
 */
export const SOURCES = ['forum', 'company', 'search', 'social', 'site', 'paid', 'direct'] as const
export type Source = (typeof SOURCES)[number]

/** What somebody is still writing, one draft a place (`ask`, `answer:42`, `comment:9`, `edit:9`). */
export const drafts = pgTable(
  'drafts',
  {
    accountId: reference('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    place: text().notNull(),
    draftKey: text('draft_key').notNull(),
    content: jsonb().$type<Record<string, string>>().notNull(),
    savedAt: moment('saved_at').notNull().default(sql`now()`),
  },
  t => [primaryKey({ columns: [t.accountId, t.place] })],
)

/**
 * One reader of one topic on one day, by a hash that changes daily: reloads do not count twice. `source` is how he came (and `companyId`
 * from whose site), `solved` whether an answer that solves it stood there. Kept until the day after next.
 */
export const visits = pgTable(
  'visits',
  {
    topicId: reference('topic_id').notNull(),
    day: date().notNull(),
    visitor: bytes().notNull(),
    at: moment('at').notNull().default(sql`now()`),
    source: text({ enum: SOURCES }).notNull().default('direct'),
    companyId: reference('company_id'),
    solved: boolean().notNull().default(false),
  },
  t => [primaryKey({ columns: [t.day, t.topicId, t.visitor] })],
)

/** A reader asked a question himself, by the same hash; kept as long. */
export const visitAsks = pgTable(
  'visit_asks',
  { day: date().notNull(), visitor: bytes().notNull(), at: moment('at').notNull().default(sql`now()`) },
  t => [primaryKey({ columns: [t.day, t.visitor, t.at] })],
)

export type TopicRow = typeof topics.$inferSelect
export type PostRow = typeof posts.$inferSelect

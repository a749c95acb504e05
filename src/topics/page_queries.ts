import { and, eq, isNull, or, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Actor } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import { boards } from '../boards/schema.ts'
import type { Db } from '../platform/db.ts'
import { Missing } from '../platform/errors.ts'
import { atMost, type Cursor, type Page, pageOf } from '../platform/paging.ts'
import { prepared } from '../platform/prepared.ts'
import { answerCursor, beyond, cursorOf, type Order, pageWith, type Ranked, rankIn, scoreIn, sortOf } from './answer_order.ts'
import type { Draft } from './drafts.ts'
import { canSeeHidden } from './policy.ts'
import { byline, followMerged, maySee, type Topic } from './queries.ts'
import { addenda, drafts, posts, topics } from './schema.ts'

// What was taken back is read by nobody: its words do not even leave the database for a page.
const words = {
  id: posts.id,
  topicId: posts.topicId,
  kind: posts.kind,
  parentId: posts.parentId,
  authorId: posts.authorId,
  bodyHtml: sql<string>`case when ${posts.withdrawnAt} is null then ${posts.bodyHtml} else '' end`,
  revision: posts.revision,
  helpfulCount: posts.helpfulCount,
  thanksCount: posts.thanksCount,
  meTooCount: posts.meTooCount,
  commentCount: posts.commentCount,
  guaranteedAt: posts.guaranteedAt,
  fixes: posts.fixes,
  fixScore: posts.fixScore,
  companyId: posts.companyId,
  capacity: posts.capacity,
  createdAt: posts.createdAt,
  editedAt: posts.editedAt,
  hiddenAt: posts.hiddenAt,
  heldAt: posts.heldAt,
  askedAs: posts.askedAs,
  withdrawnAt: posts.withdrawnAt,
}

const parents = alias(boards, 'parents')

const NOTHING = sql<null>`null`

/**
 * A topic with its board, its opening, who asked and what he added: everything above the answers, in one statement. `beside` is what the
 * door wants to know of it besides (its products, its guarantees), as one column more; always the same piece of SQL, so that the
 * statement is written once.
 */
export async function findTopicWithOpening<Beside = null>(db: Db, actor: Actor, id: number, beside: SQL<Beside> = NOTHING as SQL<Beside>) {
  const [row] = await topicWith(beside)(db).execute({ id })
  followMerged(row?.topic)
  if (!row || !maySee(actor, row.topic)) throw new Missing()
  return {
    ...row.topic,
    board: row.board,
    parentBoard: row.parent,
    original: row.original,
    opening: { ...row.opening, author: row.author },
    addenda: row.addenda ?? [],
    beside: row.beside as Beside,
  }
}
export type TopicWithOpening = Omit<Awaited<ReturnType<typeof findTopicWithOpening>>, 'beside'>

const written = new WeakMap<SQL, ReturnType<typeof writeTopicWith>>()

function topicWith(beside: SQL) {
  const statement = written.get(beside) ?? writeTopicWith(beside)
  written.set(beside, statement)
  return statement
}

const writeTopicWith = (beside: SQL) =>
  prepared(db => {
    const added = sql<{ id: number; bodyHtml: string; createdAt: string }[] | null>`(
    select json_agg(json_build_object('id', a.id, 'bodyHtml', a.body_html, 'createdAt', a.created_at) order by a.id) from ${addenda} a where a.post_id = ${posts.id})`
    return db
      .select({
        topic: topics,
        board: boards,
        opening: words,
        author: byline,
        parent: { slug: parents.slug, nameJa: parents.nameJa, nameEn: parents.nameEn },
        addenda: added,
        original: sql<{ id: number; title: string } | null>`(
          select json_build_object('id', o.id, 'title', o.title) from topics o where o.id = ${topics.duplicateOfId} and o.hidden_at is null)`,
        beside,
      })
      .from(topics)
      .innerJoin(boards, eq(boards.id, topics.boardId))
      .leftJoin(parents, eq(parents.id, boards.parentId))
      .innerJoin(posts, eq(posts.id, topics.openingId))
      .innerJoin(accounts, eq(accounts.id, posts.authorId))
      .where(eq(topics.id, sql.placeholder('id')))
      .prepare('topic')
  })

export const ANSWERS_A_PAGE = 50

/** An answer or opening as its topic's page shows it. */
export type ShownPost = TopicWithOpening['opening']

/**
 * A page of answers: guaranteed first, then the best answer while it leads, then what works for most readers, then by helpful and age, and
 * last what fails for most; or newest first below the guaranteed. `version` is what this reader has: what others who have it said comes before all else that
 * was said. `at` opens the page on which the answer with this id stands; the first when it stands on none.
 */
export async function listAnswers(
  db: Db,
  actor: Actor,
  topic: Topic | TopicWithOpening,
  { order, after, at, version }: { order: Order; after?: string; at?: number; version?: number },
): Promise<Page<ShownPost> & { isFirst: boolean }> {
  const cursor = answerCursor(after)
  const hidden = canSeeHidden(actor, topic.boardId)
  const rows =
    cursor || at || version
      ? await answersIn(db, { topic: { ...topic, version }, order, hidden, cursor, at })
      : await firstAnswers(db, { order, hidden }).execute({ topic: topic.id, best: topic.bestAnswerId ?? 0 })
  return { ...pageOf(rows, ANSWERS_A_PAGE, cursorOf), isFirst: !cursor && !rows[0]?.before }
}

const firstAnswers = prepared((db, shape: { order: Order; hidden: boolean }) =>
  answersIn(db, { ...shape, topic: { id: sql.placeholder('topic'), bestAnswerId: sql.placeholder('best') } }).prepare('answers'),
)

function answersIn(
  db: Db,
  { topic, order, hidden, cursor, at }: { topic: Ranked; order: Order; hidden: boolean; cursor?: Cursor; at?: number },
) {
  const standing = and(eq(posts.topicId, topic.id), eq(posts.kind, sql`'answer'`), stands(hidden))
  const start = at && !cursor ? pageWith(at, order, topic, standing, ANSWERS_A_PAGE) : undefined
  const query = db
    .select({
      ...words,
      author: byline,
      rank: rankIn(order, topic),
      score: scoreIn(topic),
      before: start ? sql<number>`page.before` : sql<number>`0`,
    })
    .from(posts)
    .innerJoin(accounts, eq(accounts.id, posts.authorId))
    .$dynamic()
  if (start) query.innerJoin(start, sql`page.id = ${posts.id}`)
  return query
    .where(and(standing, cursor && beyond(order, topic, cursor)))
    .orderBy(sortOf(order, topic, cursor))
    .limit(atMost(ANSWERS_A_PAGE + 1))
}

/** Withdrawn answers with comments below stay as stubs; hidden ones are for the board's moderators. */
export function stands(hidden: boolean): SQL | undefined {
  const kept = or(isNull(posts.withdrawnAt), sql`${posts.commentCount} > 0`)
  return hidden ? kept : and(isNull(posts.hiddenAt), kept)
}

export const COMMENTS_SHOWN = 20
type ShownComment = Pick<
  ShownPost,
  'id' | 'authorId' | 'companyId' | 'capacity' | 'bodyHtml' | 'createdAt' | 'editedAt' | 'hiddenAt' | 'author'
> & {
  parentId: number
}

/** The comments below these posts, oldest first, at most `each` below one post. One statement for all. */
export async function commentsOf(
  db: Db,
  actor: Actor,
  boardId: number,
  postIds: number[],
  each = COMMENTS_SHOWN,
): Promise<Map<number, ShownComment[]>> {
  if (postIds.length === 0) return new Map()
  const rows = await commentsBelow(db, { hidden: canSeeHidden(actor, boardId), each }).execute({ ids: postIds })
  return Map.groupBy(rows as ShownComment[], row => row.parentId)
}

const commentsBelow = prepared((db, { hidden, each }: { hidden: boolean; each: number }) => {
  const shown = db
    .select({
      id: posts.id,
      parentId: posts.parentId,
      authorId: posts.authorId,
      companyId: posts.companyId,
      capacity: posts.capacity,
      bodyHtml: posts.bodyHtml,
      createdAt: posts.createdAt,
      editedAt: posts.editedAt,
      hiddenAt: posts.hiddenAt,
    })
    .from(posts)
    .where(
      and(
        sql`${posts.parentId} = parent.id`,
        eq(posts.kind, sql`'comment'`),
        isNull(posts.withdrawnAt),
        hidden ? undefined : isNull(posts.hiddenAt),
      ),
    )
    .orderBy(posts.id)
    .limit(atMost(each))
    .as('shown')
  return db
    .select({
      id: shown.id,
      parentId: shown.parentId,
      authorId: shown.authorId,
      companyId: shown.companyId,
      capacity: shown.capacity,
      bodyHtml: shown.bodyHtml,
      createdAt: shown.createdAt,
      editedAt: shown.editedAt,
      hiddenAt: shown.hiddenAt,
      author: byline,
    })
    .from(sql`unnest(${sql.placeholder('ids')}::bigint[]) as parent(id)`)
    .innerJoinLateral(shown, sql`true`)
    .innerJoin(accounts, eq(accounts.id, shown.authorId))
    .orderBy(shown.id)
    .prepare('comments')
})

/**
 * What this reader has of the page: his reactions by post (with whether it fixed it), how he follows it, and what he is still writing here.
 * One statement.
 */
export async function findOwnMarks(
  db: Db,
  actor: Actor,
  topicId: number,
  postIds: number[],
): Promise<{ reactions: Map<number, Set<string>>; drafts: Map<string, Draft>; follows: string | undefined; held: number[] }> {
  const places = sql.param([`answer:${topicId}`, ...postIds.map(id => `comment:${id}`)])
  const rows = await db.execute<{ post_id: number | null; kind: string | null; place: string | null; draft: Draft | null }>(sql`
    select post_id, kind, null as place, null::json as draft from reactions
    where account_id = ${actor.id} and post_id = any(${sql.param(postIds)}::bigint[])
    union all
    select post_id, case when fixed then 'fixed' else 'failed' end, null, null from fixes
    where account_id = ${actor.id} and post_id = any(${sql.param(postIds)}::bigint[])
    union all
    select id, null, ${HELD}, null from posts where topic_id = ${topicId} and author_id = ${actor.id} and held_at is not null and withdrawn_at is null
    union all
    select null, level, ${FOLLOWS}, null from watches where subject = ${`topic:${topicId}`} and account_id = ${actor.id}
    union all
    select null, null, place, json_build_object('draftKey', ${drafts.draftKey}, 'content', ${drafts.content}) from ${drafts}
    where account_id = ${actor.id} and place = any(${places}::text[])`)
  const reactions = new Map<number, Set<string>>()
  for (const { post_id, kind } of rows)
    if (post_id && kind) reactions.set(Number(post_id), (reactions.get(Number(post_id)) ?? new Set()).add(kind))
  const follows = rows.find(({ place }) => place === FOLLOWS)?.kind ?? undefined
  const held = rows.flatMap(({ place, post_id }) => (place === HELD && post_id ? [Number(post_id)] : []))
  return { reactions, follows, held, drafts: new Map(rows.flatMap(({ place, draft }) => (place && draft ? [[place, draft]] : []))) }
}

const FOLLOWS = 'follows'
const HELD = 'held'
const GONE = { body: '', bodyHtml: '', bodyText: '' }

/** A post with its topic, as this actor may see both; without its words where only a stub is left. Throws Missing. */
export async function findPost(db: Db, actor: Actor, id: number) {
  const [row] = await db
    .select({ post: posts, topic: topics, board: boards })
    .from(posts)
    .innerJoin(topics, eq(topics.id, posts.topicId))
    .innerJoin(boards, eq(boards.id, topics.boardId))
    .where(eq(posts.id, id))
  if (!row || !maySee(actor, row.topic)) throw new Missing()
  const maySeeAll = canSeeHidden(actor, row.topic.boardId)
  if ((row.post.hiddenAt || (row.post.withdrawnAt && row.post.commentCount === 0)) && !maySeeAll) throw new Missing()
  return { ...row.post, ...(row.post.withdrawnAt && !maySeeAll && GONE), topic: { ...row.topic, board: row.board } }
}
export type Post = Awaited<ReturnType<typeof findPost>>

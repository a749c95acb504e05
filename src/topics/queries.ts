import { and, arrayContains, desc, eq, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import { type Actor, moderatesBoard, visibleTo } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import type { Visibility } from '../accounts/visibility.ts'
import { boards } from '../boards/schema.ts'
import type { Db } from '../platform/db.ts'
import { Elsewhere, Missing } from '../platform/errors.ts'
import { atMost, momentCursor, type Page, pageOf } from '../platform/paging.ts'
import { prepared } from '../platform/prepared.ts'
import { topics } from './schema.ts'

/** What is shown of a person beside his words. */
export const byline = {
  id: accounts.id,
  handle: accounts.handle,
  name: accounts.name,
  avatarKey: accounts.avatarKey,
  role: accounts.role,
  moderates: accounts.moderates,
  level: accounts.level,
  certification: accounts.certification,
  closedAt: accounts.closedAt,
}
export type Author = Pick<typeof accounts.$inferSelect, keyof typeof byline>

const place = { id: boards.id, slug: boards.slug, nameJa: boards.nameJa, nameEn: boards.nameEn }
const line = {
  id: topics.id,
  kind: topics.kind,
  title: topics.title,
  excerpt: topics.excerpt,
  tags: topics.tags,
  answerCount: topics.answerCount,
  viewCount: topics.viewCount,
  bestAnswerId: topics.bestAnswerId,
  isFirst: topics.isFirst,
  solvedAt: topics.solvedAt,
  guaranteedAt: topics.guaranteedAt,
  closedAt: topics.closedAt,
  companyIds: topics.companyIds,
  capacity: topics.capacity,
  createdAt: topics.createdAt,
  activeAt: topics.activeAt,
  author: byline,
  board: place,
}

/** A topic as a list shows it, with its board and author. */
export type TopicLine = Awaited<ReturnType<typeof listTopics>>['rows'][number]

export const LISTS = ['new', 'active', 'unanswered', 'solved', 'tips'] as const
export type List = (typeof LISTS)[number]

const shown = and(isNull(topics.hiddenAt), isNull(topics.withdrawnAt), isNull(topics.unlistedAt))
const sorted = {
  new: topics.createdAt,
  active: topics.activeAt,
  unanswered: topics.createdAt,
  solved: topics.solvedAt,
  tips: topics.createdAt,
}
const sortField = { new: 'createdAt', active: 'activeAt', unanswered: 'createdAt', solved: 'solvedAt', tips: 'createdAt' } as const
const only: Record<List, SQL | undefined> = {
  new: undefined,
  active: undefined,
  unanswered: and(eq(topics.kind, sql`'question'`), eq(topics.answerCount, sql`0`), isNull(topics.closedAt)),
  solved: sql`${topics.solvedAt} is not null`,
  tips: eq(topics.kind, sql`'tip'`),
}

/** One page of a list, of all boards or one (with its children when it is on the first level). One index scan, never an offset. */
export async function listTopics(
  db: Db,
  actor: Actor,
  {
    list,
    board,
    tag,
    after,
    size = 30,
  }: { list: List; board?: { id: number; parentId: number | null }; tag?: string; after?: string; size?: number },
) {
  const cursor = momentCursor(after)
  const level = board && (board.parentId === null ? 'root' : 'child')
  const shape: Shape = { list, level, size, tagged: tag !== undefined, later: cursor !== undefined, visible: visibleTo(actor) }
  const rows = await listOf(db, shape).execute({ board: board?.id, tags: [tag], at: cursor?.value, id: cursor?.id })
  return pageOf(rows, size, last => ({ value: (last[sortField[list]] ?? last.createdAt).toISOString(), id: last.id }))
}

type Shape = { list: List; level?: 'root' | 'child'; size: number; tagged: boolean; later: boolean; visible: Visibility[] }

const listOf = prepared((db, { list, level, size, tagged, later, visible }: Shape) => {
  const column = sorted[list]
  return lines(db)
    .where(
      and(
        shown,
        only[list],
        inArray(topics.visibility, visible),
        tagged ? arrayContains(topics.tags, sql.placeholder('tags')) : undefined,
        level && eq(level === 'root' ? topics.rootBoardId : topics.boardId, sql.placeholder('board')),
        later ? sql`(${column}, ${topics.id}) < (${sql.placeholder('at')}::timestamptz, ${sql.placeholder('id')})` : undefined,
      ),
    )
    .orderBy(desc(column), desc(topics.id))
    .limit(atMost(size + 1))
    .prepare('list')
})

/** Topics somebody asked, newest first, as this actor may see them. */
export async function listTopicsBy(db: Db, actor: Actor, accountId: number, after?: string, size = 20): Promise<Page<TopicLine>> {
  const cursor = momentCursor(after)
  const rows = await lines(db)
    .where(
      and(
        shown,
        inArray(topics.visibility, visibleTo(actor)),
        eq(topics.authorId, accountId),
        cursor && sql`(${topics.createdAt}, ${topics.id}) < (${cursor.value}::timestamptz, ${cursor.id})`,
      ),
    )
    .orderBy(desc(topics.createdAt), desc(topics.id))
    .limit(atMost(size + 1))
  return pageOf(rows, size, last => ({ value: last.createdAt.toISOString(), id: last.id }))
}

/** First questions nobody has answered yet, newest first. */
export async function listFirstWaiting(db: Db, actor: Actor, after?: string, size = 20): Promise<Page<TopicLine>> {
  const cursor = momentCursor(after)
  const rows = await lines(db)
    .where(
      and(
        shown,
        only.unanswered,
        topics.isFirst,
        inArray(topics.visibility, visibleTo(actor)),
        cursor && sql`(${topics.createdAt}, ${topics.id}) < (${cursor.value}::timestamptz, ${cursor.id})`,
      ),
    )
    .orderBy(desc(topics.createdAt), desc(topics.id))
    .limit(atMost(size + 1))
  return pageOf(rows, size, last => ({ value: last.createdAt.toISOString(), id: last.id }))
}

/** The topics with these ids that this actor may see, by id; for rows found elsewhere (search). */
export async function topicsByIds(db: Db, actor: Actor, ids: number[]): Promise<Map<number, TopicLine>> {
  if (ids.length === 0) return new Map()
  const rows = await linesByIds(db, visibleTo(actor)).execute({ ids })
  return new Map(rows.map(row => [row.id, row]))
}

const linesByIds = prepared((db, visible: Visibility[]) =>
  lines(db)
    .where(and(shown, inArray(topics.visibility, visible), sql`${topics.id} = any(${sql.placeholder('ids')}::bigint[])`))
    .prepare('topics'),
)

function lines(db: Db) {
  return db
    .select(line)
    .from(topics)
    .innerJoin(accounts, eq(accounts.id, topics.authorId))
    .innerJoin(boards, eq(boards.id, topics.boardId))
    .$dynamic()
}

/**
 * A topic with its board, as this actor may see it; without its posts. Throws Missing when there is none or it is not for him,
 * Elsewhere when its posts went into another.
 */
export async function findTopic(db: Db, actor: Actor, id: number) {
  const [row] = await topicById(db).execute({ id })
  followMerged(row?.topic)
  if (!row || !maySee(actor, row.topic)) throw new Missing()
  return { ...row.topic, board: row.board }
}
export type Topic = Awaited<ReturnType<typeof findTopic>>

/** Who may see this topic as it stands now; undefined when there is none. For many readers at once. */
export async function findSight(db: Db, id: number): Promise<((actor: Actor) => boolean) | undefined> {
  const [row] = await topicById(db).execute({ id })
  return row && (actor => maySee(actor, row.topic))
}

const topicById = prepared(db =>
  db
    .select({ topic: topics, board: boards })
    .from(topics)
    .innerJoin(boards, eq(boards.id, topics.boardId))
    .where(eq(topics.id, sql.placeholder('id')))
    .prepare('topic'),
)

/** Throws Elsewhere for a topic whose posts went into another: its address leads to where its question stands now. */
export function followMerged(topic: Pick<typeof topics.$inferSelect, 'mergedIntoId' | 'openingId'> | undefined): void {
  if (topic?.mergedIntoId) throw new Elsewhere(`/t/${topic.mergedIntoId}?at=${topic.openingId}#post-${topic.openingId}`)
}

/** Hidden topics are for the board's moderators alone, withdrawn ones for nobody else than their author and moderators. */
export function maySee(
  actor: Actor,
  topic: Pick<typeof topics.$inferSelect, 'visibility' | 'hiddenAt' | 'withdrawnAt' | 'boardId'>,
): boolean {
  if (topic.hiddenAt || topic.withdrawnAt) return moderatesBoard(actor, topic.boardId)
  return visibleTo(actor).includes(topic.visibility)
}

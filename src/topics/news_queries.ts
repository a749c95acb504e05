import { and, eq, inArray, isNull, or, type SQL, sql } from 'drizzle-orm'
import { type Actor, visibleTo } from '../accounts/actor.ts'
import type { Db } from '../platform/db.ts'
import { stands } from './page_queries.ts'
import { canSeeHidden } from './policy.ts'
import { posts, topics } from './schema.ts'

/** What an open page knows of its topic: the last post on it, and when it was made. */
export type Known = { after: number; at: Date }

/** What others added and changed in a topic since a page was made, as this actor sees it. One statement. */
export async function findNews(db: Db, actor: Actor, topic: { id: number; boardId: number }, { after, at }: Known) {
  const made = at.toISOString()
  // Further pages of answers have higher ids than this one, but they are older; what was on its way while the page was made is younger.
  const isNew = sql`(${posts.id} > ${after} and ${posts.createdAt} > ${made}::timestamptz - interval '3 seconds')`
  const isEdited = sql`(${posts.editedAt} > ${made}::timestamptz and not ${isNew})`
  const count = (which: SQL) => sql<number>`count(*) filter (where ${which})::int`
  const [row] = await db
    .select({
      answers: count(sql`${isNew} and ${posts.kind} = 'answer'`),
      comments: count(sql`${isNew} and ${posts.kind} = 'comment'`),
      edited: count(isEdited),
      first: sql<number | null>`min(${posts.id})`,
    })
    .from(posts)
    .where(
      and(
        eq(posts.topicId, topic.id),
        sql`${posts.authorId} <> ${actor.id}`,
        or(isNew, isEdited),
        stands(canSeeHidden(actor, topic.boardId)),
      ),
    )
  return row ?? { answers: 0, comments: 0, edited: 0, first: null }
}

/** How often these posts of a topic were thanked and so on, as it stands now. One statement. */
export async function countsOf(db: Db, topicId: number, ids: number[]) {
  if (ids.length === 0) return []
  return db
    .select({ id: posts.id, helpful: posts.helpfulCount, thanks: posts.thanksCount, me_too: posts.meTooCount })
    .from(posts)
    .where(and(eq(posts.topicId, topicId), inArray(posts.id, ids)))
}

const MOST = 100

/** How many topics others asked since the one with the id `after`, in a board with its children or in all of them; at most a hundred. */
export async function countNewTopics(db: Db, actor: Actor, { board, after }: { board?: number; after: number }): Promise<number> {
  const newer = db
    .select({ id: topics.id })
    .from(topics)
    .where(
      and(
        sql`${topics.id} > ${after}`,
        isNull(topics.hiddenAt),
        isNull(topics.withdrawnAt),
        inArray(topics.visibility, visibleTo(actor)),
        sql`${topics.authorId} <> ${actor.id}`,
        board ? sql`(${topics.boardId} = ${board} or ${topics.rootBoardId} = ${board})` : undefined,
      ),
    )
    .limit(MOST)
    .as('newer')
  const [row] = await db.select({ count: sql<number>`count(*)::int` }).from(newer)
  return row?.count ?? 0
}

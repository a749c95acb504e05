import { and, desc, eq, inArray, isNotNull, isNull, lt, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Actor } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import type { Db } from '../platform/db.ts'
import { Missing } from '../platform/errors.ts'
import { atMost, numberCursor, pageOf } from '../platform/paging.ts'
import { byline } from '../topics/queries.ts'
import { posts, topics } from '../topics/schema.ts'
import { kinds, type List } from './kinds.ts'
import { type NoticeRow, notices } from './schema.ts'
import { STANDS } from './standing.ts'

// Named as STANDS names them.
const t = alias(topics, 't')
const p = alias(posts, 'p')
const parent = alias(posts, 'parent')
const a = alias(accounts, 'a')

const WINDOW = 100
export type Which = List | 'all' | 'unread'

/** A notice with what its line says: its topic, the beginning of its post, and who it comes from. */
export type ShownNotice = Awaited<ReturnType<typeof lines>>[number]

/** What somebody was told, newest first; without what is hidden by now. A page is a window of notices, however few lines they become. */
export async function listNotices(db: Db, actor: Actor, { which, after }: { which: Which; after?: string }) {
  const cursor = numberCursor(after)
  const rows = await lines(db)
    .where(and(eq(notices.accountId, actor.id), only(which), cursor && lt(notices.id, cursor.id)))
    .orderBy(desc(notices.id))
    .limit(atMost(WINDOW + 1))
  const page = pageOf(rows, WINDOW, last => ({ value: '0', id: last.notice.id }))
  return { ...page, rows: page.rows.filter(({ stands }) => stands) }
}

const MOST_IN_A_MAIL = 100

/** What waits for a mail to these people, by person, newest first; also what is hidden by now, to be settled. */
export async function listWaiting(db: Db, people: number[]): Promise<Map<number, ShownNotice[]>> {
  const rows = await lines(db)
    .where(and(inArray(notices.accountId, people), isNotNull(notices.mailAt)))
    .orderBy(desc(notices.id))
    .limit(atMost(MOST_IN_A_MAIL * people.length))
  return Map.groupBy(rows, ({ notice }) => notice.accountId)
}

/** Notices by their ids, also of what is hidden by now. */
export const listByIds = (db: Db, ids: number[]): Promise<ShownNotice[]> => lines(db).where(inArray(notices.id, ids))

/** Notices with what their lines say, as their readers may see it. */
const lines = (db: Db) =>
  db
    .select({
      notice: notices,
      topic: { id: t.id, title: t.title },
      post: { id: p.id, capacity: p.capacity, start: sql<string>`left(${p.bodyText}, 600)` },
      by: byline,
      stands: sql<boolean>`${STANDS}`,
    })
    .from(notices)
    .innerJoin(a, eq(a.id, notices.accountId))
    .leftJoin(t, eq(t.id, notices.topicId))
    .leftJoin(p, eq(p.id, notices.postId))
    .leftJoin(parent, eq(parent.id, p.parentId))
    .leftJoin(accounts, eq(accounts.id, notices.actorId))
    .$dynamic()

function only(which: Which) {
  if (which === 'all') return undefined
  if (which === 'unread') return isNull(notices.readAt)
  const names = kinds.flatMap(([name, { list }]) => (list === which ? [name as string] : []))
  return inArray(notices.kind, names)
}

/** One's own notice. Throws Missing for those of others. */
export async function findNotice(db: Db, actor: Actor, id: number): Promise<NoticeRow> {
  const [notice] = await db
    .select()
    .from(notices)
    .where(and(eq(notices.id, id), eq(notices.accountId, actor.id)))
  if (!notice) throw new Missing()
  return notice
}

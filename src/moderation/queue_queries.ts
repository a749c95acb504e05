import { eq, type SQL, sql } from 'drizzle-orm'
import { type Actor, isOperator } from '../accounts/actor.ts'
import { accounts } from '../accounts/schema.ts'
import { boards } from '../boards/schema.ts'
import type { Db } from '../platform/db.ts'
import { ensure, Missing } from '../platform/errors.ts'
import { momentCursor } from '../platform/paging.ts'
import { topics } from '../topics/schema.ts'
import { KIND_NAMES, type KindName } from './kind_names.ts'
import { canModerate, canSeeItem } from './policy.ts'
import { type ReviewItem, reviewItems } from './schema.ts'

export const ITEMS_A_PAGE = 20
/** Past this many a kind is not counted on. */
export const COUNTED = 100

/** What of the queue is asked for: one kind, some boards (undefined: all this moderator has). */
export type Wanted = { kind?: KindName; boardIds?: number[]; after?: string }

const line = sql`i.id, i.kind, i.tier, i.facts, i.signals::int as signals, i.opened_at as "openedAt", i.subject, i.topic_id as "topicId",
  case when i.taken_until > clock_timestamp() then i.taken_until end as "takenUntil", i.taken_by_id as "takenById", i.decision, i.decided_at as "decidedAt",
  i.undone_at as "undoneAt", taker.name as "takenBy", decider.name as "decidedBy", t.title, about.name as "aboutName",
  b.slug as "boardSlug", b.name_ja as "nameJa", b.name_en as "nameEn"`
const beside = sql`left join ${topics} t on t.id = i.topic_id left join ${boards} b on b.id = i.board_id
  left join ${accounts} taker on taker.id = i.taken_by_id left join ${accounts} decider on decider.id = i.decided_by_id left join ${accounts} about on about.id = i.about_id`

/** An item as the list shows it. */
export type QueueLine = Pick<ReviewItem, 'id' | 'tier' | 'facts' | 'signals' | 'subject' | 'topicId' | 'takenById' | 'decision'> & {
  kind: KindName
  openedAt: string
  takenUntil: string | null
  decidedAt: string | null
  undoneAt: string | null
  takenBy: string | null
  decidedBy: string | null
  aboutName: string | null
  title: string | null
  boardSlug: string | null
  nameJa: string | null
  nameEn: string | null
}

/**
 * What waits, first what may do harm, and of that the oldest. Each kind of each board is one range of an index, so that a page costs the
 * same whatever waits besides. What is about the moderator himself, wants somebody else, or concerns a company he works for is left out.
 */
export async function listQueue(db: Db, actor: Actor, { kind, boardIds, after }: Wanted): Promise<{ rows: QueueLine[]; next?: string }> {
  ensure(canModerate(actor), 'errors.refused')
  const cursor = momentCursor(after?.slice(2))
  const tier = Number(after?.[0])
  const beyond =
    cursor && tier ? sql`and (r.tier, r.opened_at, r.id) > (${tier}::smallint, ${cursor.value}::timestamptz, ${cursor.id}::bigint)` : sql``
  const rows = await db.execute<QueueLine>(sql`
    select ${line} from (
      select r.* from ${places(actor, boardIds)} cross join unnest(${sql.param(kind ? [kind] : [...KIND_NAMES])}::text[]) as wanted(kind)
      cross join lateral (
        select * from ${reviewItems} r where r.decided_at is null and r.kind = wanted.kind ${inPlace(actor, boardIds)} ${forHim(actor)} ${beyond}
        order by r.tier, r.opened_at, r.id limit ${sql.raw(String(ITEMS_A_PAGE + 1))}) r
      order by r.tier, r.opened_at, r.id limit ${sql.raw(String(ITEMS_A_PAGE + 1))}) i
    ${beside} order by i.tier, i.opened_at, i.id`)
  const shown = rows.slice(0, ITEMS_A_PAGE)
  const last = shown.at(-1)
  const next = rows.length > ITEMS_A_PAGE && last ? `${last.tier}~${new Date(last.openedAt).toISOString()}~${last.id}` : undefined
  return { rows: shown.map(known), next }
}

/** How many of each kind wait for this moderator, up to a hundred each. */
export async function countQueue(db: Db, actor: Actor, boardIds?: number[]): Promise<Map<KindName, number>> {
  ensure(canModerate(actor), 'errors.refused')
  const rows = await db.execute<{ kind: KindName; count: number }>(sql`
    select wanted.kind, least(${COUNTED}, sum(n))::int as count from ${places(actor, boardIds)}
    cross join unnest(${sql.param([...KIND_NAMES])}::text[]) as wanted(kind)
    cross join lateral (select count(*) as n from (
      select from ${reviewItems} r where r.decided_at is null and r.kind = wanted.kind ${inPlace(actor, boardIds)} ${forHim(actor)} limit ${sql.raw(String(COUNTED))}) few) counted
    group by 1`)
  return new Map(rows.map(({ kind, count }) => [kind, count]))
}

/** What was decided last in this moderator's boards, newest first, with what was taken back. */
export async function listDecided(db: Db, actor: Actor): Promise<QueueLine[]> {
  ensure(canModerate(actor), 'errors.refused')
  const own = isOperator(actor) ? sql`` : sql`and r.board_id = any(${sql.param(actor.moderates)}::bigint[])`
  const rows = await db.execute<QueueLine>(sql`
    select ${line} from (select * from ${reviewItems} r where r.decided_at is not null and r.decided_by_id is not null ${own}
      order by r.decided_at desc limit ${sql.raw(String(ITEMS_A_PAGE))}) i ${beside} order by i.decided_at desc`)
  return rows.map(known)
}

const known = (row: QueueLine): QueueLine => ({ ...row, id: Number(row.id), topicId: row.topicId && Number(row.topicId) })

/** An operator without a board of his choice sees everything; everybody else board by board. */
const boardsOf = (actor: Actor, boardIds?: number[]) =>
  isOperator(actor) ? boardIds : actor.moderates.filter(id => !boardIds || boardIds.includes(id))

function places(actor: Actor, boardIds?: number[]): SQL {
  const ids = boardsOf(actor, boardIds)
  return ids ? sql`unnest(${sql.param(ids)}::bigint[]) as place(id)` : sql`(select 0::bigint as id) as place`
}

const inPlace = (actor: Actor, boardIds?: number[]): SQL => (boardsOf(actor, boardIds) ? sql`and r.board_id = place.id` : sql``)

function forHim(actor: Actor): SQL {
  const companies = actor.companies.map(({ id }) => id)
  const party = companies.length > 0 ? sql`and not r.company_ids && ${sql.param(companies)}::bigint[]` : sql``
  return sql`and r.about_id is distinct from ${actor.id} and r.not_by_id is distinct from ${actor.id} ${party}`
}

/** An item as this moderator may see it. Throws Missing. */
export async function findItem(db: Db, actor: Actor, id: number) {
  const [row] = await db
    .select({ item: reviewItems, board: boards, takenBy: accounts.name })
    .from(reviewItems)
    .leftJoin(boards, eq(boards.id, reviewItems.boardId))
    .leftJoin(accounts, eq(accounts.id, sql`coalesce(${reviewItems.decidedById}, ${reviewItems.takenById})`))
    .where(eq(reviewItems.id, id))
  if (!row || !canSeeItem(actor, row.item)) throw new Missing()
  return { ...row.item, board: row.board, by: row.takenBy }
}
export type FoundItem = Awaited<ReturnType<typeof findItem>>

/** Who has which of these items just now. */
export async function leasesOf(db: Db, actor: Actor, ids: number[]) {
  ensure(canModerate(actor), 'errors.refused')
  const rows = await db
    .select({ item: reviewItems, takenBy: accounts.name })
    .from(reviewItems)
    .leftJoin(accounts, eq(accounts.id, reviewItems.takenById))
    .where(sql`${reviewItems.id} = any(${sql.param(ids)}::bigint[])`)
  return rows.filter(({ item }) => canSeeItem(actor, item)).map(({ item, takenBy }) => ({ ...item, takenBy }))
}

/** The post an item is about: its own, or what opened its topic. */
export const postIdOf = (item: Pick<ReviewItem, 'subject' | 'subjectId' | 'topicId'>): SQL =>
  item.subject === 'post'
    ? sql`${item.subjectId}::bigint`
    : sql`(select opening_id from ${topics} where id = ${item.subject === 'topic' ? item.subjectId : (item.topicId ?? 0)})`

import { type Placeholder, type SQL, sql } from 'drizzle-orm'
import { atMost, type Cursor } from '../platform/paging.ts'
import { posts } from './schema.ts'

export const ORDERS = ['helpful', 'new'] as const
export type Order = (typeof ORDERS)[number]

type Id = number | Placeholder
/**
 * The topic whose answers are put in order, or where its ids will stand in a statement that is kept. `version` is the version of a product
 * this reader has.
 */
export type Ranked = { id: Id; bestAnswerId: Id | null; version?: number }

/** Where an answer stands before voices and marks count: 0 guaranteed, 1 the best answer while it leads, 2 all others. */
export function rankIn(order: Order, topic: Ranked): SQL<number> {
  const best = topic.bestAnswerId ?? 0
  if (order === 'new') return sql<number>`case when ${posts.guaranteedAt} is not null then 0 else 2 end`
  return sql<number>`case when ${posts.guaranteedAt} is not null then 0
    when ${posts.id} = ${best}::bigint and ${scoreIn(topic)} >= 0 and ${bestLeads(topic.id, best)} then 1 else 2 end`
}

/**
 * The best answer stands first unless another has at least twice its helpful count and five more: an old pick must not hide
 * a better answer (Stack Overflow unpinned accepted answers in 2021 after 12 % were outscored). It does not lead either
 * when it failed for most who tried it.
 */
function bestLeads(topicId: Id, bestId: Id): SQL {
  return sql`not exists (select from posts other join posts best on best.id = ${bestId}::bigint
    where other.topic_id = ${topicId}::bigint and other.kind = 'answer' and other.id <> best.id and other.hidden_at is null and other.withdrawn_at is null
      and other.helpful_count >= greatest(2 * best.helpful_count, best.helpful_count + 5))`
}

/** How well an answer works: -1 where it failed for most, 0 where little is known, else up to 1000; for the reader's version where enough have it. */
export function scoreIn({ version }: Ranked): SQL<number> {
  if (!version) return sql<number>`${posts.fixScore}`
  return sql<number>`coalesce((${posts.fixes} -> ${String(version)}::text ->> 'score')::int, ${posts.fixScore})`
}

// A cursor's value holds rank, score and helpful count in one number.
const SCORE = 100_000_000
const RANK = 1002 * SCORE

/** Reads a cursor of ours from an address; anything else begins at the first page. */
export function answerCursor(text: string | undefined): Cursor | undefined {
  const [, value, id] = /^(\d{1,12})~(\d{1,15})$/.exec(text ?? '') ?? []
  return value && id ? { value, id: Number(id) } : undefined
}

/** The cursor of the page that begins behind this answer. */
export const cursorOf = (last: { id: number; rank: number; score: number; helpfulCount: number }): Cursor => ({
  value: String((2 - last.rank) * RANK + (last.score + 1) * SCORE + last.helpfulCount),
  id: last.id,
})

/** What sorts a page. Behind the guaranteed and the best, score, helpful and age are enough, or age alone, and an index has them in order. */
export function sortOf(order: Order, topic: Ranked, cursor?: Cursor): SQL {
  const byScore = order === 'new' ? sql`${posts.id} desc` : sql`${scoreIn(topic)} desc, ${posts.helpfulCount} desc, ${posts.id}`
  return cursor && Number(cursor.value) < RANK ? byScore : sql`${rankIn(order, topic)}, ${byScore}`
}

/** Whether an answer stands behind the cursor. */
export function beyond(order: Order, topic: Ranked, { value, id }: Cursor): SQL {
  const rank = 2 - Math.floor(Number(value) / RANK)
  const score = Math.floor((Number(value) % RANK) / SCORE) - 1
  const helpful = Number(value) % SCORE
  if (order === 'new') return newerBeyond(rank, id)
  const own = scoreIn(topic)
  const less = sql`${posts.helpfulCount} < ${helpful}::int or (${posts.helpfulCount} = ${helpful}::int and ${posts.id} > ${id}::bigint)`
  const later = sql`${own} <= ${score}::int and (${own} < ${score}::int or ${less})`
  if (rank === 2) return sql`${rankIn(order, topic)} = 2 and ${later}`
  return sql`(${rankIn(order, topic)} > ${rank}::int or (${rankIn(order, topic)} = ${rank}::int and ${later}))`
}

const newerBeyond = (rank: number, id: number): SQL =>
  rank === 2
    ? sql`${posts.guaranteedAt} is null and ${posts.id} < ${id}::bigint`
    : sql`(${posts.guaranteedAt} is null or ${posts.id} < ${id}::bigint)`

/** The ids of the page on which answer `at` stands, with how many stand `before` that page. */
export function pageWith(at: number, order: Order, topic: Ranked, standing: SQL | undefined, size: number): SQL {
  return sql`(
    select id, before from (
      select id, place, coalesce(max((place - 1) / ${atMost(size)} * ${atMost(size)}) filter (where id = ${at}::bigint) over (), 0)::int as before from (
        select ${posts.id}, row_number() over (order by ${sortOf(order, topic)}) as place from ${posts} where ${standing}) placed) pages
    where place > before order by place limit ${atMost(size + 1)}) as page`
}

import { sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'

/** How a topic fared as a result: by how many it was seen in each place, opened, and said to be it or not. */
export type Use = { topicId: number; places: number[]; opened: number; found: number; missed: number }

/** Use of every topic that was shown in the last ninety days. Only what a search really showed counts. Reads all of them: run it by the clock. */
export async function useOfTopics(db: Db): Promise<Use[]> {
  const rows = await db.execute<Use & { topicId: string; place: number; people: number }>(sql`
    select shown.topic as "topicId", shown.place::int, count(*)::int as people, count(c.key)::int as opened,
      count(*) filter (where v.found)::int as found, count(*) filter (where not v.found)::int as missed
    from searches s cross join lateral unnest(s.shown) with ordinality shown(topic, place)
    left join search_clicks c on c.key = s.key and c.topic_id = shown.topic
    left join search_verdicts v on v.key = s.key and v.topic_id = shown.topic
    group by 1, 2`)
  const use = new Map<number, Use>()
  for (const { topicId, place, people, opened, found, missed } of rows) {
    const id = Number(topicId)
    const sum = use.get(id) ?? { topicId: id, places: [], opened: 0, found: 0, missed: 0 }
    sum.places[place - 1] = people
    use.set(id, { ...sum, opened: sum.opened + opened, found: sum.found + found, missed: sum.missed + missed })
  }
  return [...use.values()]
}

export const SEARCH_LISTS = ['top', 'rising', 'empty', 'unopened', 'missed'] as const
export type SearchList = (typeof SEARCH_LISTS)[number]
export const PERIODS = [1, 7, 30, 90] as const

/** One search as many made it: how many of them, how many before, what it found and what came of it. */
export type SearchLine = { words: string; people: number; before: number; results: number; opened: number; found: number; missed: number }

const only: Record<SearchList, ReturnType<typeof sql>> = {
  top: sql`true`,
  rising: sql`people >= 3 and people >= 2 * before`,
  empty: sql`results = 0`,
  unopened: sql`results > 0 and opened = 0 and people >= 2`,
  missed: sql`missed > found`,
}
const order: Record<SearchList, ReturnType<typeof sql>> = {
  top: sql`people desc`,
  rising: sql`people::float8 / (before + 1) desc, people desc`,
  empty: sql`people desc`,
  unopened: sql`people desc`,
  missed: sql`missed - found desc, people desc`,
}
const SHOWN = 50

/** What was looked for in the last days, most telling first; `before` is the same number of days earlier. Without persons, as it is kept. */
export async function listSearches(db: Db, list: SearchList, days: number): Promise<SearchLine[]> {
  return db.execute<SearchLine>(sql`
    with today as (select (now() at time zone 'Asia/Tokyo')::date as day),
    lines as (
      select s.words, count(*) filter (where is_now)::int as people, count(*) filter (where not is_now)::int as before,
        coalesce(max(s.results) filter (where is_now), 0)::int as results, count(*) filter (where is_now and opened)::int as opened,
        count(*) filter (where is_now and found)::int as found, count(*) filter (where is_now and not found)::int as missed
      from today, searches s
      cross join lateral (select s.day > today.day - ${days}::int as is_now,
        exists (select from search_clicks c where c.key = s.key and c.topic_id = any(s.shown)) as opened,
        (select bool_or(v.found) from search_verdicts v where v.key = s.key) as found) use
      where s.day > today.day - ${2 * days}::int
      group by s.words
    )
    select * from lines where people > 0 and ${only[list]} order by ${order[list]}, words limit ${SHOWN}`)
}

/** Search in numbers over the last days: for the operator's page and for metrics. One statement. */
export async function countSearches(db: Db, days: number) {
  const [row] = await db.execute<{ searches: number; empty: number; opened: number; found: number; missed: number; deflected: number }>(sql`
    with since as (select (now() at time zone 'Asia/Tokyo')::date - ${days}::int as day)
    select count(*)::int as searches, count(*) filter (where results = 0)::int as empty,
      count(*) filter (where exists (select from search_clicks c where c.key = s.key and c.topic_id = any(s.shown)))::int as opened,
      (select count(*) from search_verdicts v, since where v.day > since.day and v.found)::int as found,
      (select count(*) from search_verdicts v, since where v.day > since.day and not v.found)::int as missed,
      (select count(*) from deflections d, since where d.at > since.day + interval '15 hours')::int as deflected
    from searches s, since where s.day > since.day`)
  return row ?? { searches: 0, empty: 0, opened: 0, found: 0, missed: 0, deflected: 0 }
}

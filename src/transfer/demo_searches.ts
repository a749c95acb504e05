import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { sql } from 'drizzle-orm'
import { today } from '../platform/day_salt.ts'
import type { Db } from '../platform/db.ts'
import type { SearchEngine } from '../platform/search/engine.ts'
import { learnEarlierSearches } from '../search/learning.ts'
import { learnProductSearches } from '../search/product_searches.ts'
import { deflections, searchClicks, searches, searchVerdicts } from '../search/schema.ts'

type DemoSearch = { words: string; people: number; before: number; opened: number; found: number; missed: number }

/** What the demo's visitors looked for in the last two weeks, with what the forum really finds for it; nobody in particular. */
export async function seedSearches(db: Db, search: SearchEngine): Promise<void> {
  const all: DemoSearch[] = JSON.parse(readFileSync(new URL('./demo/searches.json', import.meta.url), 'utf8'))
  for (const demo of all) await seedSearch(db, search, demo)
  await db.execute(sql`
    insert into ${deflections} (topic_id, post_id, once_key, at)
    select t.id, t.best_answer_id, 'demo ' || t.id, now() - t.id % 6 * interval '1 day' from topics t
    where t.best_answer_id is not null order by t.view_count desc limit 18`)
  await learnEarlierSearches(db)
  await learnProductSearches(db)
}

async function seedSearch(db: Db, search: SearchEngine, demo: DemoSearch): Promise<void> {
  const { words, people, before } = demo
  const { hits, total } = await search.search({ text: words, visibility: ['public'], limit: 20, distinct: true })
  const shown = hits.map(({ group }) => Number(group))
  const rows = Array.from({ length: people + before }, (_, place) => {
    // Most come today and yesterday, so that some of their searches are suggested to others; those of before, a week earlier.
    const daysAgo = place < people ? Math.floor(place / 12) % 6 : 7 + (place % 6)
    return { key: keyOf(words, place), day: dayOf(daysAgo), words, reader: 'public' as const, results: total, shown }
  })
  await db.insert(searches).values(rows).onConflictDoNothing()
  const opened = rows.filter((_, place) => place % 10 < demo.opened * 10)
  const clicks = opened
    .flatMap(({ key, day }, place) => ({ key, day, topicId: shown[place % 3 ? 0 : 1] ?? 0 }))
    .filter(({ topicId }) => topicId)
  if (clicks.length > 0) await db.insert(searchClicks).values(clicks).onConflictDoNothing()
  const verdicts = rows
    .slice(0, demo.found + demo.missed)
    .map(({ key, day }, place) => ({ key, day, topicId: 0, found: place < demo.found }))
  if (verdicts.length > 0) await db.insert(searchVerdicts).values(verdicts).onConflictDoNothing()
}

const keyOf = (words: string, place: number) => createHash('sha256').update(`demo ${words} ${place}`).digest().subarray(0, 16)
const dayOf = (daysAgo: number) => today(new Date(Date.now() - daysAgo * 86_400_000))

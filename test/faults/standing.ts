import { sql } from 'drizzle-orm'
import { expect } from 'vitest'
import type { Db } from '../../src/platform/db.ts'
import { createPostgresSearch } from '../../src/platform/search/postgres.ts'
import { refreshDocumentsBetween } from '../../src/search/documents.ts'
import { until, type Writing } from './forum.ts'

/** How many jobs wait or run, those by the clock aside. */
export async function jobsLeft(db: Db): Promise<number> {
  const [row] = await db.execute<{ jobs: number }>(sql`
    select count(*)::int as jobs from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
    where t.identifier in ('event', 'effect')`)
  return row?.jobs ?? 0
}

/** Waits until everything that follows from what was written has been done. */
export const everythingFollowed = (db: Db, within = 20_000) => until('all jobs are done', async () => (await jobsLeft(db)) === 0, within)

/** Everything acknowledged is there, nothing twice, and nobody was told anything but yes or not now. */
export async function expectAllThereOnce(db: Db, topicId: number, writings: Writing[]): Promise<void> {
  expect(writings.flatMap(({ strange }) => strange)).toEqual([])
  const rows = await db.execute<{ body: string; times: number }>(sql`
    select body, count(*)::int as times from posts where topic_id = ${topicId} and kind = 'answer' group by body`)
  const times = new Map(rows.map(row => [row.body, row.times]))
  const acknowledged = writings.flatMap(({ sent, acknowledged }) => [...acknowledged].map(key => sent.get(key) ?? ''))
  expect(acknowledged.filter(body => !times.has(body))).toEqual([])
  expect(rows.filter(row => row.times > 1)).toEqual([])
  const [topic] = await db.execute<{ counted: number; there: number }>(sql`
    select answer_count as counted, (select count(*)::int from posts where topic_id = topics.id and kind = 'answer') as there
    from topics where id = ${topicId}`)
  expect(topic?.counted).toBe(topic?.there)
}

/** What search knows equals what it would know if everything were made anew. */
export async function expectSearchTrue(db: Db): Promise<void> {
  const known = await documents(db)
  await db.execute(sql`delete from search_documents`)
  await refreshDocumentsBetween(db, createPostgresSearch(db), 1, Number.MAX_SAFE_INTEGER)
  expect(known).toEqual(await documents(db))
}

const documents = async (db: Db) =>
  (await db.execute(sql`select id, part, group_id, visibility, tags, words, tv::text from search_documents order by id, part`)).map(
    row => ({
      ...row,
    }),
  )

import { sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import type { SearchDocument, SearchEngine } from '../platform/search/engine.ts'
import { documentsBetween, idsWithoutDocument } from './documents.ts'

/** Hears how many topics of how many are done. */
export type Moved = (done: number, total: number) => void

/** Topics whose documents are made together. */
const TOGETHER = 200

/** All documents, those of some topics together: what `fillBeside` takes. */
export async function* allDocuments(db: Db, moved?: Moved): AsyncGenerator<SearchDocument[]> {
  for await (const { first, last } of topicRanges(db, 0, moved)) yield documentsBetween(db, first, last)
}

/** Goes through all topics behind `reached` in the order of their ids, some together; those that are added meanwhile as well. */
export async function walkTopics(
  db: Db,
  reached: number,
  work: (first: number, last: number) => Promise<void>,
  moved?: Moved,
): Promise<void> {
  for await (const { first, last } of topicRanges(db, reached, moved)) await work(first, last)
}

async function* topicRanges(db: Db, reached: number, moved: Moved = () => {}): AsyncGenerator<{ first: number; last: number }> {
  const [counts] = await db.execute<{ total: number; done: number }>(
    sql`select count(*)::int as total, (count(*) filter (where id <= ${reached}))::int as done from topics`,
  )
  let { total = 0, done = 0 } = counts ?? {}
  for (let last = reached; ; ) {
    const rows = await db.execute<{ id: number }>(sql`select id from topics where id > ${last} order by id limit ${TOGETHER}`)
    const ids = rows.map(({ id }) => Number(id))
    const end = ids.at(-1)
    if (end === undefined) return
    yield { first: ids[0] ?? end, last: end }
    last = end
    done += ids.length
    total = Math.max(total, done)
    moved(done, total)
  }
}

/** Ids an engine holds that have no document any more. */
export async function listStrangers(db: Db, engine: SearchEngine): Promise<string[]> {
  const strangers: string[] = []
  let after: string | undefined
  do {
    const page = await engine.ids(after)
    strangers.push(...(await idsWithoutDocument(db, page.ids)))
    after = page.next
  } while (after)
  return strangers
}

import { sql } from 'drizzle-orm'
import type { Services } from '../platform/services.ts'
import { refreshDocumentsBetween } from '../search/documents.ts'

/** Topics whose documents are made together. */
const BATCH = 200

/**
 * Makes everything that can be found anew from what stands in the database, while the forum runs. `moved` hears after each batch how
 * many topics of how many are done. Returns the number of documents.
 */
export async function reindex(
  { db, search }: Pick<Services, 'db' | 'search'>,
  moved: (done: number, total: number) => void,
): Promise<number> {
  const [{ total = 0 } = {}] = await db.execute<{ total: number }>(sql`select count(*)::int as total from topics`)
  let documents = 0
  let done = 0
  for (let last = 0; ; ) {
    const rows = await db.execute<{ id: number }>(sql`select id from topics where id > ${last} order by id limit ${BATCH}`)
    const ids = rows.map(({ id }) => Number(id))
    const end = ids.at(-1)
    if (end === undefined) break
    documents += await refreshDocumentsBetween(db, search, ids[0] ?? end, end)
    last = end
    done += ids.length
    moved(done, total)
  }
  await search.refresh()
  return documents
}

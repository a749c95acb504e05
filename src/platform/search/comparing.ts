import { sql } from 'drizzle-orm'
import type { Db } from '../db.ts'
import type { SearchDocument } from './engine.ts'
import { rowsOf, storable, textOf } from './putting.ts'

const idsTogether = 1_000

/** Ids of what is kept, in order, some at a time. */
export async function listIds(db: Db, after = ''): Promise<{ ids: string[]; next?: string }> {
  const rows = await db.execute<{ id: string }>(sql`
    select id from search_documents where part = 0 and id > ${storable(after)} order by id limit ${idsTogether}`)
  const found = rows.map(({ id }) => id)
  return { ids: found, next: found.length === idsTogether ? found.at(-1) : undefined }
}

/** Which of these documents are kept otherwise, in any of their rows or in their text, or not at all. */
export async function findDiffering(db: Db, documents: readonly SearchDocument[]): Promise<string[]> {
  const texts = documents.map(document => ({ id: document.id, ...textOf(document) }))
  const rows = await db.execute<{ id: string }>(sql`
    with given as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(documents.flatMap(rowsOf))}::text::jsonb) as row(
        id text, part smallint, "group" text, visibility text, tags text[], at timestamptz, words integer, tv tsvector,
        helpful integer, boost real)
    ), texts as (
      select * from jsonb_to_recordset(${JSON.stringify(texts)}::text::jsonb) as row(id text, title text, text text)
    )
    select id from given full join (select * from search_documents where id in (select id from given)) d using (id, part)
    where (given."group", given.visibility, given.tags, given.at, given.tv, given.helpful, given.boost)
      is distinct from (d.group_id, d.visibility, d.tags, d.created_at, d.tv, d.helpful, d.boost)
    union
    select id from texts g left join search_texts t using (id) where (g.title, g.text) is distinct from (t.title, t.text)`)
  return rows.map(({ id }) => id)
}

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../db.ts'
import type { SearchDocument, SearchFilters } from './engine.ts'
import { openersOf } from './openers.ts'
import { normalise } from './terms.ts'
import { vectorsOf } from './vector.ts'

/** Puts documents with all that is kept of them, in one statement; what is the same already is not written again. */
export async function putDocuments(db: Db, documents: readonly SearchDocument[]): Promise<void> {
  // One row each and in one order: two jobs that put the same documents wait for each other instead of deadlocking.
  const last = [...new Map(documents.map(document => [document.id, document])).values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  if (last.length === 0) return
  await db.execute(sql`
    with given as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(last.flatMap(rowsOf))}::text::jsonb) as row(
        id text, part smallint, "group" text, visibility text, tags text[], at timestamptz, words integer, tv tsvector,
        helpful integer, boost real)
    ), ${alsoKept(last)}, outdated as (
      delete from search_documents d using (select id, max(part) as part from given group by id) last
      where d.id = last.id and d.part > last.part
    )
    insert into search_documents as d (id, part, group_id, visibility, tags, created_at, words, tv, helpful, boost)
    select id, part, "group", visibility, tags, at, words, tv, helpful, boost from given order by id, part
    on conflict (id, part) do update set group_id = excluded.group_id, visibility = excluded.visibility, tags = excluded.tags,
      created_at = excluded.created_at, words = excluded.words, tv = excluded.tv, helpful = excluded.helpful, boost = excluded.boost
    where (d.group_id, d.visibility, d.tags, d.created_at, d.tv, d.helpful, d.boost) is distinct from (excluded.group_id,
      excluded.visibility, excluded.tags, excluded.created_at, excluded.tv, excluded.helpful, excluded.boost)`)
}

/** Removes documents, and what was kept of groups that have none left. */
export async function removeDocuments(db: Db, ids: readonly string[]): Promise<void> {
  const given = sql`any(${sql.param([...ids])}::text[])`
  await db.execute(sql`
    with gone as (delete from search_documents where id = ${given} returning group_id),
    texts as (delete from search_texts where id = ${given})
    delete from search_openers o using (select distinct group_id from gone) g where o.group_id = g.group_id
      and not exists (select from search_documents d where d.group_id = g.group_id and d.id <> all(${sql.param([...ids])}::text[]))`)
}

export async function removeGroup(db: Db, group: string): Promise<void> {
  await db.execute(sql`
    with gone as (delete from search_documents where group_id = ${group} returning id),
    texts as (delete from search_texts t using (select distinct id from gone) g where t.id = g.id)
    delete from search_openers where group_id = ${group}`)
}

/** A filter's value as it stands in a row. */
export function tagsOf(name: string, value: SearchFilters[string]): string[] {
  return (typeof value === 'object' ? value : [value]).map(one => storable(`${name}=${one}`))
}

/** PostgreSQL takes no NUL and no half of a surrogate pair, and both can come from an address bar. */
export function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}

/** The row as it is stored, for COPY as well as for a statement. */
export function rowsOf(document: SearchDocument) {
  const shared = {
    id: document.id,
    group: document.group,
    visibility: document.visibility,
    tags: Object.entries(document.filters).flatMap(([name, value]) => tagsOf(name, value)),
    at: document.createdAt.toISOString(),
    helpful: document.helpful ?? 0,
    boost: Math.max(-1, Math.min(1, document.boost ?? 0)),
  }
  return vectorsOf(document.title, document.body).map((vector, part) => ({ ...shared, part, ...vector }))
}

/** A document's text for phrases: title and body on lines of their own. */
export function textOf({ title, body }: SearchDocument): { title: string; text: string } {
  return { title: storable(title), text: storable(normalise(`${title}\n${body}`)) }
}

/** Texts and openers; a group has those of the title that was put last. */
function alsoKept(documents: readonly SearchDocument[]): SQL {
  const texts = documents.map(document => ({ id: document.id, ...textOf(document) }))
  const openers = [...new Map(documents.map(({ group, title }) => [group, title]))]
  const keys = openers
    .flatMap(([group, title]) => openersOf(title).map(key => ({ group, key })))
    .sort((a, b) => (a.group < b.group ? -1 : 1))
  return sql`texts as (
    insert into search_texts as t (id, title, text)
    select id, title, text from jsonb_to_recordset(${JSON.stringify(texts)}::text::jsonb) as row(id text, title text, text text)
    on conflict (id) do update set title = excluded.title, text = excluded.text
    where (t.title, t.text) is distinct from (excluded.title, excluded.text)
  ), keys as materialized (
    select * from jsonb_to_recordset(${JSON.stringify(keys)}::text::jsonb) as row("group" text, key text)
  ), unopened as (
    delete from search_openers o where o.group_id = any(${sql.param(openers.map(([group]) => group))}::text[])
      and not exists (select from keys k where k."group" = o.group_id and k.key = o.key)
  ), opened as (
    insert into search_openers (group_id, key) select "group", key from keys order by "group", key on conflict do nothing
  )`
}

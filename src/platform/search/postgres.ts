import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../db.ts'
import type { SearchDocument, SearchEngine, SearchFilters, SearchHit, SearchQuery, SearchResult } from './engine.ts'
import { findFigures, refreshFigures } from './figures.ts'
import { mostGroups, planQuery, type QueryPlan, weighQuery } from './query.ts'
import { titleTerm, vectorsOf } from './vector.ts'

/** Rows that a search scores, by what is known of its terms; see docs/decisions/010-search.md. */
const usualBudget = 1_000
/** When filters leave too few of those. */
const wideBudget = 5_000
/** A statement stops at so many times its budget, whatever was known. */
const brake = 4

/**
 * The search engine inside PostgreSQL: always there, and consistent with what was committed. `budget` is about how many rows a
 * search scores. Design: docs/decisions/010-search.md.
 */
export function createPostgresSearch(db: Db, options: { budget?: number } = {}): SearchEngine {
  const budget = options.budget ?? usualBudget
  return {
    put: documents => put(db, documents),
    remove: async ids => {
      await db.execute(sql`delete from search_documents where id = any(${sql.param([...ids])}::text[])`)
    },
    removeGroup: async group => {
      await db.execute(sql`delete from search_documents where group_id = ${group}`)
    },
    search: query => search(db, query, budget),
    similar: async (title, { exceptGroup, ...query }) => {
      const { hits } = await search(db, { ...query, limit: query.limit + 1, text: title, distinct: true }, budget)
      return hits.filter(hit => hit.group !== exceptGroup).slice(0, query.limit)
    },
    refresh: () => refreshFigures(db),
    count: async () => {
      const [row] = await db.execute<{ count: number }>(sql`select count(*)::int as count from search_documents where part = 0`)
      return row?.count ?? 0
    },
    ids: after => ids(db, after),
    differing: documents => differing(db, documents),
  }
}

async function put(db: Db, documents: readonly SearchDocument[]): Promise<void> {
  // One row each and in one order: two jobs that put the same documents wait for each other instead of deadlocking.
  const last = [...new Map(documents.map(document => [document.id, document])).values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  if (last.length === 0) return
  await db.execute(sql`
    with given as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(last.flatMap(rowsOf))}::text::jsonb)
        as row(id text, part smallint, "group" text, visibility text, tags text[], at timestamptz, words integer, tv tsvector)
    ), outdated as (
      delete from search_documents d using (select id, max(part) as part from given group by id) last
      where d.id = last.id and d.part > last.part
    )
    insert into search_documents as d (id, part, group_id, visibility, tags, created_at, words, tv)
    select id, part, "group", visibility, tags, at, words, tv from given order by id, part
    on conflict (id, part) do update set group_id = excluded.group_id, visibility = excluded.visibility, tags = excluded.tags,
      created_at = excluded.created_at, words = excluded.words, tv = excluded.tv
    where (d.group_id, d.visibility, d.tags, d.created_at, d.tv)
      is distinct from (excluded.group_id, excluded.visibility, excluded.tags, excluded.created_at, excluded.tv)`)
}

const idsTogether = 1_000

async function ids(db: Db, after = ''): Promise<{ ids: string[]; next?: string }> {
  const rows = await db.execute<{ id: string }>(sql`
    select id from search_documents where part = 0 and id > ${storable(after)} order by id limit ${idsTogether}`)
  const found = rows.map(({ id }) => id)
  return { ids: found, next: found.length === idsTogether ? found.at(-1) : undefined }
}

async function differing(db: Db, documents: readonly SearchDocument[]): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    with given as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(documents.flatMap(rowsOf))}::text::jsonb)
        as row(id text, part smallint, "group" text, visibility text, tags text[], at timestamptz, words integer, tv tsvector)
    )
    select id from given full join (select * from search_documents where id in (select id from given)) d using (id, part)
    where (given."group", given.visibility, given.tags, given.at, given.tv)
      is distinct from (d.group_id, d.visibility, d.tags, d.created_at, d.tv)
    group by id`)
  return rows.map(({ id }) => id)
}

function rowsOf(document: SearchDocument): Record<string, unknown>[] {
  const shared = {
    id: document.id,
    group: document.group,
    visibility: document.visibility,
    tags: Object.entries(document.filters).flatMap(([name, value]) => tagsOf(name, value)),
    at: document.createdAt.toISOString(),
  }
  return vectorsOf(document.title, document.body).map((vector, part) => ({ ...shared, part, ...vector }))
}

function tagsOf(name: string, value: SearchFilters[string]): string[] {
  return (typeof value === 'object' ? value : [value]).map(one => storable(`${name}=${one}`))
}

async function search(db: Db, query: SearchQuery, usual: number): Promise<SearchResult> {
  const { weights, words, cut } = weighQuery(query.text)
  const nothing = { hits: [], total: 0, exact: true, terms: words, cut }
  if (weights.size === 0 || query.visibility.length === 0 || query.limit < 1) return nothing
  const figures = await findFigures(
    db,
    [...weights.keys()].flatMap(term => [term, titleTerm(term)]),
  )
  for (const budget of [usual, wideBudget]) {
    const plan = planQuery(weights, figures, budget)
    if (!plan) return nothing
    const found = await findHits(db, query, plan, figures.meanWords, budget * brake)
    if (plan.complete || found.total >= query.limit || budget === wideBudget) return { ...found, terms: words, cut }
  }
  return nothing
}

type Found = { id: string; group: string; score: number; total: number; scored: number }

async function findHits(
  db: Db,
  query: SearchQuery,
  plan: QueryPlan,
  meanWords: number,
  most: number,
): Promise<Omit<SearchResult, 'terms' | 'cut'>> {
  const after = readCursor(query.after)
  const rows = await db.execute<Found>(sql`
    with candidates as (
      select id, group_id, ${scoreOf(plan)} / power(0.5 + 0.5 * words / ${meanWords}::float8, 0.3) as score
      from search_documents
      where tv @@ ${plan.candidates}::tsquery and visibility = any(${sql.param([...query.visibility])}::text[]) ${filtersOf(query)}
      limit ${most}
    ), best as (
      select distinct on (${key(query)}) id, group_id, score from candidates where score >= ${plan.floor}::float8
      order by ${key(query)}, score desc, id collate "C"
    ), counted as (
      select id, group_id, score, count(*) over ()::int as total, (select count(*) from candidates)::int as scored from best
    )
    select id, group_id as "group", score, total, scored from counted
    where ${after.score}::float8 is null or (score, id collate "C") < (${after.score}::float8, ${after.id})
    order by score desc, id collate "C" desc limit ${query.limit + 1}`)
  const hits: SearchHit[] = rows.slice(0, query.limit).map(({ id, group, score }) => ({ id, group, score }))
  const last = rows.length > query.limit ? hits.at(-1) : undefined
  const { total = 0, scored = 0 } = rows[0] ?? {}
  return { hits, next: last && `${last.score}~${last.id}`, total, exact: plan.complete && scored < most }
}

/** The same number of groups always, so that one prepared statement serves every query; an empty one costs next to nothing. */
function scoreOf(plan: QueryPlan): SQL {
  const groups = Array.from({ length: mostGroups }, (_, index) => plan.groups[index] ?? { query: '', weight: 0 })
  const parts = groups.map(({ query, weight }) => sql`${weight}::float8 * ts_rank('{0.8,0,0,1}', tv, ${query}::tsquery)`)
  return sql`(${sql.join(parts, sql` + `)})`
}

function filtersOf(query: SearchQuery): SQL {
  const conditions = Object.entries(query.filters ?? {}).map(([name, value]) => sql`and tags && ${sql.param(tagsOf(name, value))}::text[]`)
  if (query.since) conditions.push(sql`and created_at >= ${query.since.toISOString()}::timestamptz`)
  if (query.until) conditions.push(sql`and created_at < ${query.until.toISOString()}::timestamptz`)
  return sql.join(conditions, sql` `)
}

function key(query: SearchQuery): SQL {
  return query.distinct ? sql`group_id` : sql`id`
}

function readCursor(cursor = ''): { score: number | null; id: string } {
  const [score = '', ...id] = cursor.split('~')
  const number = Number.parseFloat(score)
  return Number.isFinite(number) ? { score: number, id: storable(id.join('~')) } : { score: null, id: '' }
}

/** PostgreSQL takes no NUL and no half of a surrogate pair, and both can come from an address bar. */
function storable(text: string): string {
  return text.replaceAll('\0', '').toWellFormed()
}

import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '../db.ts'
import type { SearchHit, SearchQuery, SearchResult } from './engine.ts'
import { facetsOf, flagsOf } from './facets.ts'
import type { KeptFigures } from './figures.ts'
import { mostChoices, mostGroups, mostOptions, planQuery, type QueryPlan, type ScoredTerms } from './plan.ts'
import { storable, tagsOf } from './putting.ts'
import type { SynonymsKeeper } from './synonym_table.ts'
import type { Synonyms } from './synonyms.ts'
import { allOf, phraseTerms, textConditions } from './texts.ts'
import { readQuery } from './understanding.ts'
import { lettersRead, readAgain, titleAtMost, wordingAtMost, wordingOf } from './wording.ts'

/** When filters leave too few of those. */
const wideBudget = 5_000
/** A statement stops at so many times its budget, whatever was known. */
const brake = 4
/** What use has shown moves a document by a tenth at most. */
const boostAtMost = 0.1
/** In another order than by fit a document has to have more of the query than a trace. */
const leastWhenSorted = 4

/** Searches; see `SearchEngine.search`. */
export async function findHits(
  db: Db,
  query: SearchQuery,
  usual: number,
  synonyms: SynonymsKeeper & { now: () => Synonyms },
): Promise<SearchResult> {
  const { weights, words, cut, concepts, figures, corrected, also } = await readQuery(db, query, synonyms)
  const told = { terms: words, cut, ...(corrected.length > 0 && { corrected }), ...(also.length > 0 && { also }) }
  const nothing = { hits: [], total: 0, exact: true, ...told, ...(query.facets && { facets: {} }) }
  if (weights.size === 0 || query.visibility.length === 0 || query.limit < 1 || !figures) return nothing
  for (const budget of [usual, wideBudget]) {
    const plan = planQuery(weights, figures, budget, concepts)
    if (!plan) return nothing
    const found = await findPage(db, query, plan, figures, budget * brake)
    if (plan.complete || found.total >= query.limit || budget === wideBudget) return { ...found, ...told }
  }
  return nothing
}

type Page = { hits: (SearchHit & { sort: number })[] | null; total: number; scored: number; facets: SearchResult['facets'] | null }

async function findPage(db: Db, query: SearchQuery, plan: QueryPlan, figures: KeptFigures, most: number) {
  const after = readCursor(query.after)
  const key = query.distinct ? sql`group_id` : sql`id`
  const floor = plan.floor * (query.sort === 'new' || query.sort === 'helpful' ? leastWhenSorted : 1)
  const [page] = await db.execute<Page>(sql`
    with candidates as (
      select id, group_id, tags, ${sortOf(query)} as sort, ${flagsOf(query)} as flags,
        ${scoreOf(plan)} * (1 + ${boostAtMost}::float8 * boost) / power(0.5 + 0.5 * words / ${figures.meanWords}::float8, 0.3) as score
      from search_documents d
      where tv @@ ${asTsquery(candidatesOf(query, plan))} and visibility = any(${sql.param([...query.visibility])}::text[])
        ${filtersOf(query)} ${textConditions(query)}
      limit ${most}
    ), fit as materialized (
      select *, coalesce(sort, score) as place from candidates where score >= ${floor}::float8
    ), best as (
      select distinct on (${key}) id, group_id, score, max(place) over (partition by ${key}) as place from fit
      where true = all(flags) order by ${key}, score desc, id collate "C"
    ), ordered as (
      select id, group_id, score, place * (1 + coalesce(${wordingIn(query)}, 0)) as place from best
    ), page as (
      select id, group_id as "group", score, place as sort from ordered
      where ${after.sort}::float8 is null or (place, id collate "C") < (${after.sort}::float8, ${after.id})
      order by place desc, id collate "C" desc limit ${query.limit + 1}
    )
    select (select count(*)::int from best) as total, (select count(*)::int from candidates) as scored, ${facetsOf(query, key)} as facets,
      (select jsonb_agg(page order by sort desc, id collate "C" desc) from page) as hits`)
  const all = page?.hits ?? []
  const shown = all.slice(0, query.limit)
  const last = all.length > query.limit ? shown.at(-1) : undefined
  return {
    hits: shown.map(({ id, group, score }): SearchHit => ({ id, group, score })),
    next: last && `${last.sort}~${last.id}`,
    total: page?.total ?? 0,
    exact: plan.complete && (page?.scored ?? 0) < most,
    ...(query.facets && { facets: page?.facets ?? {} }),
  }
}

/** Rows have to have all terms of the phrases, whatever else they have. */
function candidatesOf({ phrases }: SearchQuery, { candidates }: QueryPlan): string {
  const wanted = allOf(phraseTerms(phrases))
  return wanted ? `(${candidates})&${wanted}` : candidates
}

/**
 * The same number of groups and choices always, so that one prepared statement serves every query; an empty one costs next to
 * nothing. Each is a subquery of its own, so that its text is read once and not for every row.
 */
function scoreOf({ groups, choices }: QueryPlan): SQL {
  const rank = (one?: ScoredTerms) => sql`${one?.weight ?? 0}::float8 * ts_rank('{0.8,0,0,1}', tv, ${asTsquery(one?.query ?? '')})`
  const sums = Array.from({ length: mostGroups }, (_, index) => rank(groups[index]))
  const bests = Array.from({ length: choices.length ? mostChoices : 0 }, (_, index) => {
    const options = Array.from({ length: mostOptions }, (_, option) => rank(choices[index]?.[option]))
    return sql`greatest(${sql.join(options, sql`, `)})`
  })
  return sql`(${sql.join([...sums, ...bests], sql` + `)})`
}

/** How much of the query's wording a text has and how like it the title is, for the first few; null for all others and in another order than by fit. */
function wordingIn(query: SearchQuery): SQL {
  const { triples, pairs } = wordingOf(query.sort === 'new' || query.sort === 'helpful' ? '' : query.text)
  if (pairs.length === 0) return sql`null::float8`
  const shared = (all: readonly string[], within: SQL) =>
    sql`(select count(*)::float8 from unnest(${sql.param([...all])}::text[]) as letters where strpos(${within}, letters) > 0)`
  return sql`case when id in (select id from best order by place desc, id collate "C" desc limit ${readAgain}) then (
    select ${wordingAtMost}::float8 * ${shared(triples, sql`head`)} / ${Math.max(1, triples.length)}::float8
      + ${titleAtMost}::float8 * 2 * ${shared(pairs, sql`title`)} / (${pairs.length}::float8 + greatest(1, length(title) - 1))
    from (select left(text, ${lettersRead}) as head, split_part(left(text, ${lettersRead}), chr(10), 1) as title from search_texts t where t.id = best.id) t
  ) end`
}

function asTsquery(text: string): SQL {
  return sql`(select ${text}::text::tsquery)`
}

/** What another order goes by. Milliseconds are not kept: two posts of one second are in the order of their ids. */
function sortOf({ sort }: SearchQuery): SQL {
  if (sort === 'new') return sql`floor(extract(epoch from created_at))::float8`
  return sort === 'helpful' ? sql`helpful::float8` : sql`null::float8`
}

/** Filters that are counted as facets are flags of each row, all others conditions. */
function filtersOf(query: SearchQuery): SQL {
  const conditions = Object.entries(query.filters ?? {})
    .filter(([name]) => !query.facets?.includes(name))
    .map(([name, value]) => sql`and tags && ${sql.param(tagsOf(name, value))}::text[]`)
  if (query.since) conditions.push(sql`and created_at >= ${query.since.toISOString()}::timestamptz`)
  if (query.until) conditions.push(sql`and created_at < ${query.until.toISOString()}::timestamptz`)
  return sql.join(conditions, sql` `)
}

function readCursor(cursor = ''): { sort: number | null; id: string } {
  const [sort = '', ...id] = cursor.split('~')
  const number = Number.parseFloat(sort)
  return Number.isFinite(number) ? { sort: number, id: storable(id.join('~')) } : { sort: null, id: '' }
}

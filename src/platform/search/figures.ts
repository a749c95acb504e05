import { sql } from 'drizzle-orm'
import type { Db } from '../db.ts'
import type { Figures } from './plan.ts'
import type { Meant } from './thesaurus.ts'
import { quoteTerm } from './vector.ts'

/** Up to this many rows the figures are counted for each query while the kept ones are old: a young forum finds well at once. */
const countedExactly = 5_000
/** Up to this many rows terms that stand only once are kept too. */
const keptWhole = 5_000
/** Before anything is known. */
const usualMeanWords = 60

/** With the version of the synonyms that were last set, and what a general dictionary says of the words asked for. */
export type KeptFigures = Figures & { synonyms: number; meant: Meant[] }

/**
 * What ranking needs to know about `terms`: read from what the last `refreshFigures` kept, or counted when that is old and the
 * collection small. Looking 60 terms up costs less than a millisecond, and holding them all would cost 50 MB at a million rows.
 */
export async function findFigures(db: Db, terms: readonly string[], words: readonly string[] = []): Promise<KeptFigures> {
  const [kept] = await db.execute<Kept>(sql`
    select f.rows, f.mean_words as "meanWords", f.writes, pg_stat_get_live_tuples(t.oid)::int as live, ${writes} as now,
      (select jsonb_object_agg(term, s.rows) from search_terms s where term = any(${sql.param([...terms])}::text[])) as "rowsOf",
      (select version from search_synonyms) as synonyms,
      (select jsonb_agg(jsonb_build_object('own', word, 'other', other, 'rows', rows)) from search_thesaurus
        where word = any(${sql.param([...words])}::text[])) as meant
    from (select 'search_documents'::regclass as oid) t left join search_figures f on true`)
  const isOld = !kept || kept.rows === null || isFarFrom(Number(kept.writes), Number(kept.now), kept.rows)
  const also = { synonyms: Number(kept?.synonyms ?? 0), meant: kept?.meant ?? [] }
  if (isOld && (kept?.live ?? 0) <= countedExactly) return { ...(await countFigures(db, terms)), ...also }
  return { ...figuresOf(Math.max(kept?.rows ?? 0, kept?.live ?? 0), kept?.meanWords, kept?.rowsOf), ...also }
}

/**
 * Counts all terms anew and keeps those in more than two rows (in a small collection all, so that each can be the right spelling of
 * another), changing only what changed. About 80 s for a million rows, so it
 * sets aside the limit on a statement's time.
 */
export async function refreshFigures(db: Db): Promise<void> {
  await db.transaction(async tx => {
    await tx.execute(sql`set local statement_timeout = 0`)
    await tx.execute(sql`
      with counted as materialized (
        select word as term, ndoc as rows from ts_stat('select tv from search_documents') where ndoc > (case when (select count(*) from search_documents) > ${keptWhole} then 2 else 0 end)
      ), gone as (
        delete from search_terms t where not exists (select from counted c where c.term = t.term)
      )
      insert into search_terms as t (term, rows) select term, rows from counted
      on conflict (term) do update set rows = excluded.rows where t.rows <> excluded.rows`)
    await tx.execute(sql`
      insert into search_figures (id, rows, mean_words, writes, counted_at)
      select 1, count(*), coalesce(avg(words), 0), (select ${writes} from (select 'search_documents'::regclass as oid) t), now()
      from search_documents
      on conflict (id) do update set
        rows = excluded.rows, mean_words = excluded.mean_words, writes = excluded.writes, counted_at = excluded.counted_at`)
  })
}

type Kept = {
  rows: number | null
  meanWords: number | null
  writes: string | null
  live: number
  now: string
  rowsOf: Counted
  synonyms: string | null
  meant: Meant[] | null
}
type Counted = Record<string, number> | null

/** Rows ever written, as PostgreSQL's statistics have it, with those of the running transaction. Begins at 0 again after a crash. */
const writes = sql`(pg_stat_get_tuples_inserted(t.oid) + pg_stat_get_tuples_updated(t.oid) + pg_stat_get_tuples_deleted(t.oid)
  + pg_stat_get_xact_tuples_inserted(t.oid) + pg_stat_get_xact_tuples_updated(t.oid) + pg_stat_get_xact_tuples_deleted(t.oid))`

function isFarFrom(then: number, now: number, rows: number): boolean {
  return now < then || now - then > rows / 4 + 20
}

async function countFigures(db: Db, terms: readonly string[]): Promise<Figures> {
  const asked = JSON.stringify(terms.map(term => ({ term, query: quoteTerm(term) })))
  const [counted] = await db.execute<{ rows: number; meanWords: number | null; rowsOf: Counted }>(sql`
    select count(*)::int as rows, avg(words)::float8 as "meanWords", (
      select jsonb_object_agg(term, (select count(*) from search_documents where tv @@ query))
      from jsonb_to_recordset(${asked}::text::jsonb) as asked(term text, query tsquery)
    ) as "rowsOf" from search_documents`)
  return figuresOf(counted?.rows ?? 0, counted?.meanWords, counted?.rowsOf)
}

function figuresOf(rows: number, meanWords?: number | null, rowsOf?: Counted): Figures {
  return { rows, meanWords: meanWords || usualMeanWords, rowsOf: new Map(Object.entries(rowsOf ?? {})) }
}

import { sql } from 'drizzle-orm'
import type { Db } from '../db.ts'
import type { SearchEngine, SearchQuery, SearchResult } from './engine.ts'
import { type MeiliSearch, readCursor } from './meilisearch.ts'
import { type Breaker, type Reason, reasonOf } from './mirror/breaker.ts'
import { markOutdated, SYNONYMS } from './mirror/outdated.ts'
import type { PostgresSearch } from './postgres.ts'

type Options = {
  db: Db
  postgres: PostgresSearch
  meilisearch: MeiliSearch
  breaker: Breaker
  fellBack(reason: Reason): void
  /** Milliseconds after which PostgreSQL is asked as well, and who answers first is heard: long before Meilisearch is given up. */
  haste?: number
}

/**
 * Meilisearch answers, PostgreSQL whenever it does not. Writes go to PostgreSQL, which is always up to date, and are marked for the job
 * that mirrors them: nobody who writes ever waits for the second engine.
 */
export function createMirroredSearch({ db, postgres, meilisearch, breaker, fellBack, haste = 60 }: Options): SearchEngine {
  const orElse = async <T>(ask: (signal: AbortSignal) => Promise<T>, other: () => Promise<T>): Promise<T> => {
    const asked = breaker.run(ask)
    const known = await within(haste, asked)
    if (known?.status === 'fulfilled') return known.value
    fellBack(known ? reasonOf(known.reason) : 'slow')
    const answered = other()
    return known ? answered : Promise.any([asked, answered]).catch(() => answered)
  }
  return {
    ...postgres,
    async put(documents) {
      await postgres.put(documents)
      await markOutdated(
        db,
        documents.map(({ id }) => id),
      )
    },
    async remove(ids) {
      await postgres.remove(ids)
      await markOutdated(db, ids)
    },
    async removeGroup(group) {
      const rows = await db.execute<{ id: string }>(sql`select distinct id from search_documents where group_id = ${group}`)
      await postgres.removeGroup(group)
      await markOutdated(
        db,
        rows.map(({ id }) => id),
      )
    },
    async setSynonyms(groups) {
      await postgres.setSynonyms(groups)
      await markOutdated(db, [SYNONYMS])
    },
    search: query =>
      isForPostgres(query)
        ? postgres.search(query)
        : orElse(
            signal => meilisearch.search(query, signal),
            () => goOn(postgres, query),
          ),
    similar: (title, query) =>
      orElse(
        signal => meilisearch.similar(title, query, signal),
        () => postgres.similar(title, query),
      ),
    suggest: (typed, query) =>
      orElse(
        signal => meilisearch.suggest(typed, query, signal),
        () => postgres.suggest(typed, query),
      ),
  }
}

/** What has become of it by then; undefined when nothing has. */
async function within<T>(milliseconds: number, work: Promise<T>): Promise<PromiseSettledResult<T> | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>(resolve => {
    timer = setTimeout(() => resolve(undefined), milliseconds)
  })
  const settled = Promise.allSettled([work]).then(([known]) => known)
  return Promise.race([settled, late]).finally(() => clearTimeout(timer))
}

/** Who reads PostgreSQL's pages goes on in them, for the two engines have orders of their own; and it alone tries synonyms out. */
const isForPostgres = ({ after, synonyms }: SearchQuery) => synonyms !== undefined || (after && readCursor(after) === undefined)

/** A page in the middle of Meilisearch's, answered by PostgreSQL: as many hits are passed over as the reader has seen. */
async function goOn(postgres: SearchEngine, { after, ...query }: SearchQuery): Promise<SearchResult> {
  const seen = readCursor(after) ?? 0
  if (seen === 0) return postgres.search(query)
  const result = await postgres.search({ ...query, limit: seen + query.limit })
  return { ...result, hits: result.hits.slice(seen) }
}

import { sql } from 'drizzle-orm'
import type { Db } from '../db.ts'
import { findDiffering, listIds } from './comparing.ts'
import type { SearchEngine } from './engine.ts'
import { refreshFigures } from './figures.ts'
import { findHits } from './finding.ts'
import { putDocuments, removeDocuments, removeGroup } from './putting.ts'
import { refreshReadings } from './readings.ts'
import { suggestTitles } from './suggesting.ts'
import { keepSynonyms, synonymsKeeper } from './synonym_table.ts'
import { refreshThesaurus } from './thesaurus.ts'

/** Rows that a search scores, by what is known of its terms; see docs/decisions/010-search.md. */
const usualBudget = 1_000

export type PostgresSearch = SearchEngine & Required<Pick<SearchEngine, 'suggest' | 'setSynonyms'>>

/**
 * The search engine inside PostgreSQL: always there, and consistent with what was committed. `budget` is about how many rows a
 * search scores. Design: docs/decisions/010-search.md.
 */
export function createPostgresSearch(db: Db, options: { budget?: number } = {}): PostgresSearch {
  const budget = options.budget ?? usualBudget
  const synonyms = synonymsKeeper(db)
  return {
    put: documents => putDocuments(db, documents),
    remove: ids => removeDocuments(db, ids),
    removeGroup: group => removeGroup(db, group),
    search: query => findHits(db, query, budget, synonyms),
    similar: async (title, { exceptGroup, ...query }) => {
      const { hits } = await findHits(db, { ...query, limit: query.limit + 1, text: title, distinct: true }, budget, synonyms)
      return hits.filter(hit => hit.group !== exceptGroup).slice(0, query.limit)
    },
    refresh: async () => {
      await refreshFigures(db)
      await refreshReadings(db)
      await refreshThesaurus(db)
    },
    count: async () => {
      const [row] = await db.execute<{ count: number }>(sql`select count(*)::int as count from search_documents where part = 0`)
      return row?.count ?? 0
    },
    ids: after => listIds(db, after),
    differing: documents => findDiffering(db, documents),
    suggest: (typed, query) => suggestTitles(db, typed, query),
    setSynonyms: groups => keepSynonyms(db, groups),
  }
}

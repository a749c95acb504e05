import type { Embedder } from 'meilisearch'
import type { Config } from '../config.ts'
import type { Db } from '../db.ts'
import type { Log } from '../log.ts'
import type { Metrics } from '../metrics.ts'
import type { SearchEngine } from './engine.ts'
import { measured } from './measured.ts'
import { createMeiliSearch, type MeiliSearch, whyOf } from './meilisearch.ts'
import { type Breaker, openBreaker } from './mirror/breaker.ts'
import { createMirroredSearch } from './mirrored.ts'
import { createPostgresSearch } from './postgres.ts'

/** Search as doors use it, and the engines behind it for those who keep them in order. */
export type OpenSearch = {
  search: SearchEngine
  engines: { postgres: SearchEngine; meilisearch?: MeiliSearch }
  /** The same search on other connections. */
  searchOn(db: Db): SearchEngine
  /** Which engine answers now, and which should and does not. */
  searchState(): { answers: 'postgres' | 'meilisearch'; away?: 'meilisearch' }
  stopSearch(): void
}

/** Opens search on PostgreSQL, and on Meilisearch before it where `MEILI_URL` names one. */
export function openSearch(config: Config, db: Db, log: Log, metrics: Metrics): OpenSearch {
  const postgresOn = (db: Db) => measured(createPostgresSearch(db), 'postgres', metrics)
  const postgres = postgresOn(db)
  const { MEILI_URL: url, MEILI_KEY: key, MEILI_INDEX: index, MEILI_EMBEDDER: embedder } = config
  if (!url)
    return {
      search: postgres,
      engines: { postgres },
      searchOn: postgresOn,
      searchState: () => ({ answers: 'postgres' }),
      stopSearch: () => {},
    }
  const meilisearch = createMeiliSearch({ url, key, index, embedder: embedder as Embedder })
  const breaker = openBreaker({
    probe: meilisearch.probe,
    changed(isOpen, error) {
      metrics.breakerOpen.set(isOpen ? 1 : 0)
      if (isOpen) log.warn({ why: whyOf(error) }, 'Meilisearch does not answer: PostgreSQL does')
      else log.info('Meilisearch answers again')
    },
  })
  void lookOnce(breaker, meilisearch)
  const fellBack = (reason: string) => metrics.fallbacks.inc({ reason })
  const second = measured(meilisearch, 'meilisearch', metrics)
  const searchOn = (db: Db) => createMirroredSearch({ db, postgres: postgresOn(db), meilisearch: second, breaker, fellBack })
  return {
    search: searchOn(db),
    engines: { postgres, meilisearch },
    searchOn,
    searchState: () => (breaker.isOpen() ? { answers: 'postgres', away: 'meilisearch' } : { answers: 'meilisearch' }),
    stopSearch: breaker.stop,
  }
}

/** Asks until there is an answer or the breaker opens, so that it is known who answers before the first reader asks. */
async function lookOnce(breaker: Breaker, { probe }: MeiliSearch): Promise<void> {
  let isThere = false
  while (!isThere && !breaker.isOpen())
    isThere = await breaker.run(probe).then(
      () => true,
      () => false,
    )
}

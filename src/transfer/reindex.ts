import type { Services } from '../platform/services.ts'
import { mirrorOutdated } from '../search/mirroring.ts'
import { rebuildMeilisearch, rebuildPostgres } from '../search/rebuilding.ts'

export type ReindexOptions = { only?: 'postgres' | 'meilisearch'; fresh?: boolean }

/**
 * Makes everything that can be found anew from what stands in the database, while the forum runs, in PostgreSQL and then in Meilisearch
 * where there is one. Goes on with what was killed within a day, unless `fresh`. `moved` hears of each batch. Returns how many documents
 * each engine then has. Throws Conflict while another process does the same.
 */
export async function reindex(
  services: Pick<Services, 'db' | 'sql' | 'engines' | 'log'>,
  moved: (engine: string, done: number, total: number) => void,
  { only, fresh = false }: ReindexOptions = {},
): Promise<Record<string, number>> {
  const { postgres, meilisearch } = services.engines
  const documents: Record<string, number> = {}
  const options = (engine: string) => ({ goOn: !fresh, moved: (done: number, total: number) => moved(engine, done, total) })
  if (only !== 'meilisearch') {
    await rebuildPostgres(services, options('PostgreSQL'))
    documents.PostgreSQL = await postgres.count()
  }
  if (meilisearch && only !== 'postgres') {
    await rebuildMeilisearch(services, meilisearch, options('Meilisearch'))
    await mirrorOutdated(services)
    documents.Meilisearch = await meilisearch.count()
  }
  return documents
}

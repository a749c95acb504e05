import type { Db } from '../platform/db.ts'
import { Conflict } from '../platform/errors.ts'
import type { MeiliSearch } from '../platform/search/meilisearch.ts'
import { listOutdated, mirrorAgainSoon, SYNONYMS, settleOutdated } from '../platform/search/mirror/outdated.ts'
import { listSynonyms } from '../platform/search/synonym_table.ts'
import type { Services } from '../platform/services.ts'
import { documentsByIds } from './documents.ts'
import { rebuildMeilisearch } from './rebuilding.ts'

/** Documents mirrored at once: Meilisearch takes a thousand as fast as one. */
const TOGETHER = 500

type Mirrored = Pick<Services, 'db' | 'sql' | 'engines' | 'log'>

/**
 * Brings Meilisearch up to date with what has changed, oldest first, and builds its index where there is none. While it is away this
 * comes again every few seconds, however long that takes; nothing else waits for it. Safe to repeat and to be killed.
 */
export async function mirrorOutdated(services: Mirrored): Promise<void> {
  const { db, engines, log } = services
  const { meilisearch } = engines
  if (!meilisearch) return
  try {
    if (!(await meilisearch.isBuilt())) await rebuildMeilisearch(services, meilisearch, { goOn: true })
    await meilisearch.configure()
    while (await mirrorSome(db, meilisearch));
  } catch (error) {
    // While another process builds it, what waits goes on waiting.
    if (!(error instanceof Conflict)) log.warn({ err: error }, 'Meilisearch was not brought up to date and will be')
    await mirrorAgainSoon(db)
  }
}

/** False when nothing is left. */
async function mirrorSome(db: Db, meilisearch: MeiliSearch): Promise<boolean> {
  const outdated = await listOutdated(db, TOGETHER)
  if (outdated.length === 0) return false
  const documents = await documentsByIds(
    db,
    outdated.map(({ id }) => id),
  )
  if (outdated.some(({ id }) => id === SYNONYMS)) await meilisearch.setSynonyms(await listSynonyms(db))
  const there = new Set(documents.map(({ id }) => id))
  await meilisearch.put(documents)
  await meilisearch.remove(outdated.filter(({ id }) => !there.has(id)).map(({ id }) => id))
  await settleOutdated(db, outdated)
  return true
}

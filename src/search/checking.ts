import type { Db } from '../platform/db.ts'
import type { SearchEngine } from '../platform/search/engine.ts'
import { type Check, keepCheck } from '../platform/search/mirror/checks.ts'
import { findLag, markOutdated } from '../platform/search/mirror/outdated.ts'
import type { Services } from '../platform/services.ts'
import { countDocuments, documentsBetween, documentsByIds, refreshDocumentsByIds, sampleDocumentIds } from './documents.ts'
import { mirrorOutdated } from './mirroring.ts'
import { listStrangers, walkTopics } from './walking.ts'

type Checked = Pick<Services, 'db' | 'sql' | 'engines' | 'log'>
/** Brings documents of one engine to what stands. */
type Mend = (ids: readonly string[]) => Promise<unknown>

/**
 * Compares each engine with the database: how many documents it should have and has, and whether some hundred say what they should.
 * One that has drifted is compared whole and mended. What was found is kept for the operator.
 */
export async function checkSearch(services: Checked): Promise<void> {
  const { db, engines, log } = services
  const { postgres, meilisearch } = engines
  await checkEngine(db, 'postgres', postgres, async ids => {
    await refreshDocumentsByIds(db, postgres, ids)
  })
  if (!meilisearch) return
  try {
    // What waits to be mirrored has not drifted.
    await mirrorOutdated(services)
    if ((await findLag(db)).waiting > 0) return
    await checkEngine(db, 'meilisearch', meilisearch, async ids => {
      await markOutdated(db, ids)
      await mirrorOutdated(services)
    })
  } catch (error) {
    log.warn({ err: error }, 'Meilisearch could not be checked')
  }
}

async function checkEngine(db: Db, name: 'postgres' | 'meilisearch', engine: SearchEngine, mend: Mend): Promise<void> {
  const found = { ...(await compareCounts(db, engine)), ...(await compareSample(db, engine)) }
  const drifted = found.expected !== found.counted || found.differing > 0
  await keepCheck(db, name, { ...found, mended: drifted ? await mendAll(db, name, engine, mend) : 0 })
}

async function compareCounts(db: Db, engine: SearchEngine): Promise<Pick<Check, 'expected' | 'counted'>> {
  const [expected, counted] = [await countDocuments(db), await engine.count()]
  return { expected, counted }
}

async function compareSample(db: Db, engine: SearchEngine): Promise<Pick<Check, 'sampled' | 'differing'>> {
  const documents = await documentsByIds(db, await sampleDocumentIds(db))
  return { sampled: documents.length, differing: (await engine.differing(documents)).length }
}

/** Compares everything, and returns how many documents had to be put or removed. */
async function mendAll(db: Db, name: 'postgres' | 'meilisearch', engine: SearchEngine, mend: Mend): Promise<number> {
  let mended = 0
  await walkTopics(db, 0, async (first, last) => {
    const differing = await engine.differing(await documentsBetween(db, first, last))
    if (differing.length > 0) await mend(differing)
    mended += differing.length
  })
  const strangers = await listStrangers(db, engine)
  if (name === 'postgres') await engine.remove(strangers)
  else await mend(strangers)
  return mended + strangers.length
}

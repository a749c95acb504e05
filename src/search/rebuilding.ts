import type { Db } from '../platform/db.ts'
import type { Rebuild } from '../platform/search/engine.ts'
import { fillBeside } from '../platform/search/filling.ts'
import type { MeiliSearch } from '../platform/search/meilisearch.ts'
import { listMarkedSince, markAgainSince, markOutdated, SYNONYMS } from '../platform/search/mirror/outdated.ts'
import { closeRebuild, openRebuild, reach, rebuildAlone } from '../platform/search/mirror/rebuilds.ts'
import type { Services } from '../platform/services.ts'
import { documentsBetween, documentsByIds, refreshDocumentsBetween } from './documents.ts'
import { allDocuments, listStrangers, type Moved, walkTopics } from './walking.ts'

type Options = { goOn: boolean; moved?: Moved }

const IDS_TOGETHER = 500
/** Before a rebuild began, something may have changed whose job had not yet marked it. */
const MARKED_EARLIER = 60_000

/**
 * Makes everything that PostgreSQL's search can find anew, in place, while the forum runs: what is the same stays untouched, what has no
 * document any more goes. An empty one is filled beside, which is some times as fast. With `goOn`, from where one that was killed had come. Throws Conflict while another process does it.
 */
export function rebuildPostgres({ db, sql, engines }: Pick<Services, 'db' | 'sql' | 'engines'>, options: Options): Promise<void> {
  const { postgres } = engines
  return rebuildAlone(sql, 'postgres', async () => {
    const { reached } = await openRebuild(db, 'postgres', options)
    if (reached === 0 && (await postgres.count()) === 0) {
      await fillBeside(sql, allDocuments(db, options.moved))
      await postgres.refresh()
      return closeRebuild(db, 'postgres')
    }
    const put = async (first: number, last: number) => {
      await refreshDocumentsBetween(db, postgres, first, last)
      await reach(db, 'postgres', last)
    }
    await walkTopics(db, reached, put, options.moved)
    await postgres.remove(await listStrangers(db, postgres))
    await postgres.refresh()
    await closeRebuild(db, 'postgres')
  })
}

/**
 * Builds Meilisearch's index anew beside the one that answers and swaps the two. What changed meanwhile is put into the new one before,
 * and mirrored once more after. Gaps and going on as with `rebuildPostgres`.
 */
export function rebuildMeilisearch({ db, sql }: Pick<Services, 'db' | 'sql'>, meilisearch: MeiliSearch, options: Options): Promise<void> {
  return rebuildAlone(sql, 'meilisearch', async () => {
    let state = await openRebuild(db, 'meilisearch', options)
    const rebuild = await meilisearch.rebuild({ goOn: state.reached > 0 })
    if (state.reached > 0 && !rebuild.goesOn) state = await openRebuild(db, 'meilisearch', { goOn: false })
    const put = async (first: number, last: number) => {
      await rebuild.put(await documentsBetween(db, first, last))
      await reach(db, 'meilisearch', last)
    }
    await walkTopics(db, state.reached, put, options.moved)
    const since = new Date(state.startedAt.getTime() - MARKED_EARLIER)
    await catchUp(db, rebuild, since)
    // From here on there is nothing to go on with: what lies beside may be the old one already.
    await reach(db, 'meilisearch', 0)
    await rebuild.finish()
    await markAgainSince(db, since)
    await markOutdated(db, [SYNONYMS])
    await closeRebuild(db, 'meilisearch')
  })
}

async function catchUp(db: Db, rebuild: Rebuild, since: Date): Promise<void> {
  for (let last = ''; ; ) {
    const ids = await listMarkedSince(db, since, last, IDS_TOGETHER)
    if (ids.length === 0) return
    const documents = await documentsByIds(db, ids)
    const there = new Set(documents.map(({ id }) => id))
    await rebuild.put(documents)
    await rebuild.remove(ids.filter(id => !there.has(id)))
    last = ids.at(-1) ?? ''
  }
}

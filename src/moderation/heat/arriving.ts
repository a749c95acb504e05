import { eq, sql } from 'drizzle-orm'
import type { Db } from '../../platform/db.ts'
import { gather } from '../../platform/gathering.ts'
import { isRobot } from '../../platform/robots.ts'
import { addTo } from './heat.ts'
import { topicHeats } from './schema.ts'

/** Somebody came to a topic over a link on another site. */
export type Arrival = { topicId: number; visitor: string; userAgent: string; from: string | undefined }

/**
 * Counts arrivals from outside in the heat of topics in which something moves; gathered in memory and written together every few seconds.
 * `siteUrl` gives the address of this site.
 */
export function countArrivals(db: Db, siteUrl: () => string, { everyMs = 10_000, onError = (_: unknown) => {} } = {}) {
  const { add, flush, stop } = gather<number>({ everyMs, write: arrived => warm(db, arrived), onError })
  return {
    add({ topicId, visitor, userAgent, from }: Arrival): void {
      if (!from || isOurs(from, siteUrl()) || isRobot(userAgent)) return
      add(`${topicId} ${visitor}`, topicId)
    },
    flush,
    stop,
  }
}

function isOurs(from: string, site: string): boolean {
  const there = URL.parse(from)
  return !there?.protocol.startsWith('http') || there.host === URL.parse(site)?.host
}

async function warm(db: Db, arrived: number[]): Promise<void> {
  for (const [topicId, each] of Map.groupBy(arrived, id => id)) {
    await db.transaction(async tx => {
      const [row] = await tx
        .select({ sums: topicHeats.sums, version: topicHeats.version })
        .from(topicHeats)
        .where(eq(topicHeats.topicId, topicId))
        .for('update')
      if (!row) return
      const sums = addTo(row.sums, { at: Date.now(), outside: each.length })
      await tx
        .update(topicHeats)
        .set({ sums, version: sql`${topicHeats.version} + 1` })
        .where(eq(topicHeats.topicId, topicId))
    })
  }
}

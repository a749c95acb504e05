import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { LRUCache } from 'lru-cache'
import { daySalt } from '../platform/day_salt.ts'
import type { Db } from '../platform/db.ts'
import { gather } from '../platform/gathering.ts'
import { isRobot } from '../platform/robots.ts'

/** Who opened a topic's page, as far as counting needs it. */
export type Visit = { topicId: number; visitor: string; userAgent: string }

/**
 * Counts readers of topics: one a day each, robots not at all. Visits are gathered in memory and written together every few
 * seconds; a killed process forgets those few seconds of counting and nothing else.
 */
export function countVisits(db: Db, { everyMs = 5000, onError = (_: unknown) => {} } = {}) {
  const seen = new LRUCache<string, true>({ max: 10_000, ttl: 3_600_000, ttlResolution: 60_000 })
  const { add, flush, stop } = gather<Visit>({ everyMs, write: visits => writeVisits(db, visits), onError })
  return {
    add(visit: Visit): void {
      const key = `${visit.topicId} ${visit.visitor}`
      if (seen.has(key) || isRobot(visit.userAgent)) return
      seen.set(key, true)
      add(key, visit)
    },
    flush,
    stop,
  }
}

/** One visitor of one topic on one day counts once, in whichever process he was seen. */
async function writeVisits(db: Db, visits: Visit[]): Promise<void> {
  const salt = await daySalt(db)
  const ids = sql.param(visits.map(visit => visit.topicId))
  const visitors = sql.param(visits.map(({ visitor }) => createHash('sha256').update(salt).update(visitor).digest('hex').slice(0, 24)))
  await db.execute(sql`
    with counted as (
      insert into visits (topic_id, day, visitor)
      select distinct topic, (now() at time zone 'Asia/Tokyo')::date, decode(visitor, 'hex') from unnest(${ids}::bigint[], ${visitors}::text[]) as v(topic, visitor)
      on conflict do nothing returning topic_id
    ), sums as (select topic_id, count(*)::int as readers from counted group by topic_id)
    update topics set view_count = view_count + readers from (select topics.id, readers from topics join sums on sums.topic_id = topics.id order by topics.id for update of topics) locked where topics.id = locked.id`)
}

/** Forgets visits of past days: they are counted. */
export async function sweepVisits(db: Db): Promise<void> {
  await db.execute(sql`delete from visits where day < (now() at time zone 'Asia/Tokyo')::date - 1`)
}

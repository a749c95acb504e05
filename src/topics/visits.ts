import { createHash } from 'node:crypto'
import { sql } from 'drizzle-orm'
import { LRUCache } from 'lru-cache'
import { readerSalts } from '../platform/day_salt.ts'
import type { Db } from '../platform/db.ts'
import { gather } from '../platform/gathering.ts'
import { isRobot } from '../platform/robots.ts'
import type { Source } from './schema.ts'

/** How a reader came; `companyId` where it was from a company's own site. */
export type Origin = { source: Source; companyId?: number }
/** Who opened a topic's page, as far as counting needs it. */
export type Visit = { topicId: number; visitor: string; userAgent: string; origin?: Origin }
type Ask = { visitor: string; at: number }

/**
 * Counts readers of topics: one a day each, robots not at all, with how they came the first time; and notes which of them ask.
 * Both are gathered in memory and written together every few seconds; a killed process forgets those few seconds and nothing else.
 */
export function countVisits(db: Db, { everyMs = 5000, onError = (_: unknown) => {} } = {}) {
  const seen = new LRUCache<string, true>({ max: 10_000, ttl: 3_600_000, ttlResolution: 60_000 })
  const readers = gather<Visit & { at: number }>({ everyMs, write: visits => writeVisits(db, visits), onError })
  const askers = gather<Ask>({ everyMs, write: asks => writeAsks(db, asks), onError })
  return {
    /** Somebody reads; `originOf` is asked for whoever counts only. */
    add(visit: Visit, originOf?: () => Origin): void {
      const key = `${visit.topicId} ${visit.visitor}`
      if (seen.has(key) || isRobot(visit.userAgent)) return
      seen.set(key, true)
      readers.add(key, { ...visit, at: Date.now(), ...(originOf && { origin: originOf() }) })
    },
    /** Somebody asked a question; he may have read as a guest before he logged in, and is then two visitors. */
    asked(visitors: string[]): void {
      for (const visitor of visitors) askers.add(visitor, { visitor, at: Date.now() })
    },
    async flush(): Promise<void> {
      await Promise.all([readers.flush(), askers.flush()])
    },
    async stop(): Promise<void> {
      await Promise.all([readers.stop(), askers.stop()])
    },
  }
}

/** One visitor of one topic on one day counts once, in whichever process he was seen. */
async function writeVisits(db: Db, visits: (Visit & { at: number })[]): Promise<void> {
  const { day, salt } = await readerSalts(db)
  const ids = sql.param(visits.map(({ topicId }) => topicId))
  const visitors = sql.param(visits.map(({ visitor }) => hashed(salt, visitor)))
  const sources = sql.param(visits.map(({ origin }) => origin?.source ?? 'direct'))
  const companies = sql.param(visits.map(({ origin }) => origin?.companyId ?? null))
  const moments = sql.param(visits.map(({ at }) => at))
  await db.execute(sql`
    with counted as (
      insert into visits (topic_id, day, visitor, at, source, company_id, solved)
      select distinct on (t.id, v.visitor) t.id, ${day}::date, decode(v.visitor, 'hex'), to_timestamp(v.at / 1000.0), v.source, v.company, t.solved_at is not null or t.guaranteed_at is not null
      from unnest(${ids}::bigint[], ${visitors}::text[], ${sources}::text[], ${companies}::bigint[], ${moments}::bigint[]) as v(topic, visitor, source, company, at) join topics t on t.id = v.topic
      on conflict do nothing returning topic_id
    ), sums as (select topic_id, count(*)::int as readers from counted group by topic_id)
    update topics set view_count = view_count + readers from (select topics.id, readers from topics join sums on sums.topic_id = topics.id order by topics.id for update of topics) locked where topics.id = locked.id`)
}

/** Under today's hash and under yesterday's, as long as that can still be made: who read at eleven may ask after midnight. */
async function writeAsks(db: Db, asks: Ask[]): Promise<void> {
  const { day, salt, dayBefore, saltBefore } = await readerSalts(db)
  const secrets = [{ day, salt }, ...(saltBefore ? [{ day: dayBefore, salt: saltBefore }] : [])]
  const rows = secrets.flatMap(secret => asks.map(({ visitor, at }) => ({ day: secret.day, hash: hashed(secret.salt, visitor), at })))
  await db.execute(sql`
    insert into visit_asks (day, visitor, at) select day::date, decode(hash, 'hex'), to_timestamp(at / 1000.0)
    from unnest(${sql.param(rows.map(row => row.day))}::text[], ${sql.param(rows.map(row => row.hash))}::text[], ${sql.param(rows.map(row => row.at))}::bigint[]) as a(day, hash, at) on conflict do nothing`)
}

const hashed = (salt: string, visitor: string) => createHash('sha256').update(salt).update(visitor).digest('hex').slice(0, 24)

/** Forgets visits of past days, and who asked then: they are counted. */
export async function sweepVisits(db: Db): Promise<void> {
  for (const table of ['visits', 'visit_asks'])
    await db.execute(sql`delete from ${sql.raw(table)} where day < (now() at time zone 'Asia/Tokyo')::date - 1`)
}

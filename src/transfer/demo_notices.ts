import { sql } from 'drizzle-orm'
import type { EventOf } from '../events.ts'
import { tell } from '../notifications/telling.ts'
import type { Db } from '../platform/db.ts'

const TOLD_DAYS = 21
const UNREAD_DAYS = 2

/** Everybody was told what happened in the last weeks, when it happened, and has read all but the newest. */
export async function seedNotices(db: Db): Promise<void> {
  const happened = await db.execute<EventOf>(sql`
    select id, name, data from events where at > now() - make_interval(days => ${TOLD_DAYS}) order by at, id`)
  for (const event of happened) await tell(db, event)
  await db.execute(sql`
    update notices set created_at = events.at, read_at = case when events.at < now() - make_interval(days => ${UNREAD_DAYS}) then events.at end
    from events where events.id = event_id`)
}

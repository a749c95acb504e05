import { sql } from 'drizzle-orm'
import { type EventName, type EventOf, type Events, NOTHING_FOLLOWS } from '../events.ts'
import type { Db } from './db.ts'

/** The channel on which every web process hears what happened, as `{ id, name, data }` with ids only. */
export const EVENTS_CHANNEL = 'hiroba_events'

/**
 * Records an event together with the job that follows from it, in the caller's transaction:
 * the change and its consequences commit together or not at all. One statement. Where nothing follows there is no job.
 */
export const record = <Name extends EventName>(tx: Db, name: Name, data: Events[Name]): Promise<void> => recordAll(tx, name, [data])

/** The same for several events of one name, still in one statement. */
export async function recordAll<Name extends EventName>(tx: Db, name: Name, each: Events[Name][]): Promise<void> {
  if (each.length === 0) return
  const json = JSON.stringify(each)
  const job = (NOTHING_FOLLOWS as readonly EventName[]).includes(name) ? sql`` : sql`, graphile_worker.add_job('event', event)`
  await tx.execute(sql`
    with event as (
      insert into events (name, data) select ${name}, each from jsonb_array_elements(${json}::jsonb) each returning id, name, data),
         told as (select json_build_object('id', id, 'name', name, 'data', data) as event from event)
    select pg_notify(${EVENTS_CHANNEL}, event::text)${job} from told`)
}

/** The latest events, oldest first. */
export async function listLatestEvents(db: Db, count: number): Promise<EventOf[]> {
  const rows = await db.execute<{ id: string; name: string; data: unknown }>(
    sql`select id, name, data from (select * from events order by id desc limit ${count}) latest order by id`,
  )
  return rows.map(({ id, ...event }) => ({ id: Number(id), ...event }) as EventOf)
}

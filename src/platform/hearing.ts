import type postgres from 'postgres'
import type { EventOf } from '../events.ts'
import { EVENTS_CHANNEL } from './outbox.ts'

/**
 * Hears every event of every process over LISTEN. `missed` is called whenever the connection was away and something may have
 * gone unheard; the driver reconnects by itself.
 */
export function hearEvents(sql: postgres.Sql, { heard, missed }: { heard(event: EventOf): void; missed(): void }) {
  const listening = sql.listen(EVENTS_CHANNEL, payload => heard(JSON.parse(payload)), missed).catch(() => undefined)
  return { stop: async () => void (await (await listening)?.unlisten().catch(() => {})) }
}

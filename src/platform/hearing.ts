import type postgres from 'postgres'
import { type Ears, type Hearing, MISSED, WHISPERS_CHANNEL } from './channels.ts'
import { EVENTS_CHANNEL } from './outbox.ts'

/** Hears every event of every process, over PostgreSQL or, where there is one, over a Redis-compatible server that a worker feeds. */
export async function hearEvents(sql: postgres.Sql, redisUrl: string | undefined, ears: Ears): Promise<Hearing> {
  if (!redisUrl) return hearOverPostgres(sql, ears)
  const { hearOverRedis } = await import('./hearing_redis.ts')
  return hearOverRedis(redisUrl, { events: EVENTS_CHANNEL, whispers: WHISPERS_CHANNEL }, ears)
}

/** The driver reconnects by itself, and says so. */
function hearOverPostgres(sql: postgres.Sql, { heard, missed, whispered }: Ears): Hearing {
  const listening = [
    sql.listen(EVENTS_CHANNEL, payload => heard(JSON.parse(payload)), missed),
    sql.listen(WHISPERS_CHANNEL, whispered),
  ].map(each => each.catch(() => undefined))
  return {
    whisper: text => void sql.notify(WHISPERS_CHANNEL, text).catch(() => {}),
    async stop() {
      for (const each of listening) await (await each)?.unlisten().catch(() => {})
    },
  }
}

/**
 * Hands every event on to the Redis-compatible server, for web processes that do not listen to PostgreSQL themselves. Several workers
 * may do so at once: who hears an event twice knows it by its number.
 */
export async function relayEvents(sql: postgres.Sql, redisUrl: string): Promise<{ stop(): Promise<void> }> {
  const { openTeller } = await import('./hearing_redis.ts')
  const teller = openTeller(redisUrl, () => teller.tell(EVENTS_CHANNEL, MISSED))
  const handOn = (channel: string) => (text: string) => teller.tell(channel, text)
  const listening = await Promise.all([
    sql.listen(EVENTS_CHANNEL, handOn(EVENTS_CHANNEL), () => teller.tell(EVENTS_CHANNEL, MISSED)),
    sql.listen(WHISPERS_CHANNEL, handOn(WHISPERS_CHANNEL)),
  ])
  return {
    async stop() {
      for (const each of listening) await each.unlisten().catch(() => {})
      await teller.stop()
    },
  }
}

import { randomBytes } from 'node:crypto'
import { sql } from 'drizzle-orm'
import type { Db } from './db.ts'

/** The day it is in Japan, as 2026-03-10. */
export const today = (at = new Date()) => new Intl.DateTimeFormat('sv', { timeZone: 'Asia/Tokyo' }).format(at)

/** A secret that changes daily and is then forgotten: nobody can tell later who a visitor was. Shared by all processes. */
export async function daySalt(db: Db): Promise<string> {
  const day = today()
  const fresh = JSON.stringify({ day, salt: randomBytes(16).toString('hex') })
  const [row] = await db.execute<{ value: { salt: string } }>(sql`
    insert into site_settings (name, value) values ('visits.salt', ${fresh}::jsonb)
    on conflict (name) do update set value = case when site_settings.value->>'day' = ${day} then site_settings.value else excluded.value end
    returning value`)
  return row?.value.salt ?? ''
}

/**
 * Today's secret and yesterday's, for readers alone: yesterday's is kept one day longer, so that what somebody does within a day of
 * reading is known across midnight, and then forgotten too.
 */
export async function readerSalts(db: Db): Promise<{ day: string; salt: string; dayBefore: string; saltBefore: string | null }> {
  const [day, dayBefore] = [today(), today(new Date(Date.now() - 86_400_000))]
  const fresh = randomBytes(16).toString('hex')
  const [row] = await db.execute<{ value: { salt: string; before: string | null } }>(sql`
    insert into site_settings (name, value) values ('readers.salts', jsonb_build_object('day', ${day}::text, 'salt', ${fresh}::text, 'before', null))
    on conflict (name) do update set value = case when site_settings.value->>'day' = ${day} then site_settings.value else
      excluded.value || jsonb_build_object('before', case when site_settings.value->>'day' = ${dayBefore} then site_settings.value->>'salt' end) end
    returning value`)
  return { day, dayBefore, salt: row?.value.salt ?? '', saltBefore: row?.value.before ?? null }
}

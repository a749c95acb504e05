import { sql } from 'drizzle-orm'
import type { Db } from '../platform/db.ts'
import { record } from '../platform/outbox.ts'
import { dayAfter, type Period } from './period.ts'

const JAPAN = 9 * 3_600_000
const MORNING = 8
/** Whoever was away on Monday morning tells it until Wednesday; later it is old. */
const LATEST = 48

/**
 * Says of each company, once, that a week is over: from Monday at eight in the morning (Japan) on, where anything was asked or read in it
 * or in the week before. By the clock.
 */
export async function tellWeeks(db: Db, at = new Date()): Promise<void> {
  const { monday, hours } = weekOf(at)
  if (hours < MORNING || hours >= MORNING + LATEST) return
  const week = dayAfter(monday, -7)
  await db.transaction(async tx => {
    const companies = await tx.execute<{ id: string }>(sql`
      insert into insight_settings (company_id, told_week)
      select c.id, ${week}::date from companies c where c.admitted_at is not null and (
        exists (select from insight_days d where d.company_id = c.id and d.product_id = 0 and d.day >= ${week}::date - 7 and d.day < ${monday}::date)
        or exists (select from insight_readers r where r.company_id = c.id and r.product_id = 0 and r.day >= ${week}::date - 7 and r.day < ${monday}::date))
      order by c.id on conflict (company_id) do update set told_week = excluded.told_week
        where insight_settings.told_week is null or insight_settings.told_week < excluded.told_week
      returning company_id as id`)
    for (const { id } of companies) await record(tx, 'insights.week_ended', { companyId: Number(id), week })
  })
}

/** The week that begins on a Monday, beside the one before it. */
export const weekPeriod = (monday: string): Period => ({ days: 7, before: dayAfter(monday, -7), from: monday, until: dayAfter(monday, 6) })

/** The Monday of this week in Japan, and how many hours ago it began. */
function weekOf(at: Date): { monday: string; hours: number } {
  const local = new Date(at.getTime() + JAPAN)
  const daysIn = (local.getUTCDay() + 6) % 7
  return { monday: dayAfter(local.toISOString().slice(0, 10), -daysIn), hours: daysIn * 24 + local.getUTCHours() }
}

import { sql } from 'drizzle-orm'
import type { Db } from '../../platform/db.ts'

/** How often something was decided in a month (`2026-11`, in Japan), and the median of the hours it took. */
export type Figure = { month: string; area: string; what: string; count: number; hours: number | null }

const monthOf = (column: string) => sql.raw(`to_char(${column} at time zone 'Asia/Tokyo', 'YYYY-MM')`)
const median = (from: string, to: string) =>
  sql.raw(`round((percentile_cont(0.5) within group (order by extract(epoch from ${to} - ${from}) / 3600))::numeric, 1)::float`)

/** What moderation decided in the last so many months, by month, area and decision. One statement; nobody is named. */
export const listFigures = (db: Db, months: number): Promise<Figure[]> => {
  const since = sql`(date_trunc('month', now() at time zone 'Asia/Tokyo') - make_interval(months => ${months - 1})) at time zone 'Asia/Tokyo'`
  return db.execute<Figure>(sql`
    select * from (
      select ${monthOf('decided_at')} as month, kind as area, decision as what, count(*)::int as count, ${median('opened_at', 'decided_at')} as hours
        from review_items where decided_at >= ${since} and undone_at is null and kind <> 'appeal' group by 1, 2, 3
      union all select ${monthOf('at')}, 'sanction', kind, count(*)::int, null from sanctions where at >= ${since} group by 1, 3
      union all select ${monthOf('at')}, 'thread', deed, count(*)::int, null from thread_changes where at >= ${since} and undone_at is null group by 1, 3
      union all select ${monthOf('decided_at')}, 'appeal', outcome, count(*)::int, ${median('opened_at', 'decided_at')} from appeals where decided_at >= ${since} group by 1, 3
      union all select ${monthOf('decided_at')}, 'takedown', outcome, count(*)::int, ${median('received_at', 'decided_at')} from takedowns where decided_at >= ${since} group by 1, 3) figures
    order by month desc, area, what`)
}

/** Requests to take posts down by year of receipt and right. */
export type YearFigure = {
  year: string
  right: string
  received: number
  removed: number
  kept: number
  waiting: number
  asked: number
  objected: number
  inTime: number
  hours: number | null
}

/** The yearly figures of the takedown desk. One statement. */
export const listTakedownYears = (db: Db): Promise<YearFigure[]> =>
  db.execute<YearFigure>(sql`
    select to_char(received_at at time zone 'Asia/Tokyo', 'YYYY') as year, "right", count(*)::int as received,
      count(*) filter (where outcome = 'removed')::int as removed, count(*) filter (where outcome = 'kept')::int as kept,
      count(*) filter (where outcome is null)::int as waiting, count(*) filter (where asked_at is not null)::int as asked,
      count(*) filter (where view = 'objects')::int as objected,
      count(*) filter (where decided_at <= greatest(due_at, view_until + interval '1 day'))::int as "inTime", ${median('received_at', 'decided_at')} as hours
    from takedowns group by 1, 2 order by 1 desc, 2`)

import { type SQL, sql } from 'drizzle-orm'

/**
 * Minutes until an answer as they are counted: to the minute for two hours, to ten minutes for a day, to the hour for thirty days, to the
 * day from then on; always rounded down. Finer than any page shows it, and few enough to be added up.
 */
export const roundedMinutes = (from: SQL, to: SQL): SQL => sql`(
  select (case when m < 120 then m when m < 1440 then m / 10 * 10 when m < 43200 then m / 60 * 60 else m / 1440 * 1440 end)
  from (select floor(extract(epoch from ${to} - ${from}) / 60)::int) as waited(m))`

/** How many questions waited so many minutes. */
export type Wait = { minutes: number; questions: number }

/** The minutes within which this share of the questions got their first answer: the least that is enough for them. Undefined without any. */
export function waitOf(waits: Wait[], share: number): number | undefined {
  const all = waits.reduce((sum, { questions }) => sum + questions, 0)
  let counted = 0
  for (const { minutes, questions } of waits.toSorted((a, b) => a.minutes - b.minutes)) {
    counted += questions
    // Shares are decimals: 0.9 of 10 is a hair more than 9 for a computer.
    if (counted >= share * all - 1e-9) return minutes
  }
  return undefined
}

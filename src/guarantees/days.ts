const DAY = 86_400_000

/** A day in Japan, as a form and a `date` column have it. */
export const dayInJapan = (at = new Date()) => new Date(at.getTime() + 9 * 3_600_000).toISOString().slice(0, 10)

/** The last day of a term of some months that begins on `day`; the 31st of a shorter month is its last day. */
export function lastDay(day: string, months: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const first = new Date(Date.UTC(year, month - 1 + months, 1))
  const days = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  first.setUTCDate(Math.min(date, days))
  return new Date(first.getTime() - DAY).toISOString().slice(0, 10)
}

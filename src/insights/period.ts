/** How many days a page looks at; the same number before them is what they are compared with. A year is 52 whole weeks. */
export const PERIODS = [14, 90, 364] as const
export type PeriodLength = (typeof PERIODS)[number]

/** The days from `from` to `until` (both counted) and, from `before` on, as many before them; days in Japan. */
export type Period = { days: number; before: string; from: string; until: string }

/** The last days until today, and as many before them. */
export function periodUntil(today: string, days: PeriodLength): Period {
  return { days, before: dayAfter(today, 1 - 2 * days), from: dayAfter(today, 1 - days), until: today }
}

/** The day so many days after `day`. */
export const dayAfter = (day: string, days: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)

/** Every day of the period itself, the first one first. */
export const daysOf = ({ from, days }: Period) => Array.from({ length: days }, (_, index) => dayAfter(from, index))

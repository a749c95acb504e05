/** Days until the decision, and days the poster has for his view: seven each, by law. */
export const DECISION_DAYS = 7
export const VIEW_DAYS = 7
/** Days after the decision until who asked is forgotten. */
export const KEEP_DAYS = 180

const DAY = 86_400_000
const JAPAN = 9 * 3_600_000

/**
 * The end of so many days, as the law counts them: whole days in Japan, holidays too, and the day itself does not count (Civil Code,
 * Article 140). The law names days, not days of work.
 */
export function endOfDays(days: number, from = new Date()): Date {
  const today = Math.floor((from.getTime() + JAPAN) / DAY)
  return new Date((today + days + 1) * DAY - JAPAN - 1)
}

type Clocks = { outcome: string | null; dueAt: Date; viewUntil: Date | null; view: string | null }

/** Whether the poster's view is still waited for. */
export const waitsForView = ({ viewUntil, view }: Clocks, now = Date.now()) =>
  viewUntil !== null && view === null && viewUntil.getTime() > now

/** By when it has to be decided: in seven days, or the day after the poster's time for his view where that ends later. */
export const decideBy = ({ dueAt, viewUntil }: Clocks) => new Date(Math.max(dueAt.getTime(), viewUntil ? viewUntil.getTime() + DAY : 0))

/** Whether the time for the decision is over. */
export const isLate = (takedown: Clocks, now = Date.now()) => takedown.outcome === null && decideBy(takedown).getTime() < now

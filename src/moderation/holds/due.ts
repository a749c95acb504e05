const HOUR = 3_600_000
/** Japan keeps its clocks: nine hours before UTC, all year. */
const JAPAN = 9 * HOUR
const OPENS = 9
const CLOSES = 21
const HOURS = 3

/** By when a moderator means to have looked: within three hours, between nine and nine in Japan; what comes at night by noon. */
export function answeredBy(at: Date): Date {
  const local = new Date(at.getTime() + JAPAN)
  const day = Date.UTC(local.getUTCFullYear(), local.getUTCMonth(), local.getUTCDate())
  const hour = (local.getTime() - day) / HOUR
  const start = hour < OPENS ? OPENS : hour < CLOSES ? hour : OPENS + 24
  const end = start + HOURS
  const due = start < CLOSES && end > CLOSES ? end - CLOSES + OPENS + 24 : end
  return new Date(day + due * HOUR - JAPAN)
}

import dateWords from './date_words.json' with { type: 'json' }

/** Japan has one time zone and no summer time. */
const japan = 9 * 60 * 60_000

/**
 * The beginning of a day in Japan: a date with hyphens, slashes, dots or the Japanese counters, down to a month or a year; a day
 * with a name (date_words.json); or a number of days, weeks, months or years back from `now`. Undefined for anything else, also for
 * a day that no calendar has.
 */
export function dayOf(written: string, now: Date): Date | undefined {
  const plain = written.normalize('NFKC').trim().toLowerCase()
  const found = dateOf(plain) ?? namedDay(plain, now) ?? daysBack(plain, now)
  return found && found.getTime() > 0 ? found : undefined
}

const date = /^(\d{4})(?:[-/.\u5e74](?:(\d{1,2})(?:[-/.\u6708](?:(\d{1,2})\u65e5?)?)?)?)?$/
const count = /^(\d{1,4}) ?(\D+)$/
const units = new Map(Object.entries(dateWords.units).flatMap(([unit, words]) => words.map(word => [word, unit])))
const named = new Map(Object.entries(dateWords.named).flatMap(([day, words]) => words.map(word => [word, day])))

function dateOf(plain: string): Date | undefined {
  const [, year, month = '1', day = '1'] = date.exec(plain) ?? []
  if (!year) return undefined
  const time = midnight(Number(year), Number(month) - 1, Number(day))
  const isReal = new Date(time.getTime() + japan).getUTCMonth() === Number(month) - 1
  return isReal && Number(day) > 0 && Number(month) > 0 ? time : undefined
}

function namedDay(plain: string, now: Date): Date | undefined {
  const [year, month, day, weekday] = todayAt(now)
  const days: Record<string, Date> = {
    today: midnight(year, month, day),
    yesterday: midnight(year, month, day - 1),
    // Weeks begin on Monday.
    thisWeek: midnight(year, month, day - ((weekday + 6) % 7)),
    thisMonth: midnight(year, month, 1),
    thisYear: midnight(year, 0, 1),
    halfYear: midnight(year, month - 6, day),
  }
  return days[named.get(plain) ?? '']
}

function daysBack(plain: string, now: Date): Date | undefined {
  const [, number, written = ''] = count.exec(plain) ?? []
  const [year, month, day] = todayAt(now)
  const back = Number(number)
  const days: Record<string, Date> = {
    day: midnight(year, month, day - back),
    week: midnight(year, month, day - back * 7),
    month: midnight(year, month - back, day),
    year: midnight(year - back, month, day),
  }
  return days[units.get(written) ?? '']
}

function todayAt(now: Date): [year: number, month: number, day: number, weekday: number] {
  const there = new Date(now.getTime() + japan)
  return [there.getUTCFullYear(), there.getUTCMonth(), there.getUTCDate(), there.getUTCDay()]
}

function midnight(year: number, month: number, day: number): Date {
  return new Date(Date.UTC(year, month, day) - japan)
}

import holidayJp from '@holiday-jp/holiday_jp'

/** When a company's people answer: minutes of the day in Japan, days of the week (0 is Sunday), and whether they rest on public holidays. */
export type WorkingHours = { from: number; to: number; days: number[]; restsOnHolidays: boolean }

const MINUTE = 60_000
const DAY = 1440
const JAPAN = 9 * 60 * MINUTE
/** Nobody's target lies further off; it ends the search where somebody works on no day. */
const MOST_DAYS = 400

/** The moment at which so many minutes of work have passed since `start`. */
export function afterWorking(start: Date, minutes: number, hours: WorkingHours): Date {
  let left = minutes
  const local = start.getTime() + JAPAN
  let midnight = Math.floor(local / (DAY * MINUTE)) * DAY * MINUTE
  for (let day = 0; day < MOST_DAYS; day++, midnight += DAY * MINUTE) {
    if (!isWorkday(midnight, hours)) continue
    const begin = Math.max(local, midnight + hours.from * MINUTE)
    const room = Math.max(0, (midnight + hours.to * MINUTE - begin) / MINUTE)
    if (left <= room) return new Date(begin + left * MINUTE - JAPAN)
    left -= room
  }
  return new Date(midnight - JAPAN)
}

/** Public holidays by the Act on National Holidays, substitutes included. */
function isWorkday(midnight: number, { days, restsOnHolidays }: WorkingHours): boolean {
  const day = new Date(midnight)
  if (!days.includes(day.getUTCDay())) return false
  return !(restsOnHolidays && day.toISOString().slice(0, 10) in holidayJp.holidays)
}

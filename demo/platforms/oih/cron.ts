/**
 * Dates of a cron expression, in UTC: five fields, or six with seconds first; each a list of `*`, numbers,
 * ranges and steps. As in crontab, a day fits by either its date or its weekday when both are given.
 * A stand-in for the scheduler's own library: no names of months or days, no `L`, `W`, `#` or `?`.
 */
export type Cron = {
  readonly seconds: readonly number[]
  readonly minutes: readonly number[]
  readonly hours: readonly number[]
  readonly dates: readonly number[]
  readonly months: readonly number[]
  readonly weekdays: readonly number[]
  readonly isEitherDay: boolean
}

const BOUNDS = [
  [0, 59],
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7]
] as const
const DAY_MS = 86_400_000
/** 29 February comes again within eight years, whatever the century. */
const LAST_DAY = 8 * 366 + 1

/** @returns null when it is not one */
export function parseCron(text: string): Cron | null {
  const given = text.trim().split(/\s+/)
  const fields = given.length === 5 ? ['0', ...given] : given
  if (fields.length !== 6) return null
  const sets = fields.map((field, index) => readField(field, BOUNDS[index]?.[0] ?? 0, BOUNDS[index]?.[1] ?? 0))
  const [seconds, minutes, hours, dates, months, weekdays] = sets
  if (!seconds || !minutes || !hours || !dates || !months || !weekdays) return null
  const isEitherDay = !fields[3]?.startsWith('*') && !fields[5]?.startsWith('*')
  return { seconds, minutes, hours, dates, months, weekdays: weekdays.map((day) => day % 7), isEitherDay }
}

/** @returns milliseconds since 1970 of the first date after `afterMs`; null when there is none, as for 30 February */
export function nextDate(cron: Cron, afterMs: number): number | null {
  const today = Math.floor(afterMs / DAY_MS) * DAY_MS
  for (let day = 0; day <= LAST_DAY; day++) {
    const midnight = today + day * DAY_MS
    if (!isDayOf(cron, new Date(midnight))) continue
    const found = firstOfDay(cron, midnight, afterMs)
    if (found !== null) return found
  }
  return null
}

function firstOfDay({ hours, minutes, seconds }: Cron, midnight: number, afterMs: number): number | null {
  for (const hour of hours) {
    if (midnight + (hour + 1) * 3_600_000 <= afterMs) continue
    for (const minute of minutes)
      for (const second of seconds) {
        const date = midnight + (hour * 3_600 + minute * 60 + second) * 1_000
        if (date > afterMs) return date
      }
  }
  return null
}

function isDayOf({ dates, months, weekdays, isEitherDay }: Cron, day: Date): boolean {
  if (!months.includes(day.getUTCMonth() + 1)) return false
  const isDate = dates.includes(day.getUTCDate())
  const isWeekday = weekdays.includes(day.getUTCDay())
  return isEitherDay ? isDate || isWeekday : isDate && isWeekday
}

/** @returns the numbers in order; null when the field is not one */
function readField(field: string, lowest: number, highest: number): readonly number[] | null {
  const numbers = new Set<number>()
  for (const part of field.split(',')) {
    const [, from, to, step] = /^(\*|\d{1,2})(?:-(\d{1,2}))?(?:\/(\d{1,2}))?$/.exec(part) ?? []
    if (from === undefined || (from === '*' && to !== undefined)) return null
    const first = from === '*' ? lowest : Number(from)
    // `5/10` goes from 5 to the end, `5` alone is only 5.
    const last = to !== undefined ? Number(to) : from === '*' || step !== undefined ? highest : first
    const by = step === undefined ? 1 : Number(step)
    if (first < lowest || last > highest || first > last || by === 0) return null
    for (let number = first; number <= last; number += by) numbers.add(number)
  }
  return [...numbers].sort((one, other) => one - other)
}

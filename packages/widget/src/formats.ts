import type { Strings } from './strings.js'

/** Times and days as people read them, in one locale. */
export interface Formats {
  /** `10:24`; empty for what is no date. */
  time(iso: string): string
  /** `Today`, `Yesterday`, or the day with its month. */
  day(iso: string, now: Date): string
  /** The locale as `Intl` wants it; `undefined`: the browser's own. */
  readonly locale: string | undefined
}

const isSameDay = (one: Date, other: Date): boolean => one.toDateString() === other.toDateString()

/** @param locale a BCP 47 tag; one that the browser does not know counts as none, and the browser's own is taken */
export function createFormats(locale: string, strings: Strings): Formats {
  const known = knownLocale(locale)
  const time = new Intl.DateTimeFormat(known, { hour: 'numeric', minute: '2-digit' })
  return {
    time: (iso) => (Number.isNaN(Date.parse(iso)) ? '' : time.format(new Date(iso))),
    day: (iso, now) => {
      const then = new Date(iso)
      const yesterday = new Date(now)
      yesterday.setDate(now.getDate() - 1)
      if (isSameDay(then, now)) return strings.today
      if (isSameDay(then, yesterday)) return strings.yesterday
      const isThisYear = then.getFullYear() === now.getFullYear()
      return then.toLocaleDateString(known, { day: 'numeric', month: 'long', ...(isThisYear ? { weekday: 'long' } : { year: 'numeric' }) })
    },
    locale: known
  }
}

function knownLocale(locale: string): string | undefined {
  try {
    return locale && Intl.DateTimeFormat.supportedLocalesOf(locale).length ? locale : undefined
  } catch {
    return undefined // not the shape of a language tag at all: the browser's own language it is
  }
}

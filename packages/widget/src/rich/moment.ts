/** Date and time in words, in one locale; a date without time stays one. `iso` is a date that was checked. */
export const moment = (iso: string, locale: string | undefined): string =>
  new Date(iso).toLocaleString(locale, iso.length === 10 ? { dateStyle: 'medium', timeZone: 'UTC' } : { dateStyle: 'medium', timeStyle: 'short' })

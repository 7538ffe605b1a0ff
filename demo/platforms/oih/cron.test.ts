import { describe, expect, test } from 'vitest'
import { nextDate, parseCron } from './cron.js'

/** The first dates after one. */
function datesOf(text: string, after: string, count = 3): readonly (string | null)[] {
  const cron = parseCron(text)
  if (!cron) throw new Error(`${text} is not read`)
  const dates: (string | null)[] = []
  let at: number | null = Date.parse(after)
  while (at !== null && dates.length < count) {
    at = nextDate(cron, at)
    dates.push(at === null ? null : new Date(at).toISOString().replace(':00.000Z', '').replace('.000Z', ''))
  }
  return dates
}

describe('the dates of', () => {
  test.each([
    ['* * * * *', '2030-06-01T11:59:30Z', ['2030-06-01T12:00', '2030-06-01T12:01', '2030-06-01T12:02']],
    ['*/20 * * * *', '2030-06-01T12:20:00Z', ['2030-06-01T12:40', '2030-06-01T13:00', '2030-06-01T13:20']],
    ['5/25 6-8/2 * * *', '2030-06-01T00:00:00Z', ['2030-06-01T06:05', '2030-06-01T06:30', '2030-06-01T06:55']],
    ['0 7,19 * * 1-5', '2030-05-31T19:00:00Z', ['2030-06-03T07:00', '2030-06-03T19:00', '2030-06-04T07:00']],
    ['30 23 31 * *', '2030-06-01T00:00:00Z', ['2030-07-31T23:30', '2030-08-31T23:30', '2030-10-31T23:30']],
    ['0 0 1 1 *', '2030-06-01T00:00:00Z', ['2031-01-01T00:00', '2032-01-01T00:00', '2033-01-01T00:00']],
    ['0 0 29 2 *', '2096-03-01T00:00:00Z', ['2104-02-29T00:00', '2108-02-29T00:00', '2112-02-29T00:00']],
    ['0 12 13 * 5', '2030-06-01T00:00:00Z', ['2030-06-07T12:00', '2030-06-13T12:00', '2030-06-14T12:00']],
    ['0 12 * * 7', '2030-06-01T00:00:00Z', ['2030-06-02T12:00', '2030-06-09T12:00', '2030-06-16T12:00']],
    ['*/30 * * * * *', '2030-06-01T12:00:00Z', ['2030-06-01T12:00:30', '2030-06-01T12:01', '2030-06-01T12:01:30']],
    ['0 0 30 2 *', '2030-06-01T00:00:00Z', [null]]
  ])('%s after %s', (text, after, dates) => expect(datesOf(text, after)).toEqual(dates))
})

test.each([
  '',
  '* * * *',
  '* * * * * * *',
  '60 * * * *',
  '* 24 * * *',
  '* * 0 * *',
  '* * * 13 *',
  '* * * * 8',
  '5-1 * * * *',
  '*/0 * * * *',
  '*-5 * * * *',
  'a * * * *',
  '1,, * * * *',
  '-1 * * * *'
])('%j is no cron expression', (text) => expect(parseCron(text)).toBeNull())

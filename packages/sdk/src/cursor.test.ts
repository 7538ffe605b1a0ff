import { type Epoch, LIMITS, type ParleyEvent } from '@parley/protocol'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { emptyLog, enterLog, isOtherLife, type Log, missing, receive, standingOf } from './cursor.js'

const EPOCH = 'e1' as Epoch
const OTHER = 'e2' as Epoch
const event = (seq: number): ParleyEvent =>
  ({
    seq,
    messageId: `message-${seq}`,
    type: 'message.created',
    author: { id: 'p', role: 'bot' },
    at: '2026-01-01T00:00:00Z',
    body: { parts: [{ kind: 'text', text: `${seq}` }] }
  }) as unknown as ParleyEvent
const rows = (from: number, to: number): ParleyEvent[] => Array.from({ length: to - from + 1 }, (_, index) => event(from + index))
const take = (log: Log, events: readonly ParleyEvent[], epoch = EPOCH) => receive(log, { epoch, events })
const start = (from = 1) => enterLog(emptyLog(), { epoch: EPOCH, reset: false, from })
const seqs = (events: readonly { readonly seq: number }[]) => events.map(({ seq }) => seq)

describe('rule 2: the apply rule', () => {
  test('the next rows are applied, those there are dropped and counted, later ones wait and the hole is asked for', () => {
    const first = take(start(), rows(1, 3))
    expect([seqs(first.applied), missing(first.log)]).toEqual([[1, 2, 3], null])
    const again = take(first.log, rows(2, 4))
    expect([seqs(again.applied), again.log.dropped]).toEqual([[4], 2])
    const beyond = take(again.log, rows(8, 9))
    expect([seqs(beyond.applied), missing(beyond.log)]).toEqual([[], { from: 5, to: 7 }])
    const filled = take(beyond.log, rows(5, 7))
    expect([seqs(filled.applied), missing(filled.log), filled.log.aside.size]).toEqual([[5, 6, 7, 8, 9], null, 0])
  })

  test('at most 256 rows wait aside, the lowest ones, and what was let go is asked for later', () => {
    const full = take(start(), rows(11, 400)).log
    expect([full.aside.size, Math.max(...full.aside.keys()), missing(full)]).toEqual([256, 266, { from: 1, to: 10 }])
    const filled = take(full, rows(1, 10)).log
    expect([filled.conversation.cursor, missing(filled)]).toEqual([266, { from: 267, to: 400 }])
  })

  test('a hole is asked for one page at a time', () => {
    expect(missing(take(start(), [event(1_000)]).log)).toEqual({ from: 1, to: LIMITS.pageEvents })
  })

  test('rows of another life of the log are dropped', () => {
    const { log, applied } = take(start(), rows(1, 2), OTHER)
    expect([seqs(applied), log.conversation.cursor, log.dropped]).toEqual([[], 0, 2])
  })

  test('whatever order, repeats and holes: nothing is applied twice or out of order, and asking brings all', () => {
    const frames = fc.array(fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 0, max: 20 })), { maxLength: 40 })
    fc.assert(
      fc.property(frames, (pages) => {
        let log = start()
        const applied: number[] = []
        const step = (events: readonly ParleyEvent[]) => {
          const received = take(log, events)
          log = received.log
          applied.push(...seqs(received.applied))
        }
        for (const [from, length] of pages) step(rows(from, from + length))
        for (let hole = missing(log); hole; hole = missing(log)) step(rows(hole.from, hole.to))
        const highest = Math.max(0, ...pages.map(([from, length]) => from + length))
        expect(applied).toEqual(Array.from({ length: highest }, (_, index) => index + 1))
        expect(seqs(log.events)).toEqual(applied)
      })
    )
  })
})

describe('resume', () => {
  test('a client that holds nothing takes what comes as its floor', () => {
    const log = start(151)
    expect([log.conversation.floor, log.conversation.cursor, standingOf(log)]).toEqual([150, 150, { epoch: EPOCH, cursor: 0, tail: null }])
    expect(standingOf(take(log, rows(151, 152)).log)).toEqual({ epoch: EPOCH, cursor: 152, tail: 'message-152' })
  })

  test('the same life goes on, another one and a reset begin anew', () => {
    const { log } = take(start(), rows(1, 5))
    expect(enterLog(log, { epoch: EPOCH, reset: false, from: 6 })).toBe(log)
    for (const welcome of [
      { epoch: OTHER, reset: false, from: 3 },
      { epoch: EPOCH, reset: true, from: 3 }
    ]) {
      expect(isOtherLife(log, welcome)).toBe(true)
      expect(enterLog(log, welcome)).toEqual(emptyLog(welcome.epoch, 2))
    }
    expect(isOtherLife(emptyLog(), { epoch: EPOCH, reset: false })).toBe(false)
  })
})

describe('older history', () => {
  const entriesOf = (log: Log) => log.conversation.entries

  test('comes in at the front in whatever pieces, and what was there stays the same objects', () => {
    const newest = take(start(101), rows(101, 110)).log
    const half = take(newest, rows(61, 80))
    expect([half.earlier, half.log.conversation.floor]).toEqual([[], 100])
    const whole = take(half.log, rows(81, 100))
    expect([seqs(whole.earlier), whole.log.conversation.floor, whole.log.conversation.cursor]).toEqual([seqs(rows(61, 100)), 60, 110])
    expect(seqs(entriesOf(whole.log))).toEqual(seqs(rows(61, 110)))
    expect(
      entriesOf(whole.log)
        .slice(40)
        .every((entry, index) => entry === entriesOf(newest)[index])
    ).toBe(true)
    expect(whole.log.dropped).toBe(0)
  })

  test('a run that began there gets its name and its end', () => {
    const started = { ...event(1), type: 'run.started', body: { run: 'r', command: 'me', args: {} } } as unknown as ParleyEvent
    const finished = { ...event(2), type: 'run.finished', body: { run: 'r', parts: [] } } as unknown as ParleyEvent
    const newest = take(start(2), [finished]).log
    expect(newest.conversation.runs).toEqual({})
    expect(take(newest, [started]).log.conversation.runs).toMatchObject({ r: { command: 'me', status: 'finished' } })
  })
})

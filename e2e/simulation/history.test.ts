import { describe, expect, test } from 'vitest'
import type { Ask, History, Row, Viewer } from './history-facts.js'
import { findFaults } from './history.js'

const row = (seq: number, messageId: string, more: Partial<Row> = {}): Row => ({
  conversation: 'c',
  seq,
  messageId,
  type: 'message.created',
  text: `words of ${messageId}`,
  run: null,
  isLate: false,
  ...more
})
const ofRun = (seq: number, type: string, isLate = false): Row => row(seq, `${type} ${seq}`, { type, text: null, run: 'r', isLate })
const ask = (messageId: string | null, more: Partial<Ask> = {}): Ask => ({
  sender: 'd',
  text: `words of ${messageId}`,
  messageId,
  outcome: { kind: 'gone' },
  mayBeAbsent: false,
  mayAskAgain: false,
  isRetry: false,
  ...more
})
const shown = (key: string, seq: number | null = null, status = seq === null ? 'sending' : 'sent') => ({ key, seq, status })
const viewer = (frames: Viewer['frames'], isLive = false): Viewer => ({ name: 'd#1', conversation: 'c', isLive, frames })

/** A log of three rows, all asked for in that order by one sender. */
const history = (more: Partial<History> = {}): History => ({
  asks: ['m1', 'm2', 'm3'].map((id) => ask(id)),
  acks: [],
  log: [row(1, 'm1'), row(2, 'm2'), row(3, 'm3')],
  viewers: [],
  deliveries: [],
  lost: new Set(),
  discarded: new Set(),
  isRestored: false,
  ...more
})
const runs = (...rows: readonly Row[]): History => history({ asks: [], log: rows })

test('a history as it must be has no faults', () => {
  const good = history({
    acks: [{ conversation: 'c', messageId: 'm2', seq: 2 }],
    viewers: [
      viewer(
        [
          [],
          [shown('m1')],
          [shown('m1', 1), shown('m2')],
          [shown('m1', 1), shown('m2', 2)],
          [shown('m1', 1), shown('m2', 2), shown('m3', 3), shown('x', null, 'failed')]
        ],
        true
      )
    ]
  })
  expect(findFaults(good)).toEqual([])
})

describe('the checker finds', () => {
  test.each<[string, Partial<History>, string]>([
    ['a hole in the numbers', { log: [row(1, 'm1'), row(2, 'm2'), row(4, 'm3')] }, 'the log has row 4 where 3 is next'],
    ['a message that is in the log twice', { log: [row(1, 'm1'), row(2, 'm2'), row(3, 'm3'), row(4, 'm2')] }, '"words of m2" is in the log 2 times'],
    [
      'the same words under two ids',
      { asks: [ask('m1'), ask('m2', { text: 'words of m1', isRetry: true })], log: [row(1, 'm1'), row(2, 'm2', { text: 'words of m1' })] },
      '"words of m1" is in the log under 2 ids, and was meant as 1'
    ],
    ['a row that nobody sent', { asks: [ask('m1'), ask('m2')] }, '"words of m3" is in the log, and nobody sent it'],
    ['words that were changed', { log: [row(1, 'm1'), row(2, 'm2'), row(3, 'm3', { text: 'other' })] }, '"other" is in the log, and nobody sent it'],
    ['an acknowledged message that was lost', { acks: [{ conversation: 'c', messageId: 'm9', seq: 4 }] }, 'm9 was acknowledged as row 4 and is not in the log'],
    [
      'an acknowledgement with a wrong number',
      { acks: [{ conversation: 'c', messageId: 'm2', seq: 3 }] },
      '"words of m2" was acknowledged as row 3 and is row 2'
    ],
    ['a message that was taken and lost', { log: [row(1, 'm1'), row(2, 'm2')] }, '"words of m3" was taken and is not in the log'],
    ['a promise that never settled', { asks: [ask('m1', { outcome: { kind: 'waiting' } }), ask('m2'), ask('m3')] }, '"words of m1" was never answered'],
    [
      'one of two messages with the same words taken for the other',
      { asks: [ask('m1'), ask('m2', { text: 'words of m1' })], log: [row(1, 'm1')] },
      '"words of m1" was taken and is not in the log'
    ],
    [
      'a refusal that nobody gave',
      { asks: [ask('m1', { outcome: { kind: 'refused', code: 'append.invalid' } }), ask('m2'), ask('m3')] },
      '"words of m1" was refused (append.invalid), and nobody refused it'
    ],
    [
      'a refused message that was recorded',
      { asks: [ask('m1', { outcome: { kind: 'refused', code: 'conversation.closed' }, mayBeAbsent: true }), ask('m2'), ask('m3')] },
      '"words of m1" was refused (conversation.closed) and is in the log'
    ],
    [
      'an order other than that of sending',
      { asks: [ask('m2'), ask('m1'), ask('m3')] },
      '"words of m1" of d is row 1, before "words of m2" in row 2, which was sent earlier'
    ],
    ['a duplicate in one frame', { viewers: [viewer([[shown('m1', 1), shown('m1')]])] }, 'd#1 showed m1 twice at once'],
    ['rows in a wrong order', { viewers: [viewer([[shown('m2', 2), shown('m1', 1)]])] }, 'd#1 showed row 1 behind row 2'],
    ['a confirmed row behind a waiting one', { viewers: [viewer([[shown('m2'), shown('m1', 1)]])] }, 'd#1 showed row 1 behind what was not confirmed'],
    [
      'a swap from one frame to the next',
      {
        viewers: [
          viewer([
            [shown('m1'), shown('m2')],
            [shown('m2'), shown('m1')]
          ])
        ]
      },
      'd#1 swapped m1 with what was before it'
    ],
    ['an item that vanishes', { viewers: [viewer([[shown('m1', 1), shown('m2', 2)], [shown('m1', 1)]])] }, 'd#1 showed m2, and then no more'],
    ['a row that changes its number', { viewers: [viewer([[shown('m3', 3)], [shown('m3', 4)]])] }, 'd#1 showed m3 as row 3, then as row 4'],
    ['something shown that is not in the log', { viewers: [viewer([[shown('m9', 4)]])] }, 'd#1 showed m9 as row 4, and it is not in the log'],
    ['a reset without a cause', { viewers: [viewer(['reset', []])] }, 'd#1 was told to forget what it held, and no old copy was put back'],
    [
      'a viewer that lacks a row in the end',
      { viewers: [viewer([[shown('m1', 1), shown('m2', 2)]], true)] },
      'd#1 shows nothing in the end where the log has 3 m3'
    ],
    [
      'a viewer that still waits in the end',
      { viewers: [viewer([[shown('m1', 1), shown('m2', 2), shown('m3', 3), shown('m4')]], true)] },
      'd#1 shows m4 as sending in the end'
    ],
    [
      'a delivery out of order',
      { deliveries: [2, 1].map((seq) => ({ conversation: 'c', seq, attempt: 1 })) },
      'row 1 was delivered to the connector after row 2'
    ]
  ])('%s', (_name, more, fault) => {
    expect(findFaults(history(more))).toContain(fault)
  })

  test.each<[string, History, readonly string[]]>([
    ['a run without an end', runs(ofRun(1, 'run.started')), ['run r has 0 ends']],
    ['a run with two ends', runs(ofRun(1, 'run.started'), ofRun(2, 'run.finished'), ofRun(3, 'run.failed')), ['run r has 2 ends']],
    [
      'two late results',
      runs(ofRun(1, 'run.started'), ofRun(2, 'run.failed'), ofRun(3, 'run.finished', true), ofRun(4, 'run.failed', true)),
      ['run r has 2 late results']
    ],
    [
      'a late result before the end',
      runs(ofRun(1, 'run.started'), ofRun(2, 'run.finished', true), ofRun(3, 'run.failed')),
      ['run r has a late result in row 2 before its end']
    ],
    ['a run that was never started', runs(ofRun(1, 'run.finished')), ['run r goes on in row 1 before it was started']]
  ])('%s', (_name, made, faults) => {
    expect(findFaults(made)).toEqual(faults)
  })
})

describe('the checker lets pass', () => {
  const elsewhere = { conversation: 'later' }
  const twice = [row(1, 'm1'), row(1, 'm1', elsewhere)]
  const told = (conversation: string): Partial<Ask> => ({ outcome: { kind: 'sent', messageId: 'm1', seq: 1, conversation } })

  test.each<[string, Partial<History>]>([
    ['rows that were lost with an old copy', { log: [row(1, 'm1')], lost: new Set(['m2', 'm3']), acks: [{ conversation: 'c', messageId: 'm2', seq: 2 }] }],
    [
      'the same words said twice on purpose',
      { asks: [ask('m1'), ask('m2', { text: 'words of m1' })], log: [row(1, 'm1'), row(2, 'm2', { text: 'words of m1' })] }
    ],
    ['a message that its visitor discarded', { asks: [ask('m1'), ask('m2'), ask('m3'), ask('m4', { mayBeAbsent: true })] }],
    ['an item that its visitor took away', { viewers: [viewer([[shown('x')], []])], discarded: new Set(['x']) }],
    ['another list after a reset that has a cause', { viewers: [viewer([[shown('m2', 2)], 'reset', [shown('m1', 1)]])], isRestored: true }],
    ['what a former visit left waiting, when it stands above what is shown', { viewers: [viewer([[shown('m1')], [shown('m3', 3)]])] }],
    [
      'a failed item that others pass',
      {
        viewers: [
          viewer([
            [shown('x', null, 'failed'), shown('m1')],
            [shown('m1', 1), shown('x', null, 'failed')]
          ])
        ]
      }
    ]
  ])('%s', (_name, more) => {
    expect(findFaults(history(more))).toEqual([])
  })

  test.each(['c', 'later'])('but not one message in two conversations, wherever its answer came from', (heardIn) => {
    expect(findFaults(history({ asks: [ask('m1', told(heardIn))], log: twice }))).toEqual(['"words of m1" is in the log 2 times'])
  })
})

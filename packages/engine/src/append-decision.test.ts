import type { MessageId } from '@parley/protocol'
import { expect, test } from 'vitest'
import { type AppendFacts, decideAppend } from './append-decision.js'

const id = (name: string) => name as MessageId
const fresh: AppendFacts = { messageId: id('one'), digest: 'd', deviceSeq: 4, lastDeviceSeq: 3, isVoid: false, isOver: false, standing: null, before: null }
const row = { messageId: id('one'), digest: 'd', seq: 9, at: 'then' }

const cases: [string, Partial<AppendFacts>, ReturnType<typeof decideAppend>][] = [
  ['takes the next number', {}, { kind: 'store' }],
  ['takes what has no device when its id is new', { deviceSeq: null }, { kind: 'store' }],
  ['answers a repeat with the old place', { deviceSeq: 3, standing: row }, { kind: 'known', seq: 9, at: 'then' }],
  ['answers a repeat without a device with the old place', { deviceSeq: null, standing: row }, { kind: 'known', seq: 9, at: 'then' }],
  ['names the number it waits for', { deviceSeq: 6 }, { kind: 'gap', expected: 4 }],
  ['refuses another message under a used number', { deviceSeq: 3, standing: { ...row, messageId: id('two') } }, { kind: 'conflict' }],
  ['refuses other content under a used id', { deviceSeq: 3, standing: { ...row, digest: 'other' } }, { kind: 'conflict' }],
  ['refuses a number that was passed with nothing under it', { deviceSeq: 2 }, { kind: 'conflict' }],
  [
    'answers a refused message with the same refusal',
    { deviceSeq: 3, standing: { messageId: id('one'), void: 'append.tooLarge' } },
    { kind: 'void', code: 'append.tooLarge' }
  ],
  ['takes only the number of what stands already under another one', { before: row }, { kind: 'known', seq: 9, at: 'then', isSpent: true }],
  [
    'says where a message stands that was sent to another conversation before',
    { before: { ...row, elsewhere: true } },
    { kind: 'known', seq: 9, at: 'then', elsewhere: true, isSpent: true }
  ],
  [
    'refuses other words under a used id for good, so that the counter goes on',
    { before: { ...row, digest: 'other' } },
    { kind: 'void', code: 'append.invalid', isSpent: true }
  ],
  ['waits for the number before, also for what stands already', { deviceSeq: 6, before: row }, { kind: 'gap', expected: 4 }],
  [
    'tells who discards what stands under another number where it is',
    { isVoid: true, digest: '', before: row },
    { kind: 'known', seq: 9, at: 'then', isSpent: true }
  ],
  ['refuses what comes after the end for good, and its number is used up', { isOver: true }, { kind: 'void', code: 'conversation.closed', isSpent: true }],
  ['passes over what comes after the end without a device', { isOver: true, deviceSeq: null }, { kind: 'skipped' }],
  ['takes a void after the end as it is', { isOver: true, isVoid: true, digest: '' }, { kind: 'store' }],
  ['answers a repeat after the end with the old place', { isOver: true, deviceSeq: 3, standing: row }, { kind: 'known', seq: 9, at: 'then' }],
  [
    'answers a repeat without a device after the end with the old place',
    { isOver: true, deviceSeq: null, standing: row, before: row },
    { kind: 'known', seq: 9, at: 'then' }
  ],
  ['says after the end, too, where a message stands', { isOver: true, before: row }, { kind: 'known', seq: 9, at: 'then', isSpent: true }],
  ['names the number it waits for after the end, too', { isOver: true, deviceSeq: 6 }, { kind: 'gap', expected: 4 }],
  ['tells who discards a stored message that it is stored', { deviceSeq: 3, isVoid: true, digest: '', standing: row }, { kind: 'known', seq: 9, at: 'then' }]
]

test.each(cases)('rule 8: %s', (_name, facts, decision) => {
  expect(decideAppend({ ...fresh, ...facts })).toEqual(decision)
})

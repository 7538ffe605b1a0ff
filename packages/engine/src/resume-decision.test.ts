import type { ConversationId, Epoch, MessageId, Standing } from '@parley/protocol'
import { expect, test } from 'vitest'
import { decideResume } from './resume-decision.js'

const epoch = 'this life' as Epoch
const tail = 'tail' as MessageId
const standing: Standing = { id: 'c' as ConversationId, log: 'public', epoch, cursor: 10, tail }

const cases: [string, Partial<Standing>, { head: number; atCursor: MessageId | null }, { from: number; reset: boolean }][] = [
  ['goes on behind the cursor', {}, { head: 12, atCursor: tail }, { from: 11, reset: false }],
  ['has nothing to send to who is up to date', {}, { head: 10, atCursor: tail }, { from: 11, reset: false }],
  ['gives the newest page to who holds nothing', { cursor: 0, tail: null, epoch: null }, { head: 1_000, atCursor: null }, { from: 801, reset: false }],
  ['gives all of a short log to who holds nothing', { cursor: 0, tail: null, epoch: null }, { head: 7, atCursor: null }, { from: 1, reset: false }],
  ['starts at 1 in an empty log', { cursor: 0, tail: null, epoch: null }, { head: 0, atCursor: null }, { from: 1, reset: false }],
  ['resets a client of another life', { epoch: 'another life' as Epoch }, { head: 12, atCursor: tail }, { from: 1, reset: true }],
  ['resets a client that is beyond the head', {}, { head: 9, atCursor: null }, { from: 1, reset: true }],
  ['resets a client whose last message is another one here', {}, { head: 12, atCursor: 'other' as MessageId }, { from: 1, reset: true }],
  ['resets a client that holds rows and names no life', { epoch: null }, { head: 12, atCursor: tail }, { from: 1, reset: true }]
]

test.each(cases)('rule 10: %s', (_name, change, facts, decision) => {
  expect(decideResume({ ...standing, ...change }, { epoch, ...facts })).toEqual(decision)
})

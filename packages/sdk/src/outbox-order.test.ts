import { expect, test } from 'vitest'
import type { MessageId } from '@parley/protocol'
import type { OutboxItem } from './outbox-item.js'
import { withoutNumbers, withStored, withTaken } from './outbox-order.js'

const item = (name: string, deviceSeq: number, more: Partial<OutboxItem> = {}): OutboxItem => ({
  messageId: name as MessageId,
  deviceSeq,
  draft: { type: 'message.created', body: { parts: [{ kind: 'text', text: name }] } },
  after: 0,
  formerly: [],
  state: 'pending',
  error: null,
  seq: null,
  ...more
})
const VOID = { type: 'void', body: { code: 'append.discarded' } } as const
const said = (items: readonly OutboxItem[]): readonly string[] => items.map(({ messageId, state }) => `${messageId} ${state}`)
const nothing = (): boolean => false

test('what the storage has no more stays where it was shown, until its row is here', () => {
  const before = [item('a', 1), item('b', 2, { state: 'acked', seq: 9 }), item('c', 3), item('d', 4)]
  expect(said(withStored(before, [item('c', 3)], nothing))).toEqual(['a gone', 'b acked', 'c pending', 'd gone'])
  expect(said(withStored(before, [item('c', 3)], ({ messageId }) => messageId === 'a' || messageId === 'c'))).toEqual(['b acked', 'd gone'])
})

test('what was taken back or refused, and what is in the storage still though it was acknowledged, is not shown for that', () => {
  const before = [item('a', 1, { draft: VOID }), item('b', 2, { state: 'failed' }), item('c', 3, { state: 'acked', seq: 7 })]
  expect(said(withStored(before, [item('c', 3)], nothing))).toEqual(['c acked'])
})

test('what other tabs took stands by its number among what waits, and behind all else', () => {
  expect(said(withStored([item('b', 2)], [item('a', 1), item('b', 2), item('c', 3)], nothing))).toEqual(['a pending', 'b pending', 'c pending'])
  expect(said(withStored([item('a', 1, { state: 'acked', seq: 7 }), item('b', 2)], [item('c', 3)], nothing))).toEqual(['a acked', 'b gone', 'c pending'])
  expect(said(withTaken([item('a', 1, { state: 'gone' }), item('c', 3, { state: 'gone' })], item('b', 2)))).toEqual(['a gone', 'b pending', 'c gone'])
  expect(said(withTaken([item('b', 2, { state: 'acked', seq: 7 }), item('c', 3, { state: 'failed' })], item('a', 1)))).toEqual([
    'b acked',
    'c failed',
    'a pending'
  ])
})

test('under another device the old numbers place nothing any more', () => {
  const before = withoutNumbers([item('a', 7), item('b', 8, { state: 'acked', seq: 4 })])
  expect(said(withTaken(before, item('c', 1)))).toEqual(['a pending', 'b acked', 'c pending'])
})

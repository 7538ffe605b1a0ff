import type { ConversationId } from '@parley/protocol'
import { expect, test } from 'vitest'
import { createReceiptBook } from './receipt-book.js'

const ONE = 'conversation-one------' as ConversationId

test('what is acknowledged out of order is remembered over a reconnect, what is whole stands in the store', () => {
  const book = createReceiptBook()
  const first = book.open(ONE)
  const other = book.open(ONE)
  first.receipts.startAt(3)
  first.receipts.settle(5)
  expect([other.receipts.got(), other.receipts.has(3), other.receipts.has(4), other.receipts.has(5)]).toEqual([3, true, false, true])
  first.close()
  first.close()
  other.close()
  const later = book.open(ONE)
  expect([later.receipts.got(), later.receipts.has(5)]).toEqual([3, true])
  later.receipts.settle(4)
  expect([later.receipts.got(), later.receipts.isWhole()]).toEqual([5, true])
  later.close()
  expect(book.open(ONE).receipts.got()).toBe(0)
})

test('a place beyond what was acknowledged takes it in', () => {
  const { receipts } = createReceiptBook().open(ONE)
  for (const seq of [2, 4, 7]) receipts.settle(seq)
  receipts.startAt(6)
  expect([receipts.got(), receipts.isWhole()]).toEqual([7, true])
})

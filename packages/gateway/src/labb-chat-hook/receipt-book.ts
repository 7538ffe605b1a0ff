import type { ConversationId } from '@parley/protocol'
import { createReceipts, type Receipts } from './receipts.js'

/** The receipts of conversations that somebody is on, shared by all sockets of one number. */
export interface ReceiptBook {
  open(conversation: ConversationId): { readonly receipts: Receipts; close(): void }
}

/** Of so many conversations that nobody is on, what was acknowledged out of order is remembered. */
const MOST_LEFT = 10_000

/** What is settled without a hole stands in the store; the rest is kept here, so that nobody is told twice what they acknowledged. */
export function createReceiptBook(): ReceiptBook {
  const entries = new Map<ConversationId, { readonly receipts: Receipts; holders: number }>()
  const left = new Set<ConversationId>()

  function leave(conversation: ConversationId): void {
    const entry = entries.get(conversation)
    if (!entry || --entry.holders > 0) return
    if (entry.receipts.isWhole()) return void entries.delete(conversation)
    left.add(conversation)
    const [oldest] = left
    if (left.size <= MOST_LEFT || oldest === undefined) return
    left.delete(oldest)
    entries.delete(oldest)
  }

  return {
    open(conversation) {
      const entry = entries.get(conversation) ?? { receipts: createReceipts(), holders: 0 }
      entries.set(conversation, entry)
      left.delete(conversation)
      entry.holders += 1
      let isOpen = true
      return {
        receipts: entry.receipts,
        close() {
          if (isOpen) leave(conversation)
          isOpen = false
        }
      }
    }
  }
}

import type { Conversation as ProtocolConversation, ParticipantId, Receipt } from '@parley/protocol'

/** How far the visitor has read, in all their tabs and devices; and what is not read yet. */
export interface Reading {
  /** Highest seq that was read. */
  to(): number
  /** What the gateway knows. @returns does it know less than this client? */
  enter(receipts: readonly Receipt[], you: ParticipantId | null, isOther: boolean): boolean
  /** @returns is this further than before? */
  advance(to: number): boolean
  countUnread(conversation: ProtocolConversation, you: ParticipantId | null): number
}

export function createReading(): Reading {
  let readTo = 0
  return {
    to: () => readTo,
    enter(receipts, you, isOther) {
      const told = receipts.find((receipt) => receipt.participant === you)?.read ?? 0
      readTo = isOther ? told : Math.max(readTo, told)
      return readTo > told
    },
    advance(to) {
      if (to <= readTo) return false
      readTo = to
      return true
    },
    /** Backwards from the end: it costs what it counts. */
    countUnread({ entries }, you) {
      let count = 0
      for (let index = entries.length - 1; index >= 0; index--) {
        const entry = entries[index]
        if (!entry || entry.seq <= readTo) break
        if (entry.author.id !== you) count++
      }
      return count
    }
  }
}
